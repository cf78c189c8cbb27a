"""Patches of real photographs, flattened to a faint zero-mean relief; each split sees its own part of each picture."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import skimage
from jaxtyping import Float, Shaped
from scipy.ndimage import gaussian_filter
from skimage.io import imread

# File in scikit-image's wheel → by how much it is shrunk, so that a 64-pixel patch shows some of its structure.
PHOTOS = {"brick.png": 2, "chelsea.png": 1, "coffee.png": 2, "gravel.png": 2, "grass.png": 2, "camera.png": 2}

# Columns and rows of every photograph that a split may cut from, as shares; they are disjoint.
REGIONS = {
    "train": ((0.0, 0.5), (0.0, 1.0)),
    "test": ((0.5, 0.75), (0.0, 0.5)),
    "robustness": ((0.5, 0.75), (0.5, 1.0)),
    "validation": ((0.75, 1.0), (0.0, 0.5)),
    "smoke": ((0.75, 1.0), (0.5, 1.0)),
}


def _shrink(image: Float[np.ndarray, "height width"], factor: int) -> Float[np.ndarray, "short narrow"]:
    height, width = (side // factor * factor for side in image.shape)
    blocks = image[:height, :width].reshape(height // factor, factor, width // factor, factor)
    return blocks.mean(axis=(1, 3))


@lru_cache(maxsize=len(PHOTOS))
def _relief(name: str) -> Shaped[np.ndarray, "height width"]:
    """The photograph's luminance without its slow changes and its finest grain, at unit deviation."""
    path = Path(skimage.__file__).parent / "data" / name
    image = imread(path)
    luminance = image[..., :3] @ np.array([0.299, 0.587, 0.114]) if image.ndim == 3 else image.astype(np.float64)
    luminance = _shrink(luminance, PHOTOS[name])
    # Grain finer than a pixel or two costs most of the bits of an all-intra file and shows nothing.
    relief = gaussian_filter(luminance, 0.9) - gaussian_filter(luminance, 10.0)
    local = np.sqrt(gaussian_filter(relief**2, 14.0))
    return np.clip(relief / (local + 0.35 * relief.std()), -2.2, 2.2)


def patch(
    rng: np.random.Generator, *, split: str, height: int, width: int, photo: str | None = None
) -> Float[np.ndarray, "{height} {width}"]:
    """Cut a random patch from a photograph, from the part that belongs to ``split``.

    Args:
        rng: Source of the choice.
        split: One of the keys of ``REGIONS``.
        height: Rows of the patch, at most 64.
        width: Columns of the patch, at most 64.
        photo: File name in ``PHOTOS``; a random one when ``None``.

    Returns:
        Relief with mean near 0 and deviation near 1, mirrored half of the time.

    Raises:
        ValueError: If the split is unknown or the patch does not fit its part of the photograph.
    """
    if split not in REGIONS:
        raise ValueError(f"expected split to be one of {', '.join(REGIONS)}, got {split!r}")
    name = sorted(PHOTOS)[rng.integers(len(PHOTOS))] if photo is None else photo
    relief = _relief(name)
    (left, right), (top, bottom) = REGIONS[split]
    rows = int(np.ceil(top * relief.shape[0])), int(bottom * relief.shape[0])
    columns = int(np.ceil(left * relief.shape[1])), int(right * relief.shape[1])
    if rows[1] - rows[0] < height or columns[1] - columns[0] < width:
        raise ValueError(f"{name}, {split}: a patch of {height} × {width} does not fit; ask for at most 64 × 64")
    y = rng.integers(rows[0], rows[1] - height + 1)
    x = rng.integers(columns[0], columns[1] - width + 1)
    cut = relief[y : y + height, x : x + width]
    return np.ascontiguousarray(cut[:, ::-1] if rng.random() < 0.5 else cut)
