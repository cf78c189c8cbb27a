"""Runs every notebook in a fresh kernel, offline and with an empty state folder, and stores its outputs.

``make notebooks`` runs them all; ``python tools/notebooks.py notebooks/05_lstm.ipynb`` runs one. A notebook whose
run fails keeps its old file. What is stored depends on the code alone: cell ids by position, no times, no versions
of the machine, nothing on stderr.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
CELL_LIMIT_S = 300
# README's picture is the figure of chapter 00 whose alt text starts so: it cannot show what the course does not.
README_PICTURE = ("00_start_here.ipynb", "Bars: accuracy of the model", "docs/images/ceilings.png")


def kernel_environment() -> None:
    """Gives the kernels what the tests give them: no network, an empty state folder, no colour codes."""
    hook = str(ROOT / "tests" / "offline_site")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (hook, os.environ.get("PYTHONPATH"))))
    os.environ["VMM_EDU_STATE"] = tempfile.mkdtemp(prefix="vmm-edu-state-")


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Removes what differs from machine to machine."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:03d}"
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k == "tags"})
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Printed text in one piece, which a busy kernel sends in several."""
    whole: list[nbformat.NotebookNode] = []
    for output in outputs:
        before = whole[-1] if whole else None
        if before and output.output_type == before.output_type == "stream" and output.name == before.name:
            before.text += output.text
        else:
            whole.append(output)
    return whole


def readme_picture(notebook: nbformat.NotebookNode) -> bytes:
    """The PNG of README's picture."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            if alt.startswith(README_PICTURE[1]):
                return base64.b64decode(output["data"]["image/png"])
    raise SystemExit(f"{README_PICTURE[0]}: no figure whose alt text starts with {README_PICTURE[1]!r}")


def execute(path: Path) -> float:
    """Runs one notebook and stores it; returns the seconds that it took."""
    notebook = nbformat.read(path, as_version=4)
    notebook.nbformat_minor = 5
    started = time.perf_counter()
    NotebookClient(
        notebook,
        timeout=CELL_LIMIT_S,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    normalise(notebook)
    nbformat.validate(notebook)
    temporary = path.with_suffix(".ipynb.new")
    nbformat.write(notebook, temporary)
    temporary.replace(path)
    if path.name == README_PICTURE[0]:
        (ROOT / README_PICTURE[2]).write_bytes(readme_picture(notebook))
    return time.perf_counter() - started


def main() -> int:
    """Executes the named notebooks, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", nargs="*", type=Path)
    paths = parser.parse_args().notebook or sorted((ROOT / "notebooks").glob("*.ipynb"))
    kernel_environment()
    failed = 0
    for path in paths:
        try:
            seconds = execute(path)
        except CellExecutionError as error:
            failed += 1
            print(f"{path.name}: failed, the stored file is unchanged\n{error}", file=sys.stderr)
        else:
            print(f"{path.name}: {seconds:.1f} s, {path.stat().st_size / 1e6:.2f} MB")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
