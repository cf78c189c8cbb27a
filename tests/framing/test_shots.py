import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import color, data, feature, transform

from vmm_edu.framing import BoundaryScore, boundary_score, colour_histograms, shot_boundaries

SIDE, FRAMES, DISSOLVE = 64, 48, 6
CUT, MIXED = 1, 2


@pytest.fixture(scope="module")
def photographs():
    names = ("astronaut", "coffee", "chelsea", "rocket")
    return [transform.resize(getattr(data, name)(), (128, 192), anti_aliasing=True) * 255 for name in names]


def edited(photographs, seed, *, changes=None, noise=2.0, pan=1):
    """Three shots that pan over photographs, parted by cuts and dissolves at known frames, with noise."""
    rng = np.random.default_rng(seed)
    if changes is None:
        drawn = [(int(rng.integers(3)), 1 + 24 * half + int(rng.integers(16))) for half in range(2)]
        changes = [(kind, frame) for kind, frame in drawn if kind]
    shots = []
    for k in rng.permutation(len(photographs))[:3]:
        top, direction = rng.integers(64), rng.integers(-1, 2)
        left = 64 + pan * direction * np.arange(FRAMES)
        shots.append(np.stack([photographs[k][top : top + SIDE, x : x + SIDE] for x in left % 128]))
    images = shots[0]
    for shot, (kind, first) in zip(shots[1:], changes, strict=False):
        mixed = DISSOLVE if kind == MIXED else 0
        share = np.clip((np.arange(FRAMES) - first + 1) / (mixed + 1), 0, 1)[:, None, None, None]
        images = (1 - share) * images + share * shot
    return np.clip(images + rng.normal(0, noise, images.shape), 0, 255).astype(np.uint8), changes


def hog(images):
    grey = color.rgb2gray(images)
    return np.stack([feature.hog(g, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2)) for g in grey])


def test_every_cut_and_dissolve_is_found_at_its_frame_with_its_length(photographs):
    scores, lengths = [], []
    for seed in range(60):
        images, changes = edited(photographs, seed)
        shots = shot_boundaries(images)
        scores.append(boundary_score(shots.first_frames, [first for _, first in changes]))
        found = dict(zip(shots.first_frames.tolist(), shots.lengths.tolist(), strict=True))
        lengths += [found.get(first) == (DISSOLVE if kind == MIXED else 1) for kind, first in changes]
    total = sum(scores, BoundaryScore(0, 0, 0))
    assert total.true > 60
    assert total.f1 == 1
    assert np.mean(lengths) > 0.95


def test_hog_sees_every_cut_but_not_every_dissolve(photographs):
    """Where things are changes with each step of a pan: that hides the small steps of a dissolve, not a cut."""
    for seed in range(6):
        images, changes = edited(photographs, seed, changes=[(CUT, 10 + seed), (CUT, 30 + seed)], noise=0.5)
        assert shot_boundaries(descriptors=hog(images)).first_frames.tolist() == [first for _, first in changes]
    calm, _ = edited(photographs, 1, changes=[(MIXED, 20)], noise=0.0, pan=0)
    shots = shot_boundaries(descriptors=hog(calm))
    assert (shots.first_frames.tolist(), shots.lengths.tolist()) == ([20], [DISSOLVE])


def test_the_steps_are_half_the_sum_of_absolute_differences(photographs):
    images, _ = edited(photographs, 3)
    rows = colour_histograms(images)
    steps = shot_boundaries(images).differences
    assert steps[0] == 0
    np.testing.assert_allclose(steps[1:], [abs(a - b).sum() / 2 for a, b in itertools.pairwise(rows)])
    np.testing.assert_allclose(shot_boundaries(descriptors=1000 * rows).differences, steps, atol=1e-12)


def test_a_flash_a_pan_and_a_still_are_no_boundaries(photographs):
    calm, _ = edited(photographs, 5, changes=[], pan=0)
    flash = calm.copy()
    flash[20] = 255 - flash[20] // 4
    longer = calm.copy()
    longer[20:22] = 255 - longer[20:22] // 4
    fast, _ = edited(photographs, 5, changes=[], pan=1)
    for images in (calm, flash, longer, fast, np.full((30, 8, 8, 3), 90, np.uint8)):
        assert len(shot_boundaries(images).first_frames) == 0
    assert shot_boundaries(flash).differences.max() > 0.3


