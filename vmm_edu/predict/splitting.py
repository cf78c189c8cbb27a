"""The group that each example belongs to in; a training and a test part that share no group out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Int, Shaped


class Split(NamedTuple):
    """Rows of the examples in each part, in rising order."""

    train: Int[np.ndarray, " train"]
    test: Int[np.ndarray, " test"]


def split_by_group(groups: Shaped[Array | np.ndarray, " batch"], *, share: float, rng: np.random.Generator) -> Split:
    """Draw whole groups for the test part, so that nothing of a test group was seen in training.

    A group is whatever makes examples more alike than their labels do: the frames of one rendering, the clips of one
    recording, one speaker, one camera.

    Args:
        groups: the group of each example: a number or a name.
        share: of the groups that go to the test part, rounded, at least one and not all.
        rng: source of the draw.

    Returns:
        Rows of both parts; each example is in one of them.

    Raises:
        ValueError: fewer than two groups, or a share that is not between 0 and 1.
    """
    names = np.asarray(groups)
    if names.ndim != 1 or len(found := np.unique(names)) < 2:
        raise ValueError(f"expected groups (batch,) of at least two kinds, got shape {names.shape}")
    if not 0 < share < 1:
        raise ValueError(f"expected share between 0 and 1, such as 0.25, got {share}")
    count = min(max(round(share * len(found)), 1), len(found) - 1)
    tested = np.isin(names, rng.permutation(found)[:count])
    return Split(np.flatnonzero(~tested), np.flatnonzero(tested))


def shared_groups(
    train: Shaped[Array | np.ndarray, " train"], test: Shaped[Array | np.ndarray, " test"]
) -> Shaped[np.ndarray, " shared"]:
    """The groups that are in both parts: each of them is a leak.

    Args:
        train: groups of the training examples.
        test: groups of the test examples.

    Returns:
        Their names, each once; none where the split is clean.

    Raises:
        ValueError: none.
    """
    return np.intersect1d(np.asarray(train), np.asarray(test))
