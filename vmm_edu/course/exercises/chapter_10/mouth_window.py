"""Where to cut the mouth out, however large the face is."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def mouth_window(row, column, side):
    """Top, left, height and width of the mouth's window in a face's box."""
    height, width = 0.4 * side, 0.6 * side
    return row + 0.84 * side - height / 2, column + side / 2 - width / 2, height, width


def _array(row, column, side):
    return np.array([row, column, 0, 0]) + side * np.array([0.64, 0.2, 0.4, 0.6])


def _by_edges(row, column, side):
    middle = np.array([row + 0.84 * side, column + 0.5 * side])
    low, high = (middle + sign * np.array([0.2, 0.3]) * side for sign in (-1, 1))
    return (*low, *(high - low))


def _one_size(row, column, side):
    return row + 0.84 * side - 28, column + side / 2 - 42, 56.0, 84.0


def _one_place(row, column, side):
    return row + 117.6 - 0.2 * side, column + 70 - 0.3 * side, 0.4 * side, 0.6 * side


def _middle_of_the_face(row, column, side):
    return row + side / 2 - 0.2 * side, column + side / 2 - 0.3 * side, 0.4 * side, 0.6 * side


def _corner_at_the_centre(row, column, side):
    return row + 0.84 * side, column + side / 2, 0.4 * side, 0.6 * side


def _whole_size_taken_off(row, column, side):
    return row + 0.84 * side - 0.4 * side, column + side / 2 - 0.6 * side, 0.4 * side, 0.6 * side


def _lying_for_standing(row, column, side):
    return row + 0.84 * side - 0.3 * side, column + side / 2 - 0.2 * side, 0.6 * side, 0.4 * side


def _place_of_the_box_forgotten(row, column, side):
    return 0.64 * side, 0.2 * side, 0.4 * side, 0.6 * side


def _from_the_bottom(row, column, side):
    return row + 0.16 * side - 0.2 * side, column + 0.2 * side, 0.4 * side, 0.6 * side


def _x_before_y(row, column, side):
    return column + 0.2 * side, row + 0.64 * side, 0.6 * side, 0.4 * side


def _ends(row, column, side):
    return row + 0.64 * side, column + 0.2 * side, row + 1.04 * side, column + 0.8 * side


def _rounded(row, column, side):
    return tuple(round(value) for value in (row + 0.64 * side, column + 0.2 * side, 0.4 * side, 0.6 * side))


def _cases(rng):
    yield 40.0, 100.0, 200.0
    yield 10.0, 30.0, 70.0
    yield 101.0, 86.0, 133.0
    for _ in range(3):
        yield tuple(np.round(rng.uniform([0, 0, 40], [90, 120, 220]), 1).tolist())


EXERCISE = Code(
    name="10.mouth_window",
    title="A window that grows with the face",
    text="""The cascade gives a square around the face: the `row` and `column` of its upper left corner, and its
`side`. The mouth's centre lies at 0.84 of the side below the upper edge, and in the middle from left to right. Write
`mouth_window(row, column, side)`: the window to cut out, as `(top, left, height, width)`. For a face of 140 pixels it
is 56 high and 84 wide; for another face it must show the *same part* of it, so that after scaling to 32 × 48 a
person who leans forward has the mouth of one who leans back. Do not round: cutting between pixels is the resizer's
work.""",
    trains="boxes, corners, centres, scale",
    signature="row, column, side: numbers, in pixels → (top, left, height, width)",
    reference=mouth_window,
    rights=(_array, _by_edges),
    forbidden=("vmm_edu.features.mouth.mouth_centres", "vmm_edu.features.mouth.mouth_crops"),
    wrongs=(
        Wrong(
            _one_size,
            "the window has 56 × 84 pixels for every face",
            "Half as large a face would show chin, nose and neck. 56 of 140 is which share of the side?",
        ),
        Wrong(
            _one_place,
            "the mouth is a fixed number of pixels below the corner",
            "0.84 and the middle are shares of the side, whatever the side is.",
        ),
        Wrong(_middle_of_the_face, "the window is centred on the face", "That is the nose: the mouth is at 0.84."),
        Wrong(
            _corner_at_the_centre,
            "the mouth's centre is taken for the window's corner",
            "From a centre to the corner above and left of it: half a height up, half a width left.",
        ),
        Wrong(
            _whole_size_taken_off,
            "a whole height and width are taken off, not half",
            "The centre is half a height below the top and half a width right of the left edge.",
        ),
        Wrong(_lying_for_standing, "height and width are swapped", "A mouth is wide: 84 is the width."),
        Wrong(
            _place_of_the_box_forgotten,
            "the window is counted from the face's corner",
            "It must be counted from the picture's corner: add row and column.",
        ),
        Wrong(
            _from_the_bottom,
            "the share 0.84 is counted from the chin",
            "Rows grow downwards: 0.84 below the upper edge.",
        ),
        Wrong(_x_before_y, "columns come before rows", "top, left, height, width: the row first."),
        Wrong(_ends, "bottom and right are given for height and width", "The last two are sizes, not places."),
        Wrong(
            _rounded,
            "the window is rounded to whole pixels",
            "A head that moves by a third of a pixel would make the crop jump by a whole one. Give fractions.",
        ),
    ),
    cases=_cases,
    hints=(
        "First the size: which share of the side is 56 of 140? And 84?",
        "Then the centre: row + 0.84 * side, column + side / 2. From there to the corner it is half the size.",
        "top = row + 0.84 * side - 0.4 * side / 2",
    ),
    takeaway="What is given as shares of the face moves and grows with it.",
    minutes=6,
    difficulty=1,
    points=2,
)
