"""Scores of tags and of moves between them in; the best path and its score out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int32, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.sequence.crf_inputs import Chain, Given, as_chain, checked, first_real, told


def viterbi(
    emissions: Num[AnyArray, "*batch time tag"],
    transitions: Num[AnyArray, "tag tag"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    start: Num[AnyArray, " tag"] | None = None,
    end: Num[AnyArray, " tag"] | None = None,
) -> tuple[Int32[Array, "*batch time"], Float[Array, "*batch"]]:
    r"""Find the path of the highest score: the forward algorithm with max for sum, then back along the pointers.

    $$δ_t[k] = e_t[k] + \max_j (δ_{t-1}[j] + A[j, k]) \qquad π_t[k] = \arg\max_j (δ_{t-1}[j] + A[j, k])$$

    Args:
        emissions: score of each tag at each step, (time, tag) or (batch, time, tag).
        transitions: A, score of going from one tag (row) to the next (column); −inf forbids.
        mask: True = real step; a masked step is as if cut out.
        start: score of the first tag; None: zeros.
        end: score of the last tag; None: zeros.

    Returns:
        The tags, −1 at masked steps, and the path's score as `crf_score` gives it: 0 for a clip without a real step,
        −inf where every path is forbidden (the tags then mean nothing). Among equal paths one is chosen, always the
        same on one machine.

    Raises:
        ValueError: shapes or types that do not fit together, NaN or +inf.

    References:
        A. Viterbi, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm", IEEE
        Transactions on Information Theory 13, 1967, doi:10.1109/TIT.1967.1054010.
    """
    return _best(checked(emissions, transitions, mask, start, end))


@jax.jit
def _best(given: Given) -> tuple[Int32[Array, "*batch time"], Float[Array, "*batch"]]:
    tags, score = _best_path(as_chain(given))
    return tags[0] if given.alone else tags, told(score, given)


def _best_path(chain: Chain) -> tuple[Int32[Array, "batch time"], Float[Array, " batch"]]:
    batch, steps, count = chain.emissions.shape
    none = jnp.zeros(batch, chain.emissions.dtype)
    if steps == 0:
        return jnp.zeros((batch, 0), jnp.int32), none
    real = jnp.ones((batch, steps), bool) if chain.mask is None else chain.mask
    start = jnp.broadcast_to(chain.start, (batch, count))
    stay = jnp.broadcast_to(jnp.arange(count, dtype=jnp.int32), (batch, count))

    def step(
        best: Float[Array, "batch tag"],
        now: tuple[Float[Array, "batch tag"], Bool[Array, " batch"], Bool[Array, " batch"]],
    ) -> tuple[Float[Array, "batch tag"], Int32[Array, "batch tag"]]:
        emission, is_real, begins = now
        through = best[:, :, None] + chain.transitions[None]
        before = jnp.where(begins[:, None], start, through.max(axis=1))
        moves = (is_real & ~begins)[:, None]
        pointer = jnp.where(moves, through.argmax(axis=1).astype(jnp.int32), stay)
        return jnp.where(is_real[:, None], emission + before, best), pointer

    now = (jnp.swapaxes(chain.emissions, 0, 1), real.T, first_real(real).T)
    best, pointers = jax.lax.scan(step, jnp.zeros_like(start), now)
    final = best + chain.end[None]
    last = final.argmax(axis=1).astype(jnp.int32)

    def back(tag: Int32[Array, " batch"], pointer: Int32[Array, "batch tag"]) -> tuple[Array, Array]:
        return jnp.take_along_axis(pointer, tag[:, None], axis=1)[:, 0], tag

    _, path = jax.lax.scan(back, last, pointers, reverse=True)
    tags = jnp.where(real, path.T, jnp.full((batch, steps), -1, jnp.int32))
    return tags, jnp.where(real.any(axis=1), final.max(axis=1), none)
