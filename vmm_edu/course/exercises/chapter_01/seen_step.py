"""How fast does the wheel seem to turn?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def seen_step(speed, stride, positions):
    """Steps that the wheel seems to turn from one kept frame to the next, in (−positions/2, positions/2]."""
    moved = (speed * stride) % positions
    return moved - positions if 2 * moved > positions else moved


def _nearest_turn(speed, stride, positions):
    moved = speed * stride
    whole_turns = int(np.ceil(moved / positions - 0.5))
    return moved - whole_turns * positions


def _shortest_of_many(speed, stride, positions):
    turns = np.arange(-stride * abs(speed), stride * abs(speed) + 1)
    ways = speed * stride - positions * turns
    ways = ways[np.argsort(-ways, kind="stable")]
    return int(ways[np.abs(ways).argmin()])


def _never_backwards(speed, stride, positions):
    return (speed * stride) % positions


def _true_step(speed, stride, positions):
    return speed * stride


def _stride_forgotten(speed, stride, positions):
    moved = speed % positions
    return moved - positions if 2 * moved > positions else moved


def _divided(speed, stride, positions):
    moved = speed % positions
    moved = moved - positions if 2 * moved > positions else moved
    return moved / stride


def _always_backwards(speed, stride, positions):
    return (speed * stride) % positions - positions


def _size_only(speed, stride, positions):
    moved = (speed * stride) % positions
    return min(moved, positions - moved)


def _half_is_negative(speed, stride, positions):
    return (speed * stride + positions // 2) % positions - positions // 2


def _half_to_even(speed, stride, positions):
    return speed * stride - positions * round(speed * stride / positions)


def _cut_off(speed, stride, positions):
    return int(np.clip(speed * stride, -positions / 2, positions / 2))


def _cases(rng):
    yield 4, 15, 64
    yield 8, 4, 64
    yield 4, 1, 64
    yield 3, 7, 16
    yield 4, 16, 64
    yield -4, 15, 64
    # Half a turn after one and a half, half a turn backwards, and one place more than half a turn.
    yield 8, 12, 64
    yield -4, 8, 64
    yield 11, 3, 64
    for _ in range(8):
        yield int(rng.integers(1, 32)), int(rng.integers(2, 16)), int(rng.choice([15, 16, 64]))


EXERCISE = Code(
    name="01.seen_step",
    title="How fast does it seem to turn?",
    text="""A wheel with `positions` places moves on by `speed` of them from frame to frame, and only every `stride`-th
frame is kept. The eye takes the shortest way from one place to the next.
Write `seen_step(speed, stride, positions)`: by how many places the wheel **seems** to move from one kept frame
to the next. Clockwise is positive, backwards is negative. Where both ways are equally long, give the positive one.""",
    trains="aliasing",
    signature="speed, stride, positions whole numbers → a whole number in (−positions/2, positions/2]",
    reference=seen_step,
    rights=(_nearest_turn, _shortest_of_many),
    wrongs=(
        Wrong(
            _never_backwards,
            "the wheel never seems to turn back",
            "60 places forward of 64 look like 4 places back. Beyond half a turn the short way is the other way round.",
        ),
        Wrong(
            _true_step,
            "the true movement is given",
            "A whole turn cannot be seen: the wheel is where it was. Take the remainder first.",
        ),
        Wrong(_stride_forgotten, "every frame is kept", "From one kept frame to the next, stride frames go by."),
        Wrong(
            _divided,
            "the step is divided by the stride",
            "Fewer frames are kept, so the wheel moves *more* between them.",
        ),
        Wrong(
            _always_backwards,
            "the wheel always seems to turn back",
            "Less than half a turn is seen as it is.",
        ),
        Wrong(_size_only, "the sign is missing", "Forwards or backwards is the whole question: keep the sign."),
        Wrong(
            _half_is_negative,
            "exactly half a turn counts as backwards",
            "Both ways are equally long there; the task asks for the positive one.",
        ),
        Wrong(
            _half_to_even,
            "turns are counted with round, which rounds 0.5 down and 1.5 up",
            "round goes to the even neighbour, so half a turn is now positive, now negative. Use % and compare.",
        ),
        Wrong(
            _cut_off,
            "a large step is cut at half a turn",
            "A wheel goes round: 65 of 64 places is the same as 1. Use the remainder.",
        ),
    ),
    cases=_cases,
    hints=(
        "Where is the wheel after stride frames? A whole turn changes nothing: %.",
        "The remainder lies in 0…positions − 1. If it is more than half a turn, the way back is shorter.",
        "Subtract positions from a remainder that is larger than positions / 2.",
    ),
    takeaway="What is sampled too rarely does not vanish: it comes back as another motion.",
    minutes=8,
    difficulty=2,
    points=3,
)
