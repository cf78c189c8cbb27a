from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.predict import area_under_risk_coverage, coverage_at_risk, risk_coverage


def drawn(seed=0, clips=50, ties=True):
    rng = np.random.default_rng(seed)
    sure = rng.random(clips)
    right = rng.random(clips) < sure
    return right, np.round(sure, 1) if ties else sure


def test_the_curve_is_what_counting_gives():
    right, sure = drawn()
    curve = risk_coverage(right, sure)
    assert list(curve.threshold) == sorted(set(sure), reverse=True)
    for coverage, risk, threshold in zip(*curve, strict=True):
        answered = sure >= threshold
        assert coverage == pytest.approx(answered.mean())
        assert risk == pytest.approx(1 - right[answered].mean())
    assert curve.coverage[-1] == 1
    assert curve.risk[-1] == pytest.approx(1 - right.mean())


def test_the_area_without_ties_is_the_mean_of_the_running_risk():
    right, sure = drawn(ties=False)
    wrong = 1 - right[np.argsort(-sure)]
    assert area_under_risk_coverage(right, sure) == pytest.approx(
        np.mean(np.cumsum(wrong) / np.arange(1, len(wrong) + 1))
    )


def test_the_area_with_ties_is_the_mean_over_their_orders():
    right, sure = drawn(clips=30)
    rng = np.random.default_rng(1)
    found = [area_under_risk_coverage(right, sure + 1e-6 * rng.random(30)) for _ in range(3000)]
    assert area_under_risk_coverage(right, sure) == pytest.approx(np.mean(found), abs=4 * np.std(found) / 3000**0.5)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_the_order_of_the_clips_and_the_scale_of_confidence_do_not_matter(seed):
    right, sure = drawn(seed, clips=20)
    order = np.random.default_rng(seed).permutation(20)
    expected = area_under_risk_coverage(right, sure)
    assert area_under_risk_coverage(right[order], sure[order]) == pytest.approx(expected)
    assert area_under_risk_coverage(right, sure**3 - 4) == pytest.approx(expected)
    assert 0 <= expected <= 1


def test_confidence_that_says_nothing_gets_the_error_rate_and_the_best_order_is_best():
    right, _ = drawn()
    assert area_under_risk_coverage(right, np.zeros(50)) == pytest.approx(1 - right.mean())
    assert area_under_risk_coverage(right, right.astype(float)) < area_under_risk_coverage(right, np.zeros(50))
    assert area_under_risk_coverage(np.ones(5, bool), np.zeros(5)) == 0


def test_the_threshold_keeps_what_it_promises_on_its_own_clips():
    right, sure = drawn(clips=300)
    coverage, threshold = coverage_at_risk(risk_coverage(right, sure), 0.15)
    answered = sure >= threshold
    assert answered.mean() == pytest.approx(coverage)
    assert 1 - right[answered].mean() <= 0.15
    assert coverage_at_risk(risk_coverage(np.zeros(4, bool), np.arange(4)), 0.2) == (0.0, np.inf)


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("right", "sure", "words"),
    [
        ([True], [0.5, 0.6], "got"),
        ([], [], "at least one"),
        ([True, False], [0.5, np.nan], "NaN"),
        ([3, 1], [0.5, 0.4], "right = predicted == labels"),
    ],
)
def test_bad_input(right, sure, words):
    with pytest.raises(ValueError, match=words):
        risk_coverage(np.array(right), np.array(sure))
    with pytest.raises(ValueError, match="risk"):
        coverage_at_risk(risk_coverage(np.array([True]), np.array([1.0])), 1.5)
