"""Choose key frames on a clock that runs with the motion."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def motion_clock(energy, count):
    """Frames at which (k + ½)/count of all the motion has happened."""
    total = np.cumsum(energy)
    wanted = (np.arange(count) + 0.5) / count * total[-1]
    return np.searchsorted(total, wanted)


def _by_comparison(energy, count):
    share = np.cumsum(energy) / np.sum(energy)
    middles = [(k + 0.5) / count for k in range(count)]
    return [int(np.argmax(share >= middle)) for middle in middles]


def _by_loop(energy, count):
    found, so_far, k = [], 0.0, 0
    whole = float(sum(energy))
    for number, value in enumerate(energy):
        so_far += float(value)
        while k < count and so_far >= whole * (k + 0.5) / count:
            found.append(number)
            k += 1
    return found


def _evenly_in_time(energy, count):
    return ((np.arange(count) + 0.5) / count * len(energy)).astype(int)


def _liveliest(energy, count):
    return np.sort(np.argsort(-np.asarray(energy), kind="stable")[:count])


def _left_edges(energy, count):
    total = np.cumsum(energy)
    return np.searchsorted(total, np.arange(count) / count * total[-1])


def _from_end_to_end(energy, count):
    total = np.cumsum(energy)
    return np.searchsorted(total, np.linspace(total[0], total[-1], count))


def _not_added_up(energy, count):
    energy = np.asarray(energy)
    return np.searchsorted(np.sort(energy), (np.arange(count) + 0.5) / count * energy[-1])


def _one_too_early(energy, count):
    total = np.cumsum(energy)
    return np.maximum(np.searchsorted(total, (np.arange(count) + 0.5) / count * total[-1]) - 1, 0)


def _the_next_frame(energy, count):
    total = np.cumsum(energy)
    found = np.searchsorted(total, (np.arange(count) + 0.5) / count * total[-1]) + 1
    return np.minimum(found, len(total) - 1)


def _cases(rng):
    yield np.array([0.0, 1.0, 1.0, 0.0, 0.0, 2.0]), 2
    yield np.array([0.0, 4.0, 0.0, 0.0, 0.0, 4.0]), 4
    for count in (3, 5, 6):
        energy = rng.uniform(0.0, 0.05, size=30)
        energy[0] = 0.0
        start = int(rng.integers(4, 20))
        energy[start : start + 6] += rng.uniform(0.5, 1.0, size=6)
        yield energy, count


EXERCISE = Code(
    name="01.motion_clock",
    title="Open: look where it moves",
    text="""`energy[t]` says how much changed between frame `t − 1` and frame `t` (0 for the first). Add it up from the
start, and you have a clock that runs fast while much moves and stands still while nothing does.
Write `motion_clock(energy, count)`: `count` frames, spread evenly on **that** clock. Cut all the motion into `count`
equal parts and take, for the middle of each, the first frame at which that much has happened. A frame may be
chosen more than once.

Then go on: run it on clips of `material` and of `direction`. Where does it choose almost as `uniform_times`
would, and why? What would a flash of light do to it, and what could you do about that?""",
    trains="sampling by content",
    signature="energy (time,), none negative, count → frame numbers (count,)",
    reference=motion_clock,
    rights=(_by_comparison, _by_loop),
    wrongs=(
        Wrong(
            _evenly_in_time,
            "the frames are spread evenly in time",
            "That clock runs with the seconds. Yours runs with the motion: add the energy up.",
        ),
        Wrong(
            _liveliest,
            "the frames with the largest energy are taken",
            "They may all belong to one moment. Spread them over everything that happens.",
        ),
        Wrong(
            _left_edges,
            "each part is looked at where it begins",
            "The first part then gives frame 0, at which nothing has moved yet. Take the middles.",
        ),
        Wrong(
            _from_end_to_end,
            "the frames run from the first to the last",
            "Take the middle of each part, as for times: half a part from either end.",
        ),
        Wrong(
            _not_added_up,
            "the energy is sorted, not added up",
            "Sorting loses when things happen. The clock is the running sum.",
        ),
        Wrong(
            _one_too_early,
            "the frame before is taken",
            "At that frame not enough has happened yet: take the first at which the sum has reached it.",
        ),
        Wrong(
            _the_next_frame,
            "the frame after is taken",
            "The first frame at which the sum has reached it is enough.",
        ),
    ),
    cases=_cases,
    hints=(
        "np.cumsum(energy) is the clock. Its last entry is all the motion there is.",
        "The middles of the parts are (k + ½)/count of the last entry.",
        "np.searchsorted(clock, middles) gives, for each middle, the first frame whose clock has reached it.",
    ),
    takeaway="Even steps on a clock of motion: many looks where much happens, few where nothing does.",
    minutes=12,
    difficulty=3,
    points=3,
)
