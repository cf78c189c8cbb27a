"""The environment's files agree with each other, and none holds an address."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "lock.txt").read_text()
PINS = [Requirement(line.rstrip(" \\")) for line in LOCK.splitlines() if re.match(r"[a-z0-9]", line)]


def pins_for(python: str) -> dict[str, str]:
    """Name to version of the pins that hold on Linux for one Python."""
    where = {
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "posix",
    }
    return {pin.name: str(pin.specifier)[2:] for pin in PINS if pin.marker is None or pin.marker.evaluate(where)}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_lock_lies_inside_the_wheels_ranges(python: str):
    pins = pins_for(python)
    extras = PROJECT["optional-dependencies"]
    for line in [*PROJECT["dependencies"], *extras["lab"], *extras["test"]]:
        wanted = Requirement(line)
        if wanted.name != "vmm-edu":
            assert wanted.specifier.contains(pins[wanted.name]), f"{line} against the pin {pins[wanted.name]}"


def test_both_ends_of_the_ranges_are_tested():
    low, high = pins_for("3.11"), pins_for("3.13")
    assert (low["jax"], low["flax"]) == ("0.10.2", "0.12.8")
    assert low["av"].startswith("18.1")
    assert low["numpy"].startswith("2.4")
    assert high["jax"].startswith("0.12")
    assert high["av"].startswith("19.")
    assert high["numpy"].startswith("2.5")


def test_every_pin_has_a_hash():
    for block in re.split(r"\n(?=[a-z0-9])", LOCK.split("\n", 1)[1]):
        assert "--hash=sha256:" in block, block


def test_no_address_of_a_registry():
    for name in ("lock.txt", "environment.yml", "pyproject.toml", "Makefile", "tools/env.py", "tools/lock.py"):
        text = (ROOT / name).read_text().replace("--no-emit-index-url", "")
        assert not re.search(r"(https?|file)://|index-url|find-links", text), name


def test_conda_installs_the_same_lock():
    lines = [line.strip() for line in (ROOT / "environment.yml").read_text().splitlines()]
    assert "- -r lock.txt" in lines
    assert [line for line in lines if line.startswith("- python=")] == ["- python=3.13"]
    assert "name: vmm-edu" in lines


def test_this_environment_is_the_lock():
    from importlib.metadata import version

    pins = pins_for(".".join(map(str, sys.version_info[:2])))
    for name in ("jax", "flax", "numpy", "av", "scikit-image", "nbval"):
        assert version(name) == pins[name]


def test_every_dependency_is_justified():
    table = (ROOT / "docs/dependencies.md").read_text()
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    for line in [*PROJECT["dependencies"], *extras]:
        assert f"`{Requirement(line).name}`" in table, f"docs/dependencies.md does not say why {line} is needed"


@pytest.mark.parametrize("version", [(3, 9, 1), (3, 15, 0)])
def test_a_python_without_pins_is_told_so(version: tuple[int, ...]):
    script = f"import sys; sys.version_info = {version}; sys.path.insert(0, 'tools'); import env; env.check_machine()"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "needs 3.11 to 3.14" in done.stderr
    assert "Traceback" not in done.stderr
    assert LOCK.startswith("# Pins with hashes for Python 3.11-3.14 ")


def test_a_missing_venv_module_a_full_disk_and_an_intel_mac_are_named():
    for script, words in (
        ("sys.platform, env.platform.machine = 'darwin', lambda: 'x86_64'", "Apple silicon only"),
        ("sys.modules['ensurepip'] = None", "no venv module"),
        ("import shutil; shutil.disk_usage = lambda p: type('U', (), {'free': 1e8})", "Make room first"),
    ):
        code = f"import sys; sys.path.insert(0, 'tools'); import env; {script}; env.check_machine()"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 1
        assert words in done.stderr


def test_setting_up_twice_does_nothing(tmp_path: Path):
    (tmp_path / "tools").mkdir()
    for name in ("tools/env.py", "lock.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    interpreter = tmp_path / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    script = "import sys; sys.path.insert(0, 'tools'); import env; print(env.base_identity(), env.pins_identity())"
    stamp = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True).stdout
    (tmp_path / ".venv" / "vmm-edu.stamp").write_text(stamp)
    done = subprocess.run([sys.executable, "tools/env.py"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_moved_folder_is_built_anew(tmp_path: Path):
    script = "import sys; sys.path.insert(0, sys.argv[1]); import env; print(env.base_identity())"
    found = set()
    for name in ("here", "there"):
        (tmp_path / name / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "env.py", tmp_path / name / "tools")
        command = [sys.executable, "-c", script, str(tmp_path / name / "tools")]
        found.add(subprocess.run(command, capture_output=True, text=True).stdout)
    assert len(found) == 2
