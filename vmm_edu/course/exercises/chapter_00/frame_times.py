"""Choose the moments at which a clip is looked at."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def frame_times(duration_s, count):
    """Times in seconds in the middle of `count` equal parts of the clip."""
    return (np.arange(count) + 0.5) * duration_s / count


def _midpoints_of_edges(duration_s, count):
    edges = np.linspace(0.0, duration_s, count + 1)
    return (edges[:-1] + edges[1:]) / 2


def _list_of_sums(duration_s, count):
    step = duration_s / count
    times, time = [], step / 2
    for _ in range(count):
        times.append(time)
        time += step
    return times


def _first_to_last(duration_s, count):
    return np.linspace(0.0, duration_s, count)


def _left_edges(duration_s, count):
    return np.arange(count) * duration_s / count


def _right_edges(duration_s, count):
    return (np.arange(count) + 1) * duration_s / count


def _between_the_ends(duration_s, count):
    return np.linspace(0.0, duration_s, count + 2)[1:-1]


def _whole_seconds(duration_s, count):
    return np.floor((np.arange(count) + 0.5) * duration_s / count)


def _half_a_second(duration_s, count):
    return np.arange(count) * duration_s / count + 0.5


def _cases(rng):
    yield 2.0, 4
    yield 5.0, 1
    for count in (3, 10, 7):
        yield float(rng.uniform(0.5, 30.0)), count


EXERCISE = Code(
    name="00.frame_times",
    title="Which moments do we look at?",
    text="""You may look at `count` frames of a clip that lasts `duration_s` seconds.
Cut the clip into `count` equal parts and look at the **middle** of each.
Write `frame_times(duration_s, count)`: the times in seconds.""",
    trains="even sampling in time",
    signature="duration_s seconds, count → times in seconds (count,)",
    reference=frame_times,
    rights=(_midpoints_of_edges, _list_of_sums),
    wrongs=(
        Wrong(
            _first_to_last,
            "the times run from 0 to the very end",
            "At duration_s the clip is over and there is no frame. Each part of the clip gets one time, in its middle.",
        ),
        Wrong(
            _left_edges,
            "each part is looked at where it begins",
            "Move every time by half a part, so that the last part is not seen only at its start.",
        ),
        Wrong(
            _right_edges,
            "each part is looked at where it ends",
            "The last time is then the end of the clip, where no frame is left. Go back by half a part.",
        ),
        Wrong(
            _between_the_ends,
            "count points are spread between the two ends, with equal gaps to the ends too",
            "That cuts the clip into count + 1 parts. The first time should be half a part, not a whole one.",
        ),
        Wrong(
            _whole_seconds,
            "the times are rounded down to whole seconds",
            "A time is not an index: keep the fraction.",
        ),
        Wrong(
            _half_a_second,
            "half a second is added",
            "Half a *part* is meant: 0.5 · duration_s / count.",
        ),
    ),
    cases=_cases,
    hints=(
        "How long is one part? Where is the middle of the first one?",
        "One part lasts duration_s / count. The middle of part number i is at i + ½ parts.",
        "np.arange(count) + 0.5 counts in parts; multiply by the length of a part.",
    ),
    takeaway="The middle of equal parts: no moment is further than half a part from a look.",
    minutes=5,
    difficulty=1,
    points=2,
)
