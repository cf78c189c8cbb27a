"""True and predicted labels of every step in; how well their segments agree out.

A model that is right in nine frames of ten and flickers in the tenth has a good accuracy and useless segments. These
two scores see the difference.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Integer

Steps = Integer[Array | np.ndarray, "batch time"]
Mask = Bool[Array | np.ndarray, "batch time"]


class Segment(NamedTuple):
    """A run of equal labels.

    Attributes:
        label: the label.
        start: its first step.
        end: the step after its last.
    """

    label: int
    start: int
    end: int


def segments(labels: Integer[Array | np.ndarray, " time"]) -> tuple[Segment, ...]:
    """Cut one clip's labels into runs.

    Args:
        labels: one label for each step.

    Returns:
        The runs in order; together they cover every step.

    Raises:
        ValueError: not integers of shape (time,).
    """
    row = np.asarray(labels)
    if row.ndim != 1 or row.dtype.kind not in "iu":
        raise ValueError(f"expected labels as integers of shape (time,), got {row.dtype} {row.shape}")
    if not len(row):
        return ()
    cuts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
    return tuple(Segment(int(row[a]), a, b) for a, b in itertools.pairwise(cuts))


def edit_score(labels: Steps, predictions: Steps, *, mask: Mask | None = None) -> float:
    r"""How alike the *order* of the segments is, whatever their length: 1 − edit distance ÷ longer list, mean of clips.

    Args:
        labels: the true label of each step.
        predictions: the predicted one.
        mask: True = real step; the others are cut out.

    Returns:
        0…1; 1 when every clip has the right segments in the right order. (Lea et al. give percent.)

    Raises:
        ValueError: no clip, no real step in one, unequal shapes, or not integers.

    References:
        C. Lea et al., "Temporal convolutional networks for action segmentation and detection", CVPR 2017,
        doi:10.1109/CVPR.2017.113.
    """
    scores = []
    for true, predicted in _clips(labels, predictions, mask):
        ours, theirs = ([run.label for run in segments(row)] for row in (true, predicted))
        scores.append(1 - edit_distance(ours, theirs) / max(len(ours), len(theirs)))
    return float(np.mean(scores))


def segment_f1(labels: Steps, predictions: Steps, *, overlap: float = 0.5, mask: Mask | None = None) -> float:
    r"""F1 over segments: a predicted one is right when it covers a true one of its label well enough.

    Intersection over union of the two must reach `overlap`, and each true segment counts once; predicted segments are
    taken in the order of time, each with the true segment it overlaps most. F1 = 2 TP ÷ (2 TP + FP + FN), counted over
    all clips together.

    Args:
        labels: the true label of each step.
        predictions: the predicted one.
        overlap: the share that is needed, above 0 and at most 1; 0.1, 0.25 and 0.5 are usual.
        mask: True = real step; the others are cut out.

    Returns:
        0…1.

    Raises:
        ValueError: as `edit_score`, or `overlap` outside 0…1.

    References:
        As `edit_score`.
    """
    if not 0 < overlap <= 1:
        raise ValueError(f"expected an overlap above 0 and at most 1, got {overlap}")
    right = counted = 0
    for true, predicted in _clips(labels, predictions, mask):
        ours, theirs = segments(true), segments(predicted)
        free = [True] * len(ours)
        for run in theirs:
            shares = [_share(run, other) if run.label == other.label else 0.0 for other in ours]
            best = int(np.argmax(shares))
            if free[best] and shares[best] >= overlap:
                free[best] = False
                right += 1
        counted += len(ours) + len(theirs)
    return 2 * right / counted


def _share(a: Segment, b: Segment) -> float:
    """Intersection over union."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return max(shared, 0) / (max(a.end, b.end) - min(a.start, b.start))


def edit_distance(a: Sequence[Any], b: Sequence[Any]) -> int:
    """Fewest insertions, deletions and replacements that turn one list into the other.

    Args:
        a: labels, words or letters.
        b: the other ones.

    Returns:
        How many.

    Raises:
        Nothing.
    """
    row = list(range(len(b) + 1))
    for i, here in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, there in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (here != there))
    return row[-1]


def _clips(labels: Steps, predictions: Steps, mask: Mask | None) -> list[tuple[np.ndarray, np.ndarray]]:
    true, predicted = np.asarray(labels), np.asarray(predictions)
    for name, array in (("labels", true), ("predictions", predicted)):
        if array.ndim != 2 or array.dtype.kind not in "iu":
            raise ValueError(f"expected {name} as integers of shape (batch, time), got {array.dtype} {array.shape}")
    if true.shape != predicted.shape or not len(true):
        raise ValueError(f"expected labels and predictions of one shape, got {true.shape} and {predicted.shape}")
    real = np.ones(true.shape, bool) if mask is None else np.asarray(mask)
    if real.shape != true.shape or real.dtype != bool:
        raise ValueError(f"expected mask bool {true.shape}, True = real, got {real.dtype} {real.shape}")
    if not real.any(axis=1).all():
        raise ValueError("expected at least one real step in every clip, got a clip without; leave it out")
    return [(one[here], other[here]) for one, other, here in zip(true, predicted, real, strict=True)]
