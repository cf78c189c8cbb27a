"""Cut a clip into windows."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def windows(frames, length, hop):
    """First frame, and the one after the last, of every whole window."""
    starts = np.arange(0, frames - length + 1, hop)
    return np.stack([starts, starts + length], axis=1)


def _by_steps(frames, length, hop):
    found, start = [], 0
    while start + length <= frames:
        found.append((start, start + length))
        start += hop
    return np.array(found).reshape(-1, 2)


def _by_count(frames, length, hop):
    count = max(0, (frames - length) // hop + 1)
    rows = [[k * hop, k * hop + length] for k in range(count)]
    return np.array(rows, dtype=int).reshape(count, 2)


def _ragged_end(frames, length, hop):
    starts = np.arange(0, frames, hop)
    return np.stack([starts, np.minimum(starts + length, frames)], axis=1)


def _last_one_missing(frames, length, hop):
    starts = np.arange(0, max(frames - length, 0), hop)
    return np.stack([starts, starts + length], axis=1)


def _no_overlap(frames, length, hop):
    starts = np.arange(0, frames - length + 1, length)
    return np.stack([starts, starts + length], axis=1)


def _past_the_end(frames, length, hop):
    starts = np.arange(0, frames, hop)
    return np.stack([starts, starts + length], axis=1)


def _rounded_count(frames, length, hop):
    starts = hop * np.arange(max(round((frames - length) / hop) + 1, 0))
    return np.stack([starts, starts + length], axis=1)


def _last_frame_included(frames, length, hop):
    starts = np.arange(0, frames - length + 1, hop)
    return np.stack([starts, starts + length - 1], axis=1)


def _hop_is_a_gap(frames, length, hop):
    starts = np.arange(0, frames - length + 1, length + hop)
    return np.stack([starts, starts + length], axis=1)


def _every_frame(frames, length, hop):
    return [list(range(start, start + length)) for start in range(0, frames - length + 1, hop)]


def _two_rows(frames, length, hop):
    starts = np.arange(0, frames - length + 1, hop)
    return np.stack([starts, starts + length])


def _cases(rng):
    yield 10, 4, 3
    yield 10, 4, 2
    yield 3, 5, 1
    yield 12, 12, 5
    yield 11, 3, 5
    for _ in range(4):
        yield int(rng.integers(20, 90)), int(rng.integers(3, 16)), int(rng.integers(1, 9))


EXERCISE = Code(
    name="01.windows",
    title="Windows with a hop",
    text="""A clip has `frames` frames. Cut it into windows of `length` frames; each begins `hop` frames after the one
before it.
Write `windows(frames, length, hop)`: one row for each window, `[first, stop]`, where `stop` is the frame
**after** the last one, as in a Python slice. A window that would run past the end is left out; a clip that is too short
gives no row.""",
    trains="sliding windows",
    signature="frames, length, hop whole numbers → whole numbers (window, 2)",
    reference=windows,
    rights=(_by_steps, _by_count),
    wrongs=(
        Wrong(
            _ragged_end,
            "the last windows are cut short",
            "Then windows differ in length, and a batch of them has no shape. Leave them out.",
        ),
        Wrong(
            _last_one_missing,
            "a window that ends exactly with the clip is left out",
            "It fits: its stop may be equal to frames. There are frames − length + 1 possible starts.",
        ),
        Wrong(_no_overlap, "the windows never overlap", "The next one begins hop frames later, not length frames."),
        Wrong(
            _past_the_end,
            "windows run past the end",
            "A slice that runs past the end is silently short. Leave those windows out.",
        ),
        Wrong(
            _rounded_count,
            "the number of windows is rounded",
            "Round down: what is left at the end may be nearly a hop long and still hold no window more.",
        ),
        Wrong(
            _last_frame_included,
            "the second number is the last frame itself",
            "images[first:stop] leaves stop out: give the frame after the last.",
        ),
        Wrong(
            _hop_is_a_gap,
            "the hop is a pause between two windows",
            "The hop goes from start to start. A hop shorter than the window makes them overlap.",
        ),
        Wrong(_every_frame, "all frames of a window are listed", "Two numbers are enough: the first, and stop."),
        Wrong(
            _two_rows,
            "the starts are one row and the stops another",
            "One row for each window: np.stack(…, axis=1).",
        ),
    ),
    cases=_cases,
    hints=(
        "Which starts are possible? The last one is frames − length.",
        "np.arange(0, frames - length + 1, hop) are the starts; stop is start + length.",
    ),
    takeaway="Windows of one length, one start every hop, none past the end.",
    minutes=5,
    difficulty=1,
    points=2,
)
