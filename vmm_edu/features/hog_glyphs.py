"""Histograms of oriented gradients in; the short lines that draw them out. Nothing is drawn here."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.hog_images import hog_length


class Glyphs(NamedTuple):
    """Lines that draw the histograms of the cells of one image.

    Attributes:
        segments: both ends (x, y) of each line in pixels of the image, with y downward; what matplotlib's
            `LineCollection` takes.
        strength: 0…1, the vote behind each line as a share of the largest: how dark to draw it.
    """

    segments: Float[np.ndarray, "line 2 2"]
    strength: Float[np.ndarray, " line"]


def hog_glyphs(cells: Num[AnyArray, "row column bin"], *, cell: int = 8) -> Glyphs:
    """Draw one line for each cell and orientation, *along* the edge: at right angles to its gradient.

    Args:
        cells: votes of each cell for each orientation, from `hog_cells` or `hog_mean_cells`; negative ones count as 0.
        cell: side of a cell, in pixels.

    Returns:
        The lines, centred in their cells and as long as nine tenths of a cell.

    Raises:
        ValueError: not three axes, no bin, NaN, or `cell` below 1.
    """
    if cells.ndim != 3 or not cells.shape[-1]:
        raise ValueError(f"expected cells (row, column, bin) of one image, got {cells.shape}; hog_cells makes them")
    if cell < 1:
        raise ValueError(f"expected cell of at least 1 pixel, got {cell}")
    votes = np.maximum(np.asarray(cells, np.float64), 0)
    if not np.isfinite(votes).all():
        raise ValueError("expected finite cells, got NaN or infinity; remove or replace those values first")
    rows, columns, bins = votes.shape
    # The middle of each bin, a quarter turn on: gradients point across an edge.
    angle = np.pi * (np.arange(bins) + 0.5) / bins + np.pi / 2
    half = 0.45 * cell * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    middle_y, middle_x = (np.indices((rows, columns)) + 0.5) * cell - 0.5
    middle = np.stack([middle_x, middle_y], axis=-1)[:, :, None, :]
    segments = np.stack([middle - half, middle + half], axis=-2).reshape(-1, 2, 2)
    return Glyphs(segments, votes.ravel() / max(votes.max(initial=0.0), np.finfo(np.float64).tiny))


def hog_mean_cells(
    vector: Num[AnyArray, " length"], *, height: int, width: int, bins: int = 9, cell: int = 8, block: int = 2
) -> Float[np.ndarray, "row column bin"]:
    """Bring a HOG vector, or the weights that a linear model has for one, back to cells: the mean over their blocks.

    Args:
        vector: as long as `hog_length` says; weights may be negative.
        height: rows of the image, in pixels.
        width: columns of the image, in pixels.
        bins: as in `hog`.
        cell: as in `hog`.
        block: as in `hog`.

    Returns:
        One value for each cell and orientation.

    Raises:
        ValueError: a vector of another length, or as `hog_length`.
    """
    length = hog_length(height, width, bins=bins, cell=cell, block=block)
    if vector.shape != (length,):
        raise ValueError(
            f"expected a vector of {length} values for {height} × {width} pixels, got {vector.shape}; give one image's "
            "vector, and the bins, cell and block that it was made with"
        )
    rows, columns = height // cell, width // cell
    down, across = rows - block + 1, columns - block + 1
    blocks = np.asarray(vector, np.float64).reshape(down, across, block, block, bins)
    total, count = np.zeros((rows, columns, bins)), np.zeros((rows, columns, 1))
    for i, j in np.ndindex(block, block):
        total[i : i + down, j : j + across] += blocks[:, :, i, j]
        count[i : i + down, j : j + across] += 1
    return total / count
