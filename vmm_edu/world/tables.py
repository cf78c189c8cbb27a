"""Independent sources in; what each sense shows, the label, and their exact joint table out.

A task of ChimeWorld is a handful of independent random variables (its sources), one view per sense and a label,
all functions of the sources. Everything known about the task follows from enumerating the sources.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int

# The order in which senses are listed everywhere.
MODALITIES = ("video", "audio", "text")

# A row per outcome of the sources, or a row per clip. Views are plain arithmetic, so that they take a
# dictionary of ints (one clip) as well as a dictionary of integer arrays (the whole table at once).
Columns = Mapping[str, Any]
View = Callable[[Columns], dict[str, Any]]
Reduction = Callable[[Columns], Any]

_LARGEST_TOTAL = 2**62
_LARGEST_TABLE = 2**22


class Source(NamedTuple):
    """An independent random variable with the values 0, 1, …, len(probabilities) − 1."""

    name: str
    probabilities: tuple[Fraction, ...]


def uniform(name: str, values: int) -> Source:
    """A source that takes each of `values` values equally often.

    Args:
        name: name of the source.
        values: how many values, at least 1.

    Returns:
        The source.

    Raises:
        ValueError: if `values` is below 1.
    """
    if values < 1:
        raise ValueError(f"source {name!r}: expected at least 1 value, got {values}; give a positive number")
    return Source(name, (Fraction(1, values),) * values)


def flip(name: str, probability: Fraction) -> Source:
    """A source that is 1 with the given probability (0…1), else 0.

    Args:
        name: name of the source.
        probability: exact probability of a 1.

    Returns:
        The source.

    Raises:
        ValueError: if the probability lies outside 0…1.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"source {name!r}: expected a probability in 0…1, got {probability}")
    return Source(name, (1 - Fraction(probability), Fraction(probability)))


class Chain(NamedTuple):
    """A hidden cycle of states with one flickering observation a frame.

    From frame to frame it moves on to the next state with probability `advance`. The observation shows the state
    with probability `truth`, else any of the others equally often. The first state is uniform.
    """

    states: int
    advance: Fraction
    truth: Fraction
    frames: int


@dataclass(frozen=True)
class Task:
    """A prediction task whose joint distribution of symbols and label is known exactly.

    Attributes:
        name: the task's name.
        sources: independent variables from which everything follows.
        views: modality ("video", "audio", "text") to the function that names and computes its symbols from the sources.
        label: the label's class index as a function of the sources.
        label_names: one readable name per class.
        seen: name of a representation (such as "frame" or "bag") to what it keeps of each modality's symbols;
            a modality that is not listed is kept whole.
        strata: sources whose joint outcomes a test set holds in exact proportion; the others are balanced.
        members: for tasks whose clips come in groups that share one nuisance seed (a clip and its reversal, say):
            from one drawn outcome of the sources, the outcome of every clip in the group.
        track: for tasks with a label per frame, those labels, (batch, time), as a function of the sources.
        chain: for such tasks, the hidden chain, because its sources are too many to enumerate.
        parameters: the numbers the task was built with (frames, window, classes…).
    """

    name: str
    sources: tuple[Source, ...]
    views: Mapping[str, View]
    label: Callable[[Columns], Any]
    label_names: tuple[str, ...]
    seen: Mapping[str, Mapping[str, Reduction]] = field(default_factory=dict)
    strata: tuple[str, ...] = ()
    members: Callable[[Mapping[str, int]], tuple[dict[str, int], ...]] | None = None
    track: Callable[[Columns], Any] | None = None
    chain: Chain | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        names = [source.name for source in self.sources]
        if len(set(names)) != len(names):
            raise ValueError(f"task {self.name!r}: source names repeat: {names}; give each its own")
        for source in self.sources:
            if sum(source.probabilities) != 1 or min(source.probabilities) < 0:
                raise ValueError(
                    f"task {self.name!r}: the probabilities of source {source.name!r} must be ≥ 0 and sum to 1, "
                    f"got {[str(p) for p in source.probabilities]}"
                )
        if unknown := sorted(set(self.strata) - set(names)):
            raise ValueError(f"task {self.name!r}: strata names no source: {unknown}; the sources are {names}")
        if unknown := sorted(set(self.views) - set(MODALITIES)):
            raise ValueError(f"task {self.name!r}: unknown modality {unknown}; expected some of {MODALITIES}")

    @property
    def modalities(self) -> tuple[str, ...]:
        """The senses this task has, in the fixed order video, audio, text."""
        return tuple(name for name in MODALITIES if name in self.views)


