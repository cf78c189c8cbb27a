"""Scores of tags and of moves in; the probability of each tag a few steps late out, for a clip or while it runs."""

from __future__ import annotations

from collections import deque

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Num
from scipy.special import logsumexp, softmax

from vmm_edu.features.arrays import AnyArray, is_concrete
from vmm_edu.sequence.crf_inputs import FORBIDDEN, Chain, Given, as_chain, checked


def fixed_lag(
    emissions: Num[AnyArray, "*batch time tag"],
    transitions: Num[AnyArray, "tag tag"],
    *,
    lag: int,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    start: Num[AnyArray, " tag"] | None = None,
) -> Float[Array, "*batch time tag"]:
    r"""Probability of each tag at step t, given the steps up to t + lag.

    $$P(y_t = k \mid x_1 \ldots x_{t+L}) ∝ \exp(α_t[k] + β_t^L[k]), \qquad
    β_t^L[j] = \log Σ_k \exp(A[j, k] + e_{t+1}[k] + β_{t+1}^{L-1}[k]), \quad β^0 = 0$$

    A lag of 0 is the filter, a lag of time − 1 or more the smoother. The scores must be logarithms of probabilities
    (rows of exp(A) sum to 1, as in a hidden Markov model): then steps after t + lag that are not yet seen sum to 1 and
    may be left out. For other scores the result is that of the chain cut off at t + lag.

    Args:
        emissions: score of each tag at each step.
        transitions: A, score of going from one tag (row) to the next (column); −inf forbids.
        lag: L, steps of delay.
        mask: True = real step; only the end of a clip may be masked.
        start: score of the first tag; None: zeros.

    Returns:
        Rows that sum to 1; 0 at masked steps.

    Raises:
        ValueError: a negative lag, a masked step before a real one, shapes that do not fit together, NaN or +inf.

    Reference:
        L. Rabiner, "A tutorial on hidden Markov models", Proceedings of the IEEE 77(2), 1989, doi:10.1109/5.18626.
    """
    if lag < 0:
        raise ValueError(f"expected a lag of at least 0 steps, got {lag}")
    given = checked(emissions, transitions, mask, start, None)
    if mask is not None and is_concrete(mask):
        real = np.asarray(mask)
        if (real[..., 1:] & ~real[..., :-1]).any():
            raise ValueError("expected masked steps at the end of a clip only, got one before a real step; cut it out")
    return _shares(given, jnp.int32(min(lag, max(emissions.shape[-2] - 1, 0))))


@jax.jit
def _shares(given: Given, lag: Int[Array, ""]) -> Float[Array, "*batch time tag"]:
    shares = _shares_of(as_chain(given), lag)
    return shares[0] if given.alone else shares


def _shares_of(chain: Chain, lag: Int[Array, ""]) -> Float[Array, "batch time tag"]:
    """One program for every lag: the number of rounds is an argument."""
    e = chain.emissions
    if not e.shape[1]:
        return e
    real = jnp.ones(e.shape[:2], bool) if chain.mask is None else chain.mask

    def forward(
        alpha: Float[Array, "batch tag"], now: Float[Array, "batch tag"]
    ) -> tuple[Float[Array, "batch tag"], Float[Array, "batch tag"]]:
        alpha = now + jax.nn.logsumexp(alpha[:, :, None] + chain.transitions[None], axis=1)
        alpha = alpha - alpha.max(axis=1, keepdims=True)  # only differences between the tags matter
        return alpha, alpha

    first = chain.start[None] + e[:, 0]
    alpha = jnp.concatenate([first[None], jax.lax.scan(forward, first, jnp.swapaxes(e[:, 1:], 0, 1))[1]])

    def backward(_: Int[Array, ""], beta: Float[Array, "batch time tag"]) -> Float[Array, "batch time tag"]:
        ahead = e[:, 1:] + beta[:, 1:]
        # After r rounds entry t speaks for the steps t + 1 … t + r; past the end nothing is added.
        new = jax.nn.logsumexp(chain.transitions[None, None] + ahead[:, :, None, :], axis=3)
        return beta.at[:, :-1].set(jnp.where(real[:, 1:, None], new, jnp.zeros_like(new)))

    beta = jax.lax.fori_loop(0, lag, backward, jnp.zeros_like(e))
    return jnp.where(real[..., None], jax.nn.softmax(jnp.swapaxes(alpha, 0, 1) + beta, axis=2), jnp.zeros_like(e))


class FixedLagSmoother:
    """The same while the clip runs: push a step, get the probabilities of the step `lag` before it.

    It keeps the last lag + 1 steps and one number per tag, however long the stream is, and its answers equal
    `fixed_lag` on the whole clip. NumPy, because one step of a small chain is less than a call of a compiled program.
    """

    def __init__(
        self, transitions: Num[AnyArray, "tag tag"], *, lag: int, start: Num[AnyArray, " tag"] | None = None
    ) -> None:
        """Begin a stream.

        Args:
            transitions: score of going from one tag (row) to the next (column).
            lag: steps of delay.
            start: score of the first tag; None: zeros.

        Raises:
            ValueError: a negative lag, or shapes that do not fit.
        """
        moves = np.asarray(transitions, np.float64)
        tags = len(moves)
        begin = np.zeros(tags) if start is None else np.asarray(start, np.float64)
        if moves.shape != (tags, tags) or begin.shape != (tags,) or lag < 0:
            raise ValueError(
                f"expected transitions (tag, tag), start (tag,) and lag of at least 0, got {moves.shape}, "
                f"{begin.shape} and {lag}"
            )
        self._moves, self._lag = np.maximum(moves, FORBIDDEN), lag
        self._before: np.ndarray = np.maximum(
            begin, FORBIDDEN
        )  # scores of the oldest kept step, before its own emission
        self._kept: deque[np.ndarray] = deque()

    def push(self, emission: Num[AnyArray, " tag"]) -> Float[np.ndarray, " tag"] | None:
        """Take one step.

        Args:
            emission: score of each tag.

        Returns:
            Probabilities for the step `lag` before this one; None in the first `lag` steps.

        Raises:
            ValueError: another number of tags, or NaN.
        """
        now = np.asarray(emission, np.float64)
        if now.shape != self._before.shape or np.isnan(now).any():
            raise ValueError(f"expected an emission {self._before.shape} without NaN, got {now.shape}")
        self._kept.append(np.maximum(now, FORBIDDEN))
        return self._oldest() if len(self._kept) > self._lag else None

    def finish(self) -> Float[np.ndarray, "time tag"]:
        """End the stream: probabilities for the steps that were still waiting, with all that was seen.

        Returns:
            One row for each of the last steps, at most `lag`.

        Raises:
            ValueError: none.
        """
        return np.array([self._oldest() for _ in range(len(self._kept))]).reshape(-1, len(self._before))

    def _oldest(self) -> Float[np.ndarray, " tag"]:
        """Answer for the oldest kept step, and let it go."""
        future = np.zeros_like(self._before)
        for ahead in list(self._kept)[:0:-1]:
            future = np.asarray(logsumexp(self._moves + (ahead + future)[None], axis=1))
        alpha = self._before + self._kept.popleft()
        alpha -= alpha.max()
        self._before = np.asarray(logsumexp(alpha[:, None] + self._moves, axis=0))
        return softmax(alpha + future)
