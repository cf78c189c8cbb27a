"""A task in; bits out: what each set of senses knows of the label, and how two senses share it (R, U, S)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from vmm_edu.world.catalogue import as_task
from vmm_edu.world.ceilings import joint_table
from vmm_edu.world.tables import Task, outcomes
from vmm_edu.world.unique import unique_information


class Information(NamedTuple):
    """What the senses know about the label, in bits.

    `bits` maps each set of senses, in the order video, audio, text, to I(label; senses). `entropy` is H(label).
    R, U_video, U_audio and S are redundancy, unique information and synergy of sight and sound (text left out);
    R + U_video = I(label; video), R + U_audio = I(label; audio), and all four add up to I(label; video, audio).
    """

    bits: Mapping[tuple[str, ...], float]
    entropy: float
    R: float
    U_video: float
    U_audio: float
    S: float


class Parts(NamedTuple):
    """How two sources share what they know about a label, in bits.

    R is redundancy, U_first and U_second unique information, S synergy: R + U_first = I(label; first),
    R + U_second = I(label; second), and all four add up to I(label; both).
    """

    R: float
    U_first: float
    U_second: float
    S: float


def entropy(weight: Float[np.ndarray, ...]) -> float:
    """Shannon entropy of a distribution given by non-negative weights of any sum.

    Args:
        weight: weights; zeros are allowed.

    Returns:
        Bits.

    Raises:
        ValueError: if a weight is negative or all are zero.
    """
    if weight.size == 0 or weight.min() < 0 or weight.sum() <= 0:
        raise ValueError("expected non-negative weights that are not all zero")
    share = weight[weight > 0] / weight.sum()
    return float(-(share @ np.log2(share)))


def mutual_information(task: Task | str, modalities: Iterable[str], *, seen: str = "all") -> float:
    r"""Bits that these senses carry about the label, $I(Y; M) = H(Y) + H(M) - H(Y, M)$.

    Args:
        task: a task or its name.
        modalities: senses that are looked at.
        seen: "all" or a representation that the task lists.

    Returns:
        Bits, at least 0.

    Raises:
        ValueError: if a name is unknown or the task is too large to enumerate.
    """
    table = joint_table(task, modalities, seen=seen)[1].astype(np.float64)
    return max(0.0, entropy(table.sum(axis=0)) + entropy(table.sum(axis=1)) - entropy(table))


def log_loss_floor(task: Task | str, modalities: Iterable[str], *, seen: str = "all") -> float:
    """Lowest expected log-loss that any model can reach, H(Y) − I(Y; M).

    Args:
        task: a task or its name.
        modalities: senses that are looked at.
        seen: "all" or a representation that the task lists.

    Returns:
        Bits; multiply by ln 2 for the nats that most libraries report.

    Raises:
        ValueError: if a name is unknown or the task is too large to enumerate.
    """
    table = joint_table(task, modalities, seen=seen)[1].astype(np.float64)
    return max(0.0, entropy(table) - entropy(table.sum(axis=1)))


def information(task: Task | str) -> Information:
    """Information in every set of senses, and the partial information decomposition of sight and sound (BROJA).

    A task without sight, or without sound, gets R = S = 0. Note that BROJA counts averaging two noisy copies as
    synergy.

    Args:
        task: a task or its name.

    Returns:
        Bits; the decomposition is accurate to 1e-6.

    Raises:
        ValueError: if the name is unknown or the task is too large to enumerate.

    Reference:
        Bertschinger, Rauh, Olbrich, Jost, Ay, "Quantifying unique information", Entropy 16(4), 2014.
        doi:10.3390/e16042161
    """
    task = as_task(task)
    senses = task.modalities
    subsets = [s for size in range(1, len(senses) + 1) for s in itertools.combinations(senses, size)]
    bits = {subset: mutual_information(task, subset) for subset in subsets}
    label = joint_table(task, ())[1].astype(np.float64)
    pair = tuple(sense for sense in senses if sense != "text")
    known = {sense: bits.get((sense,), 0.0) for sense in ("video", "audio")}
    parts = decompose(triple_table(task)) if len(pair) == 2 else Parts(0.0, known["video"], known["audio"], 0.0)
    return Information(
        bits=bits, entropy=entropy(label), R=parts.R, U_video=parts.U_first, U_audio=parts.U_second, S=parts.S
    )


def decompose(table: Float[np.ndarray, "label first second"]) -> Parts:
    """Partial information decomposition (BROJA) of any joint table, of a task or counted from a model's answers.

    Args:
        table: joint probabilities, or weights of any sum.

    Returns:
        Redundancy, unique information of either source, and synergy, in bits; accurate to 1e-6.

    Raises:
        ValueError: if the weights are negative, not finite or all zero.
    """
    label = table.sum(axis=(1, 2))
    first, second, together = (
        max(0.0, entropy(label) + entropy(pairs.sum(axis=0)) - entropy(pairs))
        for pairs in (table.sum(axis=2), table.sum(axis=1), table.reshape(len(table), -1))
    )
    unique = unique_information(table)
    redundancy, other = max(0.0, first - unique), max(0.0, unique + second - first)
    return Parts(redundancy, unique, other, max(0.0, together - redundancy - unique - other))


def triple_table(task: Task | str) -> Float[np.ndarray, "label video audio"]:
    """Joint probabilities of the label, what is seen and what is heard.

    Args:
        task: a task or its name, with sight and sound.

    Returns:
        Probabilities that sum to 1.

    Raises:
        ValueError: if the task lacks sight or sound.
    """
    task = as_task(task)
    if missing := {"video", "audio"} - set(task.modalities):
        raise ValueError(f"task {task.name!r} has no {sorted(missing)}; expected sight and sound")
    columns, weight, total = outcomes(task.sources)
    index = []
    for sense in ("video", "audio"):
        shown = np.stack([np.asarray(column) for column in task.views[sense](columns).values()], axis=1)
        index.append(np.unique(shown, axis=0, return_inverse=True)[1].reshape(-1))
    table = np.zeros((len(task.label_names), *(int(part.max()) + 1 for part in index)))
    np.add.at(table, (task.label(columns), *index), weight / total)
    return table
