"""A task, a number and a seed in; clips out, deterministic and, for tests, in exact proportion to the table."""

from __future__ import annotations

import itertools
import math

import numpy as np
from jaxtyping import Bool, Int

from vmm_edu.world.catalogue import as_task, tasks
from vmm_edu.world.ceilings import bayes_rule, exact_ceiling
from vmm_edu.world.tables import Clip, Columns, Task, outcomes

# The top three of a nuisance seed's 63 bits name the split: seeds of two splits can never be equal.
SPLITS = ("train", "validation", "test", "smoke", "robustness")
_SPLIT_SHIFT = 60

_LARGEST_BALANCED = 4096
_PROPOSALS, _MOST_PROPOSALS = 10_000, 200_000
_TEMPERATURE = 1.0


def exact_multiple(task: Task | str) -> int:
    """Smallest number of test clips on which the Bayes rule can score exactly its ceiling, from every set of senses.

    Args:
        task: a task or its name.

    Returns:
        The number; its multiples work too.

    Raises:
        ValueError: if the task's table cannot be enumerated ("phases", "streaming"): it has no exact test set.
    """
    task = as_task(task)
    if task.chain is not None:
        raise ValueError(
            f"task {task.name!r} has no exact test set: its outcomes cannot be listed; any number of clips will do"
        )
    strata = outcomes([source for source in task.sources if source.name in task.strata])
    group = len(_members(task, {source.name: 0 for source in task.sources}))
    proportions = strata.total // math.gcd(strata.total, *strata.weight.tolist())
    return math.lcm(proportions, group, *(exact_ceiling(task, senses).denominator for senses in _subsets(task)))


