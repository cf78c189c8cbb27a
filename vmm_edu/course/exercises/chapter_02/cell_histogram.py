"""From pixels to cells."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def cell_histogram(strength, k, bins, cell):
    """Mean vote of each cell's pixels for each bin."""
    rows, columns = strength.shape[0] // cell, strength.shape[1] // cell
    histogram = np.zeros((rows, columns, bins))
    for row in range(rows * cell):
        for column in range(columns * cell):
            histogram[row // cell, column // cell, k[row, column]] += strength[row, column]
    return histogram / cell**2


def _cut_and_sum(strength, k, bins, cell):
    rows, columns = strength.shape[0] // cell, strength.shape[1] // cell
    votes = strength[..., None] * (k[..., None] == np.arange(bins))
    votes = votes[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell, bins)
    return votes.mean(axis=(1, 3))


def _cell_by_cell(strength, k, bins, cell):
    rows, columns = strength.shape[0] // cell, strength.shape[1] // cell
    found = []
    for i in range(rows):
        for j in range(columns):
            here = (slice(i * cell, (i + 1) * cell), slice(j * cell, (j + 1) * cell))
            found.append(np.bincount(k[here].ravel(), strength[here].ravel(), bins) / cell**2)
    return np.array(found).reshape(rows, columns, bins)


def _voted(strength, k, bins, cell):
    rows, columns = strength.shape[0] // cell, strength.shape[1] // cell
    votes = strength[..., None] * (k[..., None] == np.arange(bins))
    return votes[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell, bins).mean(axis=(1, 3))


def _summed(strength, k, bins, cell):
    return _voted(strength, k, bins, cell) * cell**2


def _counted(strength, k, bins, cell):
    return _voted(np.ones(strength.shape), k, bins, cell)


def _columns_first(strength, k, bins, cell):
    return _voted(strength, k, bins, cell).swapaxes(0, 1)


def _shares(strength, k, bins, cell):
    votes = _voted(strength, k, bins, cell)
    return votes / votes.sum(axis=-1, keepdims=True)


def _mean_of_the_bin(strength, k, bins, cell):
    count = _voted(np.ones(strength.shape), k, bins, cell)
    return _voted(strength, k, bins, cell) / np.maximum(count, 1e-9)


def _rest_kept(strength, k, bins, cell):
    below, beside = -strength.shape[0] % cell, -strength.shape[1] % cell
    room = ((0, below), (0, beside))
    return _voted(np.pad(strength, room), np.pad(k, room), bins, cell)


def _one_side(strength, k, bins, cell):
    return _voted(strength, k, bins, cell) * cell


def _cases(rng):
    yield np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]), np.array([[0, 0, 1, 1], [1, 0, 1, 1]]), 2, 2
    for height, width, bins, cell in ((11, 16, 9, 5), (7, 6, 3, 3)):
        yield rng.uniform(0.1, 1, (height, width)), rng.integers(bins, size=(height, width)), bins, cell


EXERCISE = Code(
    name="02.cell_histogram",
    title="One histogram for each cell",
    text="""Each pixel has a `strength` (the length of its gradient) and a bin `k`. Cut the picture into cells
of `cell` × `cell` pixels, from the upper left; rows and columns that do not fill a whole cell are left out. In
each cell every pixel adds its strength to its bin. Write `cell_histogram(strength, k, bins, cell)`, with each
sum **divided by the number of pixels in a cell**.""",
    trains="voting and pooling",
    signature="strength (height, width), k (height, width), bins, cell → (row, column, bin)",
    reference=cell_histogram,
    rights=(_cut_and_sum, _cell_by_cell),
    wrongs=(
        Wrong(_summed, "sums are not divided", "Divide by cell * cell, so that the size of a cell does not matter."),
        Wrong(
            _counted,
            "every pixel has one vote",
            "A strong edge counts more than a faint one: a vote is as large as strength.",
        ),
        Wrong(_columns_first, "cell columns come first", "Rows first, then columns, then bins."),
        Wrong(
            _shares,
            "every cell is made to sum to 1",
            "That is a kind of normalisation, which comes later, and over several cells at once.",
        ),
        Wrong(
            _mean_of_the_bin,
            "each bin is divided by its own number of votes",
            "Then ten votes count as much as one. Divide by the number of pixels in the cell.",
        ),
        Wrong(
            _rest_kept,
            "cells that are cut off at the border are kept",
            "Only whole cells count: strength.shape[0] // cell of them, one below the other.",
        ),
        Wrong(_one_side, "the sum is divided by the side of a cell", "A cell has cell * cell pixels."),
    ),
    cases=_cases,
    hints=(
        "Pixel (row, column) lies in cell (row // cell, column // cell).",
        "Start with zeros of shape (rows, columns, bins). Loop over the pixels of whole cells; each adds its strength "
        "at [row // cell, column // cell, k[row, column]].",
    ),
    takeaway="Inside a cell it no longer matters where an edge is: small shifts change little.",
    minutes=10,
    difficulty=2,
    points=3,
)
