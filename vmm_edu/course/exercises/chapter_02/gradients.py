"""Differences between neighbours."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def gradients(image):
    """Right minus left and lower minus upper neighbour, 0 at the border."""
    x, y = np.zeros(image.shape), np.zeros(image.shape)
    x[:, 1:-1] = image[:, 2:] - image[:, :-2]
    y[1:-1, :] = image[2:, :] - image[:-2, :]
    return x, y


def _padded(image):
    across = np.pad(image[:, 2:] - image[:, :-2], ((0, 0), (1, 1)))
    down = np.pad(image[2:] - image[:-2], ((1, 1), (0, 0)))
    return across, down


def _pixel_by_pixel(image):
    height, width = image.shape
    x, y = np.zeros((height, width)), np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            if 0 < column < width - 1:
                x[row, column] = image[row, column + 1] - image[row, column - 1]
            if 0 < row < height - 1:
                y[row, column] = image[row + 1, column] - image[row - 1, column]
    return x, y


def _both(image):
    x, y = np.zeros(image.shape), np.zeros(image.shape)
    x[:, 1:-1], y[1:-1] = image[:, 2:] - image[:, :-2], image[2:] - image[:-2]
    return x, y


def _swapped(image):
    x, y = _both(image)
    return y, x


def _halved(image):
    x, y = _both(image)
    return x / 2, y / 2


def _left_minus_right(image):
    x, y = _both(image)
    return -x, -y


def _upward(image):
    x, y = _both(image)
    return x, -y


def _next_door(image):
    return np.pad(np.diff(image, axis=1), ((0, 0), (0, 1))), np.pad(np.diff(image, axis=0), ((0, 1), (0, 0)))


def _around_the_edge(image):
    return np.roll(image, -1, 1) - np.roll(image, 1, 1), np.roll(image, -1, 0) - np.roll(image, 1, 0)


def _absolute(image):
    x, y = _both(image)
    return np.abs(x), np.abs(y)


def _cases(rng):
    yield (np.array([[0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]),)
    yield (rng.random((5, 7)),)
    yield (rng.random((6, 4)).astype(np.float32),)


EXERCISE = Code(
    name="02.gradients",
    title="What changes to the right, what changes downward",
    text="""Write `gradients(image)`: two arrays as large as the image. The first holds, for every pixel, its
**right neighbour minus its left neighbour**; the second its **lower neighbour minus its upper neighbour**.
Where a neighbour is missing, at the border, the value is 0.""",
    trains="differences as slices",
    signature="image (height, width) → x (height, width), y (height, width)",
    reference=gradients,
    rights=(_padded, _pixel_by_pixel),
    wrongs=(
        Wrong(
            _swapped,
            "the two results change places",
            "The first is the change to the right: along the *second* axis of the array, its columns.",
        ),
        Wrong(
            _halved, "the difference is divided by 2", "That is the slope per pixel. HOG takes the plain difference."
        ),
        Wrong(
            _left_minus_right,
            "the signs are the other way round",
            "Right minus left, lower minus upper: brighter to the right is positive.",
        ),
        Wrong(
            _upward,
            "the second difference points upward",
            "Rows are counted from the top: lower minus upper neighbour.",
        ),
        Wrong(
            _next_door,
            "each pixel is compared with the next one only",
            "Compare the two neighbours on both sides: the pixel itself does not enter.",
        ),
        Wrong(
            _around_the_edge,
            "the picture is glued into a ring",
            "np.roll brings the last column to the front. At the border the value is 0.",
        ),
        Wrong(_absolute, "signs are thrown away", "Keep them: the orientation is made of them."),
    ),
    cases=_cases,
    forbidden=("numpy.gradient",),
    hints=(
        "image[:, 2:] and image[:, :-2] are the same picture, two columns apart.",
        "Start with zeros. Then x[:, 1:-1] = image[:, 2:] - image[:, :-2]; for y the same along the rows.",
    ),
    takeaway="A gradient is two differences; flat areas vanish.",
    minutes=6,
    difficulty=1,
    points=2,
)
