import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from features.views import photograph
from scipy.ndimage import gaussian_filter
from scipy.optimize import minimize

from vmm_edu.features import gaussian_blur, scale_space
from vmm_edu.features.blurring import blur_matrices
from vmm_edu.features.extrema import candidates, confirmed, extrema
from vmm_edu.features.refine import refine
from vmm_edu.features.scale_space import (
    FIRST_STEP,
    LEVELS,
    ORIGIN,
    REACH,
    SIGMA,
    SMALL,
    Octave,
    _stretch,
    buffer_side,
    doubled,
)

# The blur


@pytest.mark.parametrize("sigma", [0.5, 1.25, 3, 8])
@pytest.mark.parametrize("size", [(40, 57), (12, 13)])
def test_the_blur_is_that_of_scipy(sigma, size):
    image = np.random.default_rng(0).random(size).astype(np.float32)
    np.testing.assert_allclose(gaussian_blur(image, sigma), gaussian_filter(image, sigma), atol=2e-6)
    np.testing.assert_allclose(
        jax.jit(lambda i: gaussian_blur(i, sigma))(image), gaussian_blur(image, sigma), atol=1e-6
    )


@pytest.mark.parametrize("pixels", [3, 12, 57])
def test_a_blur_is_a_product_with_a_matrix_whatever_its_border(pixels):
    """A wide bell on a short row is reflected at both ends, more than once."""
    row = np.random.default_rng(5).random((pixels, 2)).astype(np.float32)
    for sigma, matrix in zip((0.6, 1.3, 4.8), blur_matrices(pixels, (0.6, 1.3, 4.8)), strict=True):
        np.testing.assert_allclose(matrix @ row, gaussian_filter(row, (sigma, 0)), atol=2e-6)
        np.testing.assert_array_equal(matrix, matrix.T)


def test_two_blurs_are_one_blur():
    image = photograph("coffee", 96)
    twice = np.asarray(gaussian_blur(gaussian_blur(image, 3), 4))
    np.testing.assert_allclose(twice[20:-20, 20:-20], np.asarray(gaussian_blur(image, 5))[20:-20, 20:-20], atol=2e-3)


def test_the_gradient_of_the_blur_is_its_mirror():
    """The blur is symmetric: ⟨blur a, b⟩ = ⟨a, blur b⟩, so the gradient of the left side along a is blur b."""
    a, b = np.random.default_rng(1).random((2, 30, 30)).astype(np.float32)
    slope = jax.grad(lambda image: (gaussian_blur(image, 1.5) * b).sum())(jnp.asarray(a))
    np.testing.assert_allclose(slope, gaussian_blur(b, 1.5), atol=1e-5)


def test_a_blur_of_zero_is_refused():
    with pytest.raises(ValueError, match="expected sigma above 0, got 0"):
        gaussian_blur(np.zeros((9, 9), np.float32), 0)


# The scale space


def interpolated(image):
    """The image at points a quarter of a pixel to both sides, by an independent interpolation."""
    from scipy.ndimage import map_coordinates

    rows, columns = (np.arange(2 * side) / 2 + ORIGIN for side in image.shape)
    return map_coordinates(image, np.meshgrid(rows, columns, indexing="ij"), order=1, mode="nearest")


@pytest.mark.parametrize("size", [(70, 101), (12, 40), (131, 150)])
def test_every_level_is_the_image_blurred_so_much_at_any_size(size):
    """Padding to a buffer changes nothing: SciPy's blur of the unpadded octave is met up to its borders."""
    image = photograph("camera")[: size[0], : size[1]]
    octaves = scale_space(image)
    # Both ways to blur are met: products with matrices, and shifted copies on the device.
    assert (2 * max(size) > SMALL) == (max(octaves[0].levels.shape[1:]) > SMALL)
    seed = gaussian_filter(interpolated(image), np.sqrt(SIGMA**2 - 1))
    for octave in octaves:
        assert (octave.height, octave.width) == seed.shape
        for level in range(LEVELS):
            more = SIGMA * np.sqrt(4 ** (level / 3) - 1)
            expected = gaussian_filter(seed, more) if more else seed
            ours = np.asarray(octave.levels)[level, : octave.height, : octave.width]
            np.testing.assert_allclose(ours, expected, atol=1e-5)
        seed = gaussian_filter(seed, SIGMA * np.sqrt(3))[::2, ::2]
    assert min(seed.shape) < 12
    assert [octave.pixel for octave in octaves] == [0.5 * 2**k for k in range(len(octaves))]


