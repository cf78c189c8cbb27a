"""From maps to one vector."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def global_average(maps):
    """One number per map: its mean over all places."""
    return maps.mean(axis=(1, 2))


def _flattened(maps):
    return maps.reshape(maps.shape[0], -1, maps.shape[-1]).mean(axis=1)


def _einsum(maps):
    return np.einsum("brcf->bf", maps) / (maps.shape[1] * maps.shape[2])


def _over_channels(maps):
    return maps.mean(axis=-1)


def _sum(maps):
    return maps.sum(axis=(1, 2))


def _max(maps):
    return maps.max(axis=(1, 2))


def _over_the_batch(maps):
    return maps.mean(axis=(0, 1, 2))


def _rows_only(maps):
    return maps.mean(axis=1)


def _channels_first(maps):
    return maps.mean(axis=(2, 3))


def _flat(maps):
    return maps.reshape(len(maps), -1)


def _cases(rng):
    yield (np.arange(8.0).reshape(1, 2, 2, 2),)
    yield (rng.normal(size=(3, 4, 4, 4)),)
    yield (rng.normal(size=(2, 5, 3, 6)),)


EXERCISE = Code(
    name="04.global_average",
    title="One vector per frame",
    text="""The last maps have the shape (batch, row, column, filter). Write `global_average(maps)`: one vector per
frame with one number per filter, the mean over all places.""",
    trains="global average pooling",
    signature="maps (batch, row, column, filter) → (batch, filter)",
    reference=global_average,
    rights=(_flattened, _einsum),
    wrongs=(
        Wrong(
            _over_channels,
            "the filters are averaged",
            "Average over the places; each filter keeps its own number.",
        ),
        Wrong(
            _sum,
            "the places are summed",
            "Then a larger frame would give larger features. Take the mean.",
        ),
        Wrong(
            _max,
            "the largest place is kept",
            "That is global max pooling. Take the mean.",
        ),
        Wrong(
            _over_the_batch,
            "the frames of the batch are averaged too",
            "Every frame keeps a vector of its own: axis 0 stays.",
        ),
        Wrong(
            _rows_only,
            "only the rows are averaged",
            "Columns are places too.",
        ),
        Wrong(
            _channels_first,
            "the axes are read as (batch, channel, height, width)",
            "That is PyTorch's order. Here the filters come last: average axes 1 and 2.",
        ),
        Wrong(
            _flat,
            "every place keeps its numbers, in one long row",
            "Then the vector's length would depend on the frame's size.",
        ),
    ),
    cases=_cases,
    hints=(
        "Which of the four axes are places?",
        "maps.mean(axis=…) takes a tuple of axes.",
    ),
    takeaway="The mean over places makes one network fit every frame size.",
    minutes=3,
    difficulty=1,
    points=1,
)
