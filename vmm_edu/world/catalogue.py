"""A task's name in, its table out: the list of all tasks of ChimeWorld."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from vmm_edu.world import drift_tasks, joint_tasks, phases, sight_tasks, sound_tasks
from vmm_edu.world.tables import Task

# In the order T1…T16.
_BUILDERS: dict[str, Callable[..., Task]] = {
    "direction": drift_tasks.direction,
    "sampling": drift_tasks.sampling,
    "shots": sight_tasks.shots,
    "shape": sight_tasks.shape,
    "order": sight_tasks.order,
    "parity": sight_tasks.parity,
    "phases": phases.phases,
    "streaming": phases.streaming,
    "material": sound_tasks.material,
    "glide": sound_tasks.glide,
    "sync": joint_tasks.sync,
    "xor": joint_tasks.xor,
    "gate": joint_tasks.gate,
    "missing": joint_tasks.missing,
    "main": joint_tasks.main,
    "retrieval": joint_tasks.retrieval,
    "talker": sound_tasks.talker,
}


def tasks() -> tuple[str, ...]:
    """Names of all tasks, T1 to T16.

    Returns:
        The names that `task`, `ceiling` and `sample` accept. Which of them can be drawn is for the renderer to say.
    """
    return tuple(_BUILDERS)


def task(name: str, **parameters: Any) -> Task:
    """Build the exact table of a task.

    Args:
        name: one of `tasks()`.
        **parameters: numbers to change, such as classes=3 for "xor" or window=5 for "order".

    Returns:
        The task.

    Raises:
        ValueError: if the name or a parameter is unknown, or a value is out of range.
    """
    if name not in _BUILDERS:
        raise ValueError(f"unknown task {name!r}; expected one of {', '.join(_BUILDERS)}")
    known = tuple(inspect.signature(_BUILDERS[name]).parameters)
    if unknown := sorted(set(parameters) - set(known)):
        raise ValueError(f"task {name!r} has no parameter {unknown}; it has {known or 'none'}")
    return _BUILDERS[name](**parameters)


def as_task(given: Task | str) -> Task:
    """A task itself, or the one that a name stands for at its default parameters.

    Args:
        given: a task or one of `tasks()`.

    Returns:
        The task.

    Raises:
        ValueError: if the name is unknown.
    """
    return task(given) if isinstance(given, str) else given
