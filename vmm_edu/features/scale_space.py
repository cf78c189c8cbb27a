"""A grey image in; the same image at every blur, octave by octave, with its extrema marked, out."""

from __future__ import annotations

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from vmm_edu.features.arrays import AnyArray, check_grey_image
from vmm_edu.features.blurring import bell, blur_inside, blur_matrices, radius_of
from vmm_edu.features.extrema import CONTRAST, candidates, confirmed

SCALES = 3  # blurs per doubling
SIGMA = 1.6  # blur of the first level of an octave, in the octave's own pixels
CAMERA_SIGMA = 0.5  # blur that a photograph is taken to have, in its pixels
SMALLEST_SIDE = 12  # an octave has at least so many pixels along each side
LEVELS = SCALES + 3
STEPS = [SIGMA * math.sqrt(4 ** (level / SCALES) - 1) for level in range(1, LEVELS)]  # from level 0 to each other one
FIRST_STEP = math.sqrt(SIGMA**2 - (2 * CAMERA_SIGMA) ** 2)
MARGIN = radius_of(STEPS[-1]) + radius_of(STEPS[-1]) % 2  # even, as it is doubled as well
LEAST_BUFFER = 64
ORIGIN = -0.25  # where the first pixel of the doubled image, and so of every octave, lies in the image
SMALL = 256  # up to this side, products with matrices are quick enough, and are compiled much faster


