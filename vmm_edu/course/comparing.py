"""A result and an expected result in; the first difference, in words, out.

Results are frozen into plain NumPy arrays as soon as the learner's function returns. NumPy and JAX, float32 and
float64, lists, tuples and named tuples are then the same thing, and an object that computes its value later, when the
expected one exists, has missed its chance.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np


class Unreadable(NamedTuple):
    """Stands for a value that is no array, number, text or tuple of them."""

    type_name: str


def freeze(value: Any) -> Any:
    """Turns arrays and numbers into plain NumPy arrays, inside tuples, lists and dictionaries too."""
    if value is None or value is Ellipsis or isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        if len(value) > 100 and set(map(type, value)) <= {bool, int, float}:
            return freeze(np.array(value))  # a long list of numbers, one by one, would take its time
        return tuple(freeze(item) for item in value)
    if isinstance(value, dict):
        return {key: freeze(item) for key, item in value.items()}
    if _is_key(value):
        return np.array(sys.modules["jax"].random.key_data(value))
    if isinstance(value, Fraction | Decimal):
        return np.array(float(value))
    if isinstance(value, bool | int | float | complex | np.generic | np.ndarray) or hasattr(value, "__array__"):
        array = np.array(value)  # a copy, so that nobody can change it afterwards
        if array.dtype == object and all(isinstance(item, Fraction | Decimal) for item in array.flat):
            array = array.astype(np.float64)  # an array of ticks times a Fraction
        elif array.dtype == object and all(isinstance(item, int | float | np.generic) for item in array.flat):
            array = np.array(array.tolist())  # numbers, each kept as an object
        if array.dtype != object:
            return array
    return Unreadable(type(value).__name__)


def fresh(value: Any) -> Any:
    """A copy that can be handed out: NumPy arrays are copied, JAX arrays cannot change and are shared."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        items = [fresh(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, list):
        return [fresh(item) for item in value]
    if isinstance(value, dict):
        return {key: fresh(item) for key, item in value.items()}
    return value


def same(got: Any, expected: Any, *, rtol: float, atol: float) -> bool:
    """True when there is no difference."""
    return difference(got, expected, rtol=rtol, atol=atol) is None


def difference(got: Any, expected: Any, *, rtol: float, atol: float, what: str = "the result") -> str | None:
    """Says where two frozen values first differ, or None.

    Args:
        got: The learner's value, frozen.
        expected: The right value, frozen; its structure is the one asked for.
        rtol: Relative tolerance.
        atol: Absolute tolerance; right is within atol + rtol·|expected|.
        what: How to call the value.
    """
    if expected is None or isinstance(expected, Unreadable):
        return None if got is expected or (got is not None and got == expected) else f"{what} is something else."
    if got is None:
        return f"{what} is None. Is a `return` missing?"
    if isinstance(got, Unreadable):
        if got.type_name in ("function", "PjitFunction", "method", "partial"):
            return f"{what} is a function; expected {_shape_words(expected)}. Call it."
        call = " Put list(…) around it." if got.type_name in ("generator", "map", "zip", "filter", "range") else ""
        return f"{what} is a {got.type_name}; expected {_shape_words(expected)}.{call}"
    if isinstance(expected, tuple):
        return _tuple_difference(got, expected, rtol, atol, what)
    if isinstance(expected, str) or isinstance(got, str):
        return None if _text(got) == _text(expected) else f"{what}: expected {_word(expected)}, got {_word(got)}."
    if isinstance(got, dict) or isinstance(expected, dict):
        return _dict_difference(got, expected, rtol, atol, what)
    if isinstance(got, tuple):
        if texts := [item for item in got if isinstance(item, str)]:
            return f"{what} holds text, such as {texts[0]!r}; expected numbers."
        got = tuple(_stacked(item) for item in got)
        parts = [item for item in got if isinstance(item, np.ndarray)]
        shapes = {part.shape for part in parts}
        rows = len(parts) == len(got) and (shapes <= {()} or shapes == {expected.shape[1:]})
        if not rows:
            comma = " Is there a comma too many?" if len(got) == 1 else ""
            if len(parts) == len(got) > 1 and len(shapes) == 1:
                return f"{what} has shape {(len(got), *shapes.pop())}; expected {expected.shape}."
            return f"{what} is a list or tuple of {len(got)}; expected {_shape_words(expected)}.{comma}"
        got = np.array(got)  # a list of numbers, or of rows, is as good as an array
    return _array_difference(got, expected, rtol, atol, what)


