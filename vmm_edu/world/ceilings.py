"""A task and the senses that are looked at in; the best accuracy that any model can reach out, by exact enumeration."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from jaxtyping import Int

from vmm_edu.world.catalogue import as_task
from vmm_edu.world.phases import frame_accuracy, lag_accuracy, path_accuracy
from vmm_edu.world.tables import Chain, Clip, Columns, Task, check_modalities, observed, outcomes

# Enough for a standard error of 0.001 on the tracking tasks; the stream is fixed because a ceiling is one number.
_TRACKING_CLIPS, _TRACKING_STREAM = 10_000, 7


def joint_table(
    task: Task | str, modalities: Iterable[str], *, seen: str = "all"
) -> tuple[Int[np.ndarray, "batch feature"], Int[np.ndarray, "batch tag"], int]:
    """The exact joint distribution of what is observed and the label.

    Args:
        task: a task or its name.
        modalities: senses that are looked at; none is allowed.
        seen: "all" or a representation that the task lists.

    Returns:
        The distinct observations; integer weights per observation and class; the total, so that
        weight / total is the probability.

    Raises:
        ValueError: if a name is unknown or the task is too large to enumerate.
    """
    task = as_task(task)
    asked = check_modalities(task, modalities)
    columns, weight, total = outcomes(task.sources)
    symbols = {modality: task.views[modality](columns) for modality in task.modalities}
    rows, group = _groups(observed(task, symbols, asked, seen=seen))
    table = np.zeros((len(rows), len(task.label_names)), np.int64)
    np.add.at(table, (group, task.label(columns)), weight)
    return rows, table, total


def _groups(
    rows: Int[np.ndarray, "batch feature"],
) -> tuple[Int[np.ndarray, "group feature"], Int[np.ndarray, " batch"]]:
    """Distinct rows, and for each row which one it is."""
    if not rows.shape[1]:
        return rows[:1], np.zeros(len(rows), np.int64)
    order = np.lexsort(rows.T[::-1])
    changed = np.any(rows[order][1:] != rows[order][:-1], axis=1)
    group = np.empty(len(rows), np.int64)
    group[order] = np.concatenate([[0], np.cumsum(changed)])
    return rows[order][np.concatenate([[True], changed])], group


def exact_ceiling(task: Task | str, modalities: Iterable[str], *, seen: str = "all") -> Fraction:
    r"""Best possible accuracy as an exact fraction, $\sum_s \max_y P(s, y)$.

    Args:
        task: a task or its name.
        modalities: senses that are looked at; none gives the best blind guess.
        seen: "all" or a representation that the task lists.

    Returns:
        The fraction.

    Raises:
        ValueError: if a name is unknown or the task is too large to enumerate.
    """
    _, table, total = joint_table(task, modalities, seen=seen)
    return Fraction(int(table.max(axis=1).sum()), total)


def ceiling(task: Task | str, modalities: Iterable[str], *, seen: str = "all", gallery: int = 256) -> float:
    """Best accuracy that any model can reach from these senses, 0…1. A score above it means that something leaks.

    For "phases" and "streaming" it is the expected share of frames, with `seen` one of "frame", "filter", "lag_k",
    "smoother" (or "all") and "viterbi"; all but "frame" are estimates with a standard error of at most 0.001.
    For "retrieval" it is the recall at 1 of a search in a gallery that is looked at with these senses.

    Args:
        task: a task or its name.
        modalities: senses that are looked at; none gives the best blind guess.
        seen: "all" or a representation that the task lists.
        gallery: for "retrieval", the number of items searched.

    Returns:
        The ceiling.

    Raises:
        ValueError: if a name is unknown.
    """
    task = as_task(task)
    asked = check_modalities(task, modalities)
    if task.chain is not None:
        return _tracked(task.chain, seen) if asked else 1 / task.chain.states
    if task.name == "retrieval":
        kept = tuple(modality for modality in asked if modality != "text") or ()
        return float(recall_at_1(tuples=len(joint_table(task, kept, seen=seen)[0]), gallery=gallery))
    return float(exact_ceiling(task, asked, seen=seen))


def _tracked(chain: Chain, seen: str) -> float:
    """The estimate behind `ceiling` for tasks with a hidden chain."""
    lagged = re.fullmatch(r"lag_(\d+)", seen)
    if seen == "frame":
        return frame_accuracy(chain)
    rng = np.random.default_rng(_TRACKING_STREAM)
    if seen == "viterbi":
        return path_accuracy(chain, clips=_TRACKING_CLIPS, rng=rng).accuracy
    if seen in ("all", "smoother", "filter") or lagged:
        lag = int(lagged[1]) if lagged else 0 if seen == "filter" else chain.frames
        return lag_accuracy(chain, lag=lag, clips=_TRACKING_CLIPS, rng=rng).accuracy
    raise ValueError(f"unknown seen={seen!r}; expected 'frame', 'filter', 'lag_k', 'smoother' or 'viterbi'")


def recall_at_1(*, tuples: int, gallery: int) -> Fraction:
    r"""T15: how often a perfect search ranks the right item first, $(1 - (1 - 1/C)^N) \cdot C / N$.

    The gallery holds N items, i.i.d. uniform over C tuples; the query describes a uniformly drawn item of it; items
    with the same tuple cannot be told apart, and ties are broken at random.

    Args:
        tuples: C, tuples that can be told apart.
        gallery: N, items in the gallery.

    Returns:
        The expected recall.

    Raises:
        ValueError: if a number is below 1.
    """
    if tuples < 1 or gallery < 1:
        raise ValueError(f"expected at least 1 tuple and 1 item, got {tuples} and {gallery}")
    return (1 - (1 - Fraction(1, tuples)) ** gallery) * Fraction(tuples, gallery)


def shapley(task: Task | str) -> dict[str, float]:
    r"""Each sense's fair share of the accuracy over chance.

    $\phi_m = \sum_{M \not\ni m} \frac{|M|!\,(n-1-|M|)!}{n!} (acc^*(M \cup m) - acc^*(M))$; the shares add up to
    $acc^*(\text{all}) - acc^*(\emptyset)$.

    Args:
        task: a task or its name.

    Returns:
        Modality to share.

    Raises:
        ValueError: if the name is unknown or the task is too large to enumerate.

    Reference:
        Shapley, "A value for n-person games", 1953. doi:10.1515/9781400881970-018
    """
    task = as_task(task)
    senses = task.modalities
    worth = {
        subset: exact_ceiling(task, subset)
        for size in range(len(senses) + 1)
        for subset in itertools.combinations(senses, size)
    }
    shares = dict.fromkeys(senses, Fraction(0))
    for subset, accuracy in worth.items():
        for modality in set(senses) - set(subset):
            joined = tuple(m for m in senses if m in subset or m == modality)
            orders = math.factorial(len(subset)) * math.factorial(len(senses) - len(subset) - 1)
            shares[modality] += Fraction(orders, math.factorial(len(senses))) * (worth[joined] - accuracy)
    return {modality: float(share) for modality, share in shares.items()}


def bayes_rule(
    task: Task, symbols: Mapping[str, Columns], modalities: Iterable[str], *, seen: str = "all"
) -> Int[np.ndarray, " batch"]:
    """The likeliest class for each row of symbols; of equals, the lowest index.

    Args:
        task: the task.
        symbols: modality to symbol name to integers (batch,).
        modalities: senses that are looked at.
        seen: "all" or a representation that the task lists.

    Returns:
        A class index per row.

    Raises:
        ValueError: if a row shows symbols that the task cannot produce.
    """
    asked = check_modalities(task, modalities)
    rows, table, _ = joint_table(task, asked, seen=seen)
    found = observed(task, symbols, asked, seen=seen)
    _, group = _groups(np.concatenate([rows, found]))
    answer = np.full(len(rows) + len(found), -1)
    answer[group[: len(rows)]] = table.argmax(axis=1)
    answers = answer[group[len(rows) :]]
    if np.any(answers < 0):
        strange = found[np.argmin(answers)].tolist()
        raise ValueError(f"task {task.name!r} cannot show {strange} in {asked}; was it built with other parameters?")
    return answers


def bayes_predict(
    task: Task | str, clips: Sequence[Clip], modalities: Iterable[str], *, seen: str = "all"
) -> Int[np.ndarray, " batch"]:
    """The Bayes rule on clips, from their true symbols: what a perfect model answers.

    Args:
        task: the task that the clips are of.
        clips: clips with their symbols.
        modalities: senses that are looked at.
        seen: "all" or a representation that the task lists.

    Returns:
        A class index per clip; of equally likely classes, the lowest.

    Raises:
        ValueError: if a clip is of another task or shows symbols that the task cannot produce.
    """
    task = as_task(task)
    if other := sorted({clip.task for clip in clips} - {task.name}):
        raise ValueError(f"expected clips of task {task.name!r}, got clips of {other}")
    if not clips:
        return np.zeros(0, np.int64)
    symbols = {
        modality: {name: np.array([clip.symbols[modality][name] for clip in clips]) for name in names}
        for modality, names in clips[0].symbols.items()
    }
    return bayes_rule(task, symbols, modalities, seen=seen)
