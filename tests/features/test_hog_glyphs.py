import numpy as np
import pytest
from skimage.feature import hog as skimage_hog

from vmm_edu.features import hog, hog_cells, hog_glyphs, hog_length, hog_mean_cells


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape).astype(np.float32)


def test_lines_lie_where_scikit_image_draws_them():
    # One cell, one orientation at a time: every pixel that scikit-image's drawing lights up is near our line.
    for k in range(8):
        angle = np.pi * (k + 0.5) / 8
        rows, columns = np.mgrid[:32, :32] - 15.5
        image = np.clip(0.5 + 0.02 * (np.cos(angle) * columns + np.sin(angle) * rows), 0, 1)
        _, drawing = skimage_hog(image, 8, (32, 32), (1, 1), visualize=True)
        glyphs = hog_glyphs(np.asarray(hog_cells(image.astype(np.float32), bins=8, cell=32)), cell=32)
        strongest = glyphs.strength.argmax()
        assert strongest == k
        (x0, y0), (x1, y1) = glyphs.segments[strongest]
        y, x = np.nonzero(drawing > 0.9 * drawing.max())
        off = np.abs((x - 15.5) * (y1 - y0) - (y - 15.5) * (x1 - x0)) / np.hypot(x1 - x0, y1 - y0)
        assert off.max() < 2
        assert len(x) > 20


def test_a_vertical_edge_is_drawn_as_a_nearly_vertical_line_in_its_cells():
    image = np.zeros((16, 16), np.float32)
    image[:, 8:] = 1
    glyphs = hog_glyphs(hog_cells(image))
    assert glyphs.segments.shape == (2 * 2 * 9, 2, 2)
    drawn = glyphs.segments[glyphs.strength > 0]
    assert len(drawn) == 4
    across, along = np.abs(drawn[:, 1] - drawn[:, 0]).T
    assert (along > 5 * across).all()
    np.testing.assert_allclose(drawn.mean(axis=1), [[3.5, 3.5], [11.5, 3.5], [3.5, 11.5], [11.5, 11.5]])
    assert (np.hypot(across, along) < 8).all()


def test_strengths_are_shares_of_the_largest_vote_and_negative_votes_are_none():
    cells = np.array([[[0.0, 2.0], [-3.0, 1.0]]])
    np.testing.assert_allclose(hog_glyphs(cells).strength, [0, 1, 0, 0.5])
    np.testing.assert_array_equal(hog_glyphs(np.zeros((2, 2, 9))).strength, 0)


def test_a_vector_comes_back_to_its_cells():
    image = noise(29, 42)
    mean = hog_mean_cells(hog(image), height=29, width=42)
    blocks = np.asarray(hog(image)).reshape(2, 4, 2, 2, 9)
    assert mean.shape == (3, 5, 9)
    np.testing.assert_allclose(mean[0, 0], blocks[0, 0, 0, 0], atol=1e-7)
    np.testing.assert_allclose(
        mean[1, 2], (blocks[0, 1, 1, 1] + blocks[0, 2, 1, 0] + blocks[1, 1, 0, 1] + blocks[1, 2, 0, 0]) / 4, atol=1e-7
    )
    single = hog_mean_cells(hog(image, block=1), height=29, width=42, block=1)
    np.testing.assert_allclose(single.ravel(), hog(image, block=1), atol=1e-7)


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"expected cells \(row, column, bin\) of one image, got \(36,\)"):
        hog_glyphs(noise(36))
    with pytest.raises(ValueError, match="got NaN"):
        hog_glyphs(np.full((1, 1, 9), np.nan))
    with pytest.raises(ValueError, match="cell of at least 1 pixel, got 0"):
        hog_glyphs(noise(1, 1, 9), cell=0)
    length = hog_length(16, 24)
    with pytest.raises(ValueError, match=rf"expected a vector of {length} values for 16 × 24 pixels, got \(5,\)"):
        hog_mean_cells(noise(5), height=16, width=24)
    with pytest.raises(ValueError, match="at least one block"):
        hog_mean_cells(noise(5), height=8, width=24)
