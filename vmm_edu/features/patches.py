"""Keypoints in; the gradients on a square grid around each, laid along its own direction and as large as it is, out.

Every keypoint is seen through the same grid of points, which is moved, turned and stretched over the blurred image.
So a detail is described by the same numbers wherever it is, however it is turned and however large it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.extrema import Points
from vmm_edu.features.scale_space import SCALES, SIGMA, Octave


class Places(NamedTuple):
    """Where keypoints lie in the levels of all octaves, laid one after the other into one long array.

    Attributes:
        octave: number of the octave.
        x: column in the octave's pixels.
        y: row.
        sigma: blur, in the octave's pixels.
        start: place of the first pixel of the level.
        stride: distance of two rows of the level.
        height: rows of the octave that belong to the image.
        width: columns that do.
    """

    octave: Int[np.ndarray, " keypoint"]
    x: Float[np.ndarray, " keypoint"]
    y: Float[np.ndarray, " keypoint"]
    sigma: Float[np.ndarray, " keypoint"]
    start: Int[np.ndarray, " keypoint"]
    stride: Int[np.ndarray, " keypoint"]
    height: Int[np.ndarray, " keypoint"]
    width: Int[np.ndarray, " keypoint"]

    def take(self, chosen: Int[np.ndarray, " chosen"]) -> Places:
        """The same for some of the keypoints, by their numbers."""
        return Places(*(field[chosen] for field in self))


def locate(octaves: Sequence[Octave], points: Sequence[Points]) -> Places:
    """Join the points of all octaves.

    Args:
        octaves: from `scale_space`.
        points: from `refine`, one for each octave.

    Returns:
        One entry for each point.
    """
    parts, start = [], 0
    for number, (octave, found) in enumerate(zip(octaves, points, strict=True)):
        _, high, wide = octave.levels.shape
        same = np.ones(len(found.x), np.int32)
        sigma = (SIGMA * 2 ** (found.scale / SCALES)).astype(np.float32)
        level = (start + (found.level - 1) * high * wide).astype(np.int32)
        parts.append(
            [number * same, found.x, found.y, sigma, level, wide * same, octave.height * same, octave.width * same]
        )
        start += SCALES * high * wide
    return Places(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def lay_out(octaves: Sequence[Octave]) -> Float[np.ndarray, " pixel"]:
    """Write the levels in which keypoints can lie one after the other, in the order that `locate` counts on.

    Args:
        octaves: from `scale_space`.

    Returns:
        One long array.
    """
    return np.concatenate([np.asarray(octave.levels)[1 : 1 + SCALES].reshape(-1) for octave in octaves])


def gradients(
    pixels: Float[AnyArray, " pixel"],
    places: Places,
    turn: Float[np.ndarray, " keypoint"],
    *,
    side: int,
    spacing: float,
) -> tuple[Float[Array, "keypoint row column"], Float[Array, "keypoint row column"]]:
    """Look up gradients on a turned grid; a point of the grid outside the image has gradient 0.

    Args:
        pixels: from `lay_out`.
        places: the keypoints.
        turn: direction of the grid's columns, in radians from the x axis towards the y axis.
        side: points along each side of the grid.
        spacing: distance of two points, in units of the keypoint's blur.

    Returns:
        The derivatives along the grid's columns and along its rows.
    """
    cosine, sine = np.cos(turn), np.sin(turn)
    step = places.sigma * np.float32(spacing)
    along_x, along_y = _look_up(pixels, places, step * cosine, step * sine, side=side)
    return _turned(along_x, along_y, cosine, sine)


# Two programs, not one: fused with look-ups, arithmetic is not vectorised, which makes all four times as slow.
def _grid_gradients(
    pixels: Float[Array, " pixel"],
    places: Places,
    step_x: Float[Array, " keypoint"],
    step_y: Float[Array, " keypoint"],
    *,
    side: int,
) -> tuple[Float[Array, "keypoint row column"], Float[Array, "keypoint row column"]]:
    """Differences of the two neighbours of the pixel nearest to each point of the grid."""
    _, x, y, _, start, stride, height, width = (field[:, None, None] for field in places)
    step_x, step_y = step_x[:, None, None], step_y[:, None, None]
    middle = (side - 1) / 2
    column = jnp.arange(side, dtype=jnp.float32)[None, None, :] - middle
    row = jnp.arange(side, dtype=jnp.float32)[None, :, None] - middle
    at_x = jnp.round(x + step_x * column - step_y * row).astype(jnp.int32)
    at_y = jnp.round(y + step_y * column + step_x * row).astype(jnp.int32)
    inside = (at_x >= 1) & (at_x < width - 1) & (at_y >= 1) & (at_y < height - 1)
    place = start + jnp.where(inside, at_y * stride + at_x, stride + 1)

    def pixel(where: Int[AnyArray, "keypoint row column"]) -> Float[Array, "keypoint row column"]:
        return pixels.at[where].get(mode="promise_in_bounds")

    along_x = jnp.where(inside, pixel(place + 1) - pixel(place - 1), 0)
    along_y = jnp.where(inside, pixel(place + stride) - pixel(place - stride), 0)
    return along_x / 2, along_y / 2


_look_up = jax.jit(_grid_gradients, static_argnames="side")


@jax.jit
def _turned(
    along_x: Float[Array, "keypoint row column"],
    along_y: Float[Array, "keypoint row column"],
    cosine: Float[Array, " keypoint"],
    sine: Float[Array, " keypoint"],
) -> tuple[Float[Array, "keypoint row column"], Float[Array, "keypoint row column"]]:
    """The same gradients, measured along the grid."""
    cosine, sine = cosine[:, None, None], sine[:, None, None]
    return cosine * along_x + sine * along_y, cosine * along_y - sine * along_x


def bin_of(
    x: Float[Array, "keypoint point"], y: Float[Array, "keypoint point"], *, bins: int
) -> Float[Array, "keypoint point"]:
    """Direction of a vector in bins, 0 up to `bins`; an arctangent by a polynomial, right to 0.0001 radians.

    Args:
        x: first component.
        y: second component.
        bins: bins over a full turn; bin 0 is the direction of x.

    Returns:
        The bin with its fraction.
    """
    across, up = jnp.abs(x), jnp.abs(y)
    ratio = jnp.minimum(across, up) / jnp.maximum(jnp.maximum(across, up), 1e-30)
    square = ratio * ratio
    angle = ((-0.0464964749 * square + 0.15931422) * square - 0.327622764) * square * ratio + ratio
    angle = jnp.where(up > across, np.float32(np.pi / 2) - angle, angle)
    angle = jnp.where(x < 0, np.float32(np.pi) - angle, angle)
    angle = jnp.where(y < 0, np.float32(2 * np.pi) - angle, angle)
    return angle * np.float32(bins / (2 * np.pi))


def votes(
    strength: Float[Array, "keypoint point"], where: Float[Array, "keypoint point"], *, bins: int
) -> Float[Array, "keypoint bin point"]:
    """Share each vote between the two bins nearest to it, in a circle of bins.

    Args:
        strength: what each vote counts.
        where: its bin with its fraction.
        bins: how many bins the circle has.

    Returns:
        For every bin what it gets of each vote.
    """
    away = jnp.abs(where[:, None, :] - jnp.arange(bins, dtype=jnp.float32)[None, :, None])
    away = jnp.minimum(away, bins - away)
    return strength[:, None, :] * jnp.maximum(0, 1 - away)
