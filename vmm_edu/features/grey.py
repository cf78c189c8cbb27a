"""Colour frames in; their luminance, as floats within 0…1, out."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, Num

from vmm_edu.features.arrays import AnyArray, check_values

RED, GREEN, BLUE = 0.2125, 0.7154, 0.0721


def grey(images: Num[AnyArray, "*batch height width channel"]) -> Float[Array, "*batch height width"]:
    r"""Turn colour into brightness as the eye weighs it.

    $$Y = 0.2125\,R + 0.7154\,G + 0.0721\,B$$

    Args:
        images: RGB, as uint8 0…255 or floating 0…1, for instance (time, height, width, 3).

    Returns:
        Luminance 0…1: float32, or the wider type of floating images.

    Raises:
        ValueError: not three channels, an integer type other than uint8, or floating values outside 0…1 (the values
            are not looked at while JAX traces).

    References:
        ITU-R BT.709 primaries; the weights are those of scikit-image's `rgb2gray`. They act on the stored values,
        which are gamma-coded, so this is strictly speaking luma.
    """
    if images.ndim < 3 or images.shape[-1] != 3:
        raise ValueError(
            f"expected RGB images (…, height, width, 3), got {images.shape}; grey images need only a division by 255"
        )
    if images.dtype == jnp.uint8:
        values = jnp.asarray(images).astype(jnp.float32) / 255
    elif jnp.issubdtype(images.dtype, jnp.floating):
        check_values(images, name="RGB images", low=-1e-3, high=1 + 1e-3, remedy="give uint8, or divide by 255")
        values = jnp.asarray(images)
        values = values.astype(jnp.float32) if values.dtype.itemsize < 4 else values
    else:
        raise ValueError(f"expected uint8 0…255 or floating 0…1, got {images.dtype}; convert with astype first")
    # Sums of products rather than a matrix product, which some accelerators round to 10 bits.
    return RED * values[..., 0] + GREEN * values[..., 1] + BLUE * values[..., 2]
