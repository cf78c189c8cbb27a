"""A workshop's plan in; its notebooks and the presenter's timetable out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from vmm_edu.course.dataflow import flow
from vmm_edu.course.exercise import Exercise
from vmm_edu.course.sections import exercise_of
from vmm_edu.course.workshop import Part, Plan, timetable

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
BEFORE = """## Before you begin
* Install and open a notebook on the oldest laptop in the room: `vmm-edu doctor` says what is missing.
* Everything runs without a network. Clips with sound: ask for headphones.
* Run each notebook once yourself; the first run of a cell compiles and takes longer than the second.
"""


def export(plan: Plan, folder: Path) -> list[Path]:
    """Writes the notebooks and plan.md.

    Args:
        plan: The choice.
        folder: Made where it is missing.

    Returns:
        The files written, plan.md last.

    Raises:
        FileExistsError: There is a workshop already.
    """
    page = refuse_finished(folder)
    written = []
    for place, part in enumerate(plan.parts, 1):
        path = folder / "notebooks" / name_of(place, part)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook(part), path)
        written.append(path)
    page.write_text(plan_page(plan), encoding="utf-8")
    return [*written, page]


def refuse_finished(folder: Path) -> Path:
    """The place of plan.md, which is written last: a folder that has none is new, or an interrupted one's.

    Args:
        folder: The workshop's.

    Raises:
        FileExistsError: There is a workshop already.
    """
    page = folder / "plan.md"
    if page.exists():
        raise FileExistsError(f"{page} is there already; name another folder, or take the old workshop away first")
    return page


def name_of(place: int, part: Part) -> str:
    """The name of a part's notebook.

    Args:
        place: Its number in the workshop, from 1.
        part: The part.
    """
    return f"part_{place}_{part.chapter.path.name}"


def notebook(part: Part) -> NotebookNode:
    """The part's cells, not run: its sections with the exercises that are done together.

    Args:
        part: What is taken of a chapter.
    """
    chapter = part.chapter
    head = f"# {chapter.title}\n\n**The question: {chapter.question}**\n\n"
    head += (
        f"The workshop's copy: {len(part.sections)} sections, {len(part.exercises)} exercises, {part.minutes} minutes."
    )
    head += f" The whole chapter is `{chapter.path.name}`; `vmm-edu start my-course` lays it out.\n\n"
    head += "Run each cell with Shift+Enter, from top to bottom."
    cells = [nbformat.v4.new_markdown_cell(head), *(fresh(cell) for cell in chapter.opening[1:])]
    cells += [fresh(cell) for cell in kept_cells(part)]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for place, cell in enumerate(made.cells):
        cell["id"] = f"cell-{place:03d}"
    return made


def kept_cells(part: Part) -> Iterator[NotebookNode]:
    """The cells of a part; an exercise that is not done together stays only where a later cell uses its answer.

    Args:
        part: What is taken of a chapter.
    """
    cells = [cell for section in part.sections for cell in section.cells]
    of = [exercise_of(cell, part.left_out) for cell in cells]
    used = {
        exercise.name
        for place, exercise in enumerate(of)
        if exercise and any(_uses(cell, exercise) and of[place + k] is None for k, cell in enumerate(cells[place:]))
    }
    for cell, exercise in zip(cells, of, strict=True):
        if exercise is None or exercise.name in used:
            yield cell


def _uses(cell: NotebookNode, exercise: Exercise) -> bool:
    return cell.cell_type == "code" and exercise.variable in flow(cell.source).reads


def fresh(cell: NotebookNode) -> NotebookNode:
    """A cell that was not run yet.

    Args:
        cell: A stored one.
    """
    if cell.cell_type == "code":
        return nbformat.v4.new_code_cell(cell.source)
    return nbformat.v4.new_markdown_cell(cell.source)


def plan_page(plan: Plan) -> str:
    """The presenter's page: what happens when, and what learners will get wrong.

    Args:
        plan: The choice.
    """
    files = {part.chapter.number: name_of(place, part) for place, part in enumerate(plan.parts, 1)}
    lines = [
        f"# Workshop of {plan.minutes} minutes",
        "",
        BEFORE,
        "## Timetable",
        "",
        "| at | minutes | what | notebook |",
    ]
    lines.append("|---|---|---|---|")
    for row in timetable(plan):
        file = f"[{files[row.chapter.number]}](notebooks/{files[row.chapter.number]})" if row.chapter else ""
        lines.append(f"| {row.start // 60}:{row.start % 60:02d} | {row.minutes} | {row.what} | {file} |")
    lines += ["", "## What learners will get wrong", ""]
    for part in plan.parts:
        for exercise in part.exercises:
            lines.append(f"* `{exercise.name}` ({exercise.minutes} minutes): {exercise.takeaway}")
            lines += [f"  * when {wrong.when}: {wrong.advice}" for wrong in exercise.wrongs[:3]]
    faster = [exercise for part in plan.parts for exercise in part.left_out]
    if faster:
        lines += ["", "## For those who are faster", "", "In the whole chapters (`vmm-edu start my-course`):", ""]
        lines += [f"* `{e.name}`: {e.title} ({e.minutes} minutes, {'●' * e.difficulty})" for e in faster]
    return "\n".join(lines) + "\n"
