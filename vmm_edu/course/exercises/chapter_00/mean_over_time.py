"""Summarise a clip by the mean of its real steps."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def mean_over_time(x, mask):
    """The mean of the steps where mask is True; 0 for a clip without any."""
    steps = mask.sum(axis=1, keepdims=True)
    return (x * mask[:, :, None]).sum(axis=1) / np.maximum(steps, 1)


def _clip_by_clip(x, mask):
    means = np.zeros((x.shape[0], x.shape[2]), x.dtype)
    for clip, real in enumerate(mask):
        if real.any():
            means[clip] = x[clip][real].mean(axis=0)
    return means


def _weighted_sum(x, mask):
    weights = mask / np.clip(mask.sum(axis=1, keepdims=True), 1, None)
    return np.einsum("btf,bt->bf", x, weights)


def _all_steps(x, mask):
    return x.mean(axis=1)


def _divide_by_length(x, mask):
    return (x * mask[:, :, None]).mean(axis=1)


def _sum(x, mask):
    return (x * mask[:, :, None]).sum(axis=1)


def _mean_of_everything_real(x, mask):
    return (x * mask[:, :, None]).sum(axis=1) / max(mask.sum(), 1)


def _mean_over_clips(x, mask):
    return (x * mask[:, :, None]).sum(axis=0) / np.maximum(mask.sum(axis=0)[:, None], 1)


def _inverted_mask(x, mask):
    padding = ~mask
    return (x * padding[:, :, None]).sum(axis=1) / np.maximum(padding.sum(axis=1, keepdims=True), 1)


def _nan_when_empty(x, mask):
    with np.errstate(all="ignore"):
        return (x * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)


def _cases(rng):
    x = np.array([[[2.0], [4.0], [0.0]], [[1.0], [6.0], [8.0]]], np.float32)
    yield x, np.array([[True, True, False], [True, True, True]])
    for batch, time, feature in ((4, 4, 3), (3, 6, 2), (5, 5, 5)):
        x = rng.normal(1.0, 2.0, (batch, time, feature)).astype(np.float32)
        mask = np.arange(time) < rng.integers(1, time + 1, batch)[:, None]
        yield x, mask
    yield x, rng.random((5, 5)) < 0.5
    mask = np.ones((5, 5), bool)
    mask[2] = False
    mask[3, 2:] = False
    yield x, mask


EXERCISE = Code(
    name="00.mean_over_time",
    title="A mean that ignores padding",
    text="""Several clips in one array are a **batch**. But clips differ in length: the short ones are filled up with
padding, and `mask` is `True` where a step is real.
Write `mean_over_time(x, mask)`: for every clip the mean of its **real** steps. A clip with no real step
gives 0.""",
    trains="masks: padding is not data",
    signature="x (batch, time, feature), mask (batch, time), True = real → (batch, feature)",
    reference=mean_over_time,
    rights=(_clip_by_clip, _weighted_sum),
    wrongs=(
        Wrong(
            _all_steps,
            "the padding is averaged in",
            "Leave out the steps where mask is False, in the sum and in the count.",
        ),
        Wrong(
            _divide_by_length,
            "the real steps are summed but divided by all steps",
            "A short clip would look fainter than a long one. Divide by the number of its real steps.",
        ),
        Wrong(
            _sum,
            "the real steps are only summed",
            "A long clip would look stronger than a short one. Divide by the number of real steps.",
        ),
        Wrong(
            _mean_of_everything_real,
            "the count is taken over the whole batch",
            "Each clip has its own length: count along time only, mask.sum(axis=1).",
        ),
        Wrong(
            _mean_over_clips,
            "the mean runs over the clips",
            "Axis 0 is the batch and axis 1 is time. One row should be left for each clip.",
        ),
        Wrong(
            _inverted_mask,
            "the padding is kept and the real steps are dropped",
            "True means real, in this whole course.",
        ),
        Wrong(
            _nan_when_empty,
            "an empty clip is divided by zero",
            "Everything else is right. Divide by at least 1, and an empty clip gives 0 instead of nan.",
        ),
    ),
    cases=_cases,
    hints=(
        "You need two numbers for each clip: a sum and a count. The mask takes part in both.",
        "x * mask[:, :, None] sets the padding to zero: the new last axis lets the mask reach every feature.",
        "Count with mask.sum(axis=1, keepdims=True), and keep the count at 1 or more with np.maximum.",
    ),
    takeaway="Sum the real, count the real, divide.",
    minutes=10,
    difficulty=2,
    points=3,
)
