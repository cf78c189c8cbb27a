"""The direction most gradients agree on."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def main_direction(x, y):
    """The middle, in degrees, of the 10-degree bin that gets most votes; a vote is a gradient's length."""
    degrees = np.degrees(np.arctan2(y, x)) % 360
    votes = np.bincount((degrees / 10).astype(int), weights=np.sqrt(x**2 + y**2))
    return 10 * int(votes.argmax()) + 5


def _with_histogram(x, y):
    edges = np.linspace(0, 360, 37)
    votes, _ = np.histogram(np.rad2deg(np.arctan2(y, x) % (2 * np.pi)), bins=edges, weights=np.hypot(x, y))
    best = np.argmax(votes)
    return (edges[best] + edges[best + 1]) / 2


def _one_by_one(x, y):
    votes = [0.0] * 36
    for a, b in zip(x, y, strict=True):
        angle = np.arctan2(b, a) * 180 / np.pi
        votes[int((angle + 360) / 10) % 36] += (a * a + b * b) ** 0.5
    return votes.index(max(votes)) * 10 + 5


def _heads_counted(x, y):
    degrees = np.degrees(np.arctan2(y, x)) % 360
    return 10 * int(np.bincount((degrees // 10).astype(int)).argmax()) + 5


def _squares(x, y):
    degrees = np.degrees(np.arctan2(y, x)) % 360
    return 10 * int(np.bincount((degrees // 10).astype(int), weights=x**2 + y**2).argmax()) + 5


def _sides_added(x, y):
    degrees = np.degrees(np.arctan2(y, x)) % 360
    return 10 * int(np.bincount((degrees // 10).astype(int), weights=np.abs(x) + np.abs(y)).argmax()) + 5


def _half_circle(x, y):
    degrees = np.degrees(np.arctan2(y, x)) % 180
    return 10 * int(np.bincount((degrees // 10).astype(int), weights=np.hypot(x, y)).argmax()) + 5


def _swapped(x, y):
    degrees = np.degrees(np.arctan2(x, y)) % 360
    return 10 * int(np.bincount((degrees // 10).astype(int), weights=np.hypot(x, y)).argmax()) + 5


def _edge_of_the_bin(x, y):
    degrees = np.degrees(np.arctan2(y, x)) % 360
    return 10 * int(np.bincount((degrees // 10).astype(int), weights=np.hypot(x, y)).argmax())


def _number_of_the_bin(x, y):
    degrees = np.degrees(np.arctan2(y, x)) % 360
    return int(np.bincount((degrees // 10).astype(int), weights=np.hypot(x, y)).argmax())


def _longest_gradient(x, y):
    longest = int(np.hypot(x, y).argmax())
    return 10 * int(np.degrees(np.arctan2(y[longest], x[longest])) % 360 // 10) + 5


def _mean_of_angles(x, y):
    degrees = np.degrees(np.arctan2(y, x)) % 360
    return float((degrees * np.hypot(x, y)).sum() / np.hypot(x, y).sum())


def _negative_angles_lost(x, y):
    votes, _ = np.histogram(np.degrees(np.arctan2(y, x)), bins=36, range=(0, 360), weights=np.hypot(x, y))
    return 10 * int(votes.argmax()) + 5


def _cases(rng):
    yield np.array([1.0, 0.1, -0.2]), np.array([0.3, 2.0, -0.1])
    for edge in (-0.5, -9.5):  # just inside the two ends of the last bin
        yield np.array([1.0, 0.0]), np.array([np.tan(np.radians(edge)), 0.5])
    # Two gradients on a slant against one along x: |x| + |y| would find the slanted ones longer. Three on a slant
    # against two along x: larger of |x| and |y|, and squares, would find those two longer; the longest is a third kind.
    for length, direction in (((1, 1, 2.2), (42, 47, 3)), ((0.74, 0.74, 0.74, 1, 1, 1.2), (42, 45, 47, 3, 6, 192))):
        yield np.multiply(length, np.cos(np.radians(direction))), np.multiply(length, np.sin(np.radians(direction)))
    for main in rng.choice(36, 6, replace=False):
        crowd, third = (main + 7) % 36, (main + 18) % 36
        bins = np.concatenate(
            [np.full(12, main), np.full(25, crowd), np.full(9, third), rng.integers(0, 36, 10), [third]]
        )
        length = np.concatenate([np.full(12, 1.0), np.full(25, 0.2), np.full(9, 0.6), np.full(10, 0.1), [3.0]])
        angle = np.radians(10 * bins + rng.uniform(1, 9, len(bins)))
        yield length * np.cos(angle), length * np.sin(angle)


EXERCISE = Code(
    name="03.main_direction",
    title="Which way does it point?",
    text="""`x` and `y` are the gradients around a keypoint. Write `main_direction(x, y)`: 36 bins of 10 degrees each
(bin 0 from 0 to 10, over the **full** circle), each gradient votes with its **length** for the bin of its angle.
Return the middle of the fullest bin in degrees, 5 for bin 0. `np.arctan2(y, x)` gives
angles, in radians, between -π and π.""",
    trains="a histogram of directions",
    signature="x (point,), y (point,) → degrees, 5, 15, … 355",
    reference=main_direction,
    rights=(_with_histogram, _one_by_one),
    wrongs=(
        Wrong(
            _heads_counted,
            "every gradient has one vote",
            "Many tiny gradients are noise. Let the length count: weights=… in np.bincount.",
        ),
        Wrong(
            _squares,
            "a gradient votes with the square of its length",
            "Then few long gradients rule. The length is the root: np.hypot(x, y).",
        ),
        Wrong(
            _sides_added,
            "the amounts of x and y, added, are taken for the length",
            "That favours slanted gradients. The length is the root of x² + y²: np.hypot(x, y).",
        ),
        Wrong(
            _half_circle,
            "opposite directions share a bin",
            "HOG did so. Here dark-to-bright matters: take angles modulo 360.",
        ),
        Wrong(
            _swapped,
            "x and y are swapped in the arctangent",
            "np.arctan2 takes y first.",
        ),
        Wrong(
            _edge_of_the_bin,
            "the lower edge of the bin is returned",
            "The middle is 5 degrees further.",
        ),
        Wrong(
            _number_of_the_bin,
            "the number of the bin is returned",
            "Turn it into degrees: ten for each bin, and half a bin more.",
        ),
        Wrong(
            _longest_gradient,
            "the longest gradient decides alone",
            "One noisy pixel would turn the keypoint. Let all of them vote.",
        ),
        Wrong(
            _mean_of_angles,
            "the angles are averaged",
            "The mean of 359 and 1 degree would be 180. Count votes in bins.",
        ),
        Wrong(
            _negative_angles_lost,
            "negative angles get no vote",
            "np.arctan2 gives angles from -180 to 180 degrees. Taken modulo 360, the lower half comes into the bins.",
        ),
    ),
    cases=_cases,
    hints=(
        "Angles in degrees modulo 360, divided by ten without remainder, are the numbers of the bins.",
        "np.bincount(bins, weights=lengths) adds up the votes; argmax finds the fullest.",
    ),
    takeaway="Votes by length, over the full circle: the direction that the surroundings agree on.",
    minutes=9,
    difficulty=2,
    points=2,
)
