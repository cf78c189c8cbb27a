"""HOG of colour images: the channel with the longest gradient votes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from skimage import data
from skimage.feature import hog as skimage_hog

from vmm_edu.features import hog, hog_cells, hog_length, hog_plain
from vmm_edu.features.hog_colour import strongest_channel


def theirs(image, *, bins=9, cell=8, block=2, channel_axis=-1):
    return skimage_hog(image, bins, (cell, cell), (block, block), channel_axis=channel_axis)


def eight_bit(*shape, seed=0):
    """Colours of an 8-bit file, whose channels often have gradients of one length and two directions."""
    return (np.random.default_rng(seed).integers(0, 256, shape) / 255).astype(np.float32)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_equals_scikit_image_on_photographs(name):
    image = (getattr(data, name)() / 255).astype(np.float32)[100:203, :99]
    np.testing.assert_allclose(hog(image, channel_axis=-1), theirs(image), atol=1e-6)


@pytest.mark.parametrize(
    ("size", "options"),
    [((16, 16), {}), ((33, 47), {"bins": 4, "cell": 5, "block": 1}), ((29, 100), {"bins": 12, "cell": 4, "block": 3})],
)
def test_equals_scikit_image_at_any_size_and_setting(size, options):
    image = eight_bit(*size, 3)
    np.testing.assert_allclose(hog(image, channel_axis=-1, **options), theirs(image, **options), atol=1e-6)
    np.testing.assert_allclose(hog_plain(image, channel_axis=-1, **options), theirs(image, **options), atol=1e-6)


def test_few_colours_with_many_gradients_of_equal_length():
    image = eight_bit(64, 64, 3, seed=1)
    image = (np.round(image * 3) / 255).astype(np.float32)
    x = jnp.asarray(image[1:-1, 2:] - image[1:-1, :-2])
    y = jnp.asarray(image[2:, 1:-1] - image[:-2, 1:-1])
    chosen = np.hypot(x, y).argmax(axis=-1)[..., None]
    ours = strongest_channel(x, y)
    for got, planes in zip(ours, (x, y), strict=True):
        np.testing.assert_array_equal(got, np.take_along_axis(np.asarray(planes), chosen, -1)[..., 0])
    np.testing.assert_allclose(hog(image, channel_axis=-1), theirs(image), atol=1e-6)


def test_float64_where_jax_has_it():
    image = np.random.default_rng(1).random((35, 50, 3))
    with jax.enable_x64(True):
        ours = hog(image, channel_axis=-1)
        assert ours.dtype == jnp.float64
        np.testing.assert_allclose(ours, theirs(image), atol=1e-6)


def test_channels_may_lie_on_any_axis_and_images_in_a_batch():
    images = eight_bit(3, 24, 40, 3)
    expected = np.stack([theirs(image) for image in images])
    np.testing.assert_allclose(hog(images, channel_axis=-1), expected, atol=1e-6)
    np.testing.assert_allclose(hog(np.moveaxis(images, -1, 1), channel_axis=1), expected, atol=1e-6)
    np.testing.assert_allclose(hog(np.moveaxis(images[0], -1, 0), channel_axis=0), expected[0], atol=1e-6)
    assert hog_cells(images, channel_axis=3).shape == (3, 3, 5, 9)


def test_a_batch_that_is_cut_into_chunks_is_its_images():
    images = eight_bit(100, 40, 40, 3)
    together = np.asarray(hog(images, channel_axis=-1))
    assert together.shape == (100, hog_length(40, 40))
    np.testing.assert_allclose(together[[0, 57, 99]], hog(images[[0, 57, 99]], channel_axis=-1), atol=1e-6)


def test_three_equal_channels_are_grey():
    image = eight_bit(32, 32)
    np.testing.assert_allclose(hog(np.stack([image] * 3, -1), channel_axis=-1), hog(image), atol=1e-6)


def test_an_edge_between_colours_of_one_brightness_is_seen():
    image = np.zeros((16, 16, 3), np.float32)
    image[:, :8, 0], image[:, 8:, 1] = 0.7154, 0.2125  # equally bright
    assert np.asarray(hog(image, channel_axis=-1)).max() > 0.4


def test_gradient_is_finite_and_compiled_equals_eager():
    image = eight_bit(24, 24, 3)
    image[:10] = 0.5

    def total(image):
        return hog(image, channel_axis=-1).sum()

    gradient = jax.grad(total)(jnp.asarray(image))
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0
    compiled = jax.jit(lambda image: hog(image, channel_axis=-1))(image)
    np.testing.assert_allclose(compiled, hog(image, channel_axis=-1), atol=1e-6)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("images", "axis", "says"),
    [
        (eight_bit(32, 32), -1, "expected colour images.* got .32, 32.; leave channel_axis out for grey"),
        (eight_bit(2, 32, 32), -1, r"three channels on axis -1, got images of shape \(2, 32, 32\)"),
        (eight_bit(32, 32, 4), -1, "drop an alpha channel"),
        (eight_bit(32, 32, 3), 5, "three channels on axis 5"),
        (eight_bit(32, 32, 3) * 255, -1, "divide 8-bit values by 255"),
        ((eight_bit(32, 32, 3) * 255).astype(np.uint8), -1, "got uint8; divide 8-bit values by 255"),
        (np.full((32, 32, 3), np.nan, np.float32), -1, "NaN"),
        (eight_bit(32, 15, 3), -1, "at least one block, 16 × 16 pixels"),
        (eight_bit(32, 32, 3), None, "looks like colour; give channel_axis=-1"),
    ],
)
def test_bad_input_is_named(images, axis, says):
    for function in (hog, hog_cells) if "block" not in says else (hog,):
        with pytest.raises(ValueError, match=says):
            function(images, channel_axis=axis)


@pytest.mark.usefixtures("as_user")
def test_the_readable_version_takes_one_image():
    with pytest.raises(ValueError, match=r"expected one image, got \(2, 32, 32\); describe a batch with hog"):
        hog_plain(eight_bit(2, 32, 32))
