"""One image in; the vector of `hog` out, step by step as the paper tells it. Slow: to be read, and to test against."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.hog import CLIP, EPS
from vmm_edu.features.hog_images import check_images

Plane = Float[np.ndarray, "height width"]


def hog_plain(
    image: Float[AnyArray, "*shape"], *, bins: int = 9, cell: int = 8, block: int = 2, channel_axis: int | None = None
) -> Float[np.ndarray, " length"]:
    """Compute what `hog` computes, for one image, in NumPy; sums are in float64.

    Args:
        image: 0…1, grey (height, width), or colour with its channels on `channel_axis`.
        bins: orientations over 180 degrees.
        cell: side of a cell, in pixels.
        block: side of a block, in cells.
        channel_axis: the axis of the channels; None: the image is grey.

    Returns:
        The vector of `hog`.

    Raises:
        ValueError: as `hog`, and for a batch.

    References:
        N. Dalal and B. Triggs, CVPR 2005, doi:10.1109/CVPR.2005.177; deviations as in `hog`.
    """
    if image.ndim != 2 + (channel_axis is not None):
        raise ValueError(f"expected one image, got {image.shape}; describe a batch with hog")
    check_images(image, bins=bins, cell=cell, block=block, channel_axis=channel_axis)
    pixels = np.asarray(image)
    pixels = pixels.astype(np.float32) if pixels.dtype.itemsize < 4 else pixels
    if channel_axis is None:
        x, y = gradients(pixels)
    else:
        x, y = _of_the_strongest_channel(np.moveaxis(pixels, channel_axis, 0))
    histogram = cell_histograms(x, y, bins=bins, cell=cell)
    rows, columns, _ = histogram.shape
    vectors = [
        normalise(histogram[row : row + block, column : column + block].ravel())
        for row, column in np.ndindex(rows - block + 1, columns - block + 1)
    ]
    return np.concatenate(vectors)


def gradients(image: Plane) -> tuple[Plane, Plane]:
    """Right neighbour minus left one, and lower minus upper one; 0 at the border, where a neighbour is missing."""
    x, y = np.zeros_like(image), np.zeros_like(image)
    x[:, 1:-1] = image[:, 2:] - image[:, :-2]
    y[1:-1, :] = image[2:, :] - image[:-2, :]
    return x, y


def _of_the_strongest_channel(image: Float[np.ndarray, "channel height width"]) -> tuple[Plane, Plane]:
    """At every pixel the gradient of the channel where it is longest; the first one where several are."""
    x, y = map(np.stack, zip(*(gradients(channel) for channel in image), strict=True))
    strongest = np.hypot(x, y).argmax(axis=0)[None]
    return np.take_along_axis(x, strongest, 0)[0], np.take_along_axis(y, strongest, 0)[0]


def cell_histograms(x: Plane, y: Plane, *, bins: int, cell: int) -> Float[np.ndarray, "row column bin"]:
    """Mean vote of the pixels of each cell for each orientation."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    strength, degrees = np.hypot(x, y), np.rad2deg(np.arctan2(y, x)) % 180
    rows, columns = x.shape[0] // cell, x.shape[1] // cell
    histogram = np.zeros((rows, columns, bins))
    for row, column, k in np.ndindex(rows, columns, bins):
        here = np.s_[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        in_bin = (degrees[here] >= 180 / bins * k) & (degrees[here] < 180 / bins * (k + 1))
        histogram[row, column, k] = strength[here][in_bin].sum() / cell**2
    return histogram


def normalise(vector: Float[np.ndarray, " value"]) -> Float[np.ndarray, " value"]:
    """L2-Hys: length 1, no value above 0.2, length 1 again."""
    vector = vector / np.sqrt(vector @ vector + EPS**2)
    vector = np.minimum(vector, CLIP)
    return vector / np.sqrt(vector @ vector + EPS**2)
