"""Gradients around keypoints in; the direction, or the few directions, in which each keypoint points, out."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from vmm_edu.features.patches import Places, bin_of, gradients, in_chunks, votes

BINS = 36
SECOND_PEAK = 0.8
SIDE, SPACING = 14, 0.7  # gradients along each side, 10 blurs across
WINDOW = 2.0  # standard deviation of the weights, in blurs
SMOOTHINGS = 6
WAVES = 10  # of which a smoothed histogram is made


def histograms(sheets: Sequence[Float[Array, ...]], places: Places) -> Float[np.ndarray, "keypoint bin"]:
    """Add up how strongly the surroundings of each keypoint change in each of 36 directions.

    A vote is the length of a gradient, less the further away it is, and goes to the two bins nearest to its direction;
    the circle of bins is then smoothed by six means of three.

    Args:
        sheets: from `lay_out`.
        places: the keypoints.

    Returns:
        The first bin is the direction of x, each further one 10 degrees on towards y (which points down).

    References:
        D. G. Lowe 2004, section 5. The window is 2 blurs wide where the paper and scikit-image have 1.5: directions,
        and so matches, are then found again a little more often.
    """
    upright = np.zeros(len(places.x), np.float32)
    return in_chunks(histogram, sheets, places, upright, side=SIDE + 2, spacing=SPACING, width=BINS)


def window() -> Float[np.ndarray, " point"]:
    """Give the weight of each point of the grid: a Gaussian, up to three times its width.

    Returns:
        float32 (196,).
    """
    from_middle = (np.arange(SIDE) - (SIDE - 1) / 2) * SPACING / WINDOW
    squared = from_middle[:, None] ** 2 + from_middle[None, :] ** 2
    return np.where(squared <= 9, np.exp(-squared / 2), 0).astype(np.float32).reshape(-1)


def histogram_plain(patch: Float[Array, "keypoint row column"]) -> Float[Array, "keypoint bin"]:
    """Add up the votes of gradients bin by bin, and smooth.

    Args:
        patch: from `patches`, upright.

    Returns:
        What `histogram` gives, to a few thousandths, three times as slowly.
    """
    x, y = gradients(patch)
    strength, direction = (v.reshape(len(patch), -1) for v in (jnp.sqrt(x * x + y * y), bin_of(x, y, bins=BINS)))
    counts = votes(strength, direction, bins=BINS) @ window()
    for _ in range(SMOOTHINGS):
        counts = (jnp.roll(counts, 1, axis=1) + counts + jnp.roll(counts, -1, axis=1)) / 3
    return counts


@jax.jit
def histogram(patch: Float[Array, "keypoint row column"]) -> Float[Array, "keypoint bin"]:
    r"""Add up the votes of gradients as waves over the circle instead of bin by bin.

    A vote of strength $r$ for the direction $θ$, shared and smoothed, is a bump around $θ$:
    $\sum_m b_m r \cos(m (φ - θ))$ in the direction $φ$. Bumps are wide, so $b_m$ is nearly 0 from the tenth wave on.
    And $r e^{i m θ}$ is found without an angle, from one $m$ to the next: times $(x + i y) / r$.

    Args:
        patch: from `patches`, upright.

    Returns:
        The smoothed histograms.
    """
    x, y = gradients(patch)
    strength = jnp.sqrt(x * x + y * y)
    scale = 1 / jnp.maximum(strength, 1e-30)
    strength, cosine, sine = (v.reshape(len(patch), -1) for v in (strength, x * scale, y * scale))
    # A product with ones: a plain sum along the last axis is not vectorised.
    ones = np.ones(strength.shape[1], np.float32)

    def next_wave(
        wave: Float[Array, "2 keypoint point"], _: None
    ) -> tuple[Float[Array, "2 keypoint point"], Float[Array, "2 keypoint"]]:
        real, imaginary = wave
        return jnp.stack([real * cosine - imaginary * sine, real * sine + imaginary * cosine]), wave @ ones

    first = jnp.stack([strength * window()[None], jnp.zeros_like(strength)])
    _, sums = jax.lax.scan(next_wave, first, None, length=WAVES)
    return jnp.einsum("mck,cmb->kb", sums, _bump(), precision="highest")


def _bump() -> Float[np.ndarray, "2 wave bin"]:
    """What waves, even and odd, add to each bin for a vote of 1: the two bins that share it, smoothed."""
    wave = np.arange(WAVES)
    smoothed = ((1 + 2 * np.cos(2 * np.pi * wave / BINS)) / 3) ** SMOOTHINGS
    height = np.sinc(wave / BINS) ** 2 * smoothed * np.where(wave == 0, 1, 2) / BINS
    turns = 2 * np.pi * wave[:, None] * np.arange(BINS) / BINS
    return (height[:, None] * np.stack([np.cos(turns), np.sin(turns)])).astype(np.float32)


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
