"""An exercise in; the cell of a learner who solved it out."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from vmm_edu.course.cards import check_line, stub_cell
from vmm_edu.course.exercise import Code, Exercise
from vmm_edu.course.questions import Explain, Number


def solved_cell(exercise: Exercise) -> str:
    """The code cell below the card with the model answer in place of the blank.

    Args:
        exercise: Of any kind; an explanation is answered in another wording, because the model's is not accepted.
    """
    if isinstance(exercise, Code):
        return "\n\n\n".join(filter(None, (imports_of(exercise), exercise.source, check_line(exercise))))
    if isinstance(exercise, Explain):
        answer = exercise.rights[0]
    elif isinstance(exercise, Number):
        answer = exercise.reference()
    else:
        answer = exercise.reference  # type: ignore[attr-defined]
    return f"{exercise.variable} = {answer!r}\n{check_line(exercise)}"


def copy_cell(exercise: Exercise, *, solved: bool) -> str:
    """The exercise's code cell in a learner's copy.

    Args:
        exercise: Of any kind.
        solved: Whether the learner has solved it.
    """
    return solved_cell(exercise) if solved else stub_cell(exercise.name)


def imports_of(exercise: Code | Number) -> str:
    """The imports that the model answer needs, as it stands in its module; none of this package.

    Args:
        exercise: With a function as its model answer.
    """
    path = Path(inspect.getsourcefile(inspect.unwrap(exercise.reference)) or "")
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    lines = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(line for line in lines if "vmm_edu.course" not in line)
