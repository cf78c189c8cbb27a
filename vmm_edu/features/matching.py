"""The keypoints of two images in; which of them are the same point out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.sift import Keypoints


def match(
    a: Keypoints | Float[AnyArray, "left value"],
    b: Keypoints | Float[AnyArray, "right value"],
    *,
    ratio: int | float = 0.8,
) -> Int[np.ndarray, "pair 2"]:
    r"""Pair points that look most alike, where no other point looks nearly as much alike.

    Point i of `a` goes with its nearest descriptor j of `b`, if i is the nearest of j too and
    $\lVert a_i - b_j \rVert < r \lVert a_i - b_{j'} \rVert$ for the second nearest j': a point that has a double is not
    trusted.

    Args:
        a: keypoints of one image, or descriptors (keypoint, value).
        b: those of the other.
        ratio: r, above 0 and at most 1; smaller leaves fewer and surer pairs.

    Returns:
        int64 (pair, 2): numbers in `a` and in `b`, in the order of `a`; empty where either has no keypoints. Where `b`
        has a single one there is no second nearest, and being each other's nearest is enough.

    Raises:
        ValueError: `ratio` out of range, descriptors of different lengths or not two-dimensional, or NaN.

    References:
        D. G. Lowe 2004, section 7.1. As in scikit-image's `match_descriptors` with `max_ratio` and `cross_check`, pairs
        are each other's nearest; the paper asks for that in one direction only.
    """
    if not 0 < ratio <= 1:
        raise ValueError(f"expected a ratio above 0 and at most 1, got {ratio}; 0.8 is usual")
    left, right = (np.asarray(x.descriptors if isinstance(x, Keypoints) else x) for x in (a, b))
    if left.ndim != 2 or right.ndim != 2 or left.shape[1] != right.shape[1]:
        raise ValueError(
            f"expected descriptors (keypoint, value) of one length, got {left.shape} and {right.shape}; "
            "describe both images in the same way"
        )
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise ValueError("expected finite descriptors, got NaN or infinity; remove those keypoints first")
    if len(left) == 0 or len(right) == 0:
        return np.zeros((0, 2), np.int64)
    squared = _squared_distances(left, right)
    nearest = squared.argmin(axis=1)
    mutual = squared.argmin(axis=0)[nearest] == np.arange(len(left))
    best = squared[np.arange(len(left)), nearest]
    if len(right) > 1:
        squared[np.arange(len(left)), nearest] = np.inf
        mutual &= best < ratio**2 * squared.min(axis=1)
    kept = np.flatnonzero(mutual)
    return np.stack([kept, nearest[kept]], axis=1)


def _squared_distances(
    left: Float[np.ndarray, "left value"], right: Float[np.ndarray, "right value"]
) -> Float[np.ndarray, "left right"]:
    """|a|² − 2 a·b + |b|², one matrix product; in float64, because near pairs leave only the last digits."""
    left, right = left.astype(np.float64), right.astype(np.float64)
    product = left @ right.T
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :]
    return np.maximum(squares - 2 * product, 0)
