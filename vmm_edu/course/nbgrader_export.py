"""Chapters and the registry in; a ready nbgrader course out.

Each chapter becomes an assignment `source/chapter_00/chapter_00.ipynb`: its own cells are locked, every exercise is an
answer with the model answer between BEGIN and END SOLUTION, and a locked test that gives its points. Questions that ask
for an explanation are graded by hand. `nbgrader generate_assignment` makes the students' copy.
"""

from __future__ import annotations

import ast
import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from vmm_edu.course import registry
from vmm_edu.course.cards import card, check_line
from vmm_edu.course.exercise import Code, Exercise
from vmm_edu.course.questions import Explain, Number
from vmm_edu.course.solved import imports_of

CONFIG = '''"""Settings of this course for nbgrader; {chapters}."""

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from vmm_edu.course.nbgrader_preprocessors import ExecuteToTheEnd, GradeApart, RestoreCells

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "{course}"
c.ClearSolutions.code_stub = {{"python": "...  # your code"}}
c.ClearSolutions.text_stub = "Your answer here."
c.Execute.timeout = 120  # seconds for one cell
# Rebuild every submission from the released cells first; judge every answer in a process of its own.
c.Autograde.sanitize_preprocessors = [
    RestoreCells, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata
]
c.Autograde.autograde_preprocessors = [
    ExecuteToTheEnd, IgnorePattern, GradeApart, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata
]
# With a secret every student is graded on other data. Keep it from the students.
c.Salted.secret = {secret!r}
'''


def export(
    folder: Path, *, chapters: Sequence[str], notebooks: Path | None, help_off: bool = False, secret: str = ""
) -> list[Path]:
    """Writes the course.

    Args:
        folder: Of the course; made where it is missing.
        chapters: "00", "00b".
        notebooks: Folder of the chapters' notebooks; None exports the exercises alone.
        help_off: Switches `hint` and `solution` off in the students' copy.
        secret: With one, every student is graded on other data.

    Returns:
        The files written.

    Raises:
        ValueError: A chapter does not exist, or its notebook and the registry differ.
        FileExistsError: The course is there already.
    """
    config = folder / "nbgrader_config.py"
    if config.exists():
        raise FileExistsError(f"{config} is there already; name another folder, or take the old course away first")
    written = []
    for chapter in chapters:
        name = f"chapter_{chapter}"
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
        found = sorted(notebooks.glob(f"{chapter}_*.ipynb")) if notebooks else []
        cells = chapter_cells(chapter, found[0]) if found else exercise_cells(chapter)
        notebook.cells = [*setup_cells(chapter, help_off=help_off), *cells]
        number_cells(notebook.cells)
        path = folder / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        written.append(path)
    listed = "chapters " + ", ".join(chapters)
    config.write_text(CONFIG.format(chapters=listed, course=folder.resolve().name, secret=secret), encoding="utf-8")
    return [*written, config]


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def setup_cells(chapter: str, *, help_off: bool) -> Iterator[NotebookNode]:
    """The first cell: what the model answers import.

    Args:
        chapter: The chapter.
        help_off: Whether to switch `hint` and `solution` off.
    """
    lines: dict[str, None] = {}
    for exercise in registry.exercises(chapter):
        if isinstance(exercise, Code | Number):
            lines |= dict.fromkeys(imports_of(exercise).splitlines())
    code = "\n".join(sorted(lines)) + "\n\nfrom vmm_edu.course import hint, progress, solution"
    code += "\nfrom vmm_edu.course.grading import grade"
    if help_off:
        code = 'import os\n\nos.environ["VMM_EDU_HELP"] = "off"\n' + code
    yield locked(nbformat.v4.new_code_cell(code), "setup", chapter, "setup")


def exercise_cells(chapter: str) -> Iterator[NotebookNode]:
    """The exercises of a chapter alone.

    Args:
        chapter: The chapter.
    """
    yield locked(nbformat.v4.new_markdown_cell(f"# Exercises of chapter {chapter}"), "text", chapter, "title")
    for exercise in registry.exercises(chapter):
        yield locked(nbformat.v4.new_markdown_cell(card(exercise.name)), "card", chapter, exercise.variable)
        yield from answer_cells(exercise)


