"""True labels and scores in; how well the scores rank them out: top-k, average precision, mAP and GAP."""

from __future__ import annotations

import numpy as np
from jaxtyping import Array, Bool, Integer, Num, Shaped

Truth = Integer[Array | np.ndarray, "batch label"] | Bool[Array | np.ndarray, "batch label"]


def top_k_accuracy(
    labels: Integer[Array | np.ndarray, " batch"], scores: Num[Array | np.ndarray, "batch class"], *, k: int
) -> float:
    """Share of the clips whose true class is among the k best scores.

    A class with the same score as the true one counts as ahead of it, so that a model that scores all alike gets no
    credit; scikit-learn breaks such ties by the number of the class.

    Args:
        labels: the true class of each clip.
        scores: of each class, logits or probabilities.
        k: how many classes may be named.

    Returns:
        0…1.

    Raises:
        ValueError: unequal lengths, no clip, NaN, a label without a column, or k outside 1…class.
    """
    true, table = np.asarray(labels), np.asarray(scores)
    if table.ndim != 2 or not len(table) or true.shape != table.shape[:1]:
        raise ValueError(f"expected labels (batch,) and scores (batch, class), got {true.shape} and {table.shape}")
    _refuse_nan(table)
    if not 1 <= k <= table.shape[1]:
        raise ValueError(f"expected k in 1…{table.shape[1]}, the number of classes, got {k}")
    if true.min() < 0 or true.max() >= table.shape[1]:
        raise ValueError(f"expected labels in 0…{table.shape[1] - 1}, got {true.min()}…{true.max()}")
    own = table[np.arange(len(true)), true]
    ahead = (table >= own[:, None]).sum(axis=1) - 1
    return float(np.mean(ahead < k))


def average_precision(
    labels: Integer[Array | np.ndarray, " batch"] | Bool[Array | np.ndarray, " batch"],
    scores: Num[Array | np.ndarray, " batch"],
    *,
    positives: int | None = None,
) -> float:
    r"""Area under precision and recall: the precision at each place where a positive is found, averaged.

    $$\mathrm{AP} = \sum_i P_i\, (R_i - R_{i-1})$$

    over the distinct scores from high to low, with precision $P_i$ and recall $R_i$ of all that scores at least the
    i-th. It asks for a ranking only: any rising function of the scores gives the same. Guessing gives the share of
    positives, not one half.

    Args:
        labels: 1 or True for a positive.
        scores: the higher, the surer.
        positives: number of positives that there are, where some are not in the list; None: those in the list.

    Returns:
        0…1.

    Raises:
        ValueError: unequal lengths, NaN, labels other than 0 and 1, or no positive at all.
    """
    true, score = np.asarray(labels), np.asarray(scores)
    if true.ndim != 1 or true.shape != score.shape:
        raise ValueError(f"expected labels and scores (batch,), got {true.shape} and {score.shape}")
    _refuse_nan(score)
    _refuse_others(true)
    found = int(true.sum())
    positives = found if positives is None else positives
    if positives < max(found, 1):
        raise ValueError(f"expected at least {max(found, 1)} positives, got {positives}; without any, AP has no value")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(true[order].astype(np.int64))
    # Equal scores have no order among them: only the last of each group is a threshold.
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1) if len(score) else np.zeros(0, np.int64)
    precision, recall = hits[last] / (last + 1), hits[last] / positives
    return float(np.sum(precision * np.diff(recall, prepend=0.0)))


def mean_average_precision(labels: Truth, scores: Num[Array | np.ndarray, "batch label"]) -> float:
    """Mean of the average precision of each label, every label alike (mAP, "macro").

    Args:
        labels: 1 or True where a label holds.
        scores: of each label.

    Returns:
        0…1. Labels that hold for no clip are left out, as their AP has no value; scikit-learn counts them as 0.

    Raises:
        ValueError: unequal shapes, NaN, labels other than 0 and 1, or no positive at all.
    """
    true, table = _as_tables(labels, scores)
    occurring = np.flatnonzero(true.any(axis=0))
    if not len(occurring):
        raise ValueError("expected at least one label that holds for a clip, got none")
    return float(np.mean([average_precision(true[:, j], table[:, j]) for j in occurring]))


def global_average_precision(labels: Truth, scores: Num[Array | np.ndarray, "batch label"], *, top: int = 20) -> float:
    """Average precision of one long list: the `top` best labels of every clip (GAP@20 of the YouTube-8M challenge).

    The list is shared, so scores must mean the same in every clip and for every label. Labels that hold but are not
    among a clip's best count as missed. Deviation from the challenge's code: equal scores are taken at one threshold
    (there they are shuffled).

    Args:
        labels: 1 or True where a label holds.
        scores: of each label, such as probabilities.
        top: labels that are taken of each clip; all of them where there are fewer. Ties go to the earlier label.

    Returns:
        0…1.

    Raises:
        ValueError: unequal shapes, NaN, labels other than 0 and 1, no positive at all, or `top` below 1.

    References:
        S. Abu-El-Haija and others, "YouTube-8M: a large-scale video classification benchmark", 2016,
        doi:10.48550/arXiv.1609.08675; the measure is `calculate_gap` in the code published with it.
    """
    true, table = _as_tables(labels, scores)
    if top < 1:
        raise ValueError(f"expected top of at least 1, got {top}")
    best = np.argsort(-table, axis=1, kind="stable")[:, :top]
    taken = [np.take_along_axis(array, best, axis=1).ravel() for array in (true, table)]
    return average_precision(*taken, positives=int(true.sum()))


def _as_tables(labels: Truth, scores: Num[Array | np.ndarray, "batch label"]) -> tuple[np.ndarray, np.ndarray]:
    true, table = np.asarray(labels), np.asarray(scores)
    if true.ndim != 2 or true.shape != table.shape:
        raise ValueError(f"expected labels and scores (batch, label) of one shape, got {true.shape} and {table.shape}")
    _refuse_nan(table)
    _refuse_others(true)
    return true, table


def _refuse_nan(scores: Num[np.ndarray, "*shape"]) -> None:
    if np.isnan(scores).any():
        raise ValueError("expected scores without NaN; look for NaN in the inputs of the model")


def _refuse_others(labels: Shaped[np.ndarray, "*shape"]) -> None:
    if not np.isin(labels, (0, 1)).all():
        raise ValueError("expected labels 0 and 1 (or False and True), got others; one-hot class numbers first")
