"""Images for `hog` in; how long their description will be, or what is wrong with them, out."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Num

from vmm_edu.features.arrays import AnyArray, check_values

AnyArrays = Num[AnyArray, "*shape"]


def hog_length(height: int, width: int, *, bins: int = 9, cell: int = 8, block: int = 2) -> int:
    """Count the values by which `hog` describes an image.

    Args:
        height: rows, in pixels.
        width: columns, in pixels.
        bins: orientations over 180 degrees.
        cell: side of a cell, in pixels.
        block: side of a block, in cells.

    Returns:
        Blocks × cells in a block × bins.

    Raises:
        ValueError: `bins`, `cell` or `block` below 1, or an image smaller than one block.
    """
    if min(bins, cell, block) < 1:
        raise ValueError(f"expected bins, cell and block of at least 1, got {bins}, {cell} and {block}")
    rows, columns = height // cell - block + 1, width // cell - block + 1
    if rows < 1 or columns < 1:
        raise ValueError(
            f"expected images of at least one block, {block * cell} × {block * cell} pixels (height × width), got "
            f"{height} × {width}; use a smaller cell or block, or enlarge the image"
        )
    return rows * columns * block * block * bins


def check_images(images: AnyArrays, *, bins: int, cell: int, block: int, channel_axis: int | None) -> None:
    """Refuse what is not a grey or colour image, or a batch of them, of at least one block.

    Args:
        images: as in `hog`.
        bins: as in `hog`.
        cell: as in `hog`.
        block: as in `hog`.
        channel_axis: as in `hog`.

    Raises:
        ValueError: see `hog`.
    """
    shape, colour = images.shape, channel_axis is not None
    if not jnp.issubdtype(images.dtype, jnp.floating):
        raise ValueError(
            f"expected floating images within 0…1, got {images.dtype}; divide 8-bit values by 255 (features.grey does)"
        )
    if images.ndim not in ((3, 4) if colour else (2, 3)):
        wanted = "colour images, with or without a batch axis," if colour else "grey images (height, width) or a batch"
        raise ValueError(
            f"expected {wanted} got {shape}; "
            + ("leave channel_axis out for grey" if colour else "give channel_axis=-1 for colour, or use features.grey")
        )
    if channel_axis is not None:
        if not -len(shape) <= channel_axis < len(shape) or shape[channel_axis] != 3:
            raise ValueError(
                f"expected three channels on axis {channel_axis}, got images of shape {shape}; name the axis of red, "
                "green and blue, drop an alpha channel, or leave channel_axis out for grey images"
            )
        shape = tuple(np.delete(shape, channel_axis).tolist())
    elif images.ndim == 3 and shape[-1] in (3, 4) and shape[-2] >= block * cell:
        raise ValueError(
            f"expected grey images, got {shape}, which looks like colour; give channel_axis=-1, or use features.grey"
        )
    hog_length(shape[-2], shape[-1], bins=bins, cell=cell, block=block)
    check_values(
        images, name="images", low=-1e-3, high=1 + 1e-3, remedy="divide 8-bit values by 255 (features.grey does)"
    )
