"""Larger or smaller than all 26 neighbours."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def is_extremum(cube):
    """Whether the middle value is above, or below, all 26 others."""
    here = cube[1, 1, 1]
    others = np.delete(cube.ravel(), 13)
    return bool(here > others.max() or here < others.min())


def _by_counting(cube):
    above, below = (cube > cube[1, 1, 1]).sum(), (cube < cube[1, 1, 1]).sum()
    return bool(26 in (above, below))


def _by_looping(cube):
    signs = set()
    for place in np.ndindex(3, 3, 3):
        if place != (1, 1, 1):
            signs.add(float(np.sign(cube[1, 1, 1] - cube[place])))
    return signs == {1.0} or signs == {-1.0}


def _maxima_only(cube):
    return bool(cube[1, 1, 1] > np.delete(cube.ravel(), 13).max())


def _own_scale_only(cube):
    others = np.delete(cube[1].ravel(), 4)
    return bool(cube[1, 1, 1] > others.max() or cube[1, 1, 1] < others.min())


def _six_faces(cube):
    others = np.array([cube[0, 1, 1], cube[2, 1, 1], cube[1, 0, 1], cube[1, 2, 1], cube[1, 1, 0], cube[1, 1, 2]])
    return bool(cube[1, 1, 1] > others.max() or cube[1, 1, 1] < others.min())


def _itself_too(cube):
    return bool(cube[1, 1, 1] > cube.max() or cube[1, 1, 1] < cube.min())


def _ties_count(cube):
    return bool(cube[1, 1, 1] == cube.max() or cube[1, 1, 1] == cube.min())


def _largest_amount(cube):
    return bool(abs(cube[1, 1, 1]) > np.abs(np.delete(cube.ravel(), 13)).max())


def _cases(rng):
    def cube(middle):
        values = rng.uniform(0.2, 0.8, (3, 3, 3))
        values[1, 1, 1] = middle
        return values

    yield (cube(0.9),)
    yield (cube(0.1),)
    yield (cube(0.5),)
    yield (-cube(0.1),)
    yield (cube(-0.5),)
    for place in (place for place in np.ndindex(3, 3, 3) if place != (1, 1, 1)):
        for middle in (0.9, 0.1):
            higher, tie = cube(middle), cube(middle)
            higher[place] = 1.0 if middle > 0.5 else 0.0
            tie[place] = middle
            yield (higher,)
            yield (tie,)


EXERCISE = Code(
    name="03.is_extremum",
    title="Does it stand out?",
    text="""`cube` holds 27 differences: scale below, own scale, scale above; in each 3 rows and 3 columns. Write
`is_extremum(cube)`: `True` if the value in the middle, `cube[1, 1, 1]`, is larger than all 26 others, or smaller than
all 26. A value with an equal neighbour does not stand out.""",
    trains="extrema over place and size",
    signature="cube (3, 3, 3): scale, row, column → True or False",
    reference=is_extremum,
    rights=(_by_counting, _by_looping),
    wrongs=(
        Wrong(
            _maxima_only,
            "only maxima count",
            "Dark things give maxima, bright things minima. Both are worth keeping.",
        ),
        Wrong(
            _own_scale_only,
            "only the 8 neighbours in the same scale are asked",
            "The point must also stand out among sizes: 9 neighbours above and 9 below.",
        ),
        Wrong(
            _six_faces,
            "the neighbours across corners are left out",
            "A cube has 26 neighbours, not 6.",
        ),
        Wrong(
            _itself_too,
            "the middle is compared with itself",
            "Nothing is larger than itself, so the answer is always False. Take the middle out.",
        ),
        Wrong(
            _ties_count,
            "an equal neighbour is allowed",
            "On a flat patch everything would stand out. Strictly larger, or strictly smaller.",
        ),
        Wrong(
            _largest_amount,
            "the absolute values are compared",
            "0.1 among values near 0.5 stands out too: it is smaller than all of them.",
        ),
    ),
    cases=_cases,
    hints=(
        "np.delete(cube.ravel(), 13) are the 26 others.",
        "Larger than all: larger than the largest. Smaller than all: smaller than the smallest.",
    ),
    takeaway="A keypoint stands out among places and among sizes.",
    minutes=6,
    difficulty=2,
    points=2,
)
