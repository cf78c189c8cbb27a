"""Loaded into a kernel: keeps the names as they were before a cell, and puts them back.

What a cell may change in place (lists, dicts, sets, arrays of numbers, random generators, Flax modules) is copied, so
that a cell that runs again finds what it found the first time; everything else is shared.
"""

from __future__ import annotations

import copy
import sys

MAX_ARRAY_BYTES = 32_000_000
KEPT: dict[int, dict] = {}
MADE: dict[tuple, dict] = {}


def own(value):
    """A copy of what may change in place, the thing itself otherwise."""
    numpy, nnx = sys.modules.get("numpy"), sys.modules.get("flax.nnx")
    if isinstance(value, (list, dict, set)):
        return copy.copy(value)
    if numpy and isinstance(value, numpy.ndarray):
        return value.copy() if value.dtype != object and value.nbytes <= MAX_ARRAY_BYTES else value
    if (numpy and isinstance(value, numpy.random.Generator)) or (nnx and isinstance(value, nnx.Object)):
        return copy.deepcopy(value)
    return value


def names(shell) -> dict:
    """The notebook's own names; IPython's are hidden."""
    return {name: value for name, value in shell.user_ns.items() if name not in shell.user_ns_hidden}


def keep(shell, place: int) -> None:
    """Keeps all names as they are before the cell at this place."""
    KEPT[place] = {name: own(value) for name, value in names(shell).items()}


def made(shell, key: tuple, wanted: list) -> None:
    """Keeps what one run of a cell made."""
    present = names(shell)
    MADE[key] = {name: own(present[name]) for name in wanted if name in present}


def restore(shell, place: int, others: list) -> None:
    """Puts the names back as they were before a cell, then those that other runs of earlier cells made."""
    for name in names(shell):
        del shell.user_ns[name]
    shell.user_ns.update({name: own(value) for name, value in KEPT[place].items()})
    for name, key in others:
        if name in MADE.get(key, {}):
            shell.user_ns[name] = own(MADE[key][name])
