"""From ticks to seconds."""

from fractions import Fraction

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def seconds(pts, time_base):
    """Times in seconds since the earliest frame, in the order of the packets."""
    ticks = np.asarray(pts)
    return (ticks - ticks.min()) * float(time_base)


def _one_by_one(pts, time_base):
    start = min(pts)
    return [float((int(tick) - int(start)) * time_base) for tick in pts]


def _shift_afterwards(pts, time_base):
    times_s = np.array([int(tick) * time_base.numerator / time_base.denominator for tick in pts])
    times_s -= np.sort(times_s)[0]
    return times_s


def _no_shift(pts, time_base):
    return np.asarray(pts) * float(time_base)


def _shift_by_first_packet(pts, time_base):
    return (np.asarray(pts) - pts[0]) * float(time_base)


def _divided(pts, time_base):
    return (np.asarray(pts) - min(pts)) / float(time_base)


def _sorted_times(pts, time_base):
    return (np.sort(pts) - min(pts)) * float(time_base)


def _evenly(pts, time_base):
    step = (max(pts) - min(pts)) / max(len(pts) - 1, 1) * float(time_base)
    return np.arange(len(pts)) * step


def _whole_seconds(pts, time_base):
    return (np.asarray(pts) - min(pts)) * time_base.numerator // time_base.denominator


def _numerator_forgotten(pts, time_base):
    return (np.asarray(pts) - min(pts)) / time_base.denominator


def _cases(rng):
    yield np.array([3000, 6000, 4500]), Fraction(1, 3000)
    yield np.array([7, 5, 6]), Fraction(1001, 30000)
    for _ in range(3):
        base = Fraction(int(rng.integers(2, 1002)), int(rng.integers(12000, 90001)))
        yield rng.permutation(np.sort(rng.integers(50, 5000, size=8))), base


EXERCISE = Code(
    name="01.seconds",
    title="From ticks to seconds",
    text="""A file counts time in ticks. `pts` holds the ticks of its packets **in the order of the file**, and one tick
lasts `time_base` seconds (a `Fraction`, such as 1/15360).
Write `seconds(pts, time_base)`: the time of each packet in seconds, in the same order, on a clock that stands at
0 when the **earliest** frame is shown.""",
    trains="clocks and time bases",
    signature="pts (packet,), time_base Fraction → seconds (packet,)",
    reference=seconds,
    rights=(_one_by_one, _shift_afterwards),
    wrongs=(
        Wrong(
            _no_shift,
            "the clock starts where the file's ticks start",
            "Many files begin at a tick other than 0. Subtract the earliest one.",
        ),
        Wrong(
            _shift_by_first_packet,
            "the first packet is taken for the earliest frame",
            "Packets come in the order of decoding. With B-frames the first of them need not be shown first.",
        ),
        Wrong(_divided, "ticks are divided by the time base", "A tick lasts time_base seconds: multiply."),
        Wrong(
            _sorted_times,
            "the times are sorted",
            "Keep the order of the packets, or you no longer know which time belongs to which.",
        ),
        Wrong(
            _evenly,
            "the frames are spread evenly over the whole",
            "That is the average rate again. The ticks say when each frame is shown; use them.",
        ),
        Wrong(_whole_seconds, "fractions of a second are cut off", "Divide with /, not with //."),
        Wrong(
            _numerator_forgotten,
            "the numerator of the time base is taken to be 1",
            "For 29.97 frames a second it is 1001/30000. A Fraction multiplies as it is.",
        ),
    ),
    cases=_cases,
    rtol=1e-6,
    atol=1e-9,
    hints=(
        "How many ticks after the earliest frame is each packet shown?",
        "Subtract the smallest entry of pts, then multiply by float(time_base).",
    ),
    takeaway="Time in a file is a whole number of ticks; its time base turns ticks into seconds.",
    minutes=5,
    difficulty=1,
    points=2,
)
