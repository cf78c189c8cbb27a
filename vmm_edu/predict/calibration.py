"""True labels and predicted probabilities in; how far confidence is from accuracy out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float, Int, Integer


class Reliability(NamedTuple):
    """Predictions grouped by their confidence, in equal-width bins.

    Attributes:
        confidence: mean confidence in each bin, 0 where it is empty.
        accuracy: share of right predictions in each bin, 0 where it is empty.
        clips: number of clips in each bin.
    """

    confidence: Float[np.ndarray, " bin"]
    accuracy: Float[np.ndarray, " bin"]
    clips: Int[np.ndarray, " bin"]


def reliability(
    labels: Integer[Array | np.ndarray, " batch"],
    probabilities: Float[Array | np.ndarray, "batch class"],
    *,
    bins: int = 15,
) -> Reliability:
    """Compare the confidence of the predicted class with how often it is right.

    Bin k of K holds the confidences in ((k − 1)/K, k/K]; a confidence of 0 falls in the first.

    Args:
        labels: the true class of each clip.
        probabilities: of each class, 0…1; rows sum to 1.
        bins: number of equal-width bins.

    Returns:
        Mean confidence, accuracy and number of clips in each bin.

    Raises:
        ValueError: unequal lengths, no clip, a label without a column, rows that are not probabilities, or `bins` < 1.
    """
    true, table = np.asarray(labels), np.asarray(probabilities, np.float64)
    if bins < 1:
        raise ValueError(f"expected at least 1 bin, got {bins}")
    if table.ndim != 2 or not len(table) or true.shape != table.shape[:1]:
        raise ValueError(
            "expected labels (batch,) and probabilities (batch, class) of at least one clip, "
            f"got {true.shape} and {table.shape}"
        )
    if true.min() < 0 or true.max() >= table.shape[1]:
        raise ValueError(f"expected labels in 0…{table.shape[1] - 1}, got {true.min()}…{true.max()}")
    # `not (… <= …)` so that NaN is refused too.
    if not (np.abs(table.sum(axis=1) - 1).max() <= 1e-3 and table.min() >= 0):
        raise ValueError("expected probabilities: not negative, rows that sum to 1; apply softmax to logits first")
    confidence = table.max(axis=1)
    right = table.argmax(axis=1) == true
    index = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(index, minlength=bins)
    share = np.maximum(count, 1)
    return Reliability(
        np.bincount(index, weights=confidence, minlength=bins) / share,
        np.bincount(index, weights=right, minlength=bins) / share,
        count,
    )


def calibration_error(
    labels: Integer[Array | np.ndarray, " batch"],
    probabilities: Float[Array | np.ndarray, "batch class"],
    *,
    bins: int = 15,
) -> float:
    r"""Expected calibration error: the mean gap between confidence and accuracy, weighted by the clips in each bin.

    $$\mathrm{ECE} = \sum_k \frac{n_k}{n} \left|\mathrm{acc}_k - \mathrm{conf}_k\right|$$

    Equal-width bins of the confidence in the predicted class. It depends on the number of bins, and on few clips it is
    above 0 even for a perfect model: compare it only at equal `bins` and number of clips.

    Args:
        labels: the true class of each clip.
        probabilities: of each class, 0…1; rows sum to 1.
        bins: number of equal-width bins.

    Returns:
        0…1.

    Raises:
        ValueError: as `reliability`.

    Reference:
        Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017,
        doi:10.48550/arXiv.1706.04599.
    """
    table = reliability(labels, probabilities, bins=bins)
    return float(np.sum(table.clips * np.abs(table.accuracy - table.confidence)) / table.clips.sum())
