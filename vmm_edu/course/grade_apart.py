"""The code cells of a notebook in, as JSON on standard input; what each exercise in it is worth out, in a file.

Runs beside the kernel (`python -m vmm_edu.course.grade_apart RESULT`), with a further process for each exercise: an
endless compiled loop ends with its process, and nothing that a notebook did to its kernel takes part. Of the cells
above the answer only what defines things is run: imports, functions, classes, and assignments that call nothing.
"""

from __future__ import annotations

import ast
import json
import linecache
import multiprocessing
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vmm_edu.course import registry
from vmm_edu.course.grading import credit
from vmm_edu.course.guard import WAITING, Meter, when_over
from vmm_edu.course.meddling import Seal

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LATE = 75
"""What a process says that ended itself because its time was up."""


def grade_cells(name: str, cells: Sequence[str], *, salt: int) -> dict[str, Any]:
    """Defines what the cells define and judges the exercise's answer.

    Args:
        name: The exercise.
        cells: Sources of the code cells, the answer's last.
        salt: Chooses the data.

    Returns:
        status: "graded"; "unsure" where a definition needed something that was not run here; "missing" without answer.
        share: Share of the points.
        text: What the check says.
    """
    exercise = registry.find(name)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    trouble = None
    seal = Seal(exercise)
    for number, source in enumerate(cells, 1):
        for code in _pieces(source, number, everything=number == len(cells)):
            try:
                exec(code, namespace)
            # A learner's cell may raise anything; what it leaves undefined shows below.
            except (Exception, SystemExit) as error:
                trouble = error
    seal.mend()  # a cell may have replaced parts of the checker
    if exercise.variable not in namespace:
        return {"status": "missing", "share": 0.0, "text": f"{type(trouble).__name__ if trouble else 'no answer'}"}
    found = credit(exercise, namespace[exercise.variable], salt=salt)
    unsure = found.outcome.result == "raised" and "raised NameError" in found.outcome.message
    return {"status": "unsure" if unsure else "graded", "share": found.share, "text": str(found.outcome)}


def _pieces(source: str, number: int, *, everything: bool) -> Iterator[Any]:
    # Magics are no Python; a definition rarely needs one.
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    name = f"<cell {number}>"
    linecache.cache[name] = (len(source), None, [line + "\n" for line in lines], name)
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return
    for node in tree.body:
        plain = isinstance(node, ast.Assign | ast.AnnAssign) and not any(
            isinstance(n, ast.Call) for n in ast.walk(node)
        )
        if isinstance(node, DEFINITIONS) or plain or (everything and not isinstance(node, ast.Expr)):
            yield compile(ast.Module(body=[node], type_ignores=[]), name, "exec")


def in_own_process(task: dict[str, Any], *, salt: int) -> dict[str, Any]:
    """What `grade_cells` says of one task, from a process that ends in time.

    Args:
        task: name, cells, and limit_s: the seconds of processor time that it may take.
        salt: Chooses the data.

    Returns:
        As `grade_cells`; status "stopped" where the process was ended or ended itself.
    """
    # A fork starts with everything imported; where there is none, a new process imports it again.
    forks = "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork") if forks else multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        process = context.Process(target=_store, args=(task, salt, result), daemon=True)
        process.start()
        # It ends itself in time, as only it knows how long it worked; this is for one that cannot, or that waits.
        process.join(WAITING * task["limit_s"])
        late = process.is_alive()
        if late:
            process.kill()
            process.join()
        if late or process.exitcode == LATE:
            return {"status": "stopped", "share": 0.0, "text": f"⚠ {task['name']}: stopped, it did not end in time."}
        if not result.exists():
            return {"status": "stopped", "share": 0.0, "text": f"⚠ {task['name']}: the code ended its own process."}
        return json.loads(result.read_text(encoding="utf-8"))


def _store(task: dict[str, Any], salt: int, result: Path) -> None:
    ended = threading.Event()
    when_over(Meter(task["limit_s"]), ended, lambda: os._exit(LATE))
    found = grade_cells(task["name"], task["cells"], salt=salt)
    ended.set()
    result.write_text(json.dumps(found), encoding="utf-8")


def main(result: str) -> None:
    """Reads the tasks from standard input and stores what each is worth.

    Args:
        result: The file to write.
    """
    work = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    for task in work["tasks"]:
        registry.find(task["name"])  # imported once, for all that follow
    found = [in_own_process(task, salt=work["salt"]) for task in work["tasks"]]
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
