"""A convolution as deep learning means it, by hand."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def correlate(image, kernel):
    """Slide a kernel over an image: at each place where it fits, the sum of the products."""
    high, wide = kernel.shape
    rows, columns = image.shape[0] - high + 1, image.shape[1] - wide + 1
    maps = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            maps[row, column] = np.sum(image[row : row + high, column : column + wide] * kernel)
    return maps


def _shift_and_add(image, kernel):
    high, wide = kernel.shape
    rows, columns = image.shape[0] - high + 1, image.shape[1] - wide + 1
    return sum(kernel[i, j] * image[i : i + rows, j : j + columns] for i in range(high) for j in range(wide))


def _as_a_product(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image), kernel.shape)
    return windows.reshape(*windows.shape[:2], -1) @ np.asarray(kernel).ravel()


def _slide(image, kernel):
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return np.array(
        [[(image[r:, c:][: len(kernel), : len(kernel[0])] * kernel).sum() for c in range(columns)] for r in range(rows)]
    )


def _flipped(image, kernel):
    return _slide(image, kernel[::-1, ::-1])


def _same_size(image, kernel):
    high, wide = kernel.shape
    padded = np.pad(image, (((high - 1) // 2, high // 2), ((wide - 1) // 2, wide // 2)))
    return _slide(padded, kernel)


def _everywhere(image, kernel):
    high, wide = kernel.shape
    return _slide(np.pad(image, ((high - 1, high - 1), (wide - 1, wide - 1))), kernel)


def _one_place_short(image, kernel):
    return _slide(image, kernel)[:-1, :-1]


def _transposed(image, kernel):
    return _slide(image.T, kernel).T


def _mean(image, kernel):
    return _slide(image, kernel) / kernel.size


def _blocks(image, kernel):
    return _slide(image, kernel)[:: kernel.shape[0], :: kernel.shape[1]]


def _cases(rng):
    yield np.arange(12.0).reshape(3, 4), np.array([[0.0, 1.0], [2.0, -1.0]])
    for size, kernel in (((6, 7), (3, 3)), ((7, 6), (2, 2)), ((9, 8), (3, 3))):
        yield rng.normal(size=size), rng.normal(size=kernel)
    yield rng.normal(size=(6, 5)), rng.normal(size=(2, 3))


EXERCISE = Code(
    name="04.correlate",
    title="Slide a kernel by hand",
    text="""Write `correlate(image, kernel)`: put the kernel's corner on every pixel where the whole kernel fits into
the image, multiply each weight by the pixel under it, and sum. No padding, no library call; loops are welcome.""",
    trains="what a convolution layer computes",
    signature="image (height, width), kernel (k_high, k_wide) → (height − k_high + 1, width − k_wide + 1)",
    reference=correlate,
    rights=(_shift_and_add, _as_a_product),
    wrongs=(
        Wrong(
            _flipped,
            "the kernel is turned around first",
            "That is the convolution of signal processing. Deep learning leaves the kernel as it is.",
        ),
        Wrong(
            _same_size,
            "the image is padded so that the result is as large as the image",
            "Take only the places where the whole kernel lies inside the image.",
        ),
        Wrong(
            _everywhere,
            "the kernel may hang over the border",
            "Take only the places where the whole kernel lies inside the image.",
        ),
        Wrong(
            _one_place_short,
            "the last row and column of places are left out",
            "A kernel of 2 fits into 3 pixels at two places: 3 − 2 + 1.",
        ),
        Wrong(
            _transposed,
            "rows and columns of the kernel are swapped",
            "kernel[i, j] meets image[row + i, column + j].",
        ),
        Wrong(
            _mean,
            "the products are averaged",
            "A convolution sums them. The kernel itself may hold a 1/n.",
        ),
        Wrong(
            _blocks,
            "the kernel jumps by its own size",
            "It moves by one pixel. Larger steps are called a stride.",
        ),
    ),
    cases=_cases,
    forbidden=(
        "scipy.signal.correlate2d",
        "scipy.signal.convolve2d",
        "scipy.signal.correlate",
        "scipy.ndimage.correlate",
        "scipy.ndimage.convolve",
        "jax.scipy.signal.correlate2d",
        "jax.scipy.signal.convolve2d",
        "jax.lax.conv",
        "jax.lax.conv_general_dilated",
        "vmm_edu.features.convolve",
        "vmm_edu.features.convolve_plain",
    ),
    equivalents={
        "maps = np.zeros((rows, columns)) ⇒ maps = np.ones((rows, columns))": "every place is written over",
    },
    hints=(
        "At how many places does a kernel of 3 fit into a row of 5 pixels? Begin with an array of zeros of that size.",
        "The pixels under the kernel are image[row : row + high, column : column + wide].",
    ),
    takeaway="Deep learning's convolution is a sum of products at every place, kernel not turned.",
    minutes=8,
    difficulty=2,
    points=3,
)
