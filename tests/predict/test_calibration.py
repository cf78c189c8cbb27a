from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from vmm_edu.predict import calibration_error, reliability


def example(clips: int = 400, classes: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(classes, size=clips), rng.dirichlet(np.ones(classes) * 0.7, size=clips)


@pytest.mark.parametrize("bins", [1, 7, 15])
def test_same_as_adding_up_clip_by_clip(bins):
    true, probabilities = example()
    expected = 0.0
    for k in range(bins):
        inside = [c for c in range(len(true)) if k / bins < probabilities[c].max() <= (k + 1) / bins]
        if inside:
            right = np.mean([probabilities[c].argmax() == true[c] for c in inside])
            expected += len(inside) / len(true) * abs(right - np.mean([probabilities[c].max() for c in inside]))
    assert calibration_error(true, probabilities, bins=bins) == pytest.approx(expected)


def test_bins_are_those_of_scikit_learn():
    true, probabilities = example()
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == true
    share, mean = calibration_curve(right, confidence, n_bins=10)
    ours = reliability(true, probabilities, bins=10)
    np.testing.assert_allclose(ours.accuracy[ours.clips > 0], share)
    np.testing.assert_allclose(ours.confidence[ours.clips > 0], mean)


def test_labels_drawn_from_the_probabilities_are_calibrated_and_sharpened_ones_are_not():
    rng = np.random.default_rng(1)
    _, probabilities = example(clips=20_000)
    true = (rng.random((len(probabilities), 1)) > np.cumsum(probabilities, axis=1)).sum(axis=1)
    sharp = probabilities**3 / (probabilities**3).sum(axis=1, keepdims=True)
    assert calibration_error(true, probabilities) < 0.02
    assert calibration_error(true, sharp) > 0.1


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 30))
def test_between_0_and_1_and_no_clip_is_lost(seed, bins):
    true, probabilities = example(clips=30, seed=seed)
    assert 0 <= calibration_error(true, probabilities, bins=bins) <= 1
    assert reliability(true, probabilities, bins=bins).clips.sum() == 30


def test_certain_and_right_is_0_certain_and_wrong_is_1():
    certain = np.eye(3)
    assert calibration_error(np.arange(3), certain) == 0
    assert calibration_error(np.array([1, 2, 0]), certain) == 1


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("true", "probabilities", "bins", "words"),
    [
        ([0, 1], [[0.5, 0.5]], 15, r"got \(2,\) and \(1, 2\)"),
        ([0], [[2.0, -1.0]], 15, "softmax"),
        ([0], [[np.nan, 0.5]], 15, "softmax"),
        ([2], [[0.5, 0.5]], 15, "0…1"),
        ([0], [[0.5, 0.5]], 0, "bin"),
    ],
)
def test_bad_input(true, probabilities, bins, words):
    with pytest.raises(ValueError, match=words):
        calibration_error(np.array(true), np.array(probabilities), bins=bins)
