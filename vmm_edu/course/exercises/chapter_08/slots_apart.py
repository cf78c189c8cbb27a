"""How far apart two moments on a circle are."""

import math

from vmm_edu.course.exercise import Code, Wrong


def slots_apart(seen, heard, slots):
    """The shorter way round the circle."""
    forward = (heard - seen) % slots
    return min(forward, slots - forward)


def _by_distance(seen, heard, slots):
    straight = abs(seen - heard)
    return straight if 2 * straight <= slots else slots - straight


def _by_angle(seen, heard, slots):
    angle = 2 * math.pi * (seen - heard) / slots
    return round(math.acos(max(-1.0, min(1.0, math.cos(angle)))) * slots / (2 * math.pi))


def _step_by_step(seen, heard, slots):
    for way in range(slots):
        if (seen + way) % slots == heard or (seen - way) % slots == heard:
            return way
    return None


def _straight(seen, heard, slots):
    return abs(seen - heard)


def _with_sign(seen, heard, slots):
    return heard - seen


def _forward_only(seen, heard, slots):
    return (heard - seen) % slots


def _backward_only(seen, heard, slots):
    return (seen - heard) % slots


def _longer_way(seen, heard, slots):
    forward = (heard - seen) % slots
    return max(forward, slots - forward)


def _together(seen, heard, slots):
    return seen == heard


def _one_slot_lost(seen, heard, slots):
    forward = (heard - seen) % slots
    return min(forward, slots - 1 - forward)


def _sum(seen, heard, slots):
    return (seen + heard) % slots


def _always_ten(seen, heard, slots):
    forward = (heard - seen) % 10
    return min(forward, 10 - forward)


def _cases(rng):
    yield 8, 1, 10
    yield 2, 2, 10
    yield 0, 5, 10
    yield 9, 0, 10
    yield 1, 4, 7
    # A circle that is taken to have ten slots, or to turn at five, whatever `slots` says.
    yield 6, 1, 7
    yield 1, 7, 14
    for slots in (10, 12, 9):
        for _ in range(4):
            yield int(rng.integers(slots)), int(rng.integers(slots)), slots


EXERCISE = Code(
    name="08.slots_apart",
    title="How far apart?",
    text="""The slots lie on a circle: after slot 9 comes slot 0. Write `slots_apart(seen, heard, slots)`: how
many slots lie between the moment that is seen and the moment that is heard, the **shorter** way round. All three
are whole numbers; `seen` and `heard` are in 0 … `slots` − 1.""",
    trains="a question about a pair",
    signature="seen, heard: slots 0 … slots − 1 → a whole number, 0 … slots / 2",
    reference=slots_apart,
    rights=(_by_distance, _by_angle, _step_by_step),
    wrongs=(
        Wrong(_straight, "the circle is cut open", "Slots 9 and 0 are neighbours: go round the other way."),
        Wrong(_with_sign, "the difference keeps its sign", "A distance is never negative, and it goes round."),
        Wrong(_forward_only, "only the way forward counts", "From slot 2 to slot 1 it is one step back."),
        Wrong(_backward_only, "only the way backward counts", "From slot 1 to slot 2 it is one step forward."),
        Wrong(_longer_way, "the longer way is taken", "There are two ways round; take the shorter."),
        Wrong(_together, "you say whether the slots are equal", "That is the label. Here the distance is asked."),
        Wrong(_one_slot_lost, "the circle is one slot too short", "The two ways round add up to `slots`."),
        Wrong(_always_ten, "every circle has ten slots", "Use `slots`: some circles have 7 of them, or 14."),
        Wrong(_sum, "the slots are added", "Subtract: together means a difference of 0."),
    ),
    cases=_cases,
    equivalents={
        "forward = (heard - seen) % slots ⇒ forward = (seen - heard) % slots": "the "
        "other way round; the shorter of both is "
        "the same",
    },
    hints=(
        "(heard - seen) % slots is the way forward. How long is the way back?",
        "The two ways add up to slots. Take the smaller one.",
    ),
    takeaway="Neither slot alone says anything about the distance; the pair says it all.",
    minutes=5,
    difficulty=1,
    points=1,
)
