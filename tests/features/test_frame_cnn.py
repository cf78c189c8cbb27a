from __future__ import annotations

import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.features import FrameClassifier, FrameCNN, convolve_plain
from vmm_edu.predict import evaluate, fit, load, save


def frames(*shape, seed=0):
    return np.random.default_rng(seed).uniform(size=shape).astype(np.float32)


def small(seed=0, **options):
    """A network whose offsets are not zero."""
    cnn = FrameCNN((4, 5), kernels=(5, 3), strides=(2, 2), rngs=nnx.Rngs(seed), **options)
    for k, convolution in enumerate(cnn.convolutions):
        convolution.bias[...] = jnp.asarray(np.random.default_rng(k).normal(size=convolution.bias.shape), jnp.float32)
    return cnn


def test_equals_the_equation_in_numpy():
    cnn, image = small(), frames(14, 11, 3)
    x = (image - 0.5) * 4
    for convolution, kernel in zip(cnn.convolutions, (5, 3), strict=True):
        weights = np.asarray(convolution.kernel[...])
        x = convolve_plain(x, weights, stride=2, padding=kernel // 2) + np.asarray(convolution.bias[...])
        x = np.maximum(x, 0)
    np.testing.assert_allclose(cnn(image), x.mean(axis=(0, 1)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(cnn.maps(image[None])[-1][0], x, rtol=1e-4, atol=1e-5)


def test_one_call_for_a_frame_for_a_batch_and_for_the_frames_of_clips():
    cnn, clips = small(), frames(2, 3, 16, 16, 3)
    described = cnn(clips)
    assert described.shape == (2, 3, 5)
    np.testing.assert_allclose(described[1], cnn(clips[1]), atol=1e-5)
    np.testing.assert_allclose(described[1, 2], cnn(clips[1, 2]), atol=1e-5)


def test_a_thing_counts_the_same_wherever_it_is():
    cnn = small()
    image = np.full((48, 48, 3), 0.5, np.float32)
    image[12:20, 8:16] = frames(8, 8, 3)
    # Four pixels are one step of the last map, and the border sees none of it.
    np.testing.assert_allclose(cnn(np.roll(image, (8, 12), (0, 1))), cnn(image), atol=1e-5)
    assert np.abs(cnn(image[::-1].copy()) - cnn(image)).max() > 1e-3  # but its form does count


def test_gradients_are_finite_and_reach_every_weight():
    model = FrameClassifier(small(), 5, 3, rngs=nnx.Rngs(1))
    gradient = nnx.grad(lambda m, x: (m(x) ** 2).sum())(model, frames(4, 16, 16, 3))
    for leaf in jax.tree.leaves(gradient):
        assert np.isfinite(leaf).all()
        assert np.abs(leaf).max() > 0


def test_compiled_equals_eager():
    cnn, images = small(), frames(4, 16, 16, 3)
    np.testing.assert_allclose(nnx.jit(lambda m, x: m(x))(cnn, images), cnn(images), rtol=1e-4, atol=1e-5)


def test_learns_which_way_a_bar_lies_wherever_it_lies():
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=96)
    images = np.full((96, 24, 24, 3), 0.5, np.float32)
    for image, label in zip(images, labels, strict=True):
        row, column = rng.integers(2, 14, size=2)
        image[row : row + (2, 8)[label], column : column + (8, 2)[label]] = rng.uniform(0.8, 1.0)
    model = FrameClassifier(FrameCNN((8, 8), kernels=(5, 3), strides=(2, 2), rngs=nnx.Rngs(0)), 8, 2, rngs=nnx.Rngs(1))
    fit(model, images[:64], labels[:64], key=jax.random.key(0), epochs=12, batch_size=16, learning_rate=0.01)
    assert evaluate(model, images[64:], labels[64:]).accuracy > 0.9


def test_is_stored_without_pickle_and_comes_back(tmp_path):
    one, other = small(0), small(7)
    save(tmp_path / "cnn.safetensors", one, metadata={"channels": [4, 5]})
    images = frames(2, 16, 16, 3)
    assert np.abs(np.asarray(one(images) - other(images))).max() > 1e-3
    assert load(tmp_path / "cnn.safetensors", other) == {"channels": [4, 5]}
    np.testing.assert_array_equal(other(images), one(images))
    with pytest.raises(ValueError, match="shape"):
        load(tmp_path / "cnn.safetensors", FrameCNN((4, 6), kernels=(5, 3), strides=(2, 2), rngs=nnx.Rngs(0)))


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((16, 16), np.float32), "got \\(16, 16\\)"),
        (np.zeros((2, 3, 16, 16), np.float32), "channels come last"),
        (np.zeros((16, 16, 3), np.uint8), "divide 8-bit values by 255"),
        (np.full((16, 16, 3), 255, np.float32), "got 255 … 255; divide"),
        (np.full((16, 16, 3), np.nan, np.float32), "NaN"),
        (np.zeros((0, 16, 3), np.float32), "at least one pixel"),
    ],
)
def test_bad_frames(as_user, images, words):
    with pytest.raises(ValueError, match=words):
        small()(images)


@pytest.mark.parametrize(
    "options",
    [
        {"channels": ()},
        {"channels": (4, 5)},
        {"kernels": (5, 3, 2)},
        {"strides": (2, 2, 0)},
        {"channels": (4, 0, 5)},
        {"input_channels": 0},
    ],
    ids=str,
)
def test_bad_sizes(options):
    with pytest.raises(ValueError, match="expected"):
        FrameCNN(rngs=nnx.Rngs(0), **options)


def test_a_classifier_needs_sizes():
    with pytest.raises(ValueError, match="one feature and one class"):
        FrameClassifier(small(), 5, 0, rngs=nnx.Rngs(0))


def test_importing_the_features_does_not_import_flax():
    script = "import sys, vmm_edu.features; sys.exit('flax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_an_unknown_name_is_an_attribute_error():
    import vmm_edu.features

    with pytest.raises(AttributeError, match="no attribute 'FrameRNN'"):
        vmm_edu.features.FrameRNN  # noqa: B018
