from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from vmm_edu.predict import accuracy, bootstrap_interval


def test_same_as_scipy_with_the_same_draws():
    scores = np.random.default_rng(0).normal(size=80)
    ours = bootstrap_interval(np.mean, scores, rng=np.random.default_rng(1), resamples=300)
    theirs = scipy.stats.bootstrap(
        (scores,), np.mean, n_resamples=300, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low)
    assert ours.high == pytest.approx(theirs.high)
    assert ours.estimate == scores.mean()


def test_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(200):
        interval = bootstrap_interval(np.mean, rng.random(150) < 0.8, rng=rng, resamples=200, level=0.9)
        hits += interval.low <= 0.8 <= interval.high
    assert abs(hits / 200 - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 200)


def test_columns_stay_paired():
    true = np.arange(50) % 3
    interval = bootstrap_interval(accuracy, true, true, rng=np.random.default_rng(0), resamples=50)
    assert interval == (1.0, 1.0, 1.0)


def test_a_higher_level_is_wider():
    scores = np.random.default_rng(0).normal(size=60)
    narrow, wide = (
        bootstrap_interval(np.mean, scores, rng=np.random.default_rng(1), resamples=400, level=level)
        for level in (0.5, 0.99)
    )
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("columns", "changes", "words"),
    [
        ((), {}, "columns"),
        ((np.ones(3), np.ones(2)), {}, r"\(3,\), \(2,\)"),
        ((np.ones(0),), {}, "at least one"),
        ((np.array(1.0),), {}, "columns"),
        ((np.ones(3),), {"level": 95}, "0.95"),
        ((np.ones(3),), {"resamples": 1}, "2 resamples"),
    ],
)
def test_bad_input(columns, changes, words):
    with pytest.raises(ValueError, match=words):
        bootstrap_interval(lambda *_: 0.0, *columns, rng=np.random.default_rng(0), **changes)
