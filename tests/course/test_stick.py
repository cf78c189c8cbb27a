"""What is put on a stick installs on a laptop without a network; wrong Pythons and damaged copies are named."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from vmm_edu.course.stick import fill
from vmm_edu.course.wheelhouse import SYSTEMS, conditions, read_pins, wanted_pins

ROOT = Path(__file__).resolve().parents[2]
LOCK = read_pins((ROOT / "lock.txt").read_text(encoding="utf-8"))
PYTHON = "{}.{}".format(*sys.version_info[:2])
PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "{version}"
requires-python = ">=3.11"
[tool.hatch.build.targets.wheel]
packages = ["{module}"]
"""


def build(place: Path, name: str, version: str = "1.0") -> Path:
    """A wheel of a package that says its own name, made on the spot."""
    module = name.replace("-", "_")
    source = place / f"source-{name}"
    (source / module).mkdir(parents=True)
    (source / module / "__init__.py").write_text(f"NAME = {name!r}\n")
    (source / "pyproject.toml").write_text(PROJECT.format(name=name, module=module, version=version))
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    return place / f"{module}-{version}-py3-none-any.whl"


class Small(NamedTuple):
    folder: Path
    wheels: Path


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Small:
    """A stick of a small course with one requirement, fetched from a folder instead of a network."""
    place = tmp_path_factory.mktemp("stick")
    wheels = place / "index"
    wheels.mkdir()
    needed, course = build(wheels, "small-needed"), build(place, "small-course")
    digest = hashlib.sha256(needed.read_bytes()).hexdigest()
    pins = read_pins(f"# a lock\nsmall-needed==1.0 \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{digest}\n")
    folder = place / "stick"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "part_1.ipynb").write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vmm_edu.course.stick.wanted_pins", lambda pins, where, **about: list(pins))
        options = ("--no-index", "--find-links", str(wheels))
        targets = {"systems": ["linux", "macos", "windows"], "pythons": [PYTHON]}
        made = fill(folder, course, pins, package="small-course", options=options, **targets)
    assert made.wheels == 2
    assert made.size_bytes == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Small(folder, wheels)


def install(stick: Path, folder: Path, *, script: str = "") -> subprocess.CompletedProcess[str]:
    """Runs the installer as a user does: with nothing of this project on the path."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VMM_EDU"))}
    environ["PYTHONPATH"] = str(ROOT / "tests" / "offline_site")  # the block of the network, no more
    words = [sys.executable, str(stick / "install.py"), str(folder)]
    if script:
        words = [sys.executable, "-c", script, str(folder)]
    return subprocess.run(words, cwd=stick, env=environ, capture_output=True, text=True)


def test_it_installs_without_a_network_and_again(small: Small, tmp_path: Path):
    folder = tmp_path / "my workshop"
    done = install(small.folder, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 notebooks copied" in done.stdout
    assert f"vmm-edu{'.exe' if os.name == 'nt' else ''} lab {folder}" in done.stdout
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    code = "import small_course, small_needed; print(small_course.NAME, small_needed.NAME)"
    assert subprocess.check_output([python, "-I", "-c", code], text=True) == "small-course small-needed\n"
    (folder / "notebooks" / "part_1.ipynb").write_text("mine")
    again = install(small.folder, folder)
    assert again.returncode == 0
    assert (folder / "notebooks" / "part_1.ipynb").read_text() == "mine", "a learner's work is not overwritten"


def test_a_damaged_copy_is_refused(small: Small, tmp_path: Path):
    stick = tmp_path / "stick"
    shutil.copytree(small.folder, stick)
    (wheel,) = (stick / "wheels").glob("small_course-*")
    shutil.copy(build(tmp_path, "small-course"), wheel)
    wheel.write_bytes(wheel.read_bytes() + b" ")
    done = install(stick, tmp_path / "there")
    assert done.returncode == 1
    assert "copy the folder again" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_does_not_fit_is_named_before_anything_is_made(small: Small, tmp_path: Path):
    begin = "import sys; sys.argv = ['install.py', sys.argv[1]]; "
    begin += f"sys.path.insert(0, {str(small.folder)!r}); import install; "
    for spoil, words in (
        ("sys.version_info = (3, 9, 1)", f"this is Python 3.9; this folder has packages for {PYTHON}"),
        ("sys.modules['ensurepip'] = None", "no venv module"),
        ("install.shutil.disk_usage = lambda p: type('U', (), {'free': 1e8})", "Name another folder"),
        ("sys.maxsize = 2**31", "install the one with 64 bits"),
    ):
        done = install(small.folder, tmp_path / "there", script=f"{begin}{spoil}; install.main()")
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "there").exists()


def test_a_wheel_that_cannot_be_fetched_is_named(small: Small, tmp_path: Path):
    pins = read_pins(f"small-needed==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vmm_edu.course.stick.wanted_pins", lambda pins, where, **about: list(pins))
        options = ("--no-index", "--find-links", str(small.wheels))
        with pytest.raises(ValueError, match=f"wheels for windows, Python {PYTHON} could not be fetched"):
            fill(
                tmp_path, next(small.folder.glob("wheels/small_c*")), pins,
                systems=["windows"], pythons=[PYTHON], options=options,
            )  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_a_learner_needs_the_lab_and_none_of_the_test_tools(system: str, python: str):
    found = {pin.requirement.name: pin for pin in wanted_pins(LOCK, conditions(system, python))}
    assert {"numpy", "jax", "jaxlib", "flax", "av", "jupyterlab", "ipywidgets", "safetensors"} <= set(found)
    assert not {"nbgrader", "pyright", "ruff", "uv", "playwright", "vmm-edu"} & set(found)
    assert ("pywinpty" in found) == (system == "windows")
    assert ("appnope" in found) == (system == "macos")
    old = python == "3.11"
    assert str(found["jax"].requirement.specifier).startswith("==0.10" if old else "==0.12")


def test_a_pin_keeps_its_condition_and_its_hashes():
    lines = ["a==1 ; sys_platform == 'darwin' \\", "    --hash=sha256:aa \\", "    --hash=sha256:bb"]
    (pin,) = read_pins("# head\n" + "\n".join(lines))
    assert pin.text(condition=True).splitlines() == [lines[0].replace("'", '"'), *lines[1:]]
    assert pin.text(condition=False).splitlines()[0] == "a==1 \\"


def test_unknown_systems_and_versions_are_named():
    with pytest.raises(ValueError, match=r"--systems: expected some of linux.*got 'amiga'"):
        conditions("amiga", "3.12")
    with pytest.raises(ValueError, match=r"--pythons: expected versions such as 3.12, got '3'"):
        conditions("linux", "3")
    with pytest.raises(ValueError, match=r"lock\.txt has no pin for"):
        wanted_pins([], conditions("linux", "3.12"))


def test_the_stick_says_for_whom_it_is(small: Small):
    about = json.loads((small.folder / "stick.json").read_text(encoding="utf-8"))
    assert about == {"systems": ["linux", "macos", "windows"], "pythons": [PYTHON]}
    text = (small.folder / "requirements.txt").read_text(encoding="utf-8")
    assert text.count("==1.0") == 2
    assert "://" not in text
