"""Keypoints with their directions in; 128 numbers for each, the same however the image was turned or lit, out."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.patches import Places, bin_of, gradients, in_chunks, votes

CELLS, BINS = 4, 8
LENGTH = CELLS * CELLS * BINS
CELL = 3.0  # side of a cell, in blurs
WINDOW = 6.0  # standard deviation of the weights, in blurs
SIDE, SPACING = 16, 0.9375  # gradients along each side: over four cells and half a cell more on each side
CLIP = 0.2
EPS = 1e-7


def describe(
    sheets: Sequence[Float[Array, ...]], places: Places, angle: Float[np.ndarray, " keypoint"]
) -> Float[np.ndarray, "keypoint value"]:
    r"""Describe each keypoint by 4 × 4 histograms of gradients, in eight directions each.

    A vote is the length of a gradient, weighed by a Gaussian window, and is shared between the two nearest rows of
    cells, columns of cells and directions (trilinear). The 128 sums are brought to length 1, clipped at 0.2 so that no
    single edge rules, and brought to length 1 again.

    Args:
        sheets: from `lay_out`.
        places: the keypoints.
        angle: the direction of each, in radians; the grid's columns are laid along it.

    Returns:
        Vectors of length 1, or 0 where there is no gradient, in the order row, column, direction.

    References:
        D. G. Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94. Unlike there, the image is looked up on a turned grid,
        between the pixels, and the 16 × 16 gradients are differences on this grid.
    """
    return in_chunks(
        lambda patch: _describe(*_directed(patch)),
        sheets,
        places,
        angle,
        side=SIDE + 2,
        spacing=SPACING,
        width=LENGTH,
    )


def cell_weights() -> Float[np.ndarray, "point cell"]:
    """Give the share of each point of the grid in each cell: linear in the distance along both axes.

    Returns:
        float32 (256, 16); a point between the middles of two cells belongs to both.
    """
    from_middle = (np.arange(SIDE) - (SIDE - 1) / 2) * SPACING
    middles = (np.arange(CELLS) - (CELLS - 1) / 2) * CELL
    near = np.maximum(0, 1 - np.abs(from_middle[:, None] - middles[None, :]) / CELL)
    return np.einsum("ri,cj->rcij", near, near).reshape(SIDE * SIDE, CELLS * CELLS).astype(np.float32)


# Two programs: in one, directions would be computed again for each bin.
@jax.jit
def _directed(
    patch: Float[Array, "keypoint row column"],
) -> tuple[Float[Array, "keypoint point"], Float[Array, "keypoint point"]]:
    x, y = gradients(patch)
    from_middle = (np.arange(SIDE) - (SIDE - 1) / 2) * SPACING / WINDOW
    weight = np.exp(-(from_middle[:, None] ** 2 + from_middle[None, :] ** 2) / 2).astype(np.float32)
    strength = jnp.sqrt(x * x + y * y) * weight[None]
    return strength.reshape(len(patch), -1), bin_of(x, y, bins=BINS).reshape(len(patch), -1)


@jax.jit
def _describe(
    strength: Float[Array, "keypoint point"], direction: Float[Array, "keypoint point"]
) -> Float[Array, "keypoint value"]:
    by_bin = votes(strength, direction, bins=BINS) @ cell_weights()
    vector = jnp.swapaxes(by_bin, 1, 2).reshape(-1, LENGTH)
    return _length_one(jnp.minimum(_length_one(vector), CLIP))


def _length_one(vector: Float[Array, "keypoint value"]) -> Float[Array, "keypoint value"]:
    return vector / jnp.maximum(jnp.sqrt((vector * vector).sum(axis=1, keepdims=True)), EPS)


def root_sift(descriptors: Float[AnyArray, "keypoint value"]) -> Float[np.ndarray, "keypoint value"]:
    r"""Make Euclidean distance compare descriptors as histograms: $d \leftarrow \sqrt{d / \lVert d \rVert_1}$.

    Args:
        descriptors: from `sift`, at least 0.

    Returns:
        float32 vectors of length 1 (0 stays 0).

    Raises:
        ValueError: values that are negative or not finite.

    References:
        R. Arandjelović and A. Zisserman, "Three things everyone should know to improve object retrieval", CVPR 2012,
        doi:10.1109/CVPR.2012.6248018.
    """
    values = np.asarray(descriptors, np.float32)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError("expected finite descriptors of at least 0, got others; give the descriptors of sift")
    return np.sqrt(values / np.maximum(values.sum(axis=1, keepdims=True), EPS))
