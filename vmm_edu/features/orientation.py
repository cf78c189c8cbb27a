"""Gradients around keypoints in; the direction, or the few directions, in which each keypoint points, out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.patches import Places, bin_of, gradients, votes

BINS = 36
SECOND_PEAK = 0.8
SIDE, SPACING = 20, 0.5  # 10 blurs across
WINDOW = 2.0  # standard deviation of the weights, in blurs
SMOOTHINGS = 6


def histograms(pixels: Float[AnyArray, " pixel"], places: Places) -> Float[Array, "keypoint bin"]:
    """Add up how strongly the surroundings of each keypoint change in each of 36 directions.

    A vote is the length of a gradient, less the further away it is, and goes to the two bins nearest to its direction;
    the circle of bins is then smoothed by six means of three.

    Args:
        pixels: from `lay_out`.
        places: the keypoints.

    Returns:
        Bin k is the direction of k · 10 degrees, from the x axis towards the y axis (which points down).

    References:
        D. G. Lowe 2004, section 5. The window is 2 blurs wide where the paper and scikit-image have 1.5: directions,
        and so matches, are then found again a little more often.
    """
    upright = np.zeros(len(places.x), np.float32)
    return _histogram(*gradients(pixels, places, upright, side=SIDE, spacing=SPACING))


@jax.jit
def _histogram(
    x: Float[Array, "keypoint row column"], y: Float[Array, "keypoint row column"]
) -> Float[Array, "keypoint bin"]:
    from_middle = (np.arange(SIDE) - (SIDE - 1) / 2) * SPACING / WINDOW
    squared = from_middle[:, None] ** 2 + from_middle[None, :] ** 2
    weight = np.where(squared <= 9, np.exp(-squared / 2), 0).astype(np.float32)
    x, y = x.reshape(x.shape[0], -1), y.reshape(y.shape[0], -1)
    # A product with the weights, which are the same for all: a plain sum would compute directions once for each bin.
    counts = votes(jnp.sqrt(x * x + y * y), bin_of(x, y, bins=BINS), bins=BINS) @ weight.reshape(-1)
    for _ in range(SMOOTHINGS):
        counts = (jnp.roll(counts, 1, axis=1) + counts + jnp.roll(counts, -1, axis=1)) / 3
    return counts


def peaks(
    histogram: Float[np.ndarray, "keypoint bin"],
) -> tuple[Int[np.ndarray, " peak"], Float[np.ndarray, " peak"]]:
    """Find the highest bin of every histogram and all peaks of at least 0.8 of it, to a fraction of a bin.

    Args:
        histogram: from `histograms`.

    Returns:
        For every peak the number of its keypoint, and its angle in radians, -π … π. A keypoint without any gradient
        has none.
    """
    bins = histogram.shape[1]
    before, after = np.roll(histogram, 1, axis=1), np.roll(histogram, -1, axis=1)
    tall = histogram >= SECOND_PEAK * histogram.max(axis=1, keepdims=True)
    keypoint, k = np.nonzero(tall & (histogram > before) & (histogram >= after))
    left, middle, right = before[keypoint, k], histogram[keypoint, k], after[keypoint, k]
    angle = (k + 0.5 * (left - right) / (left - 2 * middle + right)) * 2 * np.pi / bins
    return keypoint, ((angle + np.pi) % (2 * np.pi) - np.pi).astype(np.float32)
