"""An exercise in; its card for a notebook out, and where a notebook says otherwise.

A notebook holds the card and the stub of each exercise as plain cells. They come from here, and a test compares, so
prose and checker cannot drift apart.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from vmm_edu.course import registry
from vmm_edu.course.exercise import Exercise


def card(name: str) -> str:
    """The Markdown of an exercise's card: difficulty, minutes, what it trains, and the task, as a quotation.

    Args:
        name: The exercise.

    Raises:
        ValueError: There is no exercise of that name.
    """
    exercise = registry.find(name)
    stars = "●" * exercise.difficulty + "○" * (3 - exercise.difficulty)
    minutes = f"{exercise.minutes} minute{'s' if exercise.minutes > 1 else ''}"
    head = f"**Exercise `{name}` · {exercise.title}** {stars} · {minutes} · trains: {exercise.trains}"
    text = f"{head}\n\n{textwrap.dedent(exercise.text).strip()}"
    return textwrap.indent(text, "> ", lambda line: True).replace("> \n", ">\n")


def stub_cell(name: str) -> str:
    """The source of the code cell below the card: the blank and its check.

    Args:
        name: The exercise.

    Raises:
        ValueError: There is no exercise of that name.
    """
    exercise = registry.find(name)
    gap = "\n\n\n" if exercise.kind == "code" else "\n"
    return f"{exercise.stub}{gap}{check_line(exercise)}"


def check_line(exercise: Exercise) -> str:
    """The line that checks an exercise.

    Args:
        exercise: Of any kind.
    """
    return f'check("{exercise.name}", {exercise.variable})'


def notebook_problems(notebook: Mapping[str, Any], chapter: str) -> list[str]:
    """Says where a notebook and the registry differ; an empty list where they agree.

    Every exercise of the chapter stands in the notebook once, in the order of the registry: its card as a Markdown
    cell, directly followed by its stub as a code cell.

    Args:
        notebook: The parsed JSON of the .ipynb file.
        chapter: "00b".

    Raises:
        ValueError: There is no such chapter.
    """
    cells = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in notebook["cells"]]
    problems: list[str] = []
    last = -1
    for name in registry.names(chapter):
        exercise = registry.find(name)
        checks = [i for i, (kind, text) in enumerate(cells) if kind == "code" and check_line(exercise) in text]
        if len(checks) != 1:
            problems.append(f"{name}: {len(checks)} cells check it; expected one")
            continue
        place = checks[0]
        if place < last:
            problems.append(f"{name}: it stands before one that the chapter's ORDER names earlier")
        last = place
        if cells[place][1] != stub_cell(name):
            problems.append(f"{name}: its code cell is not the stub:\n{stub_cell(name)}")
        if place == 0 or cells[place - 1] != ("markdown", card(name)):
            problems.append(f"{name}: the cell before its stub is not its card:\n{card(name)}")
    return problems
