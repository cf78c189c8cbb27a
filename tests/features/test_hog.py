import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from skimage.feature import hog as skimage_hog

from vmm_edu.features import grey, hog, hog_cells, hog_length, hog_plain
from vmm_edu.features import hog as hog_function
from vmm_edu.features.hog_plain import cell_histograms, gradients, normalise

SIZES = [(16, 16), (33, 47), (64, 64), (29, 100)]
SETTINGS = [
    {},
    {"bins": 8},
    {"bins": 4, "cell": 5, "block": 1},
    {"bins": 12, "cell": 4, "block": 3},
    {"bins": 1, "cell": 3},
]


def theirs(image, *, bins=9, cell=8, block=2):
    return skimage_hog(image, bins, (cell, cell), (block, block))


def noise(*shape, seed=0):
    """Grey levels of an 8-bit file, so that no gradient lies within a rounding error of an edge between two bins."""
    return (np.random.default_rng(seed).integers(0, 256, shape) / 255).astype(np.float32)


def photograph(height=72, width=90):
    return (data.camera()[100 : 100 + height, 200 : 200 + width] / 255).astype(np.float32)


# Parity


@pytest.mark.parametrize("size", SIZES)
def test_equals_scikit_image_at_any_size(size):
    image = noise(*size)
    np.testing.assert_allclose(hog(image), theirs(image), atol=1e-6)
    assert hog_length(*size) == len(theirs(image))