@dataclass(frozen=True)
class Clip:
    """One clip before it is drawn: its symbols, its label and the seed of everything else.

    Attributes:
        task: the task's name.
        split: "train", "validation", "test", "smoke" or "robustness".
        index: position in its split, from 0.
        seed: 63-bit seed of all that is not a symbol (position on the floor, texture, noise…).
        symbols: modality to symbol name to value.
        label: class index.
        track: for tasks with a label per frame, those labels; else empty.
        frames: length of the clip where the task was built with another one than usual; else None.
    """

    task: str
    split: str
    index: int
    seed: int
    symbols: Mapping[str, Mapping[str, int]]
    label: int
    track: tuple[int, ...] = ()
    frames: int | None = None


class Outcomes(NamedTuple):
    """Every joint outcome of some sources; probability of row i is exactly weight[i] / total."""

    columns: dict[str, Int[np.ndarray, " batch"]]
    weight: Int[np.ndarray, " batch"]
    total: int


def outcomes(sources: Sequence[Source]) -> Outcomes:
    """Enumerate independent sources with exact integer weights.

    Args:
        sources: the sources; none gives one row of weight 1.

    Returns:
        One row per joint outcome of non-zero probability.

    Raises:
        ValueError: if the outcomes are too many to list, or their common denominator does not fit 62 bits.
    """
    rows = math.prod(len(source.probabilities) for source in sources)
    if rows > _LARGEST_TABLE:
        raise ValueError(
            f"the sources have {float(rows):.3g} joint outcomes, more than {_LARGEST_TABLE}: they cannot be listed; "
            "use fewer or smaller sources"
        )
    scales = [math.lcm(*(p.denominator for p in source.probabilities)) for source in sources]
    total = math.prod(scales)
    if total > _LARGEST_TOTAL:
        raise ValueError(f"the common denominator {total} exceeds 62 bits; use simpler probabilities")
    grids = np.meshgrid(*(np.arange(len(s.probabilities)) for s in sources), indexing="ij")
    columns = {s.name: grid.ravel() for s, grid in zip(sources, grids, strict=True)}
    weight = np.ones(rows, np.int64)
    for source, scale in zip(sources, scales, strict=True):
        weight *= np.array([int(p * scale) for p in source.probabilities], np.int64)[columns[source.name]]
    possible = weight > 0
    return Outcomes({name: column[possible] for name, column in columns.items()}, weight[possible], total)


def check_modalities(task: Task, modalities: Iterable[str]) -> tuple[str, ...]:
    """The asked senses in the fixed order, each once.

    Args:
        task: the task.
        modalities: names of senses; none at all is allowed.

    Returns:
        The names in the order video, audio, text.

    Raises:
        ValueError: if a name is not a sense of this task, or one string came in place of a collection.
    """
    asked = (modalities,) if isinstance(modalities, str) else tuple(modalities)
    if unknown := sorted(set(asked) - set(task.views)):
        raise ValueError(f"task {task.name!r} has no modality {unknown}; it has {task.modalities}")
    return tuple(name for name in task.modalities if name in asked)


def observed(
    task: Task, symbols: Mapping[str, Columns], modalities: tuple[str, ...], *, seen: str = "all"
) -> Int[np.ndarray, "batch feature"]:
    """What is left of the symbols in the asked senses under a representation, one row each.

    Args:
        task: the task.
        symbols: modality to symbol name to integer array (batch,).
        modalities: senses that are looked at, already checked.
        seen: "all", or a representation that the task lists in `seen`.

    Returns:
        Integers; two rows are equal if and only if they cannot be told apart.

    Raises:
        ValueError: if the task lists no such representation.
    """
    if seen != "all" and seen not in task.seen:
        raise ValueError(f"task {task.name!r}: unknown seen={seen!r}; expected one of {('all', *task.seen)}")
    rows = len(next(iter(next(iter(symbols.values())).values())))
    parts: list[Int[np.ndarray, "batch feature"]] = [np.zeros((rows, 0), np.int64)]
    for modality in modalities:
        reduce = task.seen[seen].get(modality) if seen != "all" else None
        columns = symbols[modality]
        kept = np.stack(list(columns.values()), axis=1) if reduce is None else np.asarray(reduce(columns))
        parts.append(kept.reshape(rows, -1).astype(np.int64))
    return np.concatenate(parts, axis=1)