@pytest.mark.parametrize("axis", [0, 1])
def test_doubling_and_blurring_at_once_are_the_two_in_turn(axis):
    line = np.random.default_rng(6).random(40).astype(np.float32)
    same = np.repeat(np.expand_dims(line, 1 - axis), 7, axis=1 - axis)  # nothing changes along the other axis
    expected = np.take(gaussian_filter(doubled(same), FIRST_STEP), np.arange(7), axis=1 - axis)
    border = [(REACH, REACH) if number == axis else (0, 0) for number in (0, 1)]
    ours = _stretch(jnp.asarray(np.pad(same, border, mode="symmetric")), axis=axis)
    np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_few_sizes_are_compiled():
    sides = {buffer_side(pixels) for pixels in range(12, 3000)}
    assert sides == {64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 3072}
    assert all(buffer_side(pixels) >= pixels for pixels in range(12, 3000))


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("image", "says"),
    [
        (np.zeros((11, 50), np.float32), "at least 12 × 12 pixels"),
        (np.zeros((40, 40, 3), np.float32), r"expected one grey image \(height, width\), got \(40, 40, 3\)"),
        (np.zeros((40, 40), np.uint8), "expected a floating image within 0…1, got uint8"),
        (np.full((40, 40), np.nan, np.float32), "expected finite grey images"),
    ],
)
def test_bad_input_is_named(image, says):
    with pytest.raises(ValueError, match=says):
        scale_space(image)


# Extrema


def test_extrema_are_larger_or_smaller_than_their_26_neighbours():
    values = np.random.default_rng(2).normal(size=(5, 20, 30)).astype(np.float32)
    marked = np.asarray(jax.jit(lambda v: extrema(v, threshold=0.5))(values))
    assert marked.shape == (3, 18, 28)
    for place in itertools.product(range(1, 4), range(1, 19), range(1, 29)):
        cube = values[tuple(slice(i - 1, i + 2) for i in place)].copy()
        here = cube[1, 1, 1]
        cube[1, 1, 1] = np.nan
        expected = (here > np.nanmax(cube) or here < np.nanmin(cube)) and abs(here) > 0.5
        assert marked[tuple(i - 1 for i in place)] == expected
    assert marked.any()


@pytest.mark.parametrize("size", [(20, 30), (9, 11), (40, 57)])
def test_candidates_that_are_confirmed_are_the_extrema(size):
    levels = np.random.default_rng(4).normal(size=(6, *size)).astype(np.float32)
    differences = np.diff(levels, axis=0)
    marked = np.asarray(jax.jit(lambda v: candidates(v, threshold=0.5))(differences))
    expected = np.argwhere(extrema(differences, threshold=0.5))
    assert marked.sum() > len(expected) > 5
    np.testing.assert_array_equal(confirmed(levels, marked), expected + 1)


def test_extrema_of_the_buffer_beyond_the_image_are_left_out():
    octave = scale_space(photograph("gravel")[:150, :131])[0]
    expected = np.argwhere(extrema(octave.differences, threshold=0.8 * 0.04 / 3)) + 1
    np.testing.assert_array_equal(octave.extrema, expected)
    assert np.asarray(octave.marked).sum() > len(expected) > 50


def test_a_plateau_has_no_extremum():
    values = np.zeros((5, 9, 9), np.float32)
    values[2, 4, 4:6] = 1
    assert not np.asarray(extrema(jnp.asarray(values), threshold=0.1)).any()


def bump(centre, widths, *, height=0.1, shape=(6, 25, 31)):
    """Levels whose differences are exactly a Gaussian bump around a centre (scale, row, column)."""
    grid = np.indices((5, *shape[1:]))
    squared = sum(((g - c) / w) ** 2 for g, c, w in zip(grid, centre, widths, strict=True))
    return np.concatenate([np.zeros((1, *shape[1:])), np.cumsum(height * np.exp(-squared / 2), axis=0)])


