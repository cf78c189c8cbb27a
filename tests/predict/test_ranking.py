from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from vmm_edu.predict import average_precision, global_average_precision, mean_average_precision, top_k_accuracy


def drawn(seed=0, clips=60, labels=12, ties=False):
    rng = np.random.default_rng(seed)
    true = rng.random((clips, labels)) < np.linspace(0.6, 0.05, labels)
    true[0] = True
    scores = rng.normal(size=true.shape) + true
    return true, np.round(scores, 1) if ties else scores


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_average_precision_is_scikit_learns(seed, ties):
    true, scores = drawn(seed, ties=ties)
    for j in range(true.shape[1]):
        expected = metrics.average_precision_score(true[:, j], scores[:, j])
        assert average_precision(true[:, j], scores[:, j]) == pytest.approx(expected)
    expected = metrics.average_precision_score(true, scores, average="macro")
    assert mean_average_precision(true, scores) == pytest.approx(expected)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k_is_scikit_learns(k):
    rng = np.random.default_rng(1)
    true, scores = rng.integers(5, size=80), rng.normal(size=(80, 5))
    expected = metrics.top_k_accuracy_score(true, scores, k=k, labels=np.arange(5))
    assert top_k_accuracy(true, scores, k=k) == pytest.approx(expected)
    assert top_k_accuracy(true, scores, k=5) == 1


def test_equal_scores_earn_nothing_from_top_k():
    assert top_k_accuracy(np.arange(4), np.zeros((4, 4)), k=3) == 0


@pytest.mark.parametrize("ties", [False, True])
def test_gap_over_all_labels_is_the_micro_average(ties):
    true, scores = drawn(2, ties=ties)
    expected = metrics.average_precision_score(true, scores, average="micro")
    assert global_average_precision(true, scores, top=12) == pytest.approx(expected)
    assert global_average_precision(true, scores) == pytest.approx(expected)  # 20 of 12 are all 12


@pytest.mark.parametrize("top", [1, 3, 7])
def test_gap_is_the_challenges_sum_prediction_by_prediction(top):
    """In words: pool the best of each clip, sort, add the precision at every hit, divide by all positives."""
    true, scores = drawn(3)
    pooled = []
    for row, held in zip(scores, true, strict=True):
        pooled += [(row[j], held[j]) for j in sorted(range(len(row)), key=lambda j: -row[j])[:top]]
    pooled.sort(key=lambda pair: -pair[0])
    total, hits = 0.0, 0
    for place, (_, hit) in enumerate(pooled, 1):
        hits += hit
        total += hits / place if hit else 0.0
    assert global_average_precision(true, scores, top=top) == pytest.approx(total / true.sum())


def test_by_hand():
    # hits at places 1, 3 and 4: (1 + 2/3 + 3/4) / 3
    assert average_precision(np.array([1, 0, 1, 1, 0]), np.array([9, 8, 7, 6, 5])) == pytest.approx(29 / 36)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_only_the_order_counts_in_ap_but_gap_compares_clips(seed):
    true, scores = drawn(seed, clips=12, labels=5)
    rising = np.exp(3 * scores) - 7
    assert mean_average_precision(true, rising) == pytest.approx(mean_average_precision(true, scores))
    assert global_average_precision(true, rising) == pytest.approx(global_average_precision(true, scores))
    # A constant added to one label's scores: the same ranking for each label, another long list.
    shifted = scores + np.arange(5) * 3
    assert mean_average_precision(true, shifted) == pytest.approx(mean_average_precision(true, scores))
    for value in (mean_average_precision(true, scores), global_average_precision(true, shifted, top=2)):
        assert 0 <= value <= 1


def test_equal_scores_give_the_share_of_positives_and_gap_moves_with_one_labels_scale():
    true = np.array([1, 0, 0, 0])
    assert average_precision(true, np.zeros(4)) == 0.25
    table, scores = drawn(4)
    assert global_average_precision(table, scores) != pytest.approx(
        global_average_precision(table, scores + 5 * np.arange(12))
    )


def test_a_label_that_never_holds_is_left_out():
    true, scores = drawn(5)
    wider = np.pad(true, ((0, 0), (0, 2))), np.pad(scores, ((0, 0), (0, 2)), constant_values=9.0)
    assert mean_average_precision(*wider) == pytest.approx(mean_average_precision(true, scores))


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: average_precision(np.array([0, 0]), np.array([1.0, 2.0])), "no value"),
        (lambda: average_precision(np.array([0, 2]), np.array([1.0, 2.0])), "0 and 1"),
        (lambda: average_precision(np.array([0, 1]), np.array([np.nan, 2.0])), "NaN"),
        (lambda: average_precision(np.array([0, 1]), np.array([2.0])), "got"),
        (lambda: mean_average_precision(np.zeros((3, 2), int), np.zeros((3, 2))), "holds"),
        (lambda: global_average_precision(np.eye(2, dtype=int), np.zeros((2, 2)), top=0), "top"),
        (lambda: global_average_precision(np.eye(2, dtype=int), np.zeros((2, 3))), "one shape"),
        (lambda: top_k_accuracy(np.array([0]), np.zeros((1, 3)), k=4), "1…3"),
        (lambda: top_k_accuracy(np.array([3]), np.zeros((1, 3)), k=1), "0…2"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
