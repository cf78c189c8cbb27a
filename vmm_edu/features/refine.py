"""Extrema of the scale space in; the same between the pixels, without faint ones and edges, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from vmm_edu.features.extrema import CONTRAST, cubes
from vmm_edu.features.scale_space import LEVELS, SCALES, Octave

EDGE_RATIO = 10.0
MOVES = 5
FAR = 0.6  # a maximum that lies further than so many pixels away is looked for at the next pixel


class Points(NamedTuple):
    """Extrema between the pixels of their octaves.

    Attributes:
        octave: number of the octave.
        scale: number of the difference in which they lie, with its fraction; 1 is the first that has two neighbours.
        y: row in the octave, with its fraction.
        x: column, with its fraction.
        level: the nearest whole `scale`.
    """

    octave: Int[np.ndarray, " point"]
    scale: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    x: Float[np.ndarray, " point"]
    level: Int[np.ndarray, " point"]


def refine(
    octaves: Sequence[Octave], *, contrast: int | float = CONTRAST, edge_ratio: int | float = EDGE_RATIO
) -> Points:
    r"""Find extrema between the pixels, and leave out those that are faint or lie along an edge.

    Around a pixel, D is nearly a parabola with gradient g and second derivatives H. Its extremum lies at
    $\hat{x} = -H^{-1} g$ and has the value $D + g^T \hat{x} / 2$. Within the image H has trace and determinant
    $\mathrm{tr}$, $\det$; along an edge one curvature is small and $\mathrm{tr}^2 / \det$ large.

    Args:
        octaves: from `scale_space`; D is the difference of two levels, and its `extrema` are where the search begins.
        contrast: least |D| at the extremum.
        edge_ratio: largest ratio r of the two curvatures: kept are $\mathrm{tr}^2 / \det \le (r + 1)^2 / r$.

    Returns:
        What is left, in the order octave, scale, row, column of the pixels on which the search ended; none twice.

    References:
        M. Brown and D. G. Lowe, "Invariant features from interest point groups", BMVC 2002, doi:10.5244/C.16.23.
    """
    levels = [np.asarray(octave.levels) for octave in octaves]
    starts = [octave.extrema for octave in octaves]
    # All octaves together: the steps are many and short, and each would cost its fixed share once for each octave.
    number = np.repeat(np.arange(len(octaves)), [len(start) for start in starts])
    place = np.concatenate([np.zeros((0, 3), int), *starts])
    highest = np.array([[SCALES, octave.height - 2, octave.width - 2] for octave in octaves], int).reshape(-1, 3)
    found: list[Float[np.ndarray, "point 7"]] = [np.zeros((0, 7))]
    for _ in range(MOVES):
        if len(place) == 0:
            break
        around = [cubes(levels[which], place[number == which]) for which in np.unique(number)]
        value, gradient, hessian = _derivatives(np.concatenate(around, axis=-1).astype(np.float64))
        offset = _newton(gradient, hessian)
        far = ~(np.abs(offset) <= FAR)
        settled = ~far.any(axis=0)
        peak = value + 0.5 * (gradient * offset).sum(axis=0)
        kept = settled & _corner(hessian, edge_ratio) & (np.abs(peak) > contrast)
        found.append(np.concatenate([number[:, None], place, place + offset.T], axis=1)[kept])
        moved = place + np.where(far & np.isfinite(offset), np.sign(offset), 0).astype(int).T
        inside = ((moved >= 1) & (moved <= highest[number])).all(axis=1) & (moved != place).any(axis=1)
        place, number = moved[~settled & inside], number[~settled & inside]
    points = np.concatenate(found)
    _, first = np.unique(_key(points[:, :4], highest), return_index=True)
    points = points[first]
    return Points(
        points[:, 0].astype(np.int32),
        *(points[:, column].astype(np.float32) for column in (4, 5, 6)),
        level=points[:, 1].astype(np.int32),
    )


def _key(pixel: Float[np.ndarray, "point 4"], highest: Int[np.ndarray, "octave axis"]) -> Float[np.ndarray, " point"]:
    """One number for octave, scale, row and column, in the same order: numbers are sorted faster than rows."""
    rows, columns = highest[:, 1:].max(axis=0, initial=0) + 1
    return ((pixel[:, 0] * LEVELS + pixel[:, 1]) * rows + pixel[:, 2]) * columns + pixel[:, 3]


def _corner(hessian: Float[np.ndarray, "axis other point"], edge_ratio: int | float) -> Bool[np.ndarray, " point"]:
    """Is D curved along both directions of the image, and the same way?"""
    determinant = hessian[1, 1] * hessian[2, 2] - hessian[1, 2] ** 2
    trace = hessian[1, 1] + hessian[2, 2]
    return (determinant > 0) & (trace**2 * edge_ratio <= (edge_ratio + 1) ** 2 * determinant)


def _derivatives(
    cube: Float[np.ndarray, "scales rows columns point"],
) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, "axis point"], Float[np.ndarray, "axis other point"]]:
    """Value, gradient and second derivatives of D along scale, row and column, by differences of neighbours."""
    middle = cube[1, 1, 1]
    one = np.eye(3, dtype=int)

    def at(step: Int[np.ndarray, " axis"]) -> Float[np.ndarray, " point"]:
        return cube[1 + step[0], 1 + step[1], 1 + step[2]]

    gradient = np.stack([(at(e) - at(-e)) / 2 for e in one])
    hessian = np.empty((3, 3, len(middle)))
    for i, e in enumerate(one):
        hessian[i, i] = at(e) - 2 * middle + at(-e)
        for j, f in enumerate(one[:i]):
            hessian[i, j] = hessian[j, i] = (at(e + f) - at(e - f) - at(f - e) + at(-e - f)) / 4
    return middle, gradient, hessian


def _newton(
    gradient: Float[np.ndarray, "axis point"], hessian: Float[np.ndarray, "axis other point"]
) -> Float[np.ndarray, "axis point"]:
    """-H⁻¹ g by cross products; where H has no inverse, values that are not finite."""
    a, b, c = hessian
    rows = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)])
    determinant = (a * rows[0]).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(gradient[:, None] * rows).sum(axis=0) / determinant


def _cross(a: Float[np.ndarray, "axis point"], b: Float[np.ndarray, "axis point"]) -> Float[np.ndarray, "axis point"]:
    """`np.cross` along the first axis, without its fixed cost."""
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