def chapter_cells(chapter: str, path: Path) -> Iterator[NotebookNode]:
    """The whole chapter, its exercises turned into answers and tests.

    Args:
        chapter: The chapter.
        path: Its notebook.

    Raises:
        ValueError: An exercise of the registry is not in the notebook exactly once.
    """
    exercises = registry.exercises(chapter)
    missing = {exercise.name for exercise in exercises}
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        here = [e for e in exercises if cell.cell_type == "code" and check_line(e) in cell.source]
        if not here:
            new = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
            yield locked(new(cell.source), "text", chapter, f"cell{number}")
            continue
        for exercise in here:
            if exercise.name not in missing:
                raise ValueError(f"{path.name}: {exercise.name} is checked twice; expected once")
            missing.remove(exercise.name)
            yield from answer_cells(exercise)
    if missing:
        raise ValueError(f"{path.name}: nothing checks {', '.join(sorted(missing))}; add their cards and stubs")


def answer_cells(exercise: Exercise) -> Iterator[NotebookNode]:
    """The answer of an exercise, and its test where a program can judge it.

    Args:
        exercise: Of any kind.
    """
    about = {"chapter": exercise.chapter, "variable": exercise.variable}
    if isinstance(exercise, Explain):
        rubric = "\n".join(f"* {line}" for line in exercise.rubric)
        cell = nbformat.v4.new_markdown_cell(f"{exercise.reference}\n\n{rubric}")
        yield marked(cell, "solution", **about, solution=True, grade=True, points=exercise.points)
        return
    yield marked(nbformat.v4.new_code_cell(solved(exercise)), "solution", **about, solution=True)
    test = f'grade("{exercise.name}", {exercise.variable}, points={exercise.points})'
    yield marked(nbformat.v4.new_code_cell(test), "test", **about, locked=True, grade=True, points=exercise.points)


def solved(exercise: Exercise) -> str:
    """The stub with the model answer between BEGIN and END SOLUTION.

    Args:
        exercise: Of any kind but `Explain`.
    """
    if not isinstance(exercise, Code):
        answer = repr(exercise.reference() if isinstance(exercise, Number) else exercise.reference)  # type: ignore[attr-defined]
        body = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
        return f"# {exercise.ask}\n{exercise.variable} = (\n{textwrap.indent(body, '    ')}\n)"
    source = exercise.source
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    first = definition.body[1 if ast.get_docstring(definition) else 0]
    answer = textwrap.dedent("\n".join(source.split("\n")[first.lineno - 1 :]))
    head = f'{exercise.stub.splitlines()[0]}\n    """{exercise.signature}."""\n'
    return head + textwrap.indent(f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", "    ")


def locked(cell: NotebookNode, kind: str, chapter: str, variable: str) -> NotebookNode:
    """A cell that students only read.

    Args:
        cell: The cell.
        kind: Of cell, for its id.
        chapter: For its id.
        variable: For its id.
    """
    return marked(cell, kind, chapter=chapter, variable=variable, locked=True)


def marked(cell: NotebookNode, kind: str, *, chapter: str, variable: str, **about: Any) -> NotebookNode:
    """A cell with what nbgrader needs to know.

    Args:
        cell: The cell.
        kind: Of cell, for its id.
        chapter: For its id.
        variable: For its id.
        about: Further fields.
    """
    fields = {"locked": False, "grade": False, "solution": False, "task": False, "schema_version": 3}
    cell.metadata["nbgrader"] = fields | {"grade_id": f"{kind}-{chapter}-{variable}"} | about
    return cell


def number_cells(cells: Sequence[NotebookNode]) -> None:
    """Puts each cell's place before its id, because nbgrader's data base keeps no order.

    Args:
        cells: All of a notebook; changed in place.
    """
    for place, cell in enumerate(cells, 1):
        cell.metadata.nbgrader["grade_id"] = f"{10 * place:05d}-{cell.metadata.nbgrader['grade_id']}"
        cell["id"] = f"cell-{10 * place:05d}"


def total_points(path: Path) -> float:
    """The points of an exported notebook.

    Args:
        path: The notebook.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return float(sum(cell["metadata"].get("nbgrader", {}).get("points", 0) for cell in cells))
