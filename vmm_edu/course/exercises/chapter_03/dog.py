"""A difference of two blurs."""

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from vmm_edu.course.exercise import Code, Wrong


def dog(image, sigma, factor):
    """The image blurred by factor times sigma, less the image blurred by sigma."""
    return gaussian_filter(image, factor * sigma) - gaussian_filter(image, sigma)


def _axis_by_axis(image, sigma, factor):
    wide = gaussian_filter1d(gaussian_filter1d(image, factor * sigma, axis=0), factor * sigma, axis=1)
    narrow = gaussian_filter1d(gaussian_filter1d(image, sigma, axis=1), sigma, axis=0)
    return wide - narrow


def _with_a_bell(image, sigma, factor):
    blurred = []
    for width in (sigma, factor * sigma):
        radius = int(4 * width + 0.5)
        bell = np.exp(-0.5 * (np.arange(-radius, radius + 1) / width) ** 2)
        padded = np.pad(image, radius, mode="symmetric")
        for _ in range(2):  # along the rows, then, turned, along the columns
            padded = np.stack([np.convolve(row, bell / bell.sum(), mode="valid") for row in padded]).T
        blurred.append(padded)
    return np.subtract(*blurred[::-1])


def _narrow_minus_wide(image, sigma, factor):
    return gaussian_filter(image, sigma) - gaussian_filter(image, factor * sigma)


def _one_blur(image, sigma, factor):
    return gaussian_filter(image, factor * sigma - sigma)


def _factor_is_added(image, sigma, factor):
    return gaussian_filter(image, sigma + factor) - gaussian_filter(image, sigma)


def _from_the_image(image, sigma, factor):
    return gaussian_filter(image, sigma) - image


def _blur_of_a_blur(image, sigma, factor):
    once = gaussian_filter(image, sigma)
    return gaussian_filter(once, factor * sigma) - once


def _onwards(image, sigma, factor):
    once = gaussian_filter(image, sigma)
    return gaussian_filter(once, sigma * np.sqrt(factor**2 - 1)) - once


def _absolute(image, sigma, factor):
    return np.abs(gaussian_filter(image, factor * sigma) - gaussian_filter(image, sigma))


def _cases(rng):
    yield rng.random((3, 4)), 0.5, 2.0
    for shape, sigma, factor in (((24, 31), 1.6, 2 ** (1 / 3)), ((17, 40), 2.5, 1.6)):
        yield rng.random(shape), sigma, factor


EXERCISE = Code(
    name="03.dog",
    title="What one blur keeps and the next one loses",
    text="""Write `dog(image, sigma, factor)`, the difference of Gaussians (03.2): the image blurred by
`factor * sigma`, less the image blurred by `sigma`. `scipy.ndimage.gaussian_filter(image, width)` blurs.""",
    trains="difference of Gaussians",
    signature="image (height, width), sigma in pixels, factor above 1 → (height, width)",
    reference=dog,
    rights=(_axis_by_axis, _with_a_bell),
    wrongs=(
        Wrong(
            _narrow_minus_wide,
            "the wide blur is taken from the narrow one",
            "Only the sign differs, but then a bright blob is a maximum where everyone else has a minimum.",
        ),
        Wrong(
            _one_blur,
            "the widths are subtracted instead of the images",
            "Blur twice, then subtract the two results.",
        ),
        Wrong(
            _factor_is_added,
            "the factor is added to sigma",
            "The wider blur is factor times as wide: factor * sigma.",
        ),
        Wrong(
            _from_the_image,
            "the image itself is subtracted",
            "Both images are blurred; the sharp one does not come in.",
        ),
        Wrong(
            _blur_of_a_blur,
            "the second blur starts from the first",
            "Then it is wider than factor * sigma (squares of widths add). Start both from the image.",
        ),
        Wrong(
            _onwards,
            "the second blur goes on from the first by the root of what is missing",
            "Well thought: squares of widths add, and fast programs do it. On pixels it is not quite the same. Here "
            "start both blurs from the image.",
        ),
        Wrong(
            _absolute,
            "the sign is thrown away",
            "The sign tells bright blobs from dark ones. Keep it.",
        ),
    ),
    cases=_cases,
    forbidden=("skimage.filters.difference_of_gaussians",),
    hints=(
        "Two calls of gaussian_filter and one minus.",
        "gaussian_filter(image, factor * sigma) - gaussian_filter(image, sigma)",
    ),
    takeaway="The difference of two blurs answers where something of about that size is.",
    minutes=5,
    difficulty=1,
    points=1,
)
