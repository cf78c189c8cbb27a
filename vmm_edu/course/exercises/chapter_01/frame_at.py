"""Which frame is on the screen?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def frame_at(times_s, moments_s):
    """Number of the frame that is shown at each moment: the last one whose time is not later."""
    shown = np.searchsorted(times_s, moments_s, side="right") - 1
    return np.maximum(shown, 0)


def _count_earlier(times_s, moments_s):
    begun = np.asarray(times_s)[None, :] <= np.asarray(moments_s)[:, None]
    return np.clip(begun.sum(axis=1) - 1, 0, None)


def _loop(times_s, moments_s):
    found = []
    for moment in moments_s:
        shown = 0
        for number, time in enumerate(times_s):
            if time <= moment:
                shown = number
        found.append(shown)
    return found


def _nearest(times_s, moments_s):
    return np.abs(np.asarray(times_s)[None] - np.asarray(moments_s)[:, None]).argmin(axis=1)


def _next_one(times_s, moments_s):
    return np.searchsorted(times_s, moments_s)


def _not_yet(times_s, moments_s):
    return np.maximum(np.searchsorted(times_s, moments_s, side="left") - 1, 0)


def _before_the_first(times_s, moments_s):
    return np.searchsorted(times_s, moments_s, side="right") - 1


def _by_average_rate(times_s, moments_s):
    step = (times_s[-1] - times_s[0]) / (len(times_s) - 1)
    numbers = np.floor((np.asarray(moments_s) - times_s[0]) / step + 1e-9).astype(int)
    return np.clip(numbers, 0, len(times_s) - 1)


def _one_too_far(times_s, moments_s):
    return np.searchsorted(times_s, moments_s, side="right")


def _times_not_numbers(times_s, moments_s):
    return np.asarray(times_s)[np.maximum(np.searchsorted(times_s, moments_s, side="right") - 1, 0)]


def _first_later_one(times_s, moments_s):
    later = np.asarray(times_s)[None] > np.asarray(moments_s)[:, None]
    return np.maximum(later.argmax(axis=1) - 1, 0)


def _cases(rng):
    yield np.array([0.0, 0.1, 0.5, 1.0]), np.array([0.05, 0.1, 0.45, 0.5, 2.0])
    yield np.array([0.25, 0.5, 0.75]), np.array([0.0, 0.25, 0.3, 0.74])
    for _ in range(3):
        times_s = np.cumsum(rng.choice([0.04, 0.08, 0.3], size=9))
        between = rng.uniform(0, times_s[-1] + 0.5, size=8)
        yield times_s, rng.permutation(np.concatenate([between, times_s[[0, 4, 8]]]))


EXERCISE = Code(
    name="01.frame_at",
    title="Which frame is on the screen?",
    text="""A frame stays on the screen until the next one begins, and the last one stays for good. `times_s` holds the
moments at which the frames begin, ascending and **not** evenly spaced.
Write `frame_at(times_s, moments_s)`: the number of the frame that is shown at each moment. At the very moment
when a frame begins, that frame is shown. Before the first one begins, answer 0.""",
    trains="frames by time, not by rate",
    signature="times_s (time,) ascending, moments_s (moment,) → whole numbers (moment,)",
    reference=frame_at,
    rights=(_count_earlier, _loop),
    wrongs=(
        Wrong(
            _nearest,
            "the nearest frame is taken",
            "The nearest one may lie in the future. A frame is shown from its own time on, not before.",
        ),
        Wrong(
            _next_one,
            "the next frame is taken",
            "It has not begun yet. Take the last one that has.",
        ),
        Wrong(
            _not_yet,
            "a frame is not shown at its own time",
            "At times_s[k] frame k is shown: 'not later' includes 'equal'.",
        ),
        Wrong(
            _before_the_first,
            "moments before the first frame get −1",
            "In Python −1 is the *last* frame, and no error tells you. Cut at 0.",
        ),
        Wrong(
            _by_average_rate,
            "time is divided by the average gap",
            "That is right only where all gaps are equal. Compare the moments with times_s itself.",
        ),
        Wrong(
            _one_too_far,
            "the frames that have begun are counted, and nothing is taken off",
            "If three frames have begun, number 2 is shown: counting starts at 0.",
        ),
        Wrong(
            _first_later_one,
            "the frame before the first later one is taken",
            "Right, until no later one is left: argmax of a row without a True is 0. The last frame stays for good.",
        ),
        Wrong(
            _times_not_numbers, "the time of the frame is given", "Its number is asked for: a whole number from 0 on."
        ),
    ),
    cases=_cases,
    hints=(
        "How many frames have begun at that moment? Which of them is on the screen?",
        "np.searchsorted(times_s, moments_s, side=…) counts. One of its two sides counts a frame that begins just now.",
        "Subtract 1 from the count, and keep the result at 0 or above.",
    ),
    takeaway="The frame at t is the last one whose time is at most t. No rate is needed.",
    minutes=8,
    difficulty=2,
    points=3,
)
