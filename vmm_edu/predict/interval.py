"""A score of a test set in; the range in which another test set of this size would put it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Array, Shaped


class Interval(NamedTuple):
    """A score and its confidence interval.

    Attributes:
        estimate: the score of the clips as they are.
        low: lower end.
        high: upper end.
    """

    estimate: float
    low: float
    high: float


def bootstrap_interval(
    score: Callable[..., Any],
    *columns: Shaped[Array | np.ndarray, "batch ..."],
    rng: np.random.Generator,
    level: float = 0.95,
    resamples: int = 2000,
) -> Interval:
    """Percentile bootstrap: draw the clips again with replacement, score each draw, and cut off both tails.

    Whole clips are drawn, so the columns stay paired. Two models on the same clips are compared by the interval of
    the difference of their scores, not by whether their two intervals overlap. It covers the choice of test clips, not
    the choice of training clips or of the seed.

    Args:
        score: takes the columns, returns a number; `accuracy`, `macro_f1`, `np.mean`…
        *columns: what `score` takes, one entry per clip: labels and predictions, or one list of numbers.
        rng: source of the draws.
        level: share of the draws that lie inside.
        resamples: number of draws.

    Returns:
        The score with the (1 − level)/2 and (1 + level)/2 quantiles of its draws.

    Raises:
        ValueError: no column, no clip, unequal lengths, `level` not between 0 and 1, or fewer than 2 draws.

    Reference:
        Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979),
        doi:10.1214/aos/1176344552.
    """
    arrays = [np.asarray(column) for column in columns]
    lengths = {array.shape[:1] for array in arrays}
    if len(lengths) != 1 or not all(array.size for array in arrays) or () in lengths:
        raise ValueError(
            f"expected columns with one entry per clip, at least one, got shapes {[array.shape for array in arrays]}"
        )
    if not 0 < level < 1:
        raise ValueError(f"expected level between 0 and 1, such as 0.95, got {level}")
    if resamples < 2:
        raise ValueError(f"expected at least 2 resamples, got {resamples}")
    clips = len(arrays[0])
    draws = np.empty(resamples)
    for draw in range(resamples):
        rows = rng.integers(clips, size=clips)
        draws[draw] = score(*(array[rows] for array in arrays))
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(score(*arrays)), float(low), float(high))
