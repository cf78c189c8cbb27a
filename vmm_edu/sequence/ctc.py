"""Scores of symbols at every step in; how likely a text is, wherever its letters lie, out.

Connectionist temporal classification (CTC) answers a question that a CRF cannot: the text is known, but not which step
says which letter, and there are far fewer letters than steps. One more symbol, the *blank*, says "nothing new". A path
(one symbol for each step) means the text that is left when runs are merged and blanks are dropped, in this order:

    text(aa␣ab␣) = aab        P(text) = Σ over all paths that mean it of Π_t P(symbol_t at step t)
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int32, Integer, Num

from vmm_edu.features.arrays import AnyArray, is_concrete
from vmm_edu.sequence.crf_inputs import FORBIDDEN

NOTHING = -1
"""Stands behind the last letter of a decoded text."""


class Collapsed(NamedTuple):
    """The text that each path means.

    Attributes:
        labels: symbols in order, −1 behind the last one.
        steps: the step at which each symbol begins, −1 behind the last one.
    """

    labels: Int32[Array, "*batch time"]
    steps: Int32[Array, "*batch time"]


def ctc_loss(
    logits: Num[AnyArray, "*batch time symbol"],
    labels: Integer[AnyArray, "*batch label"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    label_mask: Bool[AnyArray, "*batch label"] | None = None,
    blank: int = 0,
) -> Float[Array, "*batch"]:
    r"""Negative log-likelihood of a text, −log P(labels), by the forward algorithm in log space.

    The text is written with a blank around every letter, $l = (␣, y_1, ␣, y_2, …, ␣)$. With $p_t[k]$ the log
    probability of symbol k at step t, all paths that have come to place j of $l$ at step t share

    $$α_t[j] = p_t[l_j] + \log\big(\exp α_{t-1}[j] + \exp α_{t-1}[j-1] + \exp α_{t-1}[j-2]\big)$$

    where the last term, the jump over a blank, counts only if $l_j$ is a letter and differs from $l_{j-2}$: two equal
    letters need a blank between them.

    Args:
        logits: scores of each symbol at each step; their softmax over symbols is taken here. (time, symbol) or
            (batch, time, symbol).
        labels: the text, blank left out.
        mask: True = real step; a masked step is as if cut out, whatever it contains.
        label_mask: True = real letter; the others (−1, say) are as if cut out.
        blank: which symbol is the blank.

    Returns:
        Nats per text (not per letter), at least 0. An empty text costs what all-blank costs, and 0 without a real step.
        +inf, with gradient 0, for a text that no path means: more letters, and blanks between equal ones, than real
        steps, or a symbol of probability 0 on every path. All other gradients are finite.

    Raises:
        ValueError: shapes or types that do not fit together, NaN, +inf, or a label that is blank or no symbol.

    References:
        A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, "Connectionist temporal classification", ICML 2006,
        doi:10.1145/1143844.1143891. Its forward variables are rescaled probabilities; these are logarithms.
    """
    log_p, real, alone = _checked_logits(logits, mask, blank)
    text, letter = _checked_labels(labels, label_mask, logits, blank)
    loss = _nll(log_p, real, text[None] if alone else text, letter[None] if alone else letter, blank)
    loss = jnp.where(loss > -FORBIDDEN / 2, jnp.full_like(loss, jnp.inf), loss)
    return loss[0] if alone else loss


def ctc_collapse(
    path: Integer[AnyArray, "*batch time"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    blank: int = 0,
) -> Collapsed:
    """Read the text that a path of symbols means: merge runs of equal symbols, then drop the blanks.

    Args:
        path: one symbol for each step, (time,) or (batch, time).
        mask: True = real step; a masked step is as if cut out.
        blank: which symbol is the blank.

    Returns:
        The text and the step at which each of its symbols begins, both with −1 behind the last one.

    Raises:
        ValueError: shapes or types that do not fit together.
    """
    if path.ndim not in (1, 2) or not jnp.issubdtype(path.dtype, jnp.integer):
        raise ValueError(f"expected path as integers (time,) or (batch, time), got {path.dtype} {path.shape}")
    real = _checked_mask("mask", mask, path.shape)
    found = _collapse(jnp.atleast_2d(jnp.asarray(path).astype(jnp.int32)), jnp.atleast_2d(real), blank)
    return Collapsed(*(part[0] for part in found)) if path.ndim == 1 else found


def ctc_greedy(
    logits: Num[AnyArray, "*batch time symbol"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    blank: int = 0,
) -> Collapsed:
    """Read the text of the best path: the likeliest symbol of every step, collapsed.

    That is the likeliest *path*; another text may be likelier, because many paths mean it (`ctc_beam`).

    Args:
        logits: as in `ctc_loss`.
        mask: as in `ctc_loss`.
        blank: as in `ctc_loss`.

    Returns:
        As `ctc_collapse`.

    Raises:
        ValueError: as `ctc_loss`.
    """
    log_p, real, alone = _checked_logits(logits, mask, blank)
    found = _collapse(log_p.argmax(axis=2).astype(jnp.int32), real, blank)
    return Collapsed(*(part[0] for part in found)) if alone else found


@functools.partial(jax.jit, static_argnames="blank")
def _nll(
    log_p: Float[Array, "batch time symbol"],
    real: Bool[Array, "batch time"],
    text: Int32[Array, "batch label"],
    letter: Bool[Array, "batch label"],
    blank: int,
) -> Float[Array, " batch"]:
    batch, steps, places = *real.shape, 2 * text.shape[1] + 1
    # Real letters to the front, so that the text is one piece wherever its padding was.
    rank = jnp.where(letter, jnp.cumsum(letter, axis=1) - 1, text.shape[1])
    text = jnp.full_like(text, blank).at[jnp.arange(batch)[:, None], rank].set(text, mode="drop")
    written = jnp.full((batch, places), blank, jnp.int32).at[:, 1::2].set(text)
    end = 2 * letter.sum(axis=1)
    place = jnp.arange(places)[None, :]
    jump = (written != blank) & (written != jnp.pad(written, ((0, 0), (2, 0)), constant_values=blank)[:, :places])
    # One look-up for all steps; a place behind the text is never said.
    said = jnp.take_along_axis(log_p, jnp.broadcast_to(written[:, None, :], (batch, steps, places)), axis=2)
    said = jnp.where((place <= end[:, None])[:, None, :], said, FORBIDDEN)

    def shifted(alpha: Float[Array, "batch place"], by: int) -> Float[Array, "batch place"]:
        return jnp.pad(alpha, ((0, 0), (by, 0)), constant_values=FORBIDDEN)[:, :places]

    def step(
        alpha: Float[Array, "batch place"], now: tuple[Float[Array, "batch place"], Bool[Array, " batch"]]
    ) -> tuple[Float[Array, "batch place"], None]:
        said_now, is_real = now
        ways = jnp.stack([alpha, shifted(alpha, 1), jnp.where(jump, shifted(alpha, 2), FORBIDDEN)])
        after = jnp.maximum(said_now + jax.nn.logsumexp(ways, axis=0), FORBIDDEN)
        return jnp.where(is_real[:, None], after, alpha), None

    # Before the first step a path stands in front of place 0 or 1: at place 0 with nothing said is the same.
    begin = jnp.broadcast_to(jnp.where(place == 0, 0.0, FORBIDDEN).astype(log_p.dtype), (batch, places))
    alpha, _ = jax.lax.scan(step, begin, (jnp.swapaxes(said, 0, 1), real.T))
    last = jnp.take_along_axis(alpha, jnp.stack([end, jnp.maximum(end - 1, 0)], axis=1), axis=1)
    last = jnp.where(jnp.stack([end >= 0, end > 0], axis=1), last, FORBIDDEN)
    return -jax.nn.logsumexp(last, axis=1)


@functools.partial(jax.jit, static_argnames="blank")
def _collapse(path: Int32[Array, "batch time"], real: Bool[Array, "batch time"], blank: int) -> Collapsed:
    steps = path.shape[1]
    # What the last real step before each one said, if there is one.
    last = jax.lax.cummax(jnp.where(real, jnp.arange(steps)[None, :], NOTHING), axis=1)
    before = jnp.concatenate([jnp.full_like(last[:, :1], NOTHING), last[:, :-1]], axis=1)
    same = (before >= 0) & (jnp.take_along_axis(path, jnp.maximum(before, 0), axis=1) == path)
    begins = real & (path != blank) & ~same
    place = jnp.where(begins, jnp.cumsum(begins, axis=1) - 1, steps)
    rows, empty = jnp.arange(len(path))[:, None], jnp.full_like(path, NOTHING)
    when = jnp.broadcast_to(jnp.arange(steps, dtype=jnp.int32)[None, :], path.shape)
    return Collapsed(*(empty.at[rows, place].set(part, mode="drop") for part in (path, when)))


def _checked_logits(
    logits: AnyArray, mask: AnyArray | None, blank: int
) -> tuple[Float[Array, "batch time symbol"], Bool[Array, "batch time"], bool]:
    """Log probabilities, 0 at masked steps, with a batch axis; the mask; whether there was no batch axis."""
    if logits.ndim not in (2, 3):
        raise ValueError(f"expected logits (time, symbol) or (batch, time, symbol), got {logits.shape}")
    if not (jnp.issubdtype(logits.dtype, jnp.floating) or jnp.issubdtype(logits.dtype, jnp.integer)):
        raise ValueError(f"expected logits of real numbers, got {logits.dtype}; cast them with astype")
    if not 0 <= blank < logits.shape[-1]:
        raise ValueError(f"expected blank within 0 … {logits.shape[-1] - 1}, the symbols of logits, got {blank}")
    real = _checked_mask("mask", mask, logits.shape[:-1])
    scores = jnp.asarray(logits)
    scores = scores if jnp.issubdtype(scores.dtype, jnp.floating) else scores.astype(jnp.float32)
    if is_concrete(scores) and is_concrete(real):
        values = np.asarray(scores)[np.asarray(real)]
        if np.isnan(values).any() or np.isposinf(values).any():
            raise ValueError("expected logits that are finite or -inf at real steps, got NaN or +inf")
    # NaN in padding would reach the gradients if it were only selected away later (0 · NaN).
    scores = jnp.where(real[..., None], jnp.maximum(scores, FORBIDDEN), 0.0)
    log_p = jax.nn.log_softmax(scores, axis=-1)
    return (log_p[None], real[None], True) if logits.ndim == 2 else (log_p, real, False)


def _checked_labels(
    labels: AnyArray, label_mask: AnyArray | None, logits: AnyArray, blank: int
) -> tuple[Int32[Array, "*batch label"], Bool[Array, "*batch label"]]:
    if labels.shape[:-1] != logits.shape[:-2] or labels.ndim != logits.ndim - 1:
        raise ValueError(
            f"expected labels (label,) or (batch, label), with the batch of logits {logits.shape}, got {labels.shape}"
        )
    if not jnp.issubdtype(labels.dtype, jnp.integer):
        raise ValueError(f"expected labels as integers, got {labels.dtype}")
    letter = _checked_mask("label_mask", label_mask, labels.shape)
    if is_concrete(labels) and is_concrete(letter):
        values = np.asarray(labels)[np.asarray(letter)]
        if values.size and not (values.min() >= 0 and values.max() < logits.shape[-1] and (values != blank).all()):
            raise ValueError(
                f"expected labels within 0 … {logits.shape[-1] - 1} without the blank {blank}, "
                f"got {sorted(set(values.tolist()))}; mask the padding with label_mask"
            )
    return jnp.asarray(labels).astype(jnp.int32), letter


def _checked_mask(name: str, mask: AnyArray | None, shape: tuple[int, ...]) -> Bool[Array, "*shape"]:
    if mask is not None and (mask.shape != shape or mask.dtype != jnp.bool_):
        raise ValueError(f"expected {name} bool {shape}, True = real, got {mask.dtype} {mask.shape}")
    return jnp.ones(shape, bool) if mask is None else jnp.asarray(mask)
