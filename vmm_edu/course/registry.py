"""A name in; its exercise out.

An exercise lives in a module of its own, exercises/chapter_05/keep_or_drop.py for "05.keep_or_drop", as `EXERCISE`. So
two authors never write in one file, and looking one up imports nothing but itself.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil

from vmm_edu.course import exercises as package
from vmm_edu.course.exercise import NAME, Exercise


def chapters() -> list[str]:
    """The chapters that have exercises, sorted: "00", "00b"."""
    return sorted(module.name.removeprefix("chapter_") for module in pkgutil.iter_modules(package.__path__))


def names(chapter: str | None = None) -> list[str]:
    """The names of all exercises, or of one chapter's ("00b"), sorted by chapter and then as the chapter lists them.

    Raises:
        ValueError: There is no such chapter.
    """
    found = []
    known = chapters()
    if chapter is not None and chapter not in known:
        raise ValueError(f"chapter: expected one of {', '.join(known)}, got {chapter!r}")
    for each in known if chapter is None else [chapter]:
        module = importlib.import_module(f"{package.__name__}.chapter_{each}")
        found += [f"{each}.{tail}" for tail in module.ORDER]
    return found


def find(name: object) -> Exercise:
    """The exercise of that name.

    Raises:
        ValueError: There is none; the message names the nearest.
    """
    __tracebackhide__ = True
    if not isinstance(name, str):
        raise ValueError('the name comes first: check("00.frame_times", frame_times)')
    if name not in (known := names()):
        near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"there is no exercise {name!r}.{guess} progress() lists them all.")
    match = NAME.fullmatch(name)
    assert match is not None
    module = importlib.import_module(f"{package.__name__}.chapter_{match['chapter']}.{match['tail']}")
    return module.EXERCISE


def exercises(chapter: str | None = None) -> list[Exercise]:
    """All exercises, or one chapter's.

    Raises:
        ValueError: There is no such chapter.
    """
    return [find(name) for name in names(chapter)]