def test_the_order_of_pixels_is_irrelevant_and_reversal_mirrors_the_cuts(photographs):
    images, changes = edited(photographs, 7, changes=[(CUT, 12), (CUT, 33)])
    places = np.random.default_rng(0).permutation(SIDE * SIDE)
    mixed = images.reshape(FRAMES, -1, 3)[:, places].reshape(images.shape)
    assert shot_boundaries(mixed).first_frames.tolist() == [12, 33]
    back = shot_boundaries(images[::-1])
    assert back.first_frames.tolist() == [FRAMES - first for _, first in reversed(changes)]


def test_histograms_are_shares_and_a_value_votes_for_its_two_nearest_bins():
    images = np.zeros((2, 4, 4, 3), np.uint8)
    images[1] = (255, 51, 26)
    rows = colour_histograms(images, bins=6).reshape(2, 3, 6) * 3
    np.testing.assert_allclose(rows.sum(-1), 1)
    np.testing.assert_allclose(rows[0, :, 0], 1)
    np.testing.assert_allclose(rows[1, 0], np.eye(6)[5])
    np.testing.assert_allclose(rows[1, 1], np.eye(6)[1])
    np.testing.assert_allclose(rows[1, 2, :2], [25 / 51, 26 / 51])


def test_a_hard_histogram_of_as_many_bins_as_values_is_numpys(photographs):
    images, _ = edited(photographs, 2)
    rows = colour_histograms(images[:3], bins=256).reshape(3, 3, 256)
    for row, image in zip(rows, images, strict=False):
        for channel in range(3):
            counts = np.histogram(image[..., channel], bins=256, range=(0, 256))[0]
            np.testing.assert_allclose(row[channel], counts / counts.sum() / 3)


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)), st.integers(0, 4))
def test_hits_are_a_largest_matching(found, true, tolerance):
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    score = boundary_score(sorted(found), sorted(true), tolerance=tolerance)
    assert (score.found, score.true) == (len(found), len(true))
    if found and true:
        near = abs(np.array(sorted(found))[:, None] - np.array(sorted(true))) <= tolerance
        assert score.hits == (maximum_bipartite_matching(csr_array(near)) >= 0).sum()
    assert 0 <= score.f1 <= 1
    if score.precision + score.recall:
        assert score.f1 == pytest.approx(2 * score.precision * score.recall / (score.precision + score.recall))


def test_nothing_to_find_and_nothing_found_is_right():
    assert boundary_score([], []).f1 == 1
    assert (boundary_score([3], []).precision, boundary_score([3], []).recall) == (0, 1)
    assert (boundary_score([], [3]).precision, boundary_score([], [3]).f1) == (1, 0)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_few_frames_are_enough(count):
    images = np.zeros((count, 8, 8, 3), np.uint8)
    assert len(shot_boundaries(images).first_frames) == 0
    images[1:] = 200
    assert shot_boundaries(images).first_frames.tolist() == ([1] if count > 1 else [])
    assert len(shot_boundaries(images).differences) == count


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda x: shot_boundaries(), "one of them"),
        (lambda x: shot_boundaries(x, descriptors=np.ones((4, 2))), "one of them"),
        (lambda x: shot_boundaries(x, threshold=0.0), "threshold"),
        (lambda x: shot_boundaries(x, longest=0), "longest"),
        (lambda x: shot_boundaries(descriptors=-np.ones((4, 2))), "from 0 on"),
        (lambda x: shot_boundaries(descriptors=np.full((4, 2), np.nan)), "finite"),
        (lambda x: shot_boundaries(x[:, :0]), "pixels"),
        (lambda x: colour_histograms(x, bins=1), "bins"),
        (lambda x: boundary_score([1], [1], tolerance=-1), "tolerance"),
    ],
)
def test_bad_values_are_named(call, word):
    with pytest.raises(ValueError, match=word):
        call(np.zeros((4, 8, 8, 3), np.uint8))
