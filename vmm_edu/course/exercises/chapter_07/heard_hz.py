"""At which pitch is a tone heard when too few samples are kept?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def heard_hz(frequency_hz, rate_hz):
    """The frequency, 0 … rate_hz / 2, of the tone that has the same samples."""
    turns = frequency_hz % rate_hz
    return min(turns, rate_hz - turns)


def _nearest_multiple(frequency_hz, rate_hz):
    return abs(frequency_hz - rate_hz * round(frequency_hz / rate_hz))


def _folded_step_by_step(frequency_hz, rate_hz):
    while frequency_hz > rate_hz / 2:
        frequency_hz = abs(frequency_hz - rate_hz)
    return frequency_hz


def _as_a_cosine(frequency_hz, rate_hz):
    return np.arccos(np.cos(2 * np.pi * frequency_hz / rate_hz)) * rate_hz / (2 * np.pi)


def _unchanged(frequency_hz, rate_hz):
    return frequency_hz


def _remainder(frequency_hz, rate_hz):
    return frequency_hz % rate_hz


def _cut_off(frequency_hz, rate_hz):
    return min(frequency_hz, rate_hz / 2)


def _silent(frequency_hz, rate_hz):
    return frequency_hz if frequency_hz <= rate_hz / 2 else 0


def _half_rate(frequency_hz, rate_hz):
    return frequency_hz % (rate_hz / 2)


def _one_fold(frequency_hz, rate_hz):
    return frequency_hz if frequency_hz <= rate_hz / 2 else abs(rate_hz - frequency_hz)


def _signed(frequency_hz, rate_hz):
    return frequency_hz - rate_hz * round(frequency_hz / rate_hz)


def _slower(frequency_hz, rate_hz):
    return frequency_hz * min(1, rate_hz / 2 / frequency_hz) / 2 if frequency_hz > rate_hz / 2 else frequency_hz


def _cases(rng):
    yield 7000, 4000
    yield 300, 4000
    yield 2500.0, 4000.0
    yield 2000, 4000
    yield 9300, 4000
    yield 440.0, 400.0
    for _ in range(4):
        rate_hz = int(rng.integers(20, 90)) * 100
        yield float(np.round(rng.uniform(0.1, 5) * rate_hz, 1)), float(rate_hz)
    yield 41_000, 16_000


EXERCISE = Code(
    name="07.heard_hz",
    title="Break it: throw samples away",
    text="""At 4,000 samples a second the tone of 7,000 Hz came out as 1,000 Hz. Why that one? Write
`heard_hz(frequency_hz, rate_hz)` for any tone and rate: the frequency between 0 and `rate_hz / 2` that has the same
samples. Draw a wave and put dots on it, or think of the wheel that seems to turn back (chapter 01).""",
    trains="aliasing",
    signature="frequency_hz and rate_hz above 0 → the frequency that is heard, Hz",
    reference=heard_hz,
    rights=(_nearest_multiple, _folded_step_by_step, _as_a_cosine),
    wrongs=(
        Wrong(_unchanged, "the pitch stays what it was", "With fewer than two samples a wave it cannot: draw it."),
        Wrong(
            _remainder,
            "only whole turns are taken off",
            "What is left may be above half the rate. A wheel that makes three quarters of a turn seems to make which?",
        ),
        Wrong(
            _cut_off,
            "high tones stop at half the rate",
            "Nothing holds them there. A tone of exactly the rate gives the same sample again and again: 0 Hz.",
        ),
        Wrong(
            _silent,
            "high tones vanish",
            "They would if they were filtered out before samples are thrown away. Here they are not.",
        ),
        Wrong(
            _half_rate,
            "the count starts anew at half the rate",
            "From half the rate on the heard pitch falls: 2,500 Hz at a rate of 4,000 Hz is heard as 1,500 Hz.",
        ),
        Wrong(
            _one_fold,
            "the pitch is mirrored once",
            "Fine up to the rate and a half. A tone of several times the rate has whole turns to take off first.",
        ),
        Wrong(
            _signed,
            "a tone that turns backwards gets a negative frequency",
            "The ear does not know which way: give it without the sign.",
        ),
        Wrong(_slower, "the pitch is divided", "Nothing is slowed down: what is the wave between two samples?"),
    ),
    cases=_cases,
    rtol=1e-5,
    atol=0.01,
    hints=(
        "How many turns does the wave make from one sample to the next? Whole turns cannot be seen.",
        "What is left, r = frequency_hz % rate_hz, looks like rate_hz − r turning the other way. Which is smaller?",
        "min(r, rate_hz - r)",
    ),
    takeaway="Filter first, then throw samples away: what is above half the rate comes back as something else.",
    minutes=8,
    difficulty=2,
    points=2,
)
