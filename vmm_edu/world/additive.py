"""A task or clips in; what late (additive) fusion can do where its loss is least, or at its very best, out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from jaxtyping import Float

from vmm_edu.world.catalogue import as_task
from vmm_edu.world.ceilings import joint_table
from vmm_edu.world.tables import Clip, Task

_MOST_CLASSES = 4


def additive_by_loss(task: Task | str) -> float:
    r"""Accuracy of a sum of one term per sense where its expected cross-entropy is least.

    $$\text{logits}_y = \sum_m f_m(s_m, y)$$

    with any functions $f_m$ at all. The loss is convex in them, so that its minimum is found from the exact table; of
    classes that tie there, one is drawn. `additive_ceiling` asks what the best such sum could do if its loss did not
    matter.

    Args:
        task: a task or its name.

    Returns:
        The accuracy, to about 1e-6.

    Raises:
        ValueError: if the name is unknown or the task is too large to enumerate.
        RuntimeError: if no minimum is found.
    """
    task = as_task(task)
    rows, table, total = joint_table(task, task.modalities)
    share, start, blocks = table / total, 0, []
    for sense in task.modalities:
        width = joint_table(task, (sense,))[0].shape[1]
        group = np.unique(rows[:, start : start + width], axis=0, return_inverse=True)[1].reshape(-1)
        blocks.append(np.eye(int(group.max()) + 1)[group])
        start += width
    shown = np.concatenate(blocks, axis=1)
    return _share_right(shown @ _of_least_loss(shown, share), share)


def additive_from_clips(train: Sequence[Clip], test: Sequence[Clip]) -> float:
    """Accuracy on test clips of a sum of one term per sense whose loss on *these* training clips is least.

    The rule of `additive_by_loss`, learned from clips (weight decay 0.001) instead of the exact table. A finite set
    of clips never holds all pairs equally often; where the table leaves a tie, the clips decide it, one way or the
    other.

    Args:
        train: clips to learn from; their symbols are taken as perceived without an error.
        test: clips of the same task.

    Returns:
        The accuracy.

    Raises:
        ValueError: if there are no clips, or the two sets are of different tasks.
        RuntimeError: if no minimum is found.
    """
    if not train or not test or len({clip.task for clip in (*train, *test)}) > 1:
        names = sorted({clip.task for clip in (*train, *test)})
        raise ValueError(f"expected clips of one task, got {len(train)} and {len(test)} of {names}")
    clips, groups = [*train, *test], []
    for sense, names in train[0].symbols.items():
        values = np.array([[clip.symbols[sense][name] for name in names] for clip in clips])
        groups.append(np.unique(values, axis=0, return_inverse=True)[1].reshape(-1))
    rows, row = np.unique(np.stack(groups, axis=1), axis=0, return_inverse=True)
    shown = np.concatenate([np.eye(int(column.max()) + 1)[column] for column in rows.T], axis=1)
    share = np.zeros((2, len(rows), max(clip.label for clip in clips) + 1))
    split = np.arange(len(clips)) >= len(train)
    np.add.at(share, (split.astype(int), row.reshape(-1), np.array([clip.label for clip in clips])), 1)
    return _share_right(shown @ _of_least_loss(shown, share[0] / len(train), decay=1e-3), share[1] / len(test))


def _of_least_loss(
    shown: Float[np.ndarray, "row value"], share: Float[np.ndarray, "row class"], *, decay: float = 1e-7
) -> Float[np.ndarray, "value class"]:
    """The terms whose sums have the least cross-entropy; each row counts by its share of each class."""
    from scipy.optimize import minimize

    weight = share.sum(axis=1)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(shown.shape[1], -1)
        logits = shown @ w
        top = logits.max(axis=1, keepdims=True)
        log_z = top + np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
        # A breath of decay: without it the terms of what is certain grow for ever, and nothing else changes.
        value = float((weight * log_z[:, 0]).sum() - (share * logits).sum() + 0.5 * decay * (w**2).sum())
        return value, (shown.T @ (weight[:, None] * np.exp(logits - log_z) - share) + decay * w).ravel()

    found = minimize(
        loss, np.zeros(shown.shape[1] * share.shape[1]), jac=True, method="L-BFGS-B",
        options={"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-16, "gtol": 1e-9},
    )  # fmt: skip
    if not np.isfinite(found.x).all():
        raise RuntimeError("no minimum of the loss was found")
    return found.x.reshape(shown.shape[1], -1)


def _share_right(logits: Float[np.ndarray, "row class"], share: Float[np.ndarray, "row class"]) -> float:
    """How often the largest is right; of classes that tie, one is drawn."""
    ties = logits > logits.max(axis=1, keepdims=True) - 1e-3
    return float((share * ties / ties.sum(axis=1, keepdims=True)).sum())


def additive_ceiling(classes: int) -> Fraction:
    """Best accuracy of argmax over classes of f(seen) + g(heard), the label being the sum mod K, by proof.

    For ever more of the K² pairs, a linear program looks for class scores f and g that answer all chosen pairs
    rightly, by a margin; every choice of pairs is tried, up to shifts of the two values, which only rename classes.

    Note that cross-entropy does not even find this: the loss is convex in f and g and its gradient is zero at
    f = g = 0, so its optimum is chance.

    Args:
        classes: K, 2…4; the number of choices explodes above.

    Returns:
        The accuracy as an exact fraction.

    Raises:
        ValueError: if `classes` is not in 2…4.
    """
    if not 2 <= classes <= _MOST_CLASSES:
        raise ValueError(f"expected classes in 2…{_MOST_CLASSES}, got {classes}; more take too long to enumerate")
    pairs = [(v, a) for v in range(classes) for a in range(classes)]
    best = 0
    while best < len(pairs) and any(_separable(chosen, classes) for chosen in _choices(pairs, best + 1, classes)):
        best += 1
    return Fraction(best, len(pairs))


def _choices(pairs: list[tuple[int, int]], count: int, classes: int) -> list[tuple[tuple[int, int], ...]]:
    """One of each family of choices that shifts of the two values turn into each other."""
    known: set[frozenset[tuple[int, int]]] = set()
    kept = []
    for chosen in itertools.combinations(pairs, count):
        if frozenset(chosen) in known:
            continue
        kept.append(chosen)
        for v, a in pairs:
            known.add(frozenset(((x + v) % classes, (y + a) % classes) for x, y in chosen))
    return kept


def _separable(chosen: tuple[tuple[int, int], ...], classes: int) -> bool:
    """Are there scores f_y(v) + g_y(a) that put the right class first, by 1, on all chosen pairs?"""
    from scipy.optimize import linprog  # a second to import, and only this function needs it

    rows = []
    for v, a in chosen:
        right = (v + a) % classes
        for wrong in set(range(classes)) - {right}:
            row = np.zeros((2, classes, classes))
            row[0, right, v] = row[1, right, a] = -1
            row[0, wrong, v] = row[1, wrong, a] = 1
            rows.append(row.ravel())
    # The margin is only a scale: 1 loses no solution.
    found = linprog(np.zeros(2 * classes**2), A_ub=np.stack(rows), b_ub=-np.ones(len(rows)), bounds=(None, None))
    return found.status == 0
