"""Every stored notebook keeps the rules; canaries that break one each are rejected, so that green means tested."""

from __future__ import annotations

import base64
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebooks.rules import chapters, problems

ROOT = Path(__file__).resolve().parents[2]


def notebook(*cells):
    return new_notebook(cells=[new_markdown_cell("# A canary"), *cells])


def executed(source: str, count: int = 1, outputs=()):
    return new_code_cell(source, execution_count=count, outputs=list(outputs))


def stdout(text: str):
    return new_output("stream", name="stdout", text=text)


def picture(size: int = 100, html: str = '<img alt="A line." src="data:,">', alt: str = "A line."):
    data = {"image/png": base64.b64encode(os.urandom(size)).decode(), "text/html": html}
    return new_output("display_data", data=data, metadata={"image/png": {"alt": alt}})


def nbval(tmp_path: Path, canary) -> subprocess.CompletedProcess:
    """Runs strict nbval over one notebook as the suite does."""
    path = tmp_path / "canary.ipynb"
    nbformat.write(canary, path)
    options = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(ROOT / "tests/sanitize.cfg")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), *options]
    return subprocess.run([*command, str(path)], cwd=tmp_path, capture_output=True, text=True)


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_a_stored_notebook_keeps_the_rules(path: Path):
    assert problems(nbformat.read(path, as_version=4), name=path.name, size_bytes=path.stat().st_size) == []


def test_there_are_notebooks_to_test():
    assert {"00_start_here.ipynb", "00b_jax_on_ramp.ipynb"} <= {path.name for path in chapters()}


def test_a_good_canary_passes(tmp_path: Path):
    good = notebook(executed("print(1 + 1)", outputs=[stdout("2\n")]))
    assert problems(good, name="good") == []
    assert nbval(tmp_path, good).returncode == 0


def test_only_times_and_picture_bytes_may_differ(tmp_path: Path):
    timed = notebook(
        executed("print('took 12.5 ms, 3.1 times as fast')", outputs=[stdout("took 9 ms, 2 times as fast\n")])
    )
    assert nbval(tmp_path, timed).returncode == 0


def test_a_wrong_output_is_rejected(tmp_path: Path):
    done = nbval(tmp_path, notebook(executed("print(1 + 1)", outputs=[stdout("3\n")])))
    assert done.returncode == 1
    assert "1 failed" in done.stdout


def test_a_connection_is_rejected(tmp_path: Path):
    source = "import socket\ns = socket.create_connection(('192.0.2.1', 80), timeout=2)\nprint('open')"
    done = nbval(tmp_path, notebook(executed(source, outputs=[stdout("open\n")])))
    assert done.returncode == 1
    assert "no network in tests" in done.stdout


def test_a_raising_cell_is_rejected_by_nbval(tmp_path: Path):
    done = nbval(tmp_path, notebook(executed("raise ValueError('on purpose')")))
    assert done.returncode == 1


BROKEN = {
    "never executed": (notebook(new_code_cell("print(1)")), "not executed in order"),
    "executed out of order": (notebook(executed("a = 1", 2), executed("b = 1", 1)), "not executed in order"),
    "skipped by a comment": (
        notebook(executed("# NBVAL_SKIP\nprint(1)", outputs=[stdout("7\n")])),
        "turns the comparison",
    ),
    "ignored by a comment": (notebook(executed("# NBVAL_IGNORE_OUTPUT\nprint(1)")), "turns the comparison"),
    "stderr": (notebook(executed("x = 1", outputs=[new_output("stream", name="stderr", text="w")])), "on stderr"),
    "an error": (notebook(executed("x", outputs=[new_output("error", ename="NameError")])), "a stored error"),
    "a path": (notebook(executed("p", outputs=[stdout("saved in /" + "home/ada/clip.mp4")])), "a machine's path"),
    "torn text": (notebook(executed("p", outputs=[stdout("one"), stdout("two")])), "in several pieces"),
    "a large picture": (notebook(executed("p", outputs=[picture(61_000)])), "a figure of 61 kB"),
    "no alt text": (notebook(executed("p", outputs=[picture(html='<img src="data:,">')])), "without alt text or title"),
    "no alt metadata": (notebook(executed("p", outputs=[picture(alt="")])), "without alt text in its metadata"),
    "a bare picture": (notebook(executed("p", outputs=[picture(html="")])), "without its <img alt=…> form"),
    "a silent video": (
        notebook(
            executed("v", outputs=[new_output("display_data", data={"text/html": "<video src='data:,'></video>"})])
        ),
        "a <video> without",
    ),
}


@pytest.mark.parametrize("canary", BROKEN)
def test_a_broken_notebook_is_rejected(canary: str):
    broken, words = BROKEN[canary]
    assert any(words in problem for problem in problems(broken, name=canary)), problems(broken, name=canary)


@pytest.mark.parametrize("tag", ["raises-exception", "nbval-skip", "nbval-ignore-output", "skip-execution"])
def test_a_tag_that_hides_a_cell_is_rejected(tag: str):
    cell = executed("x = 1")
    cell.metadata["tags"] = [tag]
    assert any("tags" in problem for problem in problems(notebook(cell), name=tag))


def test_timing_metadata_is_rejected():
    cell = executed("x = 1")
    cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
    assert any("metadata" in problem for problem in problems(notebook(cell), name="timed"))


def test_a_heavy_file_is_rejected():
    assert any("MB" in p for p in problems(notebook(executed("x = 1")), name="heavy", size_bytes=1_600_000))


def test_readmes_picture_is_the_chapters():
    spec = importlib.util.spec_from_file_location("notebook_tool", ROOT / "tools" / "notebooks.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    chapter, _, picture = tool.README_PICTURE
    stored = nbformat.read(ROOT / "notebooks" / chapter, as_version=4)
    assert tool.readme_picture(stored) == (ROOT / picture).read_bytes()
    assert picture in (ROOT / "README.md").read_text()
