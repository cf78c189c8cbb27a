import numpy as np
import pytest
from skimage.feature import match_descriptors

from vmm_edu.features import Keypoints, fit_warp, match


def descriptors(rows, *, seed, length=128):
    values = np.random.default_rng(seed).random((rows, length)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


@pytest.mark.parametrize("ratio", [0.7, 0.8, 1.0])
@pytest.mark.parametrize("sizes", [(60, 45), (7, 90), (1, 5)])
def test_pairs_are_those_of_scikit_image(ratio, sizes):
    a = descriptors(sizes[0], seed=1)
    b = np.concatenate([a[: sizes[1] // 2] + 0.05 * descriptors(1, seed=2), descriptors(sizes[1], seed=3)])
    expected = match_descriptors(a, b, max_ratio=ratio, cross_check=True)
    found = match(a, b, ratio=ratio)
    assert len(found) or sizes == (1, 5)
    np.testing.assert_array_equal(found, expected)


def test_a_point_with_a_double_is_not_trusted_and_order_does_not_matter():
    a = descriptors(20, seed=4)
    assert match(a, a).tolist() == [[i, i] for i in range(20)]
    doubled = np.concatenate([a, a[:5]])
    assert match(a, doubled)[:, 0].tolist() == list(range(5, 20))
    shuffled = np.random.default_rng(5).permutation(20)
    assert match(a, a[shuffled])[:, 1].tolist() == np.argsort(shuffled).tolist()


def test_keypoints_and_their_descriptors_are_the_same_and_few_points_are_no_error():
    a = descriptors(3, seed=6)
    keypoints = Keypoints(np.zeros((3, 2), np.float32), np.ones(3, np.float32), np.zeros(3, np.float32), a)
    np.testing.assert_array_equal(match(keypoints, keypoints), match(a, a))
    assert match(a, a[:1]).tolist() == [[0, 0]]
    assert match(a[:0], a).shape == (0, 2)
    assert match(a, a[:0]).shape == (0, 2)


@pytest.mark.usefixtures("as_user")
def test_bad_descriptors_are_named():
    a = descriptors(4, seed=7)
    for ratio in (0, 1.5):
        with pytest.raises(ValueError, match="expected a ratio above 0 and at most 1"):
            match(a, a, ratio=ratio)
    with pytest.raises(ValueError, match=r"of one length, got \(4, 128\) and \(4, 64\)"):
        match(a, a[:, :64])
    with pytest.raises(ValueError, match="of one length"):
        match(a[0], a)
    with pytest.raises(ValueError, match="expected finite descriptors"):
        match(a, np.full((4, 128), np.nan))


# Warps

TURN = np.array([[0.8, -0.6, 20], [0.6, 0.8, -5], [0, 0, 1]])
RESIZED = TURN @ np.diag([1.7, 1.7, 1])
VIEW = TURN + np.array([[0.1, 0, 0], [0, -0.1, 0], [1e-3, 5e-4, 0]])


@pytest.mark.parametrize(("kind", "matrix"), [("shift and turn", TURN), ("similarity", RESIZED), ("homography", VIEW)])
def test_the_movement_is_found_among_wrong_pairs(kind, matrix):
    rng = np.random.default_rng(8)
    a = rng.uniform(0, 200, (60, 2))
    moved = np.c_[a, np.ones(60)] @ matrix.T
    b = moved[:, :2] / moved[:, 2:] + rng.normal(size=(60, 2)) * 0.2
    b[40:] = rng.uniform(0, 200, (20, 2))
    warp = fit_warp(a, b, rng=rng, kind=kind)
    assert warp is not None
    assert warp.agrees[:40].mean() > 0.95
    assert warp.agrees[40:].mean() < 0.2
    np.testing.assert_allclose(warp.move(a[:40]), moved[:40, :2] / moved[:40, 2:], atol=0.6)


def test_the_same_seed_finds_the_same_movement():
    a = np.random.default_rng(9).uniform(0, 100, (30, 2))
    b = a + 3 + np.random.default_rng(10).normal(size=a.shape)
    first, second = (fit_warp(a, b, rng=np.random.default_rng(1), kind="similarity") for _ in range(2))
    np.testing.assert_array_equal(first.matrix, second.matrix)


def test_no_movement_is_found_in_too_few_or_unrelated_pairs():
    rng = np.random.default_rng(11)
    assert fit_warp(np.zeros((0, 2)), np.zeros((0, 2)), rng=rng) is None
    assert fit_warp(rng.random((4, 2)), rng.random((4, 2)), rng=rng) is None
    scattered = fit_warp(rng.uniform(0, 1e4, (12, 2)), rng.uniform(0, 1e4, (12, 2)), rng=rng, kind="shift and turn")
    assert scattered is None


@pytest.mark.usefixtures("as_user")
def test_bad_pairs_are_named():
    rng, a = np.random.default_rng(12), np.random.default_rng(13).random((9, 2))
    for first, second, options, says in [
        (a, a[:5], {}, r"expected two arrays \(pair, 2\) of the same length"),
        (a[:, :1], a[:, :1], {}, "index both by the pairs that match gives"),
        (a, a * np.nan, {}, "expected finite points"),
        (a, a, {"kind": "affine"}, "expected kind to be one of shift and turn, similarity, homography, got 'affine'"),
        (a, a, {"tolerance": 0}, "expected tolerance and trials above 0, got 0 and 500"),
    ]:
        with pytest.raises(ValueError, match=says):
            fit_warp(first, second, rng=rng, **options)