def _tuple_difference(got: Any, expected: tuple[Any, ...], rtol: float, atol: float, what: str) -> str | None:
    if isinstance(got, np.ndarray) and got.ndim and len(got) == len(expected):
        got = tuple(got)  # unpacks just like a tuple
    if not isinstance(got, tuple) or len(got) != len(expected):
        came = f"{len(got)}" if isinstance(got, tuple) else _shape_words(got)
        return f"{what} should be a tuple of {len(expected)}; got {came}."
    for index, (item, right) in enumerate(zip(got, expected, strict=True)):
        # Scalars unpacked from an array are NumPy scalars: freeze makes arrays of them again.
        found = difference(freeze(item), right, rtol=rtol, atol=atol, what=f"{what}[{index}]")
        if found:
            return found
    return None


def _dict_difference(got: Any, expected: Any, rtol: float, atol: float, what: str) -> str | None:
    if not isinstance(got, dict) or not isinstance(expected, dict) or got.keys() != expected.keys():
        return f"{what} should be {_shape_words(expected)}; got {_shape_words(got)}."
    for key, right in expected.items():
        found = difference(got[key], right, rtol=rtol, atol=atol, what=f"{what}[{key!r}]")
        if found:
            return found
    return None


def real_numbers(got: Any) -> np.ndarray | None:
    """A frozen value as a float64 array, or None where it is no array of real numbers; for checkers of their own.

    Args:
        got: The learner's value, frozen.
    """
    array = _stacked(got)
    return array.astype(np.float64) if isinstance(array, np.ndarray) and array.dtype.kind in "biuf" else None


def _stacked(value: Any) -> Any:
    """A list of numbers, or of lists of them that are equally long, as an array; anything else as it is."""
    if not isinstance(value, tuple) or not value:
        return value
    items = [_stacked(item) for item in value]
    arrays = all(isinstance(item, np.ndarray) and item.dtype.kind in "biufc" for item in items)
    return np.array(items) if arrays and len({item.shape for item in items}) == 1 else value


def _array_difference(got: Any, expected: Any, rtol: float, atol: float, what: str) -> str | None:
    if got.dtype.kind in "SUMm":
        return f"{what} holds {got.dtype}; expected {_shape_words(expected)}."
    if got.shape == (0,) and expected.ndim and not len(expected):
        return None  # no rows: np.array([]) cannot know how long they would have been
    if got.shape != expected.shape:
        return f"{what} has shape {got.shape}; expected {expected.shape}."
    wide = np.complex128 if "c" in (got.dtype.kind, expected.dtype.kind) else np.float64
    mine, right = got.astype(wide), expected.astype(wide)
    bad = ~np.isclose(mine, right, rtol=rtol, atol=atol, equal_nan=True)
    if not bad.any():
        return None
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    place = f" at [{', '.join(map(str, index))}]" if index else ""
    exact = expected.dtype.kind in "biu"
    within = "" if exact else f" (right is within {atol:g} + {rtol:g}·|expected|)"
    return f"{what}{place}: expected {number(expected[index])}, got {number(got[index])}{within}."


def number(value: Any) -> str:
    """A number in few digits."""
    value = np.asarray(value)
    if value.dtype.kind in "biu":
        return str(value.item())
    if value.dtype.kind == "c":
        return f"{complex(value):.4g}"
    return f"{float(value):.5g}"


def describe(value: Any) -> str:
    """One argument in a few words: a small one in full, a large one by dtype and shape."""
    if _is_key(value):
        return "a random key"
    if isinstance(value, float) and len(repr(value)) > 8:
        return number(value)
    if isinstance(value, str | bool | int | float | type(None)):
        return repr(value)
    if isinstance(value, Fraction | Decimal):
        return str(value)
    if isinstance(value, tuple | list | dict) and not hasattr(value, "_fields"):
        text = repr(value)
        return text if len(text) <= 40 and "rray" not in text else f"{type(value).__name__} of {len(value)}"
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        array = np.asarray(value)
        if array.size <= 12 and array.ndim <= 3:
            return str(np.vectorize(number, otypes=[object])(array).tolist()).replace("'", "") if array.size else "[]"
        return f"{array.dtype} {array.shape}"
    return type(value).__name__


def _is_key(value: Any) -> bool:
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(value, jax.Array) and jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype.kind == "U") else None


def _word(value: Any) -> str:
    return repr(value) if isinstance(value, str) else _shape_words(value)


def _shape_words(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a number"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    if isinstance(value, dict):
        return f"a dictionary with the keys {sorted(map(str, value))}"
    return "text" if isinstance(value, str) else str(value)
