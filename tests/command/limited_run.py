"""Runs one notebook in a fresh kernel that has so much memory and no more; prints what it used, as JSON.

``python limited_run.py NOTEBOOK BYTES``. The limit is on data: heap, and private memory that can be written. That is
what a program asks for and what a small machine runs out of. A limit on the whole address space would say nothing,
because XLA and the shared libraries reserve many times what they touch. Each process has the limit to itself, so the
resident memory of all of them is summed and reported as well.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

CELL_LIMIT_S = 300
INTERVAL_S = 0.05
WHERE = "import vmm_edu\nprint(vmm_edu.__file__)"


def limit_data(limit_bytes: int) -> None:
    """Sets the limit on this process and those it starts, where the system counts it (Linux)."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))


class Watch(threading.Thread):
    """Looks every 50 ms at how much memory this process's children hold together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(INTERVAL_S):
            self.peak_bytes = max(self.peak_bytes, resident_bytes())


def resident_bytes() -> int:
    """Resident memory of all children; pages that two of them share count twice."""
    total = 0
    for child in psutil.Process().children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def main() -> None:
    """Runs the notebook where it lies; a cell that raises ends the program with its traceback."""
    path, limit_bytes = Path(sys.argv[1]), int(sys.argv[2])
    limit_data(limit_bytes)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_code_cell(WHERE))
    watch = Watch()
    watch.start()
    client = NotebookClient(notebook, timeout=CELL_LIMIT_S, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    watch.done.set()
    last = notebook.cells.pop()
    nbformat.write(notebook, path)
    print(json.dumps({"peak_bytes": watch.peak_bytes, "package": last.outputs[0].text.strip()}))


if __name__ == "__main__":
    main()
