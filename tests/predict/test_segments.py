"""Segment scores beside examples counted by hand, and another way to count."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmm_edu.predict import edit_score, segment_f1, segments

ROWS = st.lists(st.integers(0, 2), min_size=1, max_size=12)


def row(text):
    return np.array([[int(letter) for letter in text]])


def distance(a, b):
    """The edit distance from its recursive definition."""

    @cache
    def d(i, j):
        if not i or not j:
            return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return d(len(a), len(b))


def runs(values):
    return tuple(v for n, v in enumerate(values) if not n or values[n - 1] != v)


@given(ROWS, ROWS)
def test_the_edit_score_follows_its_definition(a, b):
    length = min(len(a), len(b))
    a, b = a[:length], b[:length]
    expected = 1 - distance(runs(a), runs(b)) / max(len(runs(a)), len(runs(b)))
    assert edit_score(np.array([a]), np.array([b])) == pytest.approx(expected)


@given(ROWS, ROWS, st.sampled_from([0.1, 0.25, 0.5, 0.75]))
def test_f1_equals_a_count_over_frames(a, b, overlap):
    """Segments as sets of frames; above one half no two can claim one, so any order of matching gives the same."""
    length = min(len(a), len(b))
    a, b = np.array(a[:length]), np.array(b[:length])

    def sets(values):
        cuts = np.concatenate([[0], np.cumsum(np.diff(values) != 0)])
        return [(int(values[cuts == n][0]), set(np.flatnonzero(cuts == n).tolist())) for n in range(cuts[-1] + 1)]

    taken, right = set(), 0
    for label, frames in sets(b):
        shares = [len(frames & f) / len(frames | f) * (label == other) for other, f in sets(a)]
        best = max(range(len(shares)), key=lambda n: (shares[n], -n))
        if shares[best] >= overlap and best not in taken:
            taken.add(best)
            right += 1
    expected = 2 * right / (len(sets(a)) + len(sets(b)))
    assert segment_f1(a[None], b[None], overlap=overlap) == pytest.approx(expected)


def test_by_hand():
    assert segments(row("0011102")[0]) == ((0, 0, 2), (1, 2, 5), (0, 5, 6), (2, 6, 7))
    # One frame of flicker in ten: accuracy 0.9, but three segments for one.
    assert edit_score(row("0000000000"), row("0000010000")) == pytest.approx(1 - 2 / 3)
    assert segment_f1(row("0000000000"), row("0000010000")) == pytest.approx(2 * 1 / (1 + 3))
    # All frames wrong by one step at the borders: the order is perfect, and so is F1 at one half.
    assert edit_score(row("0000111122"), row("0001111222")) == 1
    assert segment_f1(row("0000111122"), row("0001111222")) == 1
    assert segment_f1(row("0000111122"), row("0001111222"), overlap=0.7) == pytest.approx(2 / 6)


def test_a_segment_is_found_once():
    assert segment_f1(row("0000"), row("0010"), overlap=0.25) == pytest.approx(2 / 4)


def test_counts_are_added_over_clips_and_masked_steps_are_cut_out():
    labels, predictions = np.array([[0, 0, 1, 1], [2, 2, 2, 9]]), np.array([[0, 0, 1, 1], [2, 0, 2, 9]])
    mask = np.array([[True] * 4, [True] * 3 + [False]])
    assert segment_f1(labels, predictions, mask=mask) == pytest.approx(2 * 2 / (2 + 2 + 1 + 3))
    assert edit_score(labels, predictions, mask=mask) == pytest.approx((1 + 1 / 3) / 2)
    assert edit_score(labels, labels) == segment_f1(labels, labels) == 1


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize("score", [edit_score, segment_f1])
@pytest.mark.parametrize(
    ("true", "predicted", "mask", "words"),
    [
        (np.zeros(3, int), np.zeros(3, int), None, r"labels as integers of shape \(batch, time\)"),
        (np.zeros((1, 3), int), np.zeros((1, 3)), None, "predictions as integers"),
        (np.zeros((1, 3), int), np.zeros((1, 2), int), None, r"one shape, got \(1, 3\) and \(1, 2\)"),
        (np.zeros((0, 3), int), np.zeros((0, 3), int), None, "one shape"),
        (np.zeros((1, 3), int), np.zeros((1, 3), int), np.ones((1, 3)), "expected mask bool"),
        (np.zeros((1, 3), int), np.zeros((1, 3), int), np.zeros((1, 3), bool), "at least one real step"),
    ],
)
def test_bad_input(score, true, predicted, mask, words):
    with pytest.raises(ValueError, match=words):
        score(true, predicted, mask=mask)


@pytest.mark.usefixtures("as_users_run")
def test_bad_overlap_and_labels():
    with pytest.raises(ValueError, match="overlap above 0"):
        segment_f1(row("01"), row("01"), overlap=0)
    with pytest.raises(ValueError, match=r"shape \(time,\)"):
        segments(row("01"))
