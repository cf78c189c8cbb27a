"""Token ids in; which tokens keep company with which, and vectors that say so (embeddings), out."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Int32, Integer, Num

from vmm_edu.features.arrays import AnyArray


class Neighbours(NamedTuple):
    """The tokens whose vectors point most nearly the same way.

    Attributes:
        tokens: ids, the nearest first.
        cosines: how near each is, −1…1.
    """

    tokens: Int32[np.ndarray, " neighbour"]
    cosines: Float[np.ndarray, " neighbour"]


def context_counts(
    tokens: Integer[AnyArray, "batch token"], *, mask: Bool[AnyArray, "batch token"], size: int, reach: int = 2
) -> Int32[np.ndarray, "{size} {size}"]:
    """Count how often each token stands within `reach` places of each other one.

    Args:
        tokens: ids of texts, from `Vocabulary.encode`.
        mask: True = a real token. Padding is nobody's neighbour.
        size: number of ids, `len(vocabulary)`.
        reach: how many places to each side.

    Returns:
        Row: the token in the middle; column: its neighbour. Symmetric.

    Raises:
        ValueError: a mask that does not fit, ids outside 0 … size − 1, or `reach` below 1.
    """
    ids, real = np.asarray(tokens), np.asarray(mask)
    if real.shape != ids.shape or real.dtype != bool:
        raise ValueError(f"expected mask bool {ids.shape}, True = real, got {real.dtype} {real.shape}")
    if reach < 1:
        raise ValueError(f"expected a reach of at least 1 place, got {reach}")
    if ids[real].size and not (ids[real].min() >= 0 and ids[real].max() < size):
        raise ValueError(f"expected ids within 0 … {size - 1}, got {ids[real].min()} … {ids[real].max()}; check size")
    counts = np.zeros((size, size), np.int32)
    for far in range(1, min(reach, ids.shape[1] - 1) + 1):
        both = real[:, far:] & real[:, :-far]
        left, right = ids[:, :-far][both], ids[:, far:][both]
        np.add.at(counts, (left, right), 1)
        np.add.at(counts, (right, left), 1)
    return counts


def skip_gram_loss(
    vectors: Float[AnyArray, "token feature"],
    contexts: Float[AnyArray, "token feature"],
    counts: Num[AnyArray, "token token"],
) -> Float[Array, ""]:
    r"""How badly the vectors foretell the neighbours of each token: the mean of −log P(neighbour | token), in nats.

    $$P(j \mid i) = \mathrm{softmax}_j(v_i \cdot u_j)$$

    The softmax goes over the whole vocabulary, which a small one allows, and equal pairs are taken together: the loss
    of a list of pairs is that of their counts. It cannot fall below the conditional entropy of the counts.

    Args:
        vectors: v, a row for each token in the middle; what is kept.
        contexts: u, a row for each token as a neighbour.
        counts: from `context_counts`.

    Returns:
        Nats per pair; 0 where there is no pair.

    Raises:
        ValueError: shapes that do not fit together.

    References:
        T. Mikolov et al., "Efficient estimation of word representations in vector space", 2013,
        doi:10.48550/arXiv.1301.3781 (with a hierarchical softmax; negative sampling came later that year).
    """
    if vectors.shape != contexts.shape or counts.shape != (vectors.shape[0], vectors.shape[0]):
        raise ValueError(
            f"expected vectors and contexts (token, feature) and counts (token, token), "
            f"got {vectors.shape}, {contexts.shape} and {counts.shape}"
        )
    scores = jnp.matmul(jnp.asarray(vectors), jnp.asarray(contexts).T, precision="highest")
    pairs = jnp.asarray(counts).astype(scores.dtype)
    return -(pairs * jax.nn.log_softmax(scores, axis=1)).sum() / jnp.maximum(pairs.sum(), 1)


def skip_gram_floor(counts: Num[AnyArray, "token token"]) -> float:
    r"""The least that `skip_gram_loss` can be: the conditional entropy H(neighbour | token) of the counts, in nats.

    Args:
        counts: from `context_counts`.

    Returns:
        Nats per pair; 0 where there is no pair.

    Raises:
        ValueError: negative counts.
    """
    pairs = np.asarray(counts, float)
    if (pairs < 0).any():
        raise ValueError(f"expected counts of at least 0, got {pairs.min():g}; use context_counts")
    share = pairs / np.maximum(pairs.sum(axis=1, keepdims=True), 1)
    return float(-(pairs * np.log(np.where(share > 0, share, 1))).sum() / max(pairs.sum(), 1))


def cosines(vectors: Float[AnyArray, "token feature"]) -> Float[np.ndarray, "token token"]:
    r"""How nearly each two vectors point the same way: $v_i \cdot v_j / (\lVert v_i \rVert \lVert v_j \rVert)$.

    Args:
        vectors: one row for each token.

    Returns:
        −1…1; 0 with a vector of length 0.

    Raises:
        ValueError: NaN or infinity.
    """
    rows = np.asarray(vectors, float)
    if not np.isfinite(rows).all():
        raise ValueError("expected finite vectors, got NaN or infinity; did the training diverge?")
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    rows = rows / np.where(length > 0, length, 1)
    return np.clip(rows @ rows.T, -1, 1)


def neighbours(
    vectors: Float[AnyArray, "token feature"],
    token: int,
    *,
    count: int = 5,
    among: Int[AnyArray, " candidate"] | None = None,
) -> Neighbours:
    """Find the tokens whose vectors point most nearly where one token's does; itself left out.

    Args:
        vectors: one row for each token.
        token: id of the token.
        count: how many neighbours.
        among: ids to choose from; None: all.

    Returns:
        Ids and cosines, the nearest first; of equally near ones the smaller id.

    Raises:
        ValueError: an id that has no row, or fewer candidates than `count`.
    """
    size = len(vectors)
    ids = np.arange(size) if among is None else np.unique(np.asarray(among))
    if not 0 <= token < size or (ids.size and not (ids.min() >= 0 and ids.max() < size)):
        raise ValueError(f"expected ids within 0 … {size - 1}, got token {token} among {ids.tolist()}")
    ids = ids[ids != token]
    if not 1 <= count <= len(ids):
        raise ValueError(f"expected count within 1 … {len(ids)}, the other tokens, got {count}")
    near = cosines(vectors)[token, ids]
    order = np.argsort(-near, kind="stable")[:count]
    return Neighbours(ids[order].astype(np.int32), near[order])