def sample(task: Task | str, *, clips: int, seed: int, split: str = "train") -> tuple[Clip, ...]:
    """Draw clips: their symbols, labels and nuisance seeds, the same for the same arguments on every machine.

    "train" draws independently from the table, and a shorter draw is the beginning of a longer one. "test" holds
    exact proportions, so that the Bayes rule scores *exactly* its ceiling from every set of senses; `clips` must be
    a multiple of `exact_multiple`. "validation", "smoke" and "robustness" take any number, as near to the proportions
    as it allows, and are therefore not exact. Tasks whose clips come in groups (a clip and its reversal) keep the
    groups together, with one nuisance seed each. The test sets of "phases" and "streaming" are independent draws.

    Args:
        task: a task or its name.
        clips: how many, at least 1.
        seed: any non-negative integer.
        split: "train", "validation", "test", "smoke" or "robustness"; no two of them share a nuisance seed.

    Returns:
        The clips, in the order of their index.

    Raises:
        ValueError: if an argument is out of range, or a test set of this size cannot be exact.
    """
    task = as_task(task)
    if clips < 1 or seed < 0:
        raise ValueError(f"expected clips ≥ 1 and seed ≥ 0, got {clips} and {seed}")
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; expected one of {', '.join(SPLITS)}")
    if split == "test" and task.chain is None and clips % (multiple := exact_multiple(task)):
        nearest = max(multiple, round(clips / multiple) * multiple)
        raise ValueError(
            f"task {task.name!r}: an exact test set needs a multiple of {multiple} clips, got {clips}; "
            f"use clips={nearest}, or split='smoke', which takes any number and is not exact"
        )
    code = SPLITS.index(split)
    entropy = [int.from_bytes(task.name.encode(), "big"), code, seed]
    rng = np.random.default_rng(np.random.SeedSequence(entropy))
    group = len(_members(task, {source.name: 0 for source in task.sources}))
    draws = -(-clips // group)
    independent = split == "train" or task.chain is not None
    columns = _independent(task, draws, rng) if independent else _proportional(task, draws, rng, exact=split == "test")
    frames = _unusual_frames(task)
    made: list[Clip] = []
    for number in range(draws):
        nuisance = np.random.SeedSequence(entropy, spawn_key=(number,)).generate_state(1, np.uint64)[0]
        drawn = {name: int(column[number]) for name, column in columns.items()}
        for values in _members(task, drawn)[: clips - len(made)]:
            made.append(
                Clip(
                    task=task.name,
                    split=split,
                    index=len(made),
                    seed=(code << _SPLIT_SHIFT) | (int(nuisance) >> (64 - _SPLIT_SHIFT)),
                    symbols={
                        modality: {name: int(value) for name, value in task.views[modality](values).items()}
                        for modality in task.modalities
                    },
                    label=int(task.label(values)),
                    track=tuple(int(state) for state in task.track(values)) if task.track else (),
                    frames=frames,
                )
            )
    return tuple(made)


def _unusual_frames(task: Task) -> int | None:
    """Length of the clips where the task was built with another one than usual."""
    frames = task.parameters.get("frames")
    usual = as_task(task.name).parameters.get("frames") if task.name in tasks() else None
    return None if frames == usual else frames


def _members(task: Task, values: dict[str, int]) -> tuple[dict[str, int], ...]:
    return task.members(values) if task.members else (values,)


def _subsets(task: Task) -> list[tuple[str, ...]]:
    senses = task.modalities
    return [subset for size in range(len(senses) + 1) for subset in itertools.combinations(senses, size)]


def _independent(task: Task, draws: int, rng: np.random.Generator) -> dict[str, Int[np.ndarray, " batch"]]:
    """Rows drawn from the table by inverting each source's exact distribution function."""
    scales = [math.lcm(*(p.denominator for p in source.probabilities)) for source in task.sources]
    # One row per clip, so that a shorter draw is the beginning of a longer one.
    uniform = rng.integers(np.array(scales, np.int64), size=(draws, len(scales)))
    columns = {}
    for k, (source, scale) in enumerate(zip(task.sources, scales, strict=True)):
        steps = np.cumsum([int(p * scale) for p in source.probabilities])
        columns[source.name] = np.searchsorted(steps, uniform[:, k], side="right")
    return columns


def _proportional(
    task: Task, draws: int, rng: np.random.Generator, *, exact: bool
) -> dict[str, Int[np.ndarray, " batch"]]:
    """Rows in proportion: the strata exactly where `draws` allows it, the other sources balanced within and across."""
    held = outcomes([source for source in task.sources if source.name in task.strata])
    others = [source for source in task.sources if source.name not in task.strata]
    if math.prod(len(source.probabilities) for source in others) > _LARGEST_BALANCED:
        # Too many places to visit each: drawn independently. Groups balance the label.
        return _independent(task, draws, rng)
    rest = outcomes(others)
    counts, spare = _apportion(held.weight, held.total, draws)
    counts = counts + _extra(spare, draws - int(counts.sum()), rng)
    table = np.zeros((len(counts), len(rest.weight)), np.int64)
    extra, may = np.zeros_like(table), np.zeros_like(table)
    for k, count in enumerate(counts):
        table[k], may[k] = _apportion(rest.weight, rest.total, int(count))
        extra[k] = _extra(may[k], int(count - table[k].sum()), rng)
    rows, cells = (index.ravel() for index in np.indices(table.shape))
    columns = {name: column[rows] for name, column in held.columns.items()}
    columns |= {name: column[cells] for name, column in rest.columns.items()}
    if task.members is None:
        weight = held.weight[rows] * rest.weight[cells]
        extra = _improve(task, columns, weight, table, extra, may > 0, rng, exact=exact)
    repeated = np.repeat(np.arange(table.size), (table + extra).ravel())
    chosen = rng.permutation(repeated)
    return {name: column[chosen] for name, column in columns.items()}


def _apportion(
    weight: Int[np.ndarray, " batch"], total: int, count: int
) -> tuple[Int[np.ndarray, " batch"], Int[np.ndarray, " batch"]]:
    """Whole shares of `count`, and what each share loses by rounding down, in units of 1/total."""
    shares = weight * count
    return shares // total, shares % total


def _extra(lost: Int[np.ndarray, " batch"], missing: int, rng: np.random.Generator) -> Int[np.ndarray, " batch"]:
    """One more for the `missing` shares that lost most by rounding; equals are drawn."""
    first = np.lexsort((rng.random(len(lost)), -lost))[:missing]
    return np.bincount(first, minlength=len(lost))


def _improve(
    task: Task,
    columns: Columns,
    weight: Int[np.ndarray, " batch"],
    table: Int[np.ndarray, "row cell"],
    extra: Int[np.ndarray, "row cell"],
    may: Bool[np.ndarray, "row cell"],
    rng: np.random.Generator,
    *,
    exact: bool,
) -> Int[np.ndarray, "row cell"]:
    """Move the clips that rounding left over until the Bayes rule, the labels and the sources all come out even.

    Raises:
        ValueError: if `exact` and the Bayes rule cannot be made to score its ceiling.
    """
    symbols = {modality: task.views[modality](columns) for modality in task.modalities}
    label = np.asarray(task.label(columns))
    scored = [bayes_rule(task, symbols, senses) == label for senses in _subsets(task)]
    margins = [label == k for k in range(len(task.label_names))]
    margins += [columns[s.name] == k for s in task.sources for k in range(len(s.probabilities))]
    wanted = np.stack([np.asarray(column, np.int64) for column in scored + margins], axis=1)
    total = int(weight.sum())
    error = (table + extra).ravel() @ wanted * total - weight @ wanted * int((table + extra).sum())
    wanted = wanted * total
    cells = np.arange(table.size).reshape(table.shape)
    # Per row, the cells that hold a spare clip and those that could.
    holds = [list(row[more == 1]) for row, more in zip(cells, extra, strict=True)]
    free = [list(row[more & ~(held == 1)]) for row, more, held in zip(cells, may, extra, strict=True)]
    movable = [k for k in range(len(cells)) if holds[k] and free[k]]
    cost = np.abs(error).sum()
    best, chosen, proposal = (np.abs(error[: len(scored)]).sum(), cost), [row.copy() for row in holds], 0
    # Margins get a short search; the Bayes rule's own score, where it must be exact, as long as it takes.
    while best[1] and movable and proposal < (_MOST_PROPOSALS if exact and best[0] else _PROPOSALS):
        proposal += 1
        pick, out, into, heat = rng.random(4)
        row = movable[int(pick * len(movable))]
        out, into = int(out * len(holds[row])), int(into * len(free[row]))
        moved = error + wanted[free[row][into]] - wanted[holds[row][out]]
        moved_cost = np.abs(moved).sum()
        # A worse arrangement is taken now and then, or the search would settle where no single move helps.
        if moved_cost <= cost - _TEMPERATURE * total * math.log(1.0 - heat):
            holds[row][out], free[row][into] = free[row][into], holds[row][out]
            error, cost = moved, moved_cost
            if (rank := (np.abs(error[: len(scored)]).sum(), cost)) < best:
                best, chosen = rank, [row.copy() for row in holds]
    if exact and best[0]:
        raise ValueError(
            f"task {task.name!r}: no exact set of {int((table + extra).sum())} clips found; use more clips"
        )
    return np.isin(cells, [cell for row in chosen for cell in row]).astype(np.int64)
