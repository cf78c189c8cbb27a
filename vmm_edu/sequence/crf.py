"""Scores of tags and of moves between them in; log Z, a path's score, its NLL and every tag's probability out.

A linear-chain conditional random field gives every path of tags a score and every path a probability:

    score(y) = start[y_1] + Σ_t emissions[t, y_t] + Σ_t transitions[y_{t−1}, y_t] + end[y_T]
    P(y) = exp(score(y)) / Z,      Z = Σ over all K^T paths of exp(score)

−inf in any of the scores forbids what it stands for. A masked step is as if cut out: the step before it and the step
after it are neighbours.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int32, Integer, Num

from vmm_edu.features.arrays import AnyArray, is_concrete
from vmm_edu.sequence.crf_forward import log_z_of
from vmm_edu.sequence.crf_inputs import Chain, Given, as_chain, checked, impossible, told


def crf_log_z(
    emissions: Num[AnyArray, "*batch time tag"],
    transitions: Num[AnyArray, "tag tag"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    start: Num[AnyArray, " tag"] | None = None,
    end: Num[AnyArray, " tag"] | None = None,
) -> Float[Array, "*batch"]:
    r"""Logarithm of the sum of exp(score) over all paths, by the forward algorithm.

    $$α_1 = \mathrm{start} + e_1 \qquad α_t[k] = e_t[k] + \log Σ_j \exp(α_{t-1}[j] + A[j, k])$$
    $$\log Z = \log Σ_k \exp(α_T[k] + \mathrm{end}[k])$$

    Args:
        emissions: score of each tag at each step, (time, tag) or (batch, time, tag).
        transitions: A, score of going from one tag (row) to the next (column).
        mask: True = real step. What masked steps contain changes nothing.
        start: score of the first tag; None: zeros.
        end: score of the last tag; None: zeros.

    Returns:
        One number for each clip; 0 for a clip without a real step, −inf where every path is forbidden. Gradients are
        finite in all these cases.

    Raises:
        ValueError: shapes or types that do not fit together, NaN or +inf.

    References:
        J. Lafferty, A. McCallum and F. Pereira, "Conditional random fields", ICML 2001; C. Sutton and A. McCallum,
        "An introduction to conditional random fields", 2012, doi:10.1561/2200000013.
    """
    return _log_z(checked(emissions, transitions, mask, start, end))


def crf_score(
    emissions: Num[AnyArray, "*batch time tag"],
    transitions: Num[AnyArray, "tag tag"],
    tags: Integer[AnyArray, "*batch time"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    start: Num[AnyArray, " tag"] | None = None,
    end: Num[AnyArray, " tag"] | None = None,
) -> Float[Array, "*batch"]:
    """Score of one path of tags.

    Args:
        emissions: as in `crf_log_z`.
        transitions: as in `crf_log_z`.
        tags: the path, 0…tag − 1 at real steps; what masked steps hold (−1, say) changes nothing.
        mask: as in `crf_log_z`.
        start: as in `crf_log_z`.
        end: as in `crf_log_z`.

    Returns:
        One number for each clip; 0 for a clip without a real step, −inf for a forbidden path.

    Raises:
        ValueError: as `crf_log_z`, or tags that do not fit or lie outside 0…tag − 1.
    """
    given = checked(emissions, transitions, mask, start, end)
    return _score(given, _checked_tags(tags, emissions, mask))


def crf_nll(
    emissions: Num[AnyArray, "*batch time tag"],
    transitions: Num[AnyArray, "tag tag"],
    tags: Integer[AnyArray, "*batch time"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    start: Num[AnyArray, " tag"] | None = None,
    end: Num[AnyArray, " tag"] | None = None,
) -> Float[Array, "*batch"]:
    """Negative log-likelihood of a path, −log P(tags) = log Z − score, in nats per clip (not per step).

    Args:
        emissions: as in `crf_log_z`.
        transitions: as in `crf_log_z`.
        tags: as in `crf_score`.
        mask: as in `crf_log_z`.
        start: as in `crf_log_z`.
        end: as in `crf_log_z`.

    Returns:
        One number ≥ 0 for each clip; 0 for a clip without a real step, +inf (with gradient 0) for a forbidden path.

    Raises:
        ValueError: as `crf_score`.
    """
    given = checked(emissions, transitions, mask, start, end)
    return _nll(given, _checked_tags(tags, emissions, mask))


def crf_marginals(
    emissions: Num[AnyArray, "*batch time tag"],
    transitions: Num[AnyArray, "tag tag"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
    start: Num[AnyArray, " tag"] | None = None,
    end: Num[AnyArray, " tag"] | None = None,
) -> Float[Array, "*batch time tag"]:
    r"""Probability of each tag at each step, given the whole clip: the gradient of log Z.

    $$P(y_t = k) = \frac{∂ \log Z}{∂ e_t[k]}$$

    because every path through tag k at step t, and no other, has $e_t[k]$ in its score.

    Args:
        emissions: as in `crf_log_z`.
        transitions: as in `crf_log_z`.
        mask: as in `crf_log_z`.
        start: as in `crf_log_z`.
        end: as in `crf_log_z`.

    Returns:
        Probabilities that sum to 1 over the tags; 0 at masked steps, and where every path is forbidden.

    Raises:
        ValueError: as `crf_log_z`.
    """
    return _marginals(checked(emissions, transitions, mask, start, end))


@jax.jit
def _log_z(given: Given) -> Float[Array, "*batch"]:
    return told(log_z_of(as_chain(given)), given)


@jax.jit
def _score(given: Given, tags: AnyArray) -> Float[Array, "*batch"]:
    return told(_path_score(as_chain(given), _stacked(tags)), given)


@jax.jit
def _nll(given: Given, tags: AnyArray) -> Float[Array, "*batch"]:
    chain = as_chain(given)
    score = _path_score(chain, _stacked(tags))
    nll = log_z_of(chain) - score
    nll = jnp.where(impossible(score), jnp.full_like(nll, jnp.inf), nll)
    return nll[0] if given.alone else nll


@jax.jit
def _marginals(given: Given) -> Float[Array, "*batch time tag"]:
    chain = as_chain(given)

    def total(scores: Float[Array, "batch time tag"]) -> Float[Array, ""]:
        log_z = log_z_of(chain._replace(emissions=scores))
        return jnp.where(impossible(log_z), jnp.zeros_like(log_z), log_z).sum()

    marginals = jax.grad(total)(chain.emissions)
    if chain.mask is not None:
        marginals = jnp.where(chain.mask[:, :, None], marginals, jnp.zeros_like(marginals))
    return marginals[0] if given.alone else marginals


def _path_score(chain: Chain, tags: Integer[Array, "batch time"]) -> Float[Array, " batch"]:
    steps = tags.shape[1]
    if steps == 0:
        return jnp.zeros(len(tags), chain.emissions.dtype)
    real = jnp.ones(tags.shape, bool) if chain.mask is None else chain.mask
    tags = jnp.where(real, tags, jnp.zeros_like(tags))
    none = jnp.zeros(tags.shape, chain.emissions.dtype)
    emitted = jnp.take_along_axis(chain.emissions, tags[:, :, None], axis=2)[:, :, 0]

    # Number of the last real step up to and including t, −1 before the first: its tag is what the next one follows.
    last = jax.lax.cummax(jnp.where(real, jnp.arange(steps)[None, :], -1), axis=1)
    before = jnp.concatenate([jnp.full_like(last[:, :1], -1), last[:, :-1]], axis=1)
    previous = jnp.take_along_axis(tags, jnp.maximum(before, 0), axis=1)
    moved = jnp.where(before >= 0, chain.transitions[previous, tags], chain.start[tags])
    score = jnp.where(real, emitted + moved, none).sum(axis=1)
    final = jnp.take_along_axis(tags, jnp.maximum(last[:, -1:], 0), axis=1)[:, 0]
    return score + jnp.where(last[:, -1] >= 0, chain.end[final], none[:, 0])


def _stacked(tags: AnyArray) -> Int32[Array, "batch time"]:
    tags = jnp.asarray(tags).astype(jnp.int32)
    return tags[None] if tags.ndim == 1 else tags


def _checked_tags(tags: AnyArray, emissions: AnyArray, mask: AnyArray | None) -> AnyArray:
    if tags.shape != emissions.shape[:-1] or not jnp.issubdtype(tags.dtype, jnp.integer):
        raise ValueError(
            f"expected tags as integers of shape {emissions.shape[:-1]}, as the emissions without the tags, "
            f"got {tags.dtype} {tags.shape}"
        )
    count = emissions.shape[-1]
    if is_concrete(tags) and (mask is None or is_concrete(mask)):
        values = np.asarray(tags)
        values = values if mask is None else values[np.asarray(mask)]
        if values.size and not (values.min() >= 0 and values.max() < count):
            raise ValueError(
                f"expected tags in 0…{count - 1} at real steps, got {values.min()}…{values.max()}; "
                "mask the steps that have no tag"
            )
    return tags
