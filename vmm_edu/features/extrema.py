"""Differences of blurred images in; the points that stand out from their neighbours, between the pixels, out."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float, Int

CONTRAST = 0.04 / 3
EDGE_RATIO = 10.0
MOVES = 5
FAR = 0.6  # a maximum that lies further than so many pixels away is looked for at the next pixel


class Points(NamedTuple):
    """Extrema of one octave, in its own pixels.

    Attributes:
        scale: number of the difference in which they lie, with its fraction; 1 is the first that has two neighbours.
        y: row, with its fraction.
        x: column, with its fraction.
        level: the nearest whole `scale`.
    """

    scale: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    x: Float[np.ndarray, " point"]
    level: Int[np.ndarray, " point"]


def extrema(
    differences: Float[Array, "scale height width"], *, threshold: float | Float[Array, ""]
) -> Bool[Array, "inner high wide"]:
    """Mark values that are larger, or smaller, than all 26 neighbours: 8 beside, 9 in the scale above, 9 below.

    Args:
        differences: of rising blur.
        threshold: extrema whose absolute value is not above it are left out.

    Returns:
        A map without the first and last scale, row and column, which lack neighbours: smaller by two on each axis.
    """
    scales, height, width = differences.shape
    here = differences[1:-1, 1:-1, 1:-1]
    top, bottom = here > threshold, here < -threshold
    for scale, y, x in itertools.product(range(3), repeat=3):
        if (scale, y, x) != (1, 1, 1):
            neighbour = differences[scale : scales - 2 + scale, y : height - 2 + y, x : width - 2 + x]
            top, bottom = top & (here > neighbour), bottom & (here < neighbour)
    return top | bottom


def refine(
    levels: Float[np.ndarray, "level high wide"],
    marked: Bool[np.ndarray, "scale inner_high inner_wide"],
    *,
    height: int,
    width: int,
    contrast: int | float = CONTRAST,
    edge_ratio: int | float = EDGE_RATIO,
) -> Points:
    r"""Find extrema between the pixels, and leave out those that are faint or lie along an edge.

    Around a pixel, D is nearly a parabola with gradient g and second derivatives H. Its extremum lies at
    $\hat{x} = -H^{-1} g$ and has the value $D + g^T \hat{x} / 2$. Within the image H has trace and determinant
    $\mathrm{tr}$, $\det$; along an edge one curvature is small and $\mathrm{tr}^2 / \det$ large.

    Args:
        levels: blurred images of one octave; D is the difference of two of them.
        marked: where to look, from `extrema`.
        height: rows that belong to the image.
        width: columns that belong to the image.
        contrast: least |D| at the extremum.
        edge_ratio: largest ratio r of the two curvatures: kept are $\mathrm{tr}^2 / \det \le (r + 1)^2 / r$.

    Returns:
        What is left, in the order scale, row, column of the pixels on which the search ended; none twice.

    References:
        M. Brown and D. G. Lowe, "Invariant features from interest point groups", BMVC 2002, doi:10.5244/C.16.23.
    """
    place = _true(marked) + 1
    highest = np.array([len(levels) - 3, height - 2, width - 2])
    place = place[((place >= 1) & (place <= highest)).all(axis=1)]
    found = [np.zeros((0, 8))]
    for _ in range(MOVES):
        if len(place) == 0:
            break
        value, gradient, hessian = _derivatives(levels, place)
        offset = _newton(gradient, hessian)
        far = ~(np.abs(offset) <= FAR)
        settled = ~far.any(axis=1)
        peak = value + 0.5 * (gradient * offset).sum(axis=1)
        determinant = hessian[:, 1, 1] * hessian[:, 2, 2] - hessian[:, 1, 2] ** 2
        trace = hessian[:, 1, 1] + hessian[:, 2, 2]
        corner = (determinant > 0) & (trace**2 * edge_ratio <= (edge_ratio + 1) ** 2 * determinant)
        kept = settled & corner & (np.abs(peak) > contrast)
        found.append(np.concatenate([place, place + offset, peak[:, None], value[:, None]], axis=1)[kept])
        moved = place + np.where(far & np.isfinite(offset), np.sign(offset), 0).astype(int)
        inside = ((moved >= 1) & (moved <= highest)).all(axis=1) & (moved != place).any(axis=1)
        place = moved[~settled & inside]
    points = np.unique(np.concatenate(found), axis=0)
    return Points(*(points[:, column].astype(np.float32) for column in (3, 4, 5)), level=points[:, 0].astype(np.int32))


def _true(marked: Bool[np.ndarray, "scale high wide"]) -> Int[np.ndarray, "point axis"]:
    """`np.argwhere`, ten times faster where few are True: eight bytes are looked at together first."""
    flat = marked.ravel()
    words = np.pad(flat, (0, -len(flat) % 8)).view(np.uint64) if len(flat) % 8 else flat.view(np.uint64)
    near = (np.flatnonzero(words)[:, None] * 8 + np.arange(8)).ravel()
    near = near[near < len(flat)]
    return np.stack(np.unravel_index(near[flat[near]], marked.shape), axis=1)


def _derivatives(
    levels: Float[np.ndarray, "level high wide"], place: Int[np.ndarray, "point axis"]
) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, "point axis"], Float[np.ndarray, "point axis other"]]:
    """Value, gradient and second derivatives of D along scale, row and column, by differences of neighbours."""
    around = np.indices((4, 3, 3)) - 1
    scale, y, x = (place.T[:, :, None, None, None] + around[:, None]).astype(np.intp)
    cube = np.diff(levels[scale, y, x].astype(np.float64), axis=1)
    middle = cube[:, 1, 1, 1]
    one = np.eye(3, dtype=int)

    def at(step: Int[np.ndarray, " axis"]) -> Float[np.ndarray, " point"]:
        return cube[:, 1 + step[0], 1 + step[1], 1 + step[2]]

    gradient = np.stack([(at(e) - at(-e)) / 2 for e in one], axis=1)
    hessian = np.empty((len(place), 3, 3))
    for i, e in enumerate(one):
        hessian[:, i, i] = at(e) - 2 * middle + at(-e)
        for j, f in enumerate(one[:i]):
            mixed = (at(e + f) - at(e - f) - at(f - e) + at(-e - f)) / 4
            hessian[:, i, j] = hessian[:, j, i] = mixed
    return middle, gradient, hessian


def _newton(
    gradient: Float[np.ndarray, "point axis"], hessian: Float[np.ndarray, "point axis other"]
) -> Float[np.ndarray, "point axis"]:
    """-H⁻¹ g by cross products; where H has no inverse, values that are not finite."""
    a, b, c = hessian[:, 0], hessian[:, 1], hessian[:, 2]
    columns = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)
    determinant = (a * columns[:, 0]).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(gradient[:, :, None] * columns).sum(axis=1) / determinant[:, None]
