"""Inputs and targets with one entry per clip in; checked, and how many clips they hold, out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree


def count_clips(tree: PyTree) -> int:
    """Number of clips in a tree of arrays.

    Args:
        tree: arrays with clips on the first axis.

    Returns:
        Length of the first axis.

    Raises:
        ValueError: no array, no clip, or arrays that do not agree.
    """
    lengths = {np.shape(leaf)[:1] for leaf in jax.tree.leaves(tree)}
    if len(lengths) != 1 or lengths & {(), (0,)}:
        raise ValueError(
            "expected arrays with one entry per clip on the first axis, at least one clip, got first axes "
            f"{sorted(lengths)}"
        )
    return lengths.pop()[0]


def check_data(
    data: tuple[PyTree, PyTree], validation: tuple[PyTree, PyTree] | None, *, epochs: int, batch_size: int
) -> tuple[int, tuple[PyTree, PyTree], tuple[PyTree, PyTree] | None]:
    """Check what `fit` and `fit_seeds` are given, and bring it to the device.

    Args:
        data: inputs and targets.
        validation: alike, or None.
        epochs: number of times that every clip is seen.
        batch_size: clips in one step.

    Returns:
        The number of clips, the data and the validation, of JAX arrays.

    Raises:
        ValueError: no clip, unequal numbers of clips, `epochs` or `batch_size` below 1.
    """
    clips = count_clips(data)
    if epochs < 1 or batch_size < 1:
        raise ValueError(f"expected epochs and batch_size of at least 1, got {epochs} and {batch_size}")
    if validation is not None:
        count_clips(validation)
    return clips, *jax.tree.map(jnp.asarray, (data, validation))
