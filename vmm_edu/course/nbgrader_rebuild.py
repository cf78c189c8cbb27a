"""A student's cells and the released ones in; the notebook that is graded out.

Cells are known by nbgrader's id; where that was renamed or stripped, by the released text or by what they define.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

GRADE = re.compile(r'^grade\("(?P<name>[^"]+)", \w+, points=(?P<points>[\d.]+)\)', re.MULTILINE)
IDENTIFIER = re.compile(r"(?P<order>\d+)-(?P<kind>[a-z]+)-(?P<chapter>[^-]+)-(?P<variable>\w+)")


def released_cell(source: Any, points: float | None, *, answer: bool) -> NotebookNode:
    """A cell as it was released, from nbgrader's data base.

    Args:
        source: nbgrader's record of the cell.
        points: Its points, None for a cell that is not graded.
        answer: Whether the student writes in it.
    """
    new = nbformat.v4.new_code_cell if source.cell_type == "code" else nbformat.v4.new_markdown_cell
    about = {
        "grade_id": source.name,
        "locked": source.locked,
        "grade": points is not None,
        "solution": answer,
        "task": False,
        "schema_version": 3,
        "cell_type": source.cell_type,
        "checksum": source.checksum,
    }
    return new(source.source, metadata={"nbgrader": about | ({} if points is None else {"points": points})})


def rebuild(submitted: Sequence[NotebookNode], released: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The released cells in their order, with the student's answers, each after the student's own cells before it.

    Of several copies of an answer the last one that is not blank counts.

    Args:
        submitted: The student's cells.
        released: The cells as they were released, in order.
    """
    names = [cell.metadata.nbgrader.grade_id for cell in released]
    by_id = dict(zip(names, released, strict=True))
    by_text = {_text(cell): name for name, cell in by_id.items()}
    answers: dict[str, NotebookNode] = {}
    own: dict[str, list[NotebookNode]] = {}
    waiting: list[NotebookNode] = []
    before: str | None = None
    for cell in submitted:
        name = (
            _recognise(cell, by_id) or by_text.get(_text(cell)) or _written_after(before, cell, by_id, names, answers)
        )
        before = name
        if name is None and not GRADE.search(cell.source):
            waiting.append(nbformat.from_dict({**cell, "metadata": {}}))
        elif name is not None and by_id[name].metadata.nbgrader.solution:
            if name not in answers or _text(cell) not in by_text:
                answers[name] = cell
            own.setdefault(name, []).extend(waiting)
            waiting = []
    cells: list[NotebookNode] = []
    for name, cell in by_id.items():
        if name in answers:
            cells += own[name]
            cell.source = answers[name].source
        cells.append(cell)
    cells += waiting
    for cell in cells:
        cell["id"] = nbformat.v4.new_code_cell().id  # copies share one, which is no valid notebook
    return cells


def _written_after(
    before: str | None,
    cell: NotebookNode,
    by_id: dict[str, NotebookNode],
    names: list[str],
    answers: dict[str, NotebookNode],
) -> str | None:
    """The written answer whose mark was lost: text right after the card of a question that has no answer yet."""
    if before is None or cell.cell_type != "markdown" or before == names[-1]:
        return None
    following = names[names.index(before) + 1]
    released = by_id[following]
    missing = released.metadata.nbgrader.solution and following not in answers
    return following if missing and released.cell_type == "markdown" else None


def _recognise(cell: NotebookNode, by_id: dict[str, NotebookNode]) -> str | None:
    """The released cell that this one is: by its id, or, where that was renamed or stripped, by what it defines."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    if name in by_id:
        return name
    if cell.cell_type != "code":
        return None
    defined = _defined(cell.source)
    for name, released in by_id.items():
        match = IDENTIFIER.fullmatch(name)
        if match and released.metadata.nbgrader.solution and match["variable"] in defined:
            return name
    return None


def _defined(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set(re.findall(r"^def (\w+)", source, re.MULTILINE))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assigned = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    return names | {target.id for target in assigned if isinstance(target, ast.Name)}


def _text(cell: NotebookNode) -> str:
    return re.sub(r"\s+", " ", cell.source).strip()
