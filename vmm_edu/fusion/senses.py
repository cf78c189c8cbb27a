"""One vector or sequence per sense and a mask in; checked arrays in a fixed order, what is masked emptied, out.

Every fusion module starts here, so that they share one call and one rule: *what a missing sense contained can never
change an output or a gradient*. A sense is missing for the whole batch when its name is absent from the dictionary,
and for one clip when its row of the mask is False.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, DTypeLike, Float, Num

Vectors = Mapping[str, Num[Array | np.ndarray, "batch _feature"]]
Masks = Mapping[str, Bool[Array | np.ndarray, " batch"]]
Sequences = Mapping[str, Num[Array | np.ndarray, "batch _feature"] | Num[Array | np.ndarray, "batch _time _feature"]]
StepMasks = Mapping[str, Bool[Array | np.ndarray, " batch"] | Bool[Array | np.ndarray, "batch _time"]]


class Senses(NamedTuple):
    """One vector per sense, in the order in which the module declared them.

    Attributes:
        vectors: name → (batch, feature); rows of a missing sense are 0 and mean nothing. Read `present` before use.
        present: name → (batch,), True where the sense was there.
    """

    vectors: dict[str, Float[Array, "batch _feature"]]
    present: dict[str, Bool[Array, " batch"]]


class SenseSequences(NamedTuple):
    """One sequence per sense, in the order in which the module declared them; their lengths may differ.

    Attributes:
        steps: name → (batch, time, feature); masked steps are 0 and mean nothing. Read `real` before use.
        real: name → (batch, time), True where the sense was there at that step.
    """

    steps: dict[str, Float[Array, "batch _time _feature"]]
    real: dict[str, Bool[Array, "batch _time"]]


def align_senses(
    vectors: Vectors, *, sizes: Mapping[str, int], mask: Masks | None = None, dtype: DTypeLike = jnp.float32
) -> Senses:
    """Check the vectors against the declared senses and make the missing ones explicit.

    Masked rows are removed by selection, not by multiplication with 0: NaN times 0 is NaN, in value and in gradient.

    Args:
        vectors: name → (batch, feature), NumPy or JAX; at least one sense. The order of the keys does not matter.
        sizes: name → number of features, for every sense that the module knows.
        mask: name → (batch,), True = present; a name left out is present in every row. None: no row is missing.
        dtype: floating type of the result.

    Returns:
        The vectors and their presence, both with exactly the names of `sizes`, in that order.

    Raises:
        ValueError: no sense given, an unknown name, a wrong shape, or a mask that is not Bool (batch,).
    """
    _check_names(vectors, sizes, mask or {})
    batch = next(iter(vectors.values())).shape[:1]
    for name, vector in vectors.items():
        if vector.ndim != 2 or vector.shape[1] != sizes[name] or vector.shape[:1] != batch:
            raise ValueError(
                f"expected {name!r} with shape (batch, feature) = ({', '.join(map(str, (*batch, sizes[name])))}), "
                f"got {vector.shape}; mask a missing row instead of leaving it out"
            )
    for name, rows in (mask or {}).items():
        if rows.dtype != bool or rows.shape != batch:
            raise ValueError(f"expected the mask of {name!r} to be bool {batch}, got {rows.dtype} {rows.shape}")

    aligned: dict[str, jax.Array] = {}
    present: dict[str, jax.Array] = {}
    for name, size in sizes.items():
        if name not in vectors:
            aligned[name] = jnp.zeros((*batch, size), dtype)
            present[name] = jnp.zeros(batch, bool)
            continue
        rows = (mask or {}).get(name)
        present[name] = jnp.ones(batch, bool) if rows is None else jnp.asarray(rows)
        vector = jnp.asarray(vectors[name]).astype(dtype)
        aligned[name] = jnp.where(present[name][:, None], vector, jnp.zeros_like(vector))
    return Senses(aligned, present)


def align_sequences(
    sequences: Sequences, *, sizes: Mapping[str, int], mask: StepMasks | None = None, dtype: DTypeLike = jnp.float32
) -> SenseSequences:
    """Do for sequences what `align_senses` does for vectors; a vector counts as a sequence of one step.

    Args:
        sequences: name → (batch, time, feature), or (batch, feature) for a single step; at least one sense.
        sizes: name → number of features, for every sense that the module knows.
        mask: name → (batch, time), True = real step, or (batch,), True = the whole sense is present; a name left out
            is real at every step. None: nothing is missing.
        dtype: floating type of the result.

    Returns:
        The steps and which of them are real, both with exactly the names of `sizes`, in that order. A sense that is not
        given has one step, and that is not real.

    Raises:
        ValueError: no sense given, an unknown name, a wrong shape, or a mask that is neither Bool (batch, time) nor
            Bool (batch,).
    """
    _check_names(sequences, sizes, mask or {})
    batch = next(iter(sequences.values())).shape[0]
    steps: dict[str, jax.Array] = {}
    real: dict[str, jax.Array] = {}
    for name, size in sizes.items():
        if name not in sequences:
            steps[name], real[name] = jnp.zeros((batch, 1, size), dtype), jnp.zeros((batch, 1), bool)
            continue
        given = sequences[name]
        if given.ndim not in (2, 3) or given.shape[0] != batch or given.shape[-1] != size or 0 in given.shape[1:]:
            raise ValueError(
                f"expected {name!r} with shape (batch, time, feature) = ({batch}, 1 or more, {size}) or, for a single "
                f"step, ({batch}, {size}), got {given.shape}; mask a missing row instead of leaving it out"
            )
        shape = (batch, given.shape[1] if given.ndim == 3 else 1)
        there = (mask or {}).get(name, np.ones(shape, bool))
        if there.dtype != bool or there.shape not in (shape, (batch,)):
            raise ValueError(
                f"expected the mask of {name!r} to be bool {shape}, or bool ({batch},) for the whole sense, "
                f"got {there.dtype} {there.shape}"
            )
        real[name] = jnp.broadcast_to(jnp.asarray(there).reshape(batch, -1), shape)
        values = jnp.asarray(given).astype(dtype).reshape(*shape, size)
        steps[name] = jnp.where(real[name][:, :, None], values, jnp.zeros_like(values))
    return SenseSequences(steps, real)


def check_sizes(sizes: Mapping[str, int], *, classes: int) -> dict[str, int]:
    """Check what a fusion module is declared with, and fix the order of the senses by name.

    Args:
        sizes: name → number of features.
        classes: number of outputs.

    Returns:
        `sizes` sorted by name, so that the order of a dictionary never changes a model.

    Raises:
        ValueError: no sense, or a size or number of classes below 1.
    """
    if not sizes:
        raise ValueError("expected at least one sense in `sizes`, such as {'video': 64, 'audio': 32}, got none")
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"expected at least 1 feature for {name!r}, got {size}")
    if classes < 1:
        raise ValueError(f"expected at least 1 class, got {classes}")
    return {name: sizes[name] for name in sorted(sizes)}


def _check_names(given: Mapping[str, object], sizes: Mapping[str, int], mask: Mapping[str, object]) -> None:
    known = ", ".join(sizes)
    if not given:
        raise ValueError(f"expected the vector of at least one sense ({known}), got an empty dictionary")
    for name in given:
        if name not in sizes:
            raise ValueError(f"expected senses among ({known}), got {name!r}; declare it in `sizes` or drop it")
    for name in mask:
        if name not in given:
            raise ValueError(f"expected a mask only for senses that are given ({', '.join(given)}), got {name!r}")
