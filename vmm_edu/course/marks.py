"""What a learner has done, kept on disk in their own data folder; one small file for each exercise.

One file each, replaced as a whole: two notebooks that are open at once cannot overwrite each other's marks, and a crash
leaves the old file or the new one. The environment variable VMM_EDU_STATE names another folder, and
VMM_EDU_PROGRESS=off keeps nothing.
"""

from __future__ import annotations

import html
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import NamedTuple

import platformdirs

from vmm_edu.course.exercise import Exercise
from vmm_edu.course.outcome import LOOK, Outcome


@dataclass(frozen=True)
class Mark:
    """What is kept about one exercise.

    Attributes:
        result: The best outcome so far, as in `Outcome.result`.
        attempts: Checks that were more than a blank.
        hints: How many hints were read.
        solution: Whether the solution was read before it passed.
    """

    result: str = "blank"
    attempts: int = 0
    hints: int = 0
    solution: bool = False


class Loaded(NamedTuple):
    """A mark, and a sentence where its file was damaged."""

    mark: Mark
    warning: str | None


def folder() -> Path | None:
    """Where progress is kept; None where it is switched off."""
    if os.environ.get("VMM_EDU_PROGRESS", "").lower() in ("off", "0", "no", "false"):
        return None
    state = os.environ.get("VMM_EDU_STATE")
    return (Path(state) if state else platformdirs.user_data_path("vmm-edu")) / "progress"


def load(name: str) -> Loaded:
    """The mark of one exercise; a damaged file is kept aside under another name, and the warning says so."""
    place = folder()
    if place is None:
        return Loaded(Mark(), None)
    path = place / f"{name}.json"
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Loaded(_read(stored), None)
    except FileNotFoundError:
        return Loaded(Mark(), None)
    except OSError as error:
        return Loaded(Mark(), f"Your progress cannot be read ({error.strerror}).")
    except ValueError:
        aside = path.with_suffix(".damaged")
        path.replace(aside)
        text = f"The file with your progress on {name} was damaged; it is kept as {aside.name} and a new one begun."
        return Loaded(Mark(), text)


def save(name: str, mark: Mark) -> str | None:
    """Stores one mark; gives a sentence when that was not possible."""
    place = folder()
    if place is None:
        return None
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place, prefix=f".{name}-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(mark), file)
        os.replace(temporary, place / f"{name}.json")
    except OSError as error:
        return f"Your progress could not be saved ({error.strerror}); VMM_EDU_STATE can name another folder."
    return None


def record(name: str, outcome: Outcome | None = None, *, hints: int = 0, solution: bool = False) -> str | None:
    """Adds to the mark of one exercise; gives a sentence when something went wrong on the disk.

    Args:
        name: The exercise.
        outcome: Of a check, if there was one.
        hints: The number of the hint that was read.
        solution: The solution was read.
    """
    mark, warning = load(name)
    result, attempts = mark.result, mark.attempts
    if outcome is not None and outcome.result != "blank":
        attempts += 1
        result = result if result == "passed" else outcome.result
    seen = mark.solution or (solution and mark.result != "passed")
    new = Mark(result, attempts, max(mark.hints, hints), seen)
    failed = save(name, new) if new != mark else None
    return " ".join(filter(None, (warning, failed))) or None


def table(exercises: Sequence[Exercise]) -> tuple[str, str]:
    """The marks as text and as HTML.

    Args:
        exercises: What to list, chapter by chapter.
    """
    rows, lines, warnings = [], [], []
    for chapter in dict.fromkeys(exercise.chapter for exercise in exercises):
        own = [exercise for exercise in exercises if exercise.chapter == chapter]
        marks = {exercise.name: load(exercise.name) for exercise in own}
        warnings += [loaded.warning for loaded in marks.values() if loaded.warning]
        done = [exercise for exercise in own if marks[exercise.name].mark.result == "passed"]
        points, of = sum(e.points for e in done), sum(e.points for e in own)
        head = f"Chapter {chapter}: {len(done)} of {len(own)} exercises, {points} of {of} points"
        lines.append(head)
        rows.append(f'<tr><th colspan="3" style="text-align: left">{head}</th></tr>')
        for exercise in own:
            mark = marks[exercise.name].mark
            cells = [LOOK[mark.result][0], exercise.name, _remark(mark)]
            lines.append(f"  {cells[0]} {cells[1]:<28} {cells[2]}".rstrip())
            rows.append(
                "<tr>" + "".join(f'<td style="text-align: left">{html.escape(c)}</td>' for c in cells) + "</tr>"
            )
    if folder() is None:
        warnings.append("Progress is switched off (VMM_EDU_PROGRESS).")
    below = "".join(f"<p>{html.escape(warning)}</p>" for warning in warnings)
    return "\n".join(lines + warnings), f"<table>{''.join(rows)}</table>{below}"


def _remark(mark: Mark) -> str:
    counts = [(mark.attempts, "attempt"), (mark.hints, "hint")]
    words = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
    return ", ".join(words + ["solution read"] * mark.solution)


def _read(stored: object) -> Mark:
    """A mark from JSON; anything that is not one is a ValueError, so that the caller keeps it aside."""
    if not isinstance(stored, dict) or stored.keys() != {field.name for field in fields(Mark)}:
        raise ValueError("not a mark")
    types = {field.name: type(field.default) for field in fields(Mark)}
    if stored["result"] not in LOOK or any(type(stored[name]) is not kind for name, kind in types.items()):
        raise ValueError("not a mark")
    return Mark(**stored)
