"""A NumPy or JAX array in; whether its values can be looked at, and the checks that need them, out."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float, Num

# What every public function of features and later stages accepts where it says array.
AnyArray = Array | np.ndarray


def is_concrete(array: AnyArray) -> bool:
    """Tell whether values may be inspected: False while JAX traces, when only shape and dtype exist.

    Args:
        array: any NumPy or JAX array.

    Returns:
        True outside `jit`, `grad`, `vmap` and `scan`.
    """
    return not isinstance(array, Tracer)


def check_values(array: Num[AnyArray, "*shape"], *, name: str, low: float, high: float, remedy: str) -> None:
    """Refuse NaN, infinity and values out of range; under tracing there is nothing to look at and nothing is done.

    Args:
        array: floating values.
        name: how the caller calls the array.
        low: smallest value allowed, in the array's unit.
        high: largest value allowed, in the array's unit.
        remedy: what to do about values out of range.

    Raises:
        ValueError: a value is NaN, infinite or outside `low` … `high`.
    """
    if not is_concrete(array) or array.size == 0:
        return
    smallest, largest = float(array.min()), float(array.max())
    if not (np.isfinite(smallest) and np.isfinite(largest)):
        raise ValueError(f"expected finite {name}, got NaN or infinity; remove or replace those values first")
    if smallest < low or largest > high:
        raise ValueError(f"expected {name} within {low:g} … {high:g}, got {smallest:.6g} … {largest:.6g}; {remedy}")


def check_grey_image(image: Float[AnyArray, "height width"], *, least_side: int) -> None:
    """Refuse what is not one grey image that is large enough.

    Args:
        image: what should be grey, floating, 0…1.
        least_side: least number of pixels along each side.

    Raises:
        ValueError: colour or a batch, integer or boolean images, an image that is too small or that JAX traces, values
            outside 0…1, or NaN.
    """
    if image.ndim != 2:
        raise ValueError(
            f"expected one grey image (height, width), got {image.shape}; make colour grey with features.grey, and "
            "give one frame at a time"
        )
    if not jnp.issubdtype(image.dtype, jnp.floating):
        raise ValueError(
            f"expected a floating image within 0…1, got {image.dtype}; divide 8-bit values by 255 (features.grey does)"
        )
    if min(image.shape) < least_side:
        height, width = image.shape
        raise ValueError(
            f"expected an image of at least {least_side} × {least_side} pixels (height × width), got "
            f"{height} × {width}; enlarge it first"
        )
    if not is_concrete(image):
        raise ValueError(
            "expected an image with values, got one that JAX traces; how many points there are depends on the values: "
            "call this outside jit, vmap and grad, once for each frame"
        )
    check_values(
        image, name="grey images", low=-1e-3, high=1 + 1e-3, remedy="divide 8-bit values by 255 (features.grey does)"
    )