class Octave(NamedTuple):
    """One size of the image at six blurs.

    Attributes:
        levels: float32 (level, high, wide); the first is blurred by `SIGMA` of the octave's pixels, each further one
            2^(1/3) times as much as the one before. Large ones are on the device, and all are padded to a size for
            which there is a compiled program.
        marked: bool (scale, high - 2, wide - 2); the `candidates` among the differences of neighbouring levels.
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

    @property
    def extrema(self) -> Int[np.ndarray, "point axis"]:
        """Scale, row and column, in `differences`, of all that stand out from their 26 neighbours."""
        place = confirmed(np.asarray(self.levels), np.asarray(self.marked))
        return place[(place[:, 1] < self.height - 1) & (place[:, 2] < self.width - 1)]


def scale_space(image: Float[AnyArray, "height width"], *, threshold: int | float = 0.8 * CONTRAST) -> list[Octave]:
    r"""Blur an image more and more; each time the blur has doubled, keep every second pixel and go on.

    $$L(x, y, σ) = G_σ * I, \qquad D(x, y, σ) = L(x, y, 2^{1/3} σ) - L(x, y, σ)$$

    The image is doubled in size first, by linear interpolation, so that the finest details count too. All levels of an
    octave are blurred from its first one. Where an octave is smaller than its buffer, it is continued by its mirror
    image, as at a border.

    Args:
        image: grey, floating, 0…1, at least 12 × 12 pixels.
        threshold: least height |D| of an extremum that is marked.

    Returns:
        Octaves, the finest first; at most eight.

    Raises:
        ValueError: colour or a batch, integer or boolean images, values outside 0…1, NaN, or an image smaller than
            12 × 12 pixels or traced by `jit`, `vmap` or `grad`.

    References:
        D. G. Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94, with the parameters of I. Rey Otero and M. Delbracio,
        "Anatomy of the SIFT method", IPOL 2014, doi:10.5201/ipol.2014.82, which scikit-image has as well.
    """
    check_grey_image(image, least_side=SMALLEST_SIDE)
    image, least = np.asarray(image, np.float32), np.float32(threshold)
    seed: Float[np.ndarray, "height width"] | None = None
    octaves: list[Octave] = []
    height, width = 2 * image.shape[0], 2 * image.shape[1]
    while min(height, width) >= SMALLEST_SIDE and len(octaves) < 8:
        if max(height, width) <= SMALL:
            seed = doubled_and_blurred(image) if seed is None else seed
            levels, marked = _products(*_padded(seed), least)
        else:
            if seed is None:
                padded = _continued(image, (height, width), pixel=2, more=REACH)
                padded = _twice_as_high(_twice_as_wide(padded))
            else:
                padded = _continued(seed, (height, width))
            levels = _blurs(padded)
            marked = _marks(levels, least)
        octaves.append(Octave(levels, marked, height, width, 0.5 * 2 ** len(octaves)))
        seed = np.asarray(levels)[SCALES, :height:2, :width:2]
        height, width = seed.shape
    return octaves


def buffer_side(pixels: int) -> int:
    """Round a side up to one of few sizes (64, 128, 256, 384, 512, 768, …), so that few programs are compiled.

    Args:
        pixels: side of an octave.

    Returns:
        Side of its buffer, in pixels.
    """
    side = LEAST_BUFFER
    while side < pixels:
        power_of_two = side & (side - 1) == 0
        side = 2 * side if side < SMALL else side * 3 // 2 if power_of_two else side * 4 // 3
    return side


def _continued(
    image: Float[np.ndarray, "height width"], octave: tuple[int, int], *, pixel: int = 1, more: int = 0
) -> Float[np.ndarray, "high wide"]:
    """Continue an image by its mirror image to all that the blurs of its octave's buffer reach.

    Args:
        image: the octave before it is blurred, or the image of which it is an enlargement.
        octave: height and width of the octave.
        pixel: the octave's pixels per pixel of the image.
        more: further pixels of the image on all sides.

    Returns:
        The larger image.
    """
    before = MARGIN // pixel + more
    after = [before + (buffer_side(side) - side) // pixel for side in octave]
    return np.pad(image, [(before, after[0]), (before, after[1])], mode="symmetric")


def _padded(
    seed: Float[np.ndarray, "height width"],
) -> tuple[Float[np.ndarray, "side side"], Float[np.ndarray, "blur side side"], Float[np.ndarray, "blur side side"]]:
    """A small octave and the matrices that blur its columns and its rows, with zeros up to the size of the buffer."""
    side = buffer_side(max(seed.shape))
    first = np.zeros((side, side), np.float32)
    first[: seed.shape[0], : seed.shape[1]] = seed
    blurs = {}
    for pixels in set(seed.shape):
        blurs[pixels] = np.zeros((len(STEPS), side, side), np.float32)
        blurs[pixels][:, :pixels, :pixels] = blur_matrices(pixels, STEPS)
    return first, blurs[seed.shape[0]], blurs[seed.shape[1]]


def doubled_and_blurred(image: Float[np.ndarray, "height width"]) -> Float[np.ndarray, "high wide"]:
    """The first level of the first octave, in two steps and without compiling."""
    twice = doubled(image)
    down, across = (blur_matrices(side, [FIRST_STEP])[0] for side in twice.shape)
    return down @ twice @ across


def doubled(image: Float[np.ndarray, "height width"]) -> Float[np.ndarray, "high wide"]:
    """Interpolate linearly a quarter of a pixel to both sides of every pixel: all new pixels are blurred alike."""
    across = np.pad(image, 1, mode="edge")
    rows = np.empty((2 * image.shape[0], across.shape[1]), np.float32)
    rows[0::2] = 0.25 * across[:-2] + 0.75 * across[1:-1]
    rows[1::2] = 0.75 * across[1:-1] + 0.25 * across[2:]
    twice = np.empty((rows.shape[0], 2 * image.shape[1]), np.float32)
    twice[:, 0::2] = 0.25 * rows[:, :-2] + 0.75 * rows[:, 1:-1]
    twice[:, 1::2] = 0.75 * rows[:, 1:-1] + 0.25 * rows[:, 2:]
    return twice


REACH = radius_of(FIRST_STEP) // 2 + 1  # pixels of the image on each side that a pixel of its first level sees


def _stretch(image: Float[Array, "high wide"], *, axis: int) -> Float[Array, "higher wider"]:
    """Double and blur along one axis at once: even and odd new pixels are two weighted means of the same old ones."""
    weights = np.zeros((2, 2 * REACH + 1))
    for odd in (0, 1):
        for step, weight in enumerate(bell(FIRST_STEP), start=odd - radius_of(FIRST_STEP)):
            near, side = REACH + step // 2, 2 * (step % 2) - 1  # an odd pixel lies towards the next one
            weights[odd, near] += 0.75 * weight
            weights[odd, near + side] += 0.25 * weight
    size = image.shape[axis] - 2 * REACH
    parts = [jax.lax.slice_in_dim(image, start, start + size, axis=axis) for start in range(2 * REACH + 1)]
    both = [
        sum((weight * part for weight, part in zip(row.tolist(), parts, strict=True)), start=jnp.zeros((), image.dtype))
        for row in weights
    ]
    shape = [side * (2 if number == axis else 1) for number, side in enumerate(both[0].shape)]
    return jnp.stack(both, axis=axis + 1).reshape(shape)


# Programs of their own: fused with the next one, a blur would be computed again for every use of its result.
@jax.jit
def _twice_as_wide(image: Float[Array, "high wide"]) -> Float[Array, "high wider"]:
    return _stretch(image, axis=1)


@jax.jit
def _twice_as_high(image: Float[Array, "high wide"]) -> Float[Array, "higher wide"]:
    return _stretch(image, axis=0)


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
    return jnp.asarray(candidates(levels[1:] - levels[:-1], threshold=threshold))


@jax.jit
def _products(
    seed: Float[Array, "side side"],
    down: Float[Array, "blur side side"],
    across: Float[Array, "blur side side"],
    threshold: Float[Array, ""],
) -> tuple[Float[Array, "level side side"], Bool[Array, "scale inner_side inner_side"]]:
    with jax.default_matmul_precision("highest"):
        levels = jnp.concatenate([seed[None], down @ seed @ across])
    return levels, _marks(levels, threshold)
