"""A submitted notebook in; the notebook that is graded out. Three steps that an exported course adds to nbgrader.

`RestoreCells` rebuilds the notebook from the cells that were released: their text, order and number are the released
ones, whatever was copied, deleted, moved, renamed or stripped, and only the answers are the student's.
`ExecuteToTheEnd` goes on where a kernel dies. `GradeApart` gives every answer a process of its own and writes its
points.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Float, Unicode

from vmm_edu.course.nbgrader_rebuild import GRADE, rebuild, released_cell
from vmm_edu.course.registry import find


class Salted(NbGraderPreprocessor):
    """What both steps share: other data for every student, if the course has a secret."""

    secret = Unicode("", help="Any text; with it every student is graded on other data.").tag(config=True)

    def salt(self, resources: dict[str, Any]) -> int:
        """The number that chooses a student's data; 0 without a secret.

        Args:
            resources: nbgrader's, with the student's name.
        """
        return zlib.crc32(f"{self.secret}:{resources['nbgrader']['student']}".encode()) if self.secret else 0


class RestoreCells(Salted):
    """Rebuilds a submission from the released cells; the first step of sanitizing."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The released notebook with the student's answers and own cells.

        Args:
            nb: The submission.
            resources: nbgrader's.
        """
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            source = gradebook.find_notebook(about["notebook"], about["assignment"])
            points = {cell.name: cell.max_score for cell in source.grade_cells}
            answers = {cell.name for cell in source.solution_cells}
            released = [
                released_cell(cell, points.get(cell.name), answer=cell.name in answers) for cell in source.source_cells
            ]
        released.sort(key=lambda cell: cell.metadata.nbgrader.grade_id)
        nb.cells = rebuild(nb.cells, released)
        environment = {"VMM_EDU_SALT": str(self.salt(resources)), "VMM_EDU_PROGRESS": "off"}
        code = f"import os\n\nos.environ.update({environment})"
        nb.cells.insert(0, nbformat.v4.new_code_cell(code))
        return nb, resources


class ExecuteToTheEnd(Execute):
    """Runs a notebook; one whose kernel dies is graded all the same, by what its cells define."""

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> Any:
        """The executed notebook.

        Args:
            nb: The rebuilt notebook.
            resources: nbgrader's.
            km: The kernel's manager, as in the step that this one extends.
        """
        try:
            return super().preprocess(nb, resources, km)
        except DeadKernelError:
            self.log.warning("%s: the kernel died", resources["nbgrader"]["student"])
            return nb, resources


class GradeApart(Salted):
    """Judges every answer in a process of its own; comes after the notebook ran and before its grades are saved."""

    spare_s = Float(60.0, help="Seconds of processor time beside the exercise's own limit.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Replaces the output of every test cell.

        Args:
            nb: The executed notebook.
            resources: nbgrader's.
        """
        sources: list[str] = []
        tests: list[tuple[NotebookNode, float]] = []
        tasks: list[dict[str, Any]] = []
        for cell in nb.cells:
            match = GRADE.search(cell.source) if cell.cell_type == "code" else None
            if match and cell.metadata.get("nbgrader", {}).get("grade"):
                limit_s = self.spare_s + 2 * getattr(find(match["name"]), "limit_s", 0.0)
                tasks.append({"name": match["name"], "cells": sources.copy(), "limit_s": limit_s})
                tests.append((cell, float(match["points"])))
            elif cell.cell_type == "code":
                sources.append(cell.source)
        for (cell, points), found in zip(tests, judge(tasks, self.salt(resources)), strict=True):
            if found["status"] in ("graded", "stopped"):
                cell.outputs = _outputs(found["text"], found["share"] * points, points)
            elif any(output.output_type == "execute_result" for output in cell.outputs):
                self.log.warning("%s: graded in the notebook's own kernel (%s)", cell.source, found["text"])
            else:
                # nbgrader gives all points to a cell that says nothing.
                cell.outputs = _outputs(found["text"], 0.0, points)
        return nb, resources


def _outputs(text: str, earned: float, points: float) -> list[NotebookNode]:
    return [
        nbformat.v4.new_output("stream", name="stdout", text=f"{text}\n{earned:g} of {points:g} points\n"),
        nbformat.v4.new_output("execute_result", {"text/plain": repr(earned)}, execution_count=1),
    ]


def judge(tasks: Sequence[dict[str, Any]], salt: int) -> list[dict[str, Any]]:
    """What `grade_apart` says of every task.

    Args:
        tasks: name, cells (the code down to the answer) and limit_s.
        salt: Chooses the data.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "vmm_edu.course.grade_apart", str(result)]
        work = json.dumps({"tasks": list(tasks), "salt": salt})
        environment = {**os.environ, "VMM_EDU_PROGRESS": "off"}
        subprocess.run(command, input=work, text=True, capture_output=True, check=True, env=environment)
        return json.loads(result.read_text(encoding="utf-8"))
