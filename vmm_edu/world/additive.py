"""The number of classes in; what late (additive) fusion can do on a sum mod K at its very best out (T11)."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np

_MOST_CLASSES = 4


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
