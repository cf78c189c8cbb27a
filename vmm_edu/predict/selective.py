"""Which answers were right and how sure the model was in; the error rate when it may stay silent out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float, Integer, Num

Right = Bool[Array | np.ndarray, " batch"] | Integer[Array | np.ndarray, " batch"]
Confidence = Num[Array | np.ndarray, " batch"]


class RiskCoverage(NamedTuple):
    """One entry for each distinct confidence, from the surest down.

    Attributes:
        coverage: share of the clips that are answered.
        risk: share of wrong answers among them.
        threshold: the least confidence that is answered.
    """

    coverage: Float[np.ndarray, " threshold"]
    risk: Float[np.ndarray, " threshold"]
    threshold: Float[np.ndarray, " threshold"]


def risk_coverage(right: Right, confidence: Confidence) -> RiskCoverage:
    """Answer only the surest clips: how many are answered, and how many of those wrongly.

    Args:
        right: True where the model's answer was right.
        confidence: how sure it was; only the order matters. Equal ones are answered together.

    Returns:
        The curve; its last entry answers every clip.

    Raises:
        ValueError: unequal lengths, no clip or NaN.

    Reference:
        Y. Geifman and R. El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017,
        doi:10.48550/arXiv.1705.08500.
    """
    wrong, sure = _checked(right, confidence)
    order = np.argsort(-sure, kind="stable")
    last = np.append(np.flatnonzero(np.diff(sure[order])), len(sure) - 1)
    answered = last + 1
    errors = np.cumsum(wrong[order])[last]
    return RiskCoverage(answered / len(sure), errors / answered, sure[order][last].astype(np.float64))


def area_under_risk_coverage(right: Right, confidence: Confidence) -> float:
    """Mean risk over coverages 1/n, 2/n … 1 (AURC); smaller is better.

    Among equal confidences the order is arbitrary: the expected risk is taken, so nothing depends on it. A model whose
    confidence says nothing gets its error rate; no order gets 0 but by making no error.

    Args:
        right: as in `risk_coverage`.
        confidence: as in `risk_coverage`.

    Returns:
        0…1.

    Raises:
        ValueError: as in `risk_coverage`.
    """
    curve = risk_coverage(right, confidence)
    clips = len(np.asarray(right))
    ends = np.rint(curve.coverage * clips)
    errors = np.interp(np.arange(1, clips + 1), np.append(0, ends), np.append(0, curve.risk * ends))
    return float(np.mean(errors / np.arange(1, clips + 1)))


def coverage_at_risk(curve: RiskCoverage, risk: float) -> tuple[float, float]:
    """The most clips that can be answered at an error rate of at most `risk`, on the clips of the curve.

    Choose the threshold on validation clips: on the clips it was chosen on, the risk looks better than it is.

    Args:
        curve: from `risk_coverage`.
        risk: error rate that is allowed, 0…1.

    Returns:
        Coverage and threshold; (0, infinity) where not even the surest clips are right often enough.

    Raises:
        ValueError: a risk outside 0…1.
    """
    if not 0 <= risk <= 1:
        raise ValueError(f"expected a risk in 0…1, got {risk}")
    allowed = np.flatnonzero(curve.risk <= risk)
    if not len(allowed):
        return 0.0, np.inf
    return float(curve.coverage[allowed[-1]]), float(curve.threshold[allowed[-1]])


def _checked(right: Right, confidence: Confidence) -> tuple[np.ndarray, np.ndarray]:
    good, sure = np.asarray(right), np.asarray(confidence)
    if good.ndim != 1 or good.shape != sure.shape or not len(good):
        raise ValueError(f"expected right and confidence (batch,), at least one, got {good.shape} and {sure.shape}")
    if not np.isin(good, (0, 1)).all() or np.isnan(sure).any():
        raise ValueError("expected right of True and False and confidence without NaN; right = predicted == labels")
    return 1 - good.astype(np.int64), sure