@pytest.mark.parametrize("options", SETTINGS)
@pytest.mark.parametrize("image", [noise(40, 27), photograph()], ids=["noise", "photograph"])
def test_equals_scikit_image_with_any_setting(options, image):
    np.testing.assert_allclose(hog(image, **options), theirs(image, **options), atol=1e-6)
    np.testing.assert_allclose(hog_plain(image, **options), theirs(image, **options), atol=1e-6)


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((17, 8 * 19 + 3), {}),  # more cells across than one product takes, and no multiple of them
        ((66, 100), {"cell": 33, "block": 1}),  # cells too tall to be taken apart
        ((9, 1), {"cell": 1, "block": 1}),  # no neighbour to the right, nor to the left
        ((1, 9), {"cell": 1, "block": 1}),
        ((2, 2), {"cell": 1, "block": 2}),
    ],
)
def test_equals_scikit_image_where_the_fast_version_does_something_else(size, options):
    image = noise(*size)
    np.testing.assert_allclose(hog(image, **options), theirs(image, **options), atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(1, 12), st.integers(1, 9), st.integers(1, 3), st.integers(0, 9)
)
def test_the_readable_version_equals_scikit_image(height, width, bins, cell, block, seed):
    image = noise(height, width, seed=seed)
    options = {"bins": bins, "cell": cell, "block": block}
    if min(height // cell, width // cell) < block:
        with pytest.raises(ValueError, match="at least one block"):
            hog_plain(image, **options)
    else:
        np.testing.assert_allclose(hog_plain(image, **options), theirs(image, **options), atol=1e-6)


def test_gradients_on_the_edge_of_two_bins_fall_as_in_scikit_image():
    rows, columns = np.mgrid[:32, :32] / 64
    for image in (rows, columns, rows + columns, rows - columns + 0.5, 1 - rows, 1 - columns, 1 - rows - columns):
        for bins in (4, 8):
            expected = theirs(image.astype(np.float32), bins=bins)
            np.testing.assert_allclose(hog(image.astype(np.float32), bins=bins), expected, atol=1e-6)
            np.testing.assert_allclose(hog_plain(image, bins=bins), expected, atol=1e-6)


def test_float64_where_jax_has_it():
    image = np.random.default_rng(1).random((35, 50))
    assert hog(image).dtype == jnp.float32
    with jax.enable_x64(True):
        ours = hog(image)
        assert ours.dtype == jnp.float64
        # scikit-image sums the votes of a cell in float32 whatever the image; the readable version does not.
        np.testing.assert_allclose(ours, theirs(image), atol=1e-6)
        np.testing.assert_allclose(ours, hog_plain(image), atol=1e-13)


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
def test_half_precision_is_widened_first(dtype):
    image = jnp.asarray(noise(35, 50), dtype)
    assert hog(image).dtype == jnp.float32
    np.testing.assert_allclose(hog(image), hog_plain(image.astype(jnp.float32)), atol=1e-6)


def test_no_vote_is_below_zero():
    images = np.random.default_rng(6).random((4, 64, 64), np.float32) * np.geomspace(1e-6, 1, 64, dtype=np.float32)
    assert (np.asarray(hog_cells(images)) >= 0).all()


def test_a_batch_is_its_images_also_when_cut_into_chunks(monkeypatch):
    images = noise(7, 24, 40)
    expected = np.stack([theirs(image) for image in images])
    np.testing.assert_allclose(hog(images), expected, atol=1e-6)
    np.testing.assert_allclose(hog(images[:1]), expected[:1], atol=1e-6)
    module = __import__("sys").modules[hog_function.__module__]
    monkeypatch.setattr(module, "CHUNK_PIXELS", 3 * 24 * 40 + 1)
    module._describe.clear_cache()
    np.testing.assert_allclose(hog(images), expected, atol=1e-6)
    module._describe.clear_cache()
    assert hog(images[:0]).shape == (0, expected.shape[1])


def test_frames_of_a_file_go_straight_through_grey():
    frames = data.astronaut()[None, 50:114, 180:260]
    shades = grey(frames)
    np.testing.assert_allclose(hog(shades)[0], theirs(np.asarray(shades[0])), atol=1e-6)


# Properties


def test_brightness_and_contrast_change_nothing():
    image = photograph() * 0.4 + 0.1
    np.testing.assert_allclose(hog(image + 0.3), hog(image), atol=1e-4)
    np.testing.assert_allclose(hog(image * 2), hog(image), atol=2e-3)


@pytest.mark.parametrize("shift", [(0, 1), (1, 0), (1, 1)])
def test_a_shift_by_one_pixel_changes_little_and_far_less_than_in_pixels(shift):
    image = photograph(128, 128)
    moved = np.roll(image, shift, (0, 1))

    def alike(one, other):
        return float(np.corrcoef(np.ravel(one), np.ravel(other))[0, 1])

    assert alike(hog(image), hog(moved)) > 0.75
    drawn = np.zeros((64, 64), np.float32)
    drawn[20:44, 20:44:2] = 1  # stripes: shifted by one, every pixel inside becomes its opposite
    moved = np.roll(drawn, (0, 1), (0, 1))
    assert alike(drawn, moved) < 0
    assert alike(hog(drawn), hog(moved)) > 0.5


def test_a_quarter_turn_permutes_cells_and_bins():
    image = np.random.default_rng(2).random((32, 32)).astype(np.float32)
    options = {"bins": 8, "block": 1}
    upright = np.asarray(hog(image, **options)).reshape(4, 4, 8)
    turned = np.asarray(hog(np.ascontiguousarray(np.rot90(image)), **options)).reshape(4, 4, 8)
    np.testing.assert_allclose(np.rot90(turned, -1), np.roll(upright, 4, axis=-1), atol=1e-6)


def test_an_edge_votes_for_its_orientation():
    image = np.zeros((16, 16), np.float32)
    image[:, 8:] = 1
    votes = np.asarray(hog(image)).reshape(2, 2, 9)
    assert (votes[:, :, 0] > 0.4).all()
    np.testing.assert_array_equal(votes[:, :, 1:], 0)


def test_cells_are_what_blocks_are_made_of():
    image = noise(40, 27)
    cells = np.asarray(hog_cells(image, bins=8, cell=4))
    assert cells.shape == (10, 6, 8)
    x, y = gradients(image)
    np.testing.assert_allclose(cells, cell_histograms(x, y, bins=8, cell=4), atol=1e-6)
    np.testing.assert_allclose(hog_cells(image[None])[0], hog_cells(image), atol=1e-7)
    first = np.asarray(hog_cells(image))[:2, :2].ravel()
    np.testing.assert_allclose(np.asarray(hog(image))[:36], normalise(first), atol=1e-6)


def test_a_flat_image_is_all_zero():
    np.testing.assert_array_equal(hog(np.full((24, 24), 0.5, np.float32)), 0)


# Gradients and compilation


def test_gradients_are_finite_on_flat_patches_and_equal_finite_differences():
    image = np.random.default_rng(5).random((24, 24))
    image[:10] = 0.5
    options = {"bins": 3, "block": 1}
    weight = np.random.default_rng(3).normal(size=hog_length(24, 24, **options))
    way = np.random.default_rng(4).normal(size=(24, 24))
    with jax.enable_x64(True):

        def loss(image):
            return (hog(image, **options) * jnp.asarray(weight)).sum()

        start = jnp.asarray(image)
        gradient = jax.jit(jax.grad(loss))(start)
        assert jnp.isfinite(gradient).all()
        # Away from flat patches: there the length of the gradient has a kink.
        way[:14] = 0
        step = 1e-7
        slope = (loss(start + step * way) - loss(start - step * way)) / (2 * step)
        assert float((gradient * way).sum()) == pytest.approx(float(slope), rel=1e-5)
    assert np.isfinite(jax.grad(lambda image: hog(image).sum())(jnp.full((16, 16), 0.5))).all()


def test_compiled_and_vectorised_calls_equal_the_plain_one():
    images = noise(3, 24, 40)
    expected = np.asarray(hog(images))
    np.testing.assert_allclose(jax.jit(hog)(images), expected, atol=1e-6)
    np.testing.assert_allclose(jax.vmap(hog)(jnp.asarray(images)), expected, atol=1e-6)


def test_lowers_for_tpu():
    shape = jax.ShapeDtypeStruct((40, 128, 128), jnp.float32)
    assert jax.export.export(jax.jit(hog), platforms=["tpu"])(shape).platforms == ("tpu",)


# Bad input


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("images", "options", "says"),
    [
        (
            np.zeros((32, 32), np.uint8),
            {},
            "expected floating images within 0…1, got uint8; divide 8-bit values by 255",
        ),
        (np.zeros((32, 32), bool), {}, "got bool"),
        (noise(32, 32) * 255, {}, r"expected images within -0.001 … 1.001, got .*; divide 8-bit values by 255"),
        (noise(32, 32) - 0.5, {}, "expected images within"),
        (np.where(noise(32, 32) > 0.9, np.nan, 0.5), {}, "expected finite images, got NaN"),
        (np.full((32, 32), np.inf), {}, "expected finite images"),
        (noise(32, 32, 3), {}, "looks like colour; give channel_axis=-1, or use features.grey"),
        (noise(2, 32, 32, 3), {}, "give channel_axis=-1 for colour, or use features.grey"),
        (noise(32), {}, r"expected grey images \(height, width\)"),
        (noise(15, 32), {}, r"at least one block, 16 × 16 pixels \(height × width\), got 15 × 32"),
        (noise(32, 32), {"cell": 0}, "expected bins, cell and block of at least 1, got 9, 0 and 2"),
        (noise(32, 32), {"bins": 0}, "at least 1"),
        (noise(32, 32), {"block": -1}, "at least 1"),
    ],
)
def test_bad_input_is_named(images, options, says):
    for kind in (np.asarray, jnp.asarray):
        with pytest.raises(ValueError, match=says):
            hog(kind(images), **options)


@pytest.mark.usefixtures("as_user")
def test_shapes_are_checked_under_jit_and_values_are_not():
    with pytest.raises(ValueError, match="at least one block"):
        jax.jit(hog)(noise(8, 8))
    assert np.isnan(jax.jit(hog)(np.full((16, 16), np.nan, np.float32))).any()
