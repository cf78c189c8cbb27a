"""A NumPy or JAX array in; whether its values can be looked at, and the checks that need them, out."""

from __future__ import annotations

import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Num

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
