"""Keypoints in; the gradients on a square grid around each, laid along its own direction and as large as it is, out.

Every keypoint is seen through the same grid of points, which is moved, turned and stretched over the blurred image.
So a detail is described by the same numbers wherever it is, however it is turned and however large it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.refine import Points
from vmm_edu.features.scale_space import SCALES, SIGMA, SMALL, Octave

# Keypoints handled by one call of a compiled program: always so many, so that their number compiles nothing anew.
CHUNK = 128


class Places(NamedTuple):
    """Where keypoints lie in the levels of all octaves.

    Attributes:
        octave: number of the octave.
        x: column in the octave's pixels.
        y: row.
        sigma: blur, in the octave's pixels.
        sheet: number of the array, of those from `lay_out`, that holds the level.
        start: place of the first pixel of the level in that array.
        stride: distance of two rows of the level.
        height: rows of the octave that belong to the image.
        width: columns that do.
    """

    octave: Int[np.ndarray, " keypoint"]
    x: Float[np.ndarray, " keypoint"]
    y: Float[np.ndarray, " keypoint"]
    sigma: Float[np.ndarray, " keypoint"]
    sheet: Int[np.ndarray, " keypoint"]
    start: Int[np.ndarray, " keypoint"]
    stride: Int[np.ndarray, " keypoint"]
    height: Int[np.ndarray, " keypoint"]
    width: Int[np.ndarray, " keypoint"]

    def take(self, chosen: Int[np.ndarray, " chosen"]) -> Places:
        """The same for some of the keypoints, by their numbers."""
        return Places(*(field[chosen] for field in self))


def locate(octaves: Sequence[Octave], points: Points) -> Places:
    """Say where in the levels each point lies.

    Args:
        octaves: from `scale_space`.
        points: from `refine`.

    Returns:
        One entry for each point.
    """
    rows, sheet, start = [], 0, 0
    for octave in octaves:
        large = _is_large(octave)
        rows.append((sheet, 0 if large else start, *octave.levels.shape[1:], octave.height, octave.width))
        sheet, start = (sheet + 1, 0) if large else (sheet, start + octave.levels.size)
    sheets, starts, highs, strides, heights, widths = np.array(rows, np.int32).reshape(-1, 6)[points.octave].T
    sigma = (SIGMA * 2 ** (points.scale / SCALES)).astype(np.float32)
    starts = starts + points.level * highs * strides
    return Places(points.octave, points.x, points.y, sigma, sheets, starts, strides, heights, widths)


def lay_out(octaves: Sequence[Octave]) -> list[Float[Array, "*shape"]]:
    """Give the arrays in which to look pixels up: large octaves as they are, small ones one after the other.

    Args:
        octaves: from `scale_space`.

    Returns:
        Arrays on the device, in the order that `locate` counts on.
    """
    large = [jnp.asarray(octave.levels) for octave in octaves if _is_large(octave)]
    small = [np.asarray(octave.levels).reshape(-1) for octave in octaves if not _is_large(octave)]
    return [*large, jnp.asarray(np.concatenate(small))] if small else large


def _is_large(octave: Octave) -> bool:
    return max(octave.levels.shape[1:]) > SMALL


def in_chunks(
    function: Callable[
        [Float[Array, "keypoint point"], Float[Array, "keypoint point"], Float[np.ndarray, " keypoint"]],
        Float[Array, "keypoint value"],
    ],
    sheets: Sequence[Float[Array, "*shape"]],
    places: Places,
    turn: Float[np.ndarray, " keypoint"],
    *,
    side: int,
    spacing: float,
    width: int,
) -> Float[np.ndarray, "keypoint value"]:
    """Call a compiled function on the `gradients` around `CHUNK` keypoints at a time.

    Args:
        function: takes gradients along x and y, at the points of the grid row by row, and the turns.
        sheets: from `lay_out`.
        places: the keypoints.
        turn: direction of the grid's columns, in radians from the x axis towards the y axis.
        side: points along each side of the grid.
        spacing: distance of two points, in units of the keypoint's blur.
        width: values that the function gives for each keypoint.

    Returns:
        What it gives.
    """
    parts = []
    for number, pixels in enumerate(sheets):
        mine = np.flatnonzero(places.sheet == number)
        for first in range(0, len(mine), CHUNK):
            chosen = mine[first : first + CHUNK]
            filled = np.resize(chosen, CHUNK)  # the last chunk is filled up by repeating it
            parts.append(
                (chosen, function(*gradients(pixels, places.take(filled), turn[filled], side, spacing), turn[filled]))
            )
    result = np.empty((len(turn), width), np.float32)
    for chosen, values in parts:
        result[chosen] = np.asarray(values)[: len(chosen)]
    return result


def gradients(
    pixels: Float[AnyArray, "*shape"],
    places: Places,
    turn: Float[np.ndarray, " keypoint"],
    side: int,
    spacing: float,
) -> tuple[Float[Array, "keypoint point"], Float[Array, "keypoint point"]]:
    """Look up gradients on a turned grid; a point of the grid outside the image has gradient 0.

    Args:
        pixels: the sheet on which the keypoints lie.
        places: the keypoints.
        turn: direction of the grid's columns, in radians from the x axis towards the y axis.
        side: points along each side of the grid.
        spacing: distance of two points, in units of the keypoint's blur.

    Returns:
        The derivatives along x and along y, at the points of the grid row by row.
    """
    cosine, sine = np.cos(turn), np.sin(turn)
    step = places.sigma * np.float32(spacing)
    real = np.stack([places.x, places.y, step * cosine, step * sine])
    whole = np.stack([places.start, places.stride, places.height, places.width])
    return _look_up(pixels, real, whole, side=side)


# A program of its own: fused with look-ups, arithmetic is not vectorised, which makes all four times as slow.
def _grid_gradients(
    pixels: Float[Array, "*shape"], real: Float[Array, "4 keypoint"], whole: Int[Array, "4 keypoint"], *, side: int
) -> tuple[Float[Array, "keypoint point"], Float[Array, "keypoint point"]]:
    """Differences of the two neighbours of the pixel nearest to each point of the grid."""
    pixels = pixels.reshape(-1)
    x, y, step_x, step_y = real[..., None, None]
    start, stride, height, width = whole[..., None, None]
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
    return (along_x / 2).reshape(len(x), -1), (along_y / 2).reshape(len(x), -1)


_look_up = jax.jit(_grid_gradients, static_argnames="side")


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
