"""The wheel alone, in an empty folder, as on a hub: it lays out the course, and chapter 00 runs in 2 GB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from vmm_edu.course.files import course_files

ROOT = Path(__file__).resolve().parents[2]
FIRST = "notebooks/00_start_here.ipynb"
RUNNER = Path(__file__).with_name("limited_run.py")
MEMORY_BYTES = 2_000_000_000
COMMAND = (sys.executable, "-c", "from vmm_edu.command import main; raise SystemExit(main())")


def run(*words: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, env={**os.environ, **environ}, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


class Machine:
    """A folder with the installed wheel and a learner's empty home; the checkout is not on its path."""

    def __init__(self, place: Path, wheel: Path) -> None:
        self.place = place
        self.site = place / "site"
        pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile")
        done = run(*pip, "--target", self.site, wheel, cwd=place)
        assert done.returncode == 0, done.stderr
        path = os.pathsep.join((str(self.site), os.environ["PYTHONPATH"]))
        self.environ = {
            "PYTHONPATH": path,
            "VMM_EDU_STATE": str(place / "state"),
            "VMM_EDU_CACHE": str(place / "cache"),
        }
        self.environ["IPYTHONDIR"] = str(place / "ipython")
        for kind in ("DATA", "CONFIG", "RUNTIME"):
            self.environ[f"JUPYTER_{kind}_DIR"] = str(place / "jupyter" / kind.lower())

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return run(*words, cwd=self.place, **self.environ)


@pytest.fixture(scope="module")
def machine(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"), wheel)


def test_the_wheel_holds_the_course_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert {f"vmm_edu/_course/{name}" for name in course_files()} <= names
    others = [name for name in names if not name.startswith("vmm_edu/")]
    assert others == []
    hidden = [name for name in names if any(part.startswith((".", "__pycache__")) for part in name.split("/"))]
    assert [name for name in hidden if not name.endswith("/.gitattributes")] == []


def test_the_wheel_alone_lays_out_the_course(machine: Machine):
    done = machine.run(*COMMAND, "start", "mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert "laid out in mine." in done.stdout
    for name, source in course_files().items():
        assert (machine.place / "mine" / name).read_bytes() == source.read_bytes()


def test_the_wheel_alone_says_what_needs_a_checkout(machine: Machine):
    done = machine.run(*COMMAND, "test")
    assert done.returncode == 1
    assert "the tests are part of a checkout" in done.stderr


def test_the_installed_program_is_the_command_line(machine: Machine):
    script = (
        "from importlib.metadata import distribution as d\n"
        "(point,) = [p for p in d('vmm-edu').entry_points if p.name == 'vmm-edu']\n"
        "print(point.load().__module__, d('vmm-edu').locate_file(''))"
    )
    done = machine.run(sys.executable, "-c", script)
    assert done.stdout.split() == ["vmm_edu.command", str(machine.site)]


def test_chapter_00_runs_from_the_wheel_in_two_gigabytes(machine: Machine):
    assert machine.run(*COMMAND, "start", "mine").returncode == 0
    copy = machine.place / "mine" / FIRST
    done = machine.run(sys.executable, RUNNER, copy, str(MEMORY_BYTES))
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert Path(report["package"]).is_relative_to(machine.site), "the checkout was imported, not the wheel"
    assert 50_000_000 < report["peak_bytes"] < MEMORY_BYTES
    ran = [cell for cell in nbformat.read(copy, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in ran] == list(range(1, len(ran) + 1))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's data")
def test_a_notebook_that_needs_more_is_stopped(machine: Machine, tmp_path: Path):
    path = tmp_path / "large.ipynb"
    source = "import numpy as np\nsize = np.ones(2_200_000_000, np.uint8).size"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)
    done = machine.run(sys.executable, RUNNER, path, str(MEMORY_BYTES))
    assert done.returncode != 0
    assert "MemoryError" in done.stderr
