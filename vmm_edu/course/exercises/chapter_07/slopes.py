"""Deltas: how fast do features change?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def slopes(x, reach):
    """Slope of the line that fits each frame and `reach` neighbours on each side; the ends are repeated."""
    time = len(x)
    padded = np.pad(x, ((reach, reach), (0, 0)), mode="edge")
    total = 0
    for n in range(1, reach + 1):
        total = total + n * (padded[reach + n : reach + n + time] - padded[reach - n : reach - n + time])
    return total / (2 * sum(n**2 for n in range(1, reach + 1)))


def _frame_by_frame(x, reach):
    rows = []
    for t in range(len(x)):
        around = [x[min(max(t + n, 0), len(x) - 1)] for n in range(-reach, reach + 1)]
        rows.append(np.polyfit(np.arange(-reach, reach + 1), np.array(around, float), 1)[0])
    return np.array(rows)


def _by_index(x, reach):
    n = np.arange(-reach, reach + 1)
    places = np.clip(np.arange(len(x))[:, None] + n, 0, len(x) - 1)
    return np.einsum("n,tnf->tf", n / (n @ n), np.asarray(x)[places])


def _summed(x, reach, *, weight=lambda n: n, repeated=True):
    """What the wrong answers start from: the numerator."""
    rows = np.asarray(x, float)
    edge = np.ones((reach, 1)) if repeated else np.zeros((reach, 1))
    padded = np.concatenate([edge * rows[:1], rows, edge * rows[-1:]])
    steps = range(1, reach + 1)
    return np.sum([weight(n) * (padded[reach + n :][: len(x)] - padded[reach - n :][: len(x)]) for n in steps], axis=0)


def _squares(reach):
    return sum(n * n for n in range(1, reach + 1))


def _no_two(x, reach):
    return _summed(x, reach) / _squares(reach)


def _not_divided(x, reach):
    return _summed(x, reach)


def _not_squared(x, reach):
    return _summed(x, reach) / (2 * sum(range(1, reach + 1)))


def _unweighted(x, reach):
    return _summed(x, reach, weight=lambda n: 1) / (2 * sum(range(1, reach + 1)))


def _backwards(x, reach):
    return -_summed(x, reach) / (2 * _squares(reach))


def _zeros_outside(x, reach):
    return _summed(x, reach, repeated=False) / (2 * _squares(reach))


def _wrapped(x, reach):
    n = np.arange(1, reach + 1)
    return sum(k * (np.roll(x, -k, 0) - np.roll(x, k, 0)) for k in n) / (2 * _squares(reach))


def _mirrored(x, reach):
    rows = np.arange(-reach, len(x) + reach)
    rows = np.abs(rows)
    rows = np.where(rows > len(x) - 1, 2 * (len(x) - 1) - rows, rows)
    padded = np.asarray(x, float)[rows]
    steps = range(1, reach + 1)
    return sum(n * (padded[reach + n :][: len(x)] - padded[reach - n :][: len(x)]) for n in steps) / (
        2 * _squares(reach)
    )


def _next_less_this(x, reach):
    return np.diff(np.asarray(x, float), axis=0, append=np.asarray(x, float)[-1:])


def _farthest_only(x, reach):
    padded = np.pad(np.asarray(x, float), ((reach, reach), (0, 0)), mode="edge")
    return (padded[2 * reach :] - padded[: len(x)]) / (2 * reach)


def _across_features(x, reach):
    return _summed(np.asarray(x).T, reach).T / (2 * _squares(reach))


def _fewer_frames(x, reach):
    return (_summed(x, reach) / (2 * _squares(reach)))[reach : len(x) - reach]


def _whole_numbers(x, reach):
    found = np.zeros_like(x)
    found[...] = _summed(x, reach) / (2 * _squares(reach))
    return found


def _of_the_library(x, reach):
    return np.gradient(np.asarray(x, float), axis=0)


def _cases(rng):
    yield np.array([[1.0], [2.0], [4.0], [8.0], [9.0]]), 2
    for time, feature, reach in ((9, 3, 2), (8, 2, 1), (12, 4, 3), (7, 5, 2)):
        yield np.round(rng.normal(0, 2, (time, feature)), 2), reach
    yield rng.integers(0, 20, (8, 2)), 2
    yield np.round(rng.normal(0, 2, (9, 3)), 2).astype(np.float32), 3


EXERCISE = Code(
    name="07.slopes",
    title="How fast does it change?",
    text="""Write `slopes(x, reach)`, equation 07.9: for each frame the slope of the straight line through it and its
`reach` neighbours on each side. Before the first frame repeat the first, after the last the last, so that
there are as many slopes as frames.""",
    trains="from an equation with neighbours to arrays",
    signature="x (frame, feature), reach: a whole number of at least 1 → (frame, feature)",
    reference=slopes,
    rights=(_frame_by_frame, _by_index),
    forbidden=("vmm_edu.features.deltas", "scipy.signal.savgol_filter", "scipy.signal.savgol_coeffs"),
    wrongs=(
        Wrong(_no_two, "the 2 below the line is forgotten", "A line that climbs 1 a frame must have slope 1. Has it?"),
        Wrong(_not_divided, "nothing is divided", "Divide by 2 · (1² + 2² + … )."),
        Wrong(_not_squared, "the n below the line is not squared", "Below the line stands the sum of n²."),
        Wrong(_unweighted, "all neighbours count alike", "A farther neighbour says more about a slope: times n."),
        Wrong(_backwards, "the past is later than the future", "Later less earlier: x[t + n] − x[t − n]."),
        Wrong(
            _zeros_outside,
            "there is 0 outside the clip",
            "Then a steady sound seems to rise at the start and to fall at the end. Repeat the first and last frame.",
        ),
        Wrong(
            _wrapped, "the end of the clip comes before its start", "np.roll goes round in a circle. Repeat the ends."
        ),
        Wrong(_mirrored, "the ends are mirrored", "Repeat the first and the last frame instead."),
        Wrong(
            _next_less_this,
            "each frame is compared with the next only",
            "The line reaches to both sides, `reach` frames.",
        ),
        Wrong(_farthest_only, "only the two farthest neighbours count", "All of them count, each times n."),
        Wrong(_across_features, "the slope is taken across the features", "Time is the first axis."),
        Wrong(
            _whole_numbers,
            "the slopes are stored in an array of whole numbers",
            "np.zeros_like(x) has the type of x, and an array of whole numbers cuts fractions off. Ask for float.",
        ),
        Wrong(
            _of_the_library,
            "np.gradient is taken",
            "It looks one frame to each side only, and to one side at the ends. The line reaches `reach` frames.",
        ),
        Wrong(_fewer_frames, "the frames at the ends are left out", "As many slopes as frames: repeat the ends."),
    ),
    cases=_cases,
    rtol=1e-4,
    atol=1e-5,
    equivalents={
        "for n in range(1, reach + 1): ⇒ for n in range(0, reach + 1):": "n = 0 adds nothing",
        "return total / (2 * sum((n ** 2 for n in range(1, reach + 1)))) ⇒ "
        "return total / (2 * sum((n ** 2 for n in range(0, reach + 1))))": "n = 0 adds nothing",
    },
    hints=(
        'np.pad(x, ((reach, reach), (0, 0)), mode="edge") repeats the ends: frame t is then row t + reach.',
        "For each n from 1 to reach add n · (rows that lie n later − rows that lie n earlier).",
    ),
    takeaway="A delta is a fitted slope: less noisy than the step to the next frame, and it knows the direction.",
    minutes=10,
    difficulty=2,
    points=3,
)
