from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate, correlate2d

from vmm_edu.features import convolve, convolve_plain, convolve_product, convolve_xla, output_size, unfold

OPTIONS = [
    {},
    {"stride": 2},
    {"padding": 2},
    {"dilation": 2},
    {"stride": 3, "padding": 1, "dilation": 2},
]
FAST = [convolve, convolve_product, convolve_xla]


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def scipys(image, kernels, *, stride=1, padding=0, dilation=1):
    """SciPy knows neither stride nor dilation: spread the kernel, take every s-th place."""
    image = np.pad(image.astype(np.float64), ((padding, padding), (padding, padding), (0, 0)))
    high, wide, channels, filters = kernels.shape
    spread = np.zeros(((high - 1) * dilation + 1, (wide - 1) * dilation + 1, channels, filters))
    spread[::dilation, ::dilation] = kernels
    maps = [correlate(image, spread[..., k], mode="valid")[..., 0] for k in range(filters)]
    return np.stack(maps, axis=-1)[::stride, ::stride]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_all_ways_equal_scipy(options):
    images, kernels = draw(2, 11, 9, 3), draw(3, 2, 3, 4, seed=1)
    right = np.stack([scipys(image, kernels, **options) for image in images])
    np.testing.assert_allclose(convolve_plain(images[0], kernels, **options), right[0], atol=1e-10)
    for function in FAST:
        np.testing.assert_allclose(function(images, kernels, **options), right, atol=2e-5)


def test_the_kernel_is_not_turned_around():
    image, kernel = draw(6, 7), draw(3, 3, seed=1)
    ours = convolve(image[None, :, :, None], kernel[:, :, None, None])[0, :, :, 0]
    np.testing.assert_allclose(ours, correlate2d(image, kernel, mode="valid"), atol=1e-5)


def test_equals_the_layer_of_flax():
    theirs = nnx.Conv(3, 5, (3, 3), strides=2, padding=1, rngs=nnx.Rngs(0))
    images = draw(2, 12, 12, 3)
    ours = convolve(images, theirs.kernel[...], stride=2, padding=1)
    np.testing.assert_allclose(ours, theirs(jnp.asarray(images)), atol=2e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3))
def test_the_output_size_is_the_number_of_places_of_the_loop(size, kernel, stride, padding, dilation):
    starts = range(0, size + 2 * padding, stride)
    fits = [start for start in starts if start + dilation * (kernel - 1) < size + 2 * padding]
    options = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    if fits:
        assert output_size(size, **options) == len(fits)
    else:
        with pytest.raises(ValueError, match="smaller kernel"):
            output_size(size, **options)


def test_a_shifted_image_gives_shifted_maps():
    images, kernels = draw(1, 20, 20, 2), draw(3, 3, 2, 4, seed=1)
    moved = convolve(np.roll(images, (3, 2), axis=(1, 2)), kernels)
    np.testing.assert_allclose(moved[:, 3:, 2:], convolve(images, kernels)[:, :-3, :-2], atol=1e-5)


def test_unfold_gives_what_lies_under_the_kernel():
    images = draw(1, 5, 6, 2)
    laid = unfold(images, kernel=(2, 3), stride=2, padding=1)
    padded = np.pad(images[0], ((1, 1), (1, 1), (0, 0)))
    np.testing.assert_array_equal(laid[0, 1, 2], padded[2:4, 4:7].ravel())


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_gradients_of_both_ways_agree(options):
    images, kernels = draw(2, 11, 9, 3), draw(3, 2, 3, 4, seed=1)

    def loss(function):
        return lambda x, w: (function(x, w, **options) ** 2).sum()

    product, xla = (jax.grad(loss(f), argnums=(0, 1))(images, kernels) for f in (convolve, convolve_xla))
    for one, other in zip(product, xla, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-3)


def test_compiled_equals_eager_and_a_loop_may_hold_it():
    images, kernels = draw(2, 8, 8, 3), draw(3, 3, 3, 3, seed=1)
    eager = convolve(images, kernels, padding=1)
    np.testing.assert_allclose(jax.jit(lambda x, w: convolve(x, w, padding=1))(images, kernels), eager, atol=1e-5)
    last, _ = jax.lax.scan(lambda x, _: (convolve(x, kernels, padding=1), None), jnp.asarray(images), length=1)
    np.testing.assert_allclose(last, eager, atol=1e-5)


def test_lowers_for_gpu_and_tpu_as_the_compilers_own_convolution():
    for platform, word in (("tpu", True), ("cuda", True), ("cpu", False)):
        exported = jax.export.export(jax.jit(convolve), platforms=[platform])(
            jax.ShapeDtypeStruct((1, 8, 8, 3), jnp.float32), jax.ShapeDtypeStruct((3, 3, 3, 4), jnp.float32)
        )
        assert ("stablehlo.convolution" in exported.mlir_module()) == word


@pytest.mark.parametrize("function", FAST)
@pytest.mark.parametrize(
    ("images", "kernels", "options", "words"),
    [
        ((8, 8, 3), (3, 3, 3, 4), {}, "batch, height, width, channel"),
        ((1, 8, 8, 3), (4, 3, 3, 3), {}, "kernels|smaller"),
        ((1, 8, 8, 3), (4, 5, 3, 3, 3), {}, "kernels"),
        ((1, 8, 8, 2), (3, 3, 3, 4), {}, r"2 channels, got \(3, 3, 3, 4\)"),
        ((1, 2, 8, 3), (3, 3, 3, 4), {}, "at least 3 pixels a side, got 2"),
        ((1, 8, 8, 3), (3, 3, 3, 4), {"stride": 0}, "stride=0"),
        ((1, 8, 8, 3), (3, 3, 3, 4), {"padding": -1}, "padding=-1"),
    ],
)
def test_bad_input(as_user, function, images, kernels, options, words):
    if kernels == (4, 3, 3, 3):
        kernels = (4, 3, 2, 3)  # PyTorch's order with other channels
    with pytest.raises(ValueError, match=words):
        function(np.zeros(images, np.float32), np.zeros(kernels, np.float32), **options)


def test_bad_unfold(as_user):
    with pytest.raises(ValueError, match="add the axes"):
        unfold(np.zeros((8, 8), np.float32), kernel=(3, 3))
