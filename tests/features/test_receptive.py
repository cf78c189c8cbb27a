from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.features import FrameCNN, Layer, convolve, receptive_field

NETWORKS = [
    [Layer(3)],
    [Layer(3), Layer(3)],
    [Layer(5, 2, 2), Layer(3, 2, 1), Layer(3, 2, 1)],
    [Layer(3, 1, 0, 2), Layer(2, 2, 1), Layer(3, 1, 3, 3)],
    [Layer(2, 3), Layer(1, 2), Layer(4)],
]


def touched(layers, place, size=60):
    """The pixels that move one number of the last map, by its gradient; all weights are positive."""

    def number(row):
        x = row[None, :, None, None]  # one column of pixels: rows alone are looked at
        for layer in layers:
            kernel = jnp.ones((layer.kernel, 1, 1, 1))
            x = jnp.pad(x, ((0, 0), (layer.padding, layer.padding), (0, 0), (0, 0)))
            x = jax.lax.conv_general_dilated(
                x,
                kernel,
                (layer.stride, 1),
                "VALID",
                rhs_dilation=(layer.dilation, 1),
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
            )
        return x[0, place, 0, 0]

    return np.flatnonzero(jax.grad(number)(jnp.zeros(size)))


@pytest.mark.parametrize("layers", NETWORKS, ids=str)
@pytest.mark.parametrize("place", [0, 3])
def test_is_what_the_gradient_touches(layers, place):
    first, end = receptive_field(layers).seen(place)
    found = touched(layers, place)
    assert found.min() == max(first, 0)
    assert found.max() + 1 == end


def test_is_what_the_gradient_of_the_real_network_touches():
    cnn = FrameCNN((4, 5, 6), rngs=nnx.Rngs(0))
    image = jnp.asarray(np.random.default_rng(0).uniform(size=(1, 64, 64, 3)), jnp.float32)
    seen = np.zeros((64, 64))
    for k in range(6):  # one number may be cut off by its ReLU; six at one place are not
        seen += np.abs(jax.grad(lambda x, k=k: cnn.maps(x)[-1][0, 3, 4, k])(image)[0]).sum(axis=-1)
    rows, columns = np.nonzero(seen)
    field = receptive_field(cnn.layers)
    assert (rows.min(), rows.max() + 1) == field.seen(3)
    assert (columns.min(), columns.max() + 1) == field.seen(4)
    assert field.size == 17


def test_two_small_kernels_see_as_far_as_a_large_one():
    assert receptive_field([Layer(3), Layer(3)]) == receptive_field([Layer(5)])
    assert receptive_field([]) == (1, 1, 0)


def test_the_step_is_what_the_strides_make_of_the_image():
    image = np.zeros((1, 40, 40, 1), np.float32)
    maps = convolve(convolve(image, np.ones((3, 3, 1, 1), np.float32), stride=2), np.ones((2, 2, 1, 1), np.float32))
    field = receptive_field([Layer(3, 2), Layer(2)])
    assert field.seen(maps.shape[1] - 1)[1] <= 40 < field.seen(maps.shape[1])[1]


@pytest.mark.parametrize("layer", [Layer(0), Layer(3, 0), Layer(3, 1, -1), Layer(3, 1, 0, 0)])
def test_bad_layers(layer):
    with pytest.raises(ValueError, match="at least 1"):
        receptive_field([layer])
