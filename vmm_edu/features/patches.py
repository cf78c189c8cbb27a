"""Keypoints in; a small picture of each, laid along its own direction and as large as it is, out.

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
SHEET = 2**17  # the sheet of small octaves has a multiple of so many pixels: few lengths, few programs


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


def lay_out(octaves: Sequence[Octave]) -> list[Float[Array, ...]]:
    """Give the arrays in which to look pixels up: large octaves as they are, small ones one after the other.

    Args:
        octaves: from `scale_space`.

    Returns:
        Arrays on the device, in the order that `locate` counts on.
    """
    large = [jnp.asarray(octave.levels) for octave in octaves if _is_large(octave)]
    small = [np.asarray(octave.levels).reshape(-1) for octave in octaves if not _is_large(octave)]
    if not small:
        return large
    rounded = np.zeros(-(-sum(map(len, small)) // SHEET) * SHEET, np.float32)
    np.concatenate(small, out=rounded[: sum(map(len, small))])
    return [*large, jnp.asarray(rounded)]


def _is_large(octave: Octave) -> bool:
    return max(octave.levels.shape[1:]) > SMALL


def in_chunks(
    function: Callable[[Float[Array, "keypoint row column"]], Float[Array, "keypoint value"]],
    sheets: Sequence[Float[Array, ...]],
    places: Places,
    turn: Float[np.ndarray, " keypoint"],
    *,
    side: int,
    spacing: float,
    width: int,
) -> Float[np.ndarray, "keypoint value"]:
    """Call a compiled function on the `patches` around `CHUNK` keypoints at a time.

    Args:
        function: takes patches.
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
            cut_out = patches(pixels, places.take(filled), turn[filled], side=side, spacing=spacing)
            parts.append((chosen, function(cut_out)))
    result = np.empty((len(turn), width), np.float32)
    for chosen, values in parts:
        result[chosen] = np.asarray(values)[: len(chosen)]
    return result


def patches(
    pixels: Float[AnyArray, ...],
    places: Places,
    turn: Float[np.ndarray, " keypoint"],
    *,
    side: int,
    spacing: float,
) -> Float[Array, "keypoint row column"]:
    """Look up the image on a turned grid, between the pixels by bilinear interpolation.

    Args:
        pixels: the sheet on which the keypoints lie.
        places: the keypoints.
        turn: direction of the grid's columns, in radians from the x axis towards the y axis.
        side: points along each side of the grid.
        spacing: distance of two points, in units of the keypoint's blur.

    Returns:
        Values; outside the image those of its border, so that there is no gradient.
    """
    step = places.sigma * np.float32(spacing)
    real = np.stack([places.x, places.y, step * np.cos(turn), step * np.sin(turn)])
    whole = np.stack([places.start, places.stride, places.height, places.width])
    return _look_up(pixels, real, whole, side=side)


# A program of its own: fused with look-ups, arithmetic is not vectorised, which makes all four times as slow.
def _patches(
    pixels: Float[Array, ...], real: Float[Array, "4 keypoint"], whole: Int[Array, "4 keypoint"], *, side: int
) -> Float[Array, "keypoint row column"]:
    pixels = pixels.reshape(-1)
    x, y, step_x, step_y = real[..., None, None]
    start, stride, height, width = whole[..., None, None]
    last_x, last_y = (size.astype(jnp.float32) - np.float32(1.001) for size in (width, height))
    steps = jnp.arange(side, dtype=jnp.float32) - (side - 1) / 2
    column, row = steps[None, None, :], steps[None, :, None]
    at_x = jnp.clip(x + step_x * column - step_y * row, 0, last_x)
    at_y = jnp.clip(y + step_y * column + step_x * row, 0, last_y)
    left, upper = jnp.floor(at_x), jnp.floor(at_y)
    right, lower = at_x - left, at_y - upper
    place = start + upper.astype(jnp.int32) * stride + left.astype(jnp.int32)

    def pixel(where: Int[AnyArray, "keypoint row column"]) -> Float[Array, "keypoint row column"]:
        return pixels.at[where].get(mode="promise_in_bounds")

    above = (1 - right) * pixel(place) + right * pixel(place + 1)
    below = (1 - right) * pixel(place + stride) + right * pixel(place + stride + 1)
    return (1 - lower) * above + lower * below


_look_up = jax.jit(_patches, static_argnames="side")


def gradients(
    patch: Float[Array, "keypoint row column"],
) -> tuple[Float[Array, "keypoint inner_row inner_column"], Float[Array, "keypoint inner_row inner_column"]]:
    """Take differences of the two neighbours of each point of a patch but those at its border.

    Args:
        patch: from `patches`.

    Returns:
        The derivatives along the patch's columns and along its rows.
    """
    along_x = patch[:, 1:-1, 2:] - patch[:, 1:-1, :-2]
    along_y = patch[:, 2:, 1:-1] - patch[:, :-2, 1:-1]
    return along_x, along_y


def bin_of(x: Float[Array, "*point"], y: Float[Array, "*point"], *, bins: int) -> Float[Array, "*point"]:
    """Direction of a vector in bins, 0 up to `bins`; an arctangent by a polynomial, right to 0.0003 radians.

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
