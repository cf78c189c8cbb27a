"""One vector per sense and a mask in; checked vectors in a fixed order, with every masked row emptied, out.

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


class Senses(NamedTuple):
    """One vector per sense, in the order in which the module declared them.

    Attributes:
        vectors: name → (batch, feature); rows of a missing sense are 0 and mean nothing. Read `present` before use.
        present: name → (batch,), True where the sense was there.
    """

    vectors: dict[str, Float[Array, "batch _feature"]]
    present: dict[str, Bool[Array, " batch"]]


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
    known = ", ".join(sizes)
    if not vectors:
        raise ValueError(f"expected the vector of at least one sense ({known}), got an empty dictionary")
    for name in vectors:
        if name not in sizes:
            raise ValueError(f"expected senses among ({known}), got {name!r}; declare it in `sizes` or drop it")
    batch = next(iter(vectors.values())).shape[:1]
    for name, vector in vectors.items():
        if vector.ndim != 2 or vector.shape[1] != sizes[name] or vector.shape[:1] != batch:
            raise ValueError(
                f"expected {name!r} with shape (batch, feature) = ({', '.join(map(str, (*batch, sizes[name])))}), "
                f"got {vector.shape}; mask a missing row instead of leaving it out"
            )
    for name, rows in (mask or {}).items():
        if name not in vectors:
            raise ValueError(f"expected a mask only for senses that are given ({', '.join(vectors)}), got {name!r}")
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
