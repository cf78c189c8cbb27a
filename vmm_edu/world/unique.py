"""A joint table of label, first and second source in; the bits that only the first one knows (BROJA) out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import null_space

_TOLERANCE_BITS = 1e-7
_NEWTON_STEPS = 500


def unique_information(table: Float[np.ndarray, "label first second"], *, tolerance: float = _TOLERANCE_BITS) -> float:
    r"""Unique information of the first source, $\min_{Q \in \Delta_P} I_Q(Y; S_1 \mid S_2)$, in bits.

    $\Delta_P$ holds every joint distribution Q with the same pairs (label, first) and (label, second) as P. On it
    the minimum is that of the convex $f(q) = \sum q \log (q / r)$ with $r(s_1, s_2) = \sum_y q(y, s_1, s_2)$.
    A logarithmic barrier $-\mu \sum \log q$ keeps q positive; Newton's method follows its minimum as
    $\mu \to 0$, where $\mu$ times the number of cells bounds the distance to the minimum.

    Deviations from the reference: a primal barrier instead of a cone program; and sources are first reduced to
    their distinct posteriors, which changes nothing (a sufficient statistic) and makes most tables tiny.

    Args:
        table: joint probabilities, or weights of any sum.
        tolerance: distance to the minimum in bits, at least 1e-9.

    Returns:
        Bits, between 0 and I(Y; first).

    Raises:
        ValueError: if the weights are negative, not finite or all zero, or the tolerance is below 1e-9.
        RuntimeError: if Newton's method does not arrive.

    Reference:
        Makkeh, Theis, Vicente, "BROJA-2PID: a robust estimator for bivariate partial information decomposition",
        Entropy 20(4), 2018. doi:10.3390/e20040271
    """
    if not np.isfinite(table).all() or table.min() < 0 or table.sum() <= 0:
        raise ValueError("expected finite non-negative weights that are not all zero")
    if tolerance < 1e-9:
        raise ValueError(f"expected a tolerance of at least 1e-9 bits, got {tolerance}")
    table = table[table.sum(axis=(1, 2)) > 0] / table.sum()
    first, second = _reduced(table.sum(axis=2)), _reduced(table.sum(axis=1))
    prior = first.sum(axis=1)
    start = first[:, :, None] * second[:, None, :] / prior[:, None, None]
    cells = np.nonzero(start)
    place = cells[1] * second.shape[1] + cells[2]
    best = _minimum(start[cells], place, _directions(cells, start.shape), tolerance * np.log(2))
    coupled = np.zeros_like(start)
    coupled[cells] = best
    return max(0.0, _bits(coupled) - _bits(second[:, None, :]))


def _directions(cells: tuple[np.ndarray, ...], shape: tuple[int, ...]) -> Float[np.ndarray, "cell direction"]:
    """Orthonormal directions in which q may move without changing a pair (label, first) or (label, second)."""
    label, first, second = cells
    sums = np.zeros((shape[0] * (shape[1] + shape[2]), len(label)))
    sums[label * shape[1] + first, np.arange(len(label))] = 1
    sums[shape[0] * shape[1] + label * shape[2] + second, np.arange(len(label))] = 1
    return null_space(sums[sums.any(axis=1)])


def _minimum(
    q: Float[np.ndarray, " cell"],
    place: Int[np.ndarray, " cell"],
    directions: Float[np.ndarray, "cell direction"],
    tolerance: float,
) -> Float[np.ndarray, " cell"]:
    """The q that minimises Σ q log(q / r), r the sum over the cells of the same place; tolerance in nats."""
    if not directions.shape[1]:
        return q
    same = (place[:, None] == place).astype(np.float64)

    def value(q: Float[np.ndarray, " cell"], mu: float) -> float:
        return float(q @ np.log(q / (same @ q)) - mu * np.log(q).sum())

    mu, goal = 0.1, tolerance / (2 * len(q))
    for _ in range(_NEWTON_STEPS):
        r = same @ q
        slope = directions.T @ (np.log(q / r) - mu / q)
        curve = np.diag(1 / q + mu / q**2) - same / r
        step = -np.linalg.solve(directions.T @ curve @ directions, slope)
        decrease = -float(slope @ step)
        # Half the decrease is how far the barrier's own minimum can be; well inside μ it is time for a smaller μ.
        if decrease < 0.1 * mu:
            if mu <= goal:
                return q
            mu = max(goal, mu / 8)
            continue
        move = directions @ step
        down = move < 0
        length = min(1.0, 0.95 * float((-q[down] / move[down]).min())) if down.any() else 1.0
        now = value(q, mu)
        while value(q + length * move, mu) > now - 0.1 * length * decrease and length > 1e-10:
            length /= 2
        q = q + length * move
    raise RuntimeError(f"unique information: no minimum within {_NEWTON_STEPS} Newton steps")


def _reduced(pairs: Float[np.ndarray, "label source"]) -> Float[np.ndarray, "label state"]:
    """Merge the states of a source that say the same about the label."""
    pairs = pairs[:, pairs.sum(axis=0) > 0]
    posterior = np.round(pairs / pairs.sum(axis=0), 12)
    _, group = np.unique(posterior, axis=1, return_inverse=True)
    merged = np.zeros((len(pairs), int(group.max()) + 1))
    np.add.at(merged.T, group.reshape(-1), pairs.T)
    return merged


def _bits(joint: Float[np.ndarray, "label first second"]) -> float:
    """I(label; both sources)."""
    prior, common = joint.sum(axis=(1, 2), keepdims=True), joint.sum(axis=0, keepdims=True)
    some = joint > 0
    return float(joint[some] @ np.log2(joint[some] / (prior * common)[some]))
