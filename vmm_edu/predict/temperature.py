"""Logits and labels of validation clips in; the one number that makes a model's confidence honest out."""

from __future__ import annotations

import numpy as np
import scipy.optimize
import scipy.special
from jaxtyping import Array, Float, Integer

COLDEST, HOTTEST = 0.01, 100.0


def at_temperature(
    logits: Float[Array | np.ndarray, "batch class"], temperature: float = 1.0
) -> Float[np.ndarray, "batch class"]:
    r"""Probabilities $\mathrm{softmax}(z / T)$: above 1 less sure, below 1 surer. The order of the classes stays.

    Args:
        logits: scores of the classes.
        temperature: T, above 0.

    Returns:
        Rows that sum to 1, float64.

    Raises:
        ValueError: a temperature that is not positive and finite.
    """
    if not (0 < temperature < np.inf):
        raise ValueError(f"expected a positive, finite temperature, got {temperature}")
    return scipy.special.softmax(np.asarray(logits, np.float64) / temperature, axis=1)


def fit_temperature(
    logits: Float[Array | np.ndarray, "batch class"], labels: Integer[Array | np.ndarray, " batch"]
) -> float:
    r"""Find the temperature with the least log-loss on clips that the model was not trained on.

    $$T = \arg\min_T -\frac{1}{n}\sum_i \log \mathrm{softmax}(z_i / T)_{y_i}$$

    The loss is convex in $1/T$, so there is one valley; SciPy's bounded search (Brent) finds its bottom.

    Args:
        logits: scores of the classes, one row per validation clip.
        labels: the true class of each.

    Returns:
        T.

    Raises:
        ValueError: unequal lengths, no clip, a label without a column, NaN, or no bottom between 0.01 and 100: where
            every clip is right, no confidence is too high.

    Reference:
        C. Guo, G. Pleiss, Y. Sun and K. Weinberger, "On calibration of modern neural networks", ICML 2017,
        doi:10.48550/arXiv.1706.04599.
    """
    table, true = np.asarray(logits, np.float64), np.asarray(labels)
    if table.ndim != 2 or not len(table) or true.shape != table.shape[:1]:
        raise ValueError(f"expected logits (batch, class) and labels (batch,), got {table.shape} and {true.shape}")
    if not np.isfinite(table).all():
        raise ValueError("expected finite logits, got NaN or infinity; look for them in the inputs of the model")
    if true.min() < 0 or true.max() >= table.shape[1]:
        raise ValueError(f"expected labels in 0…{table.shape[1] - 1}, got {true.min()}…{true.max()}")

    if (table.argmax(axis=1) == true).all():
        raise ValueError(
            "expected validation clips of which some are answered wrongly, got none: every clip is right, so surer is "
            "always better; use more or harder clips"
        )

    def loss(log_temperature: float) -> float:
        z = table / np.exp(log_temperature)
        return float(np.mean(scipy.special.logsumexp(z, axis=1) - z[np.arange(len(true)), true]))

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    found = scipy.optimize.minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-9})
    if min(found.x - bounds[0], bounds[1] - found.x) < 1e-3:
        raise ValueError(
            f"expected a best temperature between {COLDEST:g} and {HOTTEST:g}, got none: the scores say nothing of the "
            "labels, or are right in nearly every clip; look at the accuracy first"
        )
    return float(np.exp(found.x))
