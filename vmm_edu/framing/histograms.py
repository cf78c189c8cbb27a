"""Frames in, one colour histogram per frame and the distance from each frame to the one before it out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64, Real, UInt8

LEVELS = 256


def colour_histograms(
    images: UInt8[np.ndarray, "time height width 3"], *, bins: int = 16
) -> Float64[np.ndarray, "time feature"]:
    r"""Describes each frame by how much of it has which brightness in red, green and blue, and by nothing else.

    A pixel's value $v$ (0…255) votes for the two bins whose centres lie around it, by the nearness of each:
    with a single vote, a value on the edge of two bins would jump from one to the other with the noise of the
    coding. The three histograms of a frame are put one after the other and sum to 1 together.

    Args:
        images: RGB frames, 0…255.
        bins: Bins per channel, 2…256.

    Returns:
        One row of 3·``bins`` shares per frame: first those of red, then green, then blue.

    Raises:
        ValueError: Frames without a pixel, or ``bins`` out of its range.

    Reference:
        Swain and Ballard, Color indexing, IJCV 1991, doi:10.1007/BF00130487. They count colours in one histogram of
        three dimensions; three of one dimension are smaller and say enough to tell two shots apart.
    """
    if not 2 <= bins <= LEVELS:
        raise ValueError(f"bins: expected 2…{LEVELS} bins per channel, got {bins}.")
    pixels = images.shape[1] * images.shape[2]
    if not pixels:
        raise ValueError(f"images: expected frames with pixels, got shape {images.shape}.")
    counts = np.stack([np.bincount(image[..., c].ravel(), minlength=LEVELS) for image in images for c in range(3)])
    places = np.arange(LEVELS) * (bins - 1) / (LEVELS - 1)
    votes = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(bins)))
    return (counts @ votes).reshape(len(images), 3 * bins) / (3 * pixels)


def shares(descriptors: Real[np.ndarray, "time feature"]) -> Float64[np.ndarray, "time share"]:
    """Divides each row by its sum; a row of zeros, as of a flat frame, gets a last entry that only such rows have."""
    values = descriptors.astype(np.float64)
    total = values.sum(axis=1, keepdims=True)
    empty = (total == 0).astype(np.float64)
    return np.concatenate([values / (total + empty), empty], axis=1)


def distance(
    before: Float[np.ndarray, "*#batch share"], after: Float[np.ndarray, "*#batch share"]
) -> Float[np.ndarray, ...]:
    """Returns the share of one description that is not found in the other: ½ Σ|a − b|, 0 for equal ones, at most 1."""
    return 0.5 * np.abs(after - before).sum(axis=-1)
