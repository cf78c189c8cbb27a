"""The arrays that a caller hands to a CRF function in; the same arrays, checked and of one form, out."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, DTypeLike, Float

from vmm_edu.features.arrays import AnyArray, is_concrete

# Stands for −∞ inside: log 0 + log 0 stays a number, and so do all gradients. No sum of real scores comes near it.
FORBIDDEN = -1e30


class Chain(NamedTuple):
    """Scores of a linear chain, every one finite.

    Attributes:
        emissions: score of each tag at each step (batch, time, tag); 0 at masked steps.
        transitions: score of going from one tag (row) to another (column).
        start: score of beginning with each tag.
        end: score of ending with each tag.
        mask: True = real step, or None where all are.
    """

    emissions: Float[Array, "batch time tag"]
    transitions: Float[Array, "tag tag"]
    start: Float[Array, " tag"]
    end: Float[Array, " tag"]
    mask: Bool[Array, "batch time"] | None


class Given(NamedTuple):
    """A caller's arrays, checked but as they came.

    Attributes:
        emissions: (time, tag) or (batch, time, tag).
        transitions: (tag, tag).
        mask: (time,) or (batch, time), as the emissions; None: all steps are real.
        start: (tag,) or None for zeros.
        end: (tag,) or None for zeros.
    """

    emissions: AnyArray
    transitions: AnyArray
    mask: AnyArray | None
    start: AnyArray | None
    end: AnyArray | None

    @property
    def alone(self) -> bool:
        """Whether there is no batch axis."""
        return self.emissions.ndim == 2


def checked(
    emissions: AnyArray,
    transitions: AnyArray,
    mask: AnyArray | None,
    start: AnyArray | None,
    end: AnyArray | None,
) -> Given:
    """Check the scores of a chain.

    Args:
        emissions: (time, tag) or (batch, time, tag).
        transitions: (tag, tag).
        mask: (time,) or (batch, time), as the emissions.
        start: (tag,) or None for zeros.
        end: (tag,) or None for zeros.

    Returns:
        The same arrays.

    Raises:
        ValueError: shapes or types that do not fit together, NaN or +∞ at a real step.
    """
    if emissions.ndim not in (2, 3):
        raise ValueError(f"expected emissions (time, tag) or (batch, time, tag), got {emissions.shape}")
    tags, steps = emissions.shape[-1], emissions.shape[:-1]
    if tags < 1 or transitions.shape != (tags, tags):
        raise ValueError(
            f"expected transitions (tag, tag) = {(tags, tags)} beside emissions {emissions.shape}, "
            f"got {transitions.shape}; row = from, column = to"
        )
    for name, scores in (("start", start), ("end", end)):
        if scores is not None and scores.shape != (tags,):
            raise ValueError(f"expected {name} (tag,) = {(tags,)}, got {scores.shape}")
    if mask is not None and (mask.shape != steps or mask.dtype != jnp.bool_):
        raise ValueError(
            f"expected mask bool {steps}, as the emissions without the tags, True = real, got {mask.dtype} {mask.shape}"
        )
    named = {"emissions": emissions, "transitions": transitions, "start": start, "end": end}
    for name, scores in named.items():
        _check_scores(name, scores, mask if name == "emissions" else None)

    return Given(emissions, transitions, mask, start, end)


def as_chain(given: Given) -> Chain:
    """Bring checked scores to one form: a batch axis, one floating type, FORBIDDEN in place of −∞.

    It is called inside compiled functions: outside, each of its dozen operations would be a program of its own.

    Args:
        given: from `checked`.

    Returns:
        The chain.

    Raises:
        Nothing.
    """
    emissions, transitions, mask, start, end = given
    wide = any(scores is not None and scores.dtype == jnp.float64 for scores in (emissions, transitions, start, end))
    dtype = jnp.float64 if wide and jnp.asarray(np.float64(0)).dtype == jnp.float64 else jnp.float32
    real = None if mask is None else jnp.asarray(mask)
    scores = _finite(emissions, dtype)
    if real is not None:
        # NaN in padding would reach the gradients if it were only selected away later (0 · NaN).
        scores = jnp.where(real[..., None], scores, jnp.zeros_like(scores))
    none = jnp.zeros(emissions.shape[-1], dtype)
    return Chain(
        scores[None] if given.alone else scores,
        _finite(transitions, dtype),
        none if start is None else _finite(start, dtype),
        none if end is None else _finite(end, dtype),
        real[None] if given.alone and real is not None else real,
    )


def first_real(mask: Bool[Array, "batch time"]) -> Bool[Array, "batch time"]:
    """Where each clip begins: its first real step.

    Args:
        mask: True = real step.

    Returns:
        True at one step of each clip that has a real one.

    Raises:
        Nothing.
    """
    return mask & (jnp.cumsum(mask, axis=1) == 1)


def impossible(score: Float[Array, "*shape"]) -> Bool[Array, "*shape"]:
    """Whether a score holds at least one forbidden term.

    Args:
        score: sums of scores of a chain.

    Returns:
        True where the sum stands for −∞.

    Raises:
        Nothing.
    """
    return score < FORBIDDEN / 2


def told(score: Float[Array, " batch"], given: Given) -> Float[Array, "*batch"]:
    """Scores as the caller gets them.

    Args:
        score: one number for each clip of the chain.
        given: what the chain was made of.

    Returns:
        −∞ for sums that hold a forbidden term; without a batch axis where the caller had none.

    Raises:
        Nothing.
    """
    score = jnp.where(impossible(score), jnp.full_like(score, -jnp.inf), score)
    return score[0] if given.alone else score


def _finite(scores: AnyArray, dtype: DTypeLike) -> Float[Array, "*shape"]:
    values = jnp.asarray(scores).astype(dtype)
    return jnp.where(values > FORBIDDEN, values, jnp.full_like(values, FORBIDDEN))


def _check_scores(name: str, scores: AnyArray | None, mask: AnyArray | None) -> None:
    if scores is None:
        return
    if not (jnp.issubdtype(scores.dtype, jnp.floating) or jnp.issubdtype(scores.dtype, jnp.integer)):
        raise ValueError(f"expected {name} of real numbers, got {scores.dtype}; cast them with astype")
    if is_concrete(scores) and (mask is None or is_concrete(mask)):
        values = np.asarray(scores)
        fine = values < np.inf  # False for NaN as well; −∞ is a rule, not an error
        if not (fine if mask is None else fine | ~np.asarray(mask)[..., None]).all():
            raise ValueError(
                f"expected finite {name}, or −inf where something is forbidden, got NaN or +inf; "
                "find where they come from, or mask those steps"
            )
