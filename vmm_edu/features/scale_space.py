"""A grey image in; the same image at every blur, octave by octave, with its extrema marked, out."""

from __future__ import annotations

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.blurring import blur_inside, blurred_inside, radius_of
from vmm_edu.features.extrema import extrema

SCALES = 3  # blurs per doubling
SIGMA = 1.6  # blur of the first level of an octave, in the octave's own pixels
CAMERA_SIGMA = 0.5  # blur that a photograph is taken to have, in its pixels
SMALLEST_SIDE = 12  # an octave has at least so many pixels along each side
LEVELS = SCALES + 3
STEPS = [SIGMA * math.sqrt(4 ** (level / SCALES) - 1) for level in range(1, LEVELS)]  # from level 0 to each other one
MARGIN = radius_of(STEPS[-1])
FIRST_STEP = math.sqrt(SIGMA**2 - (2 * CAMERA_SIGMA) ** 2)
LEAST_BUFFER = 256
ORIGIN = -0.25  # where the first pixel of the doubled image, and so of every octave, lies in the image


class Octave(NamedTuple):
    """One size of the image at six blurs.

    Attributes:
        levels: float32 (level, high, wide), padded to a size for which there is a compiled program; level k is blurred
            by `SIGMA` · 2^(k/3) of the octave's pixels.
        marked: bool (scale, high - 2, wide - 2); the `extrema` of the differences of neighbouring levels.
        height: rows of `levels` that belong to the image.
        width: columns of `levels` that belong to the image.
        pixel: distance of two pixels of the octave, in pixels of the image: 0.5, 1, 2, …; its first pixel lies at
            (`ORIGIN`, `ORIGIN`) in the image.
    """

    levels: Float[AnyArray, "level high wide"]
    marked: Bool[AnyArray, "scale inner_high inner_wide"]
    height: int
    width: int
    pixel: float

    @property
    def differences(self) -> Float[np.ndarray, "scale height width"]:
        """The five differences of neighbouring levels, without the padding."""
        return np.diff(np.asarray(self.levels)[:, : self.height, : self.width], axis=0)


def scale_space(
    image: Float[AnyArray, "height width"], *, threshold: int | float = 0.8 * 0.04 / SCALES
) -> list[Octave]:
    r"""Blur an image more and more; each time the blur has doubled, keep every second pixel and go on.

    $$L(x, y, σ) = G_σ * I, \qquad D(x, y, σ) = L(x, y, 2^{1/3} σ) - L(x, y, σ)$$

    The image is doubled in size first, by linear interpolation, so that the finest details count too. All levels of an
    octave are blurred from its first one. Where an octave is smaller than its buffer, it is continued by its mirror
    image, as at a border.

    Args:
        image: grey, 0…1, at least 12 × 12 pixels.
        threshold: least height |D| of an extremum that is marked.

    Returns:
        Octaves, the finest first; at most eight.

    Raises:
        ValueError: the image is smaller than 12 × 12 pixels.

    References:
        D. G. Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94, with the parameters of I. Rey Otero and M. Delbracio,
        "Anatomy of the SIFT method", IPOL 2014, doi:10.5201/ipol.2014.82, which scikit-image has as well.
    """
    height, width = image.shape
    if min(height, width) < SMALLEST_SIDE:
        raise ValueError(
            f"expected an image of at least {SMALLEST_SIDE} × {SMALLEST_SIDE} pixels (height × width), got "
            f"{height} × {width}; enlarge it first"
        )
    seed, first = _doubled(np.asarray(image, np.float32)), FIRST_STEP
    octaves: list[Octave] = []
    while min(seed.shape) >= SMALLEST_SIDE and len(octaves) < 8:
        margin = MARGIN + (radius_of(first) if first else 0)
        buffer = [buffer_side(side) for side in seed.shape]
        around = [(margin, margin + held - side) for held, side in zip(buffer, seed.shape, strict=True)]
        padded = np.pad(seed, around, mode="symmetric")
        padded = blurred_inside(padded, sigma=first) if first else padded
        levels = _blurs(padded)
        marked = _marks(levels, np.float32(threshold))
        octaves.append(Octave(levels, marked, seed.shape[0], seed.shape[1], 0.5 * 2 ** len(octaves)))
        seed, first = np.asarray(levels[SCALES])[: seed.shape[0] : 2, : seed.shape[1] : 2], 0.0
    return octaves


def buffer_side(pixels: int) -> int:
    """Round a side up to one of few sizes (256, 384, 512, 768, …), so that few programs are compiled.

    Args:
        pixels: side of an octave.

    Returns:
        Side of its buffer, in pixels.
    """
    side = LEAST_BUFFER
    while side < pixels:
        side = side * 3 // 2 if side & (side - 1) == 0 else side * 4 // 3
    return side


def _doubled(image: Float[np.ndarray, "height width"]) -> Float[np.ndarray, "high wide"]:
    """Interpolate linearly a quarter of a pixel to both sides of every pixel: all new pixels are blurred alike."""
    across = np.pad(image, 1, mode="edge")
    rows = np.empty((2 * image.shape[0], across.shape[1]), np.float32)
    rows[0::2] = 0.25 * across[:-2] + 0.75 * across[1:-1]
    rows[1::2] = 0.75 * across[1:-1] + 0.25 * across[2:]
    doubled = np.empty((rows.shape[0], 2 * image.shape[1]), np.float32)
    doubled[:, 0::2] = 0.25 * rows[:, :-2] + 0.75 * rows[:, 1:-1]
    doubled[:, 1::2] = 0.75 * rows[:, 1:-1] + 0.25 * rows[:, 2:]
    return doubled


# Programs of their own: fused with the next one, a blur would be computed again for every use of its result.
@jax.jit
def _blurs(seed: Float[Array, "high wide"]) -> Float[Array, "level height width"]:
    levels = [seed[MARGIN:-MARGIN, MARGIN:-MARGIN]]
    for sigma in STEPS:
        spare = MARGIN - radius_of(sigma)
        levels.append(blur_inside(seed[spare : seed.shape[0] - spare, spare : seed.shape[1] - spare], sigma))
    return jnp.stack(levels)


@jax.jit
def _marks(
    levels: Float[Array, "level height width"], threshold: Float[Array, ""]
) -> Bool[Array, "scale inner_height inner_width"]:
    return extrema(levels[1:] - levels[:-1], threshold=threshold)
