"""The largest of each block."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def max_pool(maps, size):
    """The largest value of each block of size × size places, channel by channel; what is left over is dropped."""
    rows, columns = maps.shape[0] // size, maps.shape[1] // size
    whole = maps[: rows * size, : columns * size]
    blocks = whole.reshape(rows, size, columns, size, maps.shape[2])
    return blocks.max(axis=(1, 3))


def _loops(maps, size):
    rows, columns, channels = maps.shape[0] // size, maps.shape[1] // size, maps.shape[2]
    pooled = np.zeros((rows, columns, channels))
    for row in range(rows):
        for column in range(columns):
            block = maps[row * size : (row + 1) * size, column * size : (column + 1) * size]
            pooled[row, column] = block.max(axis=0).max(axis=0)
    return pooled


def _largest_of_shifted(maps, size):
    high, wide = maps.shape[0] // size * size, maps.shape[1] // size * size
    shifted = [maps[i:high:size, j:wide:size] for i in range(size) for j in range(size)]
    return np.max(np.stack(shifted), axis=0)


def _mean(maps, size):
    high, wide = maps.shape[0] // size * size, maps.shape[1] // size * size
    return sum(maps[i:high:size, j:wide:size] for i in range(size) for j in range(size)) / size**2


def _smallest(maps, size):
    high, wide = maps.shape[0] // size * size, maps.shape[1] // size * size
    return np.min([maps[i:high:size, j:wide:size] for i in range(size) for j in range(size)], axis=0)


def _corner(maps, size):
    return maps[: maps.shape[0] // size * size : size, : maps.shape[1] // size * size : size]


def _overlapping(maps, size):
    rows, columns = maps.shape[0] - size + 1, maps.shape[1] - size + 1
    return np.max([maps[i : i + rows, j : j + columns] for i in range(size) for j in range(size)], axis=0)


def _across_channels(maps, size):
    high, wide = maps.shape[0] // size * size, maps.shape[1] // size * size
    return np.max([maps[i:high:size, j:wide:size] for i in range(size) for j in range(size)], axis=(0, -1))


def _everything(maps, size):
    return maps.max(axis=(0, 1))


def _wrong_reshape(maps, size):
    rows, columns = maps.shape[0] // size, maps.shape[1] // size
    return maps[: rows * size, : columns * size].reshape(rows, columns, size, size, -1).max(axis=(2, 3))


def _cases(rng):
    yield np.arange(16.0).reshape(4, 4, 1) * np.array([1.0, -1.0]), 2
    yield rng.normal(size=(6, 9, 2)), 3
    yield rng.normal(size=(7, 5, 3)), 2
    yield rng.normal(size=(3, 3, 2)) - 5, 1
    yield rng.normal(size=(8, 8, 2)) - 5, 4


EXERCISE = Code(
    name="04.max_pool",
    title="The largest of each block",
    text="""Write `max_pool(maps, size)`: cut each map into blocks of `size` × `size` places that do not overlap, and
keep the largest value of each block, channel by channel. Rows and columns that do not fill a block are dropped.""",
    trains="pooling, and axes",
    signature="maps (height, width, channel), size → (height // size, width // size, channel)",
    reference=max_pool,
    rights=(_loops, _largest_of_shifted),
    wrongs=(
        Wrong(
            _mean,
            "each block is averaged",
            "That is average pooling. Keep the largest value.",
        ),
        Wrong(
            _smallest,
            "the smallest value is kept",
            "Keep the largest.",
        ),
        Wrong(
            _corner,
            "the first place of each block is kept",
            "That is a stride without pooling: what lies beside the corner is never looked at.",
        ),
        Wrong(
            _overlapping,
            "the window moves by one place",
            "Blocks do not overlap: the window moves by its own size.",
        ),
        Wrong(
            _across_channels,
            "the largest channel is taken too",
            "Every channel looks for something else. Keep them apart.",
        ),
        Wrong(
            _everything,
            "the whole map is one block",
            "That is global pooling. Blocks are size × size.",
        ),
        Wrong(
            _wrong_reshape,
            "the reshape takes pieces of rows for blocks",
            "Split each axis in two: (rows, size, columns, size, channel). Then take the axes 1 and 3.",
        ),
    ),
    cases=_cases,
    hints=(
        "maps.reshape(rows, size, columns, size, channels) puts each block on axes 1 and 3. Cut the rest off first.",
        "blocks.max(axis=(1, 3))",
    ),
    takeaway="Pooling keeps that something was there and forgets exactly where.",
    minutes=7,
    difficulty=2,
    points=2,
)
