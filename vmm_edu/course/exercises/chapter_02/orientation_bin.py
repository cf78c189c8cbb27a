"""From a gradient to the bin that it votes for."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def orientation_bin(x, y, bins):
    """Number of the bin, 0…bins − 1, of the unsigned orientation of each gradient."""
    degrees = np.rad2deg(np.arctan2(y, x)) % 180
    return np.floor(degrees / 180 * bins).astype(int)


def _turned_to_face_down(x, y, bins):
    sign = np.where(y < 0, -1, 1)
    angle = np.arccos(sign * x / np.hypot(x, y))
    return (angle * bins / np.pi).astype(int) % bins


def _edge_by_edge(x, y, bins):
    angle = np.angle(x + 1j * y)
    angle = np.where(angle < 0, angle + np.pi, angle)
    angle = np.where(angle == np.pi, 0, angle)
    return sum((angle >= k * np.pi / bins).astype(int) for k in range(1, bins))


def _signed(x, y, bins):
    return ((np.rad2deg(np.arctan2(y, x)) % 360) / 360 * bins).astype(int)


def _nearest(x, y, bins):
    return np.rint((np.rad2deg(np.arctan2(y, x)) % 180) / 180 * bins).astype(int) % bins


def _swapped(x, y, bins):
    return ((np.rad2deg(np.arctan2(x, y)) % 180) / 180 * bins).astype(int)


def _mirrored(x, y, bins):
    return (np.abs(np.rad2deg(np.arctan2(y, x))) / 180 * bins).astype(int)


def _half_turn_stays(x, y, bins):
    degrees = np.rad2deg(np.arctan2(y, x))
    return (np.where(degrees < 0, degrees + 180, degrees) / 180 * bins).astype(int)


def _half_turn_in_the_last_bin(x, y, bins):
    return np.minimum(_half_turn_stays(x, y, bins), bins - 1)


def _radians(x, y, bins):
    return (np.arctan2(y, x) % 180 / 180 * bins).astype(int)


def _from_one(x, y, bins):
    return ((np.rad2deg(np.arctan2(y, x)) % 180) / 180 * bins).astype(int) + 1


def _degrees(x, y, bins):
    return np.rad2deg(np.arctan2(y, x)) % 180


def _of_the_edge(x, y, bins):
    return (((np.rad2deg(np.arctan2(y, x)) + 90) % 180) / 180 * bins).astype(int)


def _away_from_edges(rng, size, bins):
    """Gradients whose orientation is at least a fiftieth of a bin away from an edge between two."""
    angle = (rng.integers(2 * bins, size=size) + rng.uniform(0.02, 0.98, size)) * np.pi / bins
    length = rng.uniform(0.1, 1, size)
    return length * np.cos(angle), length * np.sin(angle), bins


def _cases(rng):
    yield np.array([2.0, -2.0, 1.0, -1.0, -3.0]), np.array([0.5, -0.5, 2.0, 2.0, 0.0]), 9
    yield _away_from_edges(rng, (30, 20), 9)
    yield _away_from_edges(rng, (40,), 4)
    yield _away_from_edges(rng, (3, 50), 12)


EXERCISE = Code(
    name="02.orientation_bin",
    title="Which bin does an edge vote for?",
    text="""`x` and `y` are the two differences of each pixel. Their direction is an angle; **unsigned** means
that opposite directions count as one, so angles run from 0° to 180° (180° is 0° again). Cut the 180° into
`bins` equal parts: bin 0 begins at 0°. Write `orientation_bin(x, y, bins)`: the number of the bin for every
pixel, as integers. With `bins = 9`, 30° is in bin 1, and so is −150°.""",
    trains="angles, and what unsigned means",
    signature="x, y of one shape, bins → integers 0…bins − 1 of that shape",
    reference=orientation_bin,
    rights=(_turned_to_face_down, _edge_by_edge),
    wrongs=(
        Wrong(
            _signed,
            "the full circle of 360° is cut into bins",
            "Dark-to-light and light-to-dark are the same edge here: fold opposite directions with % 180.",
        ),
        Wrong(
            _nearest,
            "angles are rounded to the nearest multiple",
            "Bin 0 *begins* at 0°, so 19° is in bin 0 of nine: round down.",
        ),
        Wrong(_swapped, "x and y are swapped in arctan2", "NumPy wants arctan2(y, x): the downward part comes first."),
        Wrong(
            _mirrored,
            "negative angles lose their sign",
            "−30° and 150° are one orientation; 30° is another. Add 180° instead: % 180 does.",
        ),
        Wrong(
            _half_turn_stays,
            "an angle of 180° gets a bin of its own",
            "A gradient to the left is 180°, which is 0° again: bin 0. There is no bin number bins.",
        ),
        Wrong(
            _half_turn_in_the_last_bin,
            "an angle of 180° is put into the last bin",
            "A gradient to the left is 180°, which is 0° again: it shares bin 0 with the gradient to the right.",
        ),
        Wrong(_radians, "radians are taken for degrees", "arctan2 gives −π…π. Use np.rad2deg, or fold with % np.pi."),
        Wrong(_from_one, "bins are counted from 1", "The first bin is number 0."),
        Wrong(_degrees, "the angle itself is returned", "Divide by the width of a bin, 180 / bins, and round down."),
        Wrong(
            _of_the_edge,
            "the direction along the edge is taken",
            "The gradient points across the edge. Vote for the gradient's own direction.",
        ),
    ),
    cases=_cases,
    hints=(
        "np.arctan2(y, x) is the angle in radians, −π…π. What makes −150° and 30° the same?",
        "% 180 on degrees folds them. A bin is 180 / bins wide.",
        "np.floor(degrees / 180 * bins).astype(int)",
    ),
    takeaway="Unsigned orientation makes a dark shape on light ground equal to a light one on dark.",
    minutes=8,
    difficulty=2,
    points=2,
)