def octave_of(levels, marked=None):
    marked = candidates(np.diff(levels, axis=0), threshold=0.01) if marked is None else marked
    return Octave(levels.astype(np.float32), marked, *levels.shape[1:], pixel=1.0)


def refined(levels, **options):
    return refine([octave_of(levels)], **options)


@pytest.mark.parametrize("centre", [(2.2, 12.3, 14.6), (1.7, 10.0, 20.45)])
def test_the_top_of_a_bump_is_found_between_the_pixels(centre):
    found = refined(bump(centre, (2.0, 4.0, 4.5)))
    # The parabola through the neighbours is not quite the bump: where its own top lies, by an independent minimiser.
    assert len(found.x) == 1
    np.testing.assert_allclose([found.scale[0], found.y[0], found.x[0]], centre, atol=0.03)
    assert found.level[0] == round(centre[0])


def test_the_top_is_that_of_the_parabola_through_the_neighbours():
    rng = np.random.default_rng(3)
    away = rng.uniform(-0.4, 0.4, 3)
    curved = -np.eye(3) * [0.02, 0.01, 0.015] + 0.001
    grid = np.indices((5, 9, 9)).astype(float) - np.array([2, 4, 4])[:, None, None, None]
    parted = grid - away[:, None, None, None]
    values = 0.2 + 0.5 * np.einsum("isyx,ij,jsyx->syx", parted, curved, parted)
    levels = np.concatenate([np.zeros((1, 9, 9)), np.cumsum(values, axis=0)])
    best = minimize(lambda p: -0.5 * (p - away) @ curved @ (p - away), np.zeros(3)).x
    found = refined(levels)
    np.testing.assert_allclose([found.scale[0] - 2, found.y[0] - 4, found.x[0] - 4], best, atol=1e-4)


def test_faint_points_and_edges_are_left_out():
    assert len(refined(bump((2, 12, 15), (2, 4, 4), height=0.0132)).x) == 0
    assert len(refined(bump((2, 12, 15), (2, 4, 4), height=0.0135)).x) == 1
    # Curvatures are 1 / width²: three times as wide is nine times as flat, four times is sixteen.
    assert len(refined(bump((2, 12, 15), (2, 2, 6))).x) == 1
    assert len(refined(bump((2, 12, 15), (2, 2, 8))).x) == 0
    assert len(refined(bump((2, 12, 15), (2, 2, 8)), edge_ratio=20).x) == 1


def test_flat_neighbourhoods_give_no_point_and_no_warning():
    for levels in (np.zeros((6, 15, 15)), np.cumsum(np.ones((6, 15, 15)), axis=0), np.indices((6, 15, 15)).sum(axis=0)):
        octave = octave_of(levels, np.ones((3, 13, 13), bool))
        assert len(refine([octave]).x) == 0
        assert len(refine([searched_from(octave, np.argwhere(np.ones((3, 13, 13))) + 1)]).x) == 0


class SearchedFrom(Octave):
    """An octave in which the search begins where a test says."""

    extrema = None


def searched_from(octave, places):
    fixed = SearchedFrom(*octave)
    fixed.extrema = places
    return fixed


def test_the_search_moves_to_the_next_pixel_and_finds_no_point_twice():
    octave = octave_of(bump((2.0, 12.3, 14.6), (2.0, 4.0, 4.5)))
    (expected,) = octave.extrema
    starts = expected + np.array([[0, 0, 0], [0, 0, 1], [0, -1, 0], [0, 1, -1]])
    found = refine([searched_from(octave, starts)])
    alone = refine([octave])
    assert len(alone.x) == len(found.x) == 1
    np.testing.assert_allclose([found.y[0], found.x[0]], [alone.y[0], alone.x[0]])


def test_octaves_are_refined_together_as_each_alone():
    octaves = scale_space(photograph("coffee", 150))
    together = refine(octaves)
    alone = [refine([octave]) for octave in octaves]
    np.testing.assert_array_equal(together.octave, np.repeat(np.arange(len(octaves)), [len(p.x) for p in alone]))
    for ours, expected in zip(together[1:], zip(*(p[1:] for p in alone), strict=True), strict=True):
        np.testing.assert_array_equal(ours, np.concatenate(expected))
    assert len(set(together.octave.tolist())) >= 3
