"""Differences of blurred images in; the pixels that stand out from all their neighbours, out."""

from __future__ import annotations

import itertools

import numpy as np
from jaxtyping import Array, Bool, Float, Int

from vmm_edu.features.arrays import AnyArray

CONTRAST = 0.04 / 3
# The six nearest of the 26 neighbours, as steps in scale, row and column.
NEAREST = [(0, 1, 1), (2, 1, 1), (1, 0, 1), (1, 2, 1), (1, 1, 0), (1, 1, 2)]


def extrema(
    differences: Float[AnyArray, "scale height width"], *, threshold: float | Float[Array, ""]
) -> Bool[AnyArray, "inner high wide"]:
    """Mark values that are larger, or smaller, than all 26 neighbours: 8 beside, 9 in the scale above, 9 below.

    Args:
        differences: of rising blur.
        threshold: extrema whose absolute value is not above it are left out.

    Returns:
        A map without the first and last scale, row and column, which lack neighbours: smaller by two on each axis.
    """
    cube = itertools.product(range(3), range(3), range(3))
    return _beyond(differences, [step for step in cube if step != (1, 1, 1)], threshold)


def candidates(
    differences: Float[AnyArray, "scale height width"], *, threshold: float | Float[Array, ""]
) -> Bool[AnyArray, "inner high wide"]:
    """Mark values that are larger, or smaller, than their six nearest neighbours.

    All `extrema` are among them, and few others; this takes a third of the time.

    Args:
        differences: of rising blur.
        threshold: as for `extrema`.

    Returns:
        A map as from `extrema`.
    """
    return _beyond(differences, NEAREST, threshold)


def _beyond(
    differences: Float[AnyArray, "scale height width"],
    steps: list[tuple[int, int, int]],
    threshold: float | Float[Array, ""],
) -> Bool[AnyArray, "inner high wide"]:
    scales, height, width = differences.shape
    here = differences[1:-1, 1:-1, 1:-1]
    top, bottom = here > threshold, here < -threshold
    for scale, y, x in steps:
        neighbour = differences[scale : scales - 2 + scale, y : height - 2 + y, x : width - 2 + x]
        top, bottom = top & (here > neighbour), bottom & (here < neighbour)
    return top | bottom


def confirmed(
    levels: Float[np.ndarray, "level high wide"], marked: Bool[np.ndarray, "scale inner_high inner_wide"]
) -> Int[np.ndarray, "point axis"]:
    """List the extrema among the candidates: what `extrema` would mark.

    Args:
        levels: blurred images; the values are differences of two of them.
        marked: from `candidates`.

    Returns:
        Scale, row and column of each in the differences, in this order; all are at least 1.
    """
    place = _true(marked) + 1
    cube = cubes(levels, place).reshape(27, -1)
    here, before, after = cube[13], cube[:13], cube[14:]
    top = here > np.maximum(before.max(axis=0), after.max(axis=0))
    return place[top | (here < np.minimum(before.min(axis=0), after.min(axis=0)))]


def cubes(
    levels: Float[np.ndarray, "level high wide"], place: Int[np.ndarray, "point axis"]
) -> Float[np.ndarray, "scales rows columns point"]:
    """Look up the 3 × 3 × 3 differences around each point.

    Args:
        levels: blurred images; the values are differences of two of them.
        place: scale, row and column of each point in the differences, not at their border.

    Returns:
        The differences; the points are along the last axis.
    """
    _, high, wide = levels.shape
    level, row, column = np.arange(-1, 3) * high * wide, np.arange(-1, 2) * wide, np.arange(-1, 2)
    around = (level[:, None, None] + row[:, None] + column)[..., None]
    found = levels.reshape(-1)[around + ((place[:, 0] * high + place[:, 1]) * wide + place[:, 2])]
    return found[1:] - found[:-1]


def _true(marked: Bool[np.ndarray, "scale high wide"]) -> Int[np.ndarray, "point axis"]:
    """`np.argwhere`, ten times faster where few are True: eight bytes are looked at together first."""
    flat = marked.reshape(-1)
    whole = len(flat) // 8 * 8
    near = (np.flatnonzero(flat[:whole].view(np.uint64))[:, None] * 8 + np.arange(8)).ravel()
    place = np.concatenate([near[flat[near]], whole + np.flatnonzero(flat[whole:])])
    return np.stack(np.unravel_index(place, marked.shape), axis=1)
