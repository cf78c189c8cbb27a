"""``vmm-edu test`` runs everything, keeps going, counts skips and fails where one check fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vmm_edu.command import main
from vmm_edu.command import test as command

PYTHON = (sys.executable, "-c")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def prepared(monkeypatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(command, "prepare", lambda: done.append("rendered"))
    return done


def checks(monkeypatch, *codes: int) -> None:
    rows = tuple((f"check {place}", (*PYTHON, f"raise SystemExit({code})")) for place, code in enumerate(codes))
    monkeypatch.setattr(command, "CHECKS", rows)


def test_all_checks_pass(monkeypatch, prepared: list[str], capfd):
    checks(monkeypatch, 0, 0)
    assert main(["test"]) == 0
    assert prepared == ["rendered"]
    last = capfd.readouterr().out.splitlines()[-2:]
    assert [line.split(" in ")[0] for line in last] == ["passed  check 0", "passed  check 1"]


def test_a_failure_does_not_hide_what_comes_after(monkeypatch, prepared: list[str], capfd):
    checks(monkeypatch, 1, 0)
    assert main(["test"]) == 1
    last = capfd.readouterr().out.splitlines()[-2:]
    assert [line.split(" in ")[0] for line in last] == ["FAILED  check 0", "passed  check 1"]


def test_prepare_only_runs_no_check(monkeypatch, prepared: list[str]):
    checks(monkeypatch, 1)
    assert main(["test", "--prepare-only"]) == 0
    assert prepared == ["rendered"]


def test_the_clips_of_the_chapters_are_rendered_once(monkeypatch, tmp_path: Path, capsys):
    monkeypatch.setenv("VMM_EDU_CACHE", str(tmp_path))
    monkeypatch.setattr(command, "POOLS", (command.Pool("shape", clips=2, seed=3),))
    assert main(["test", "--prepare-only"]) == 0
    clips = sorted(tmp_path.rglob("*.mp4"))
    written = [path.stat().st_mtime_ns for path in clips]
    assert len(clips) == 2
    assert main(["test", "--prepare-only"]) == 0
    assert [path.stat().st_mtime_ns for path in clips] == written
    assert capsys.readouterr().out == 2 * "vmm-edu test: 2 clips of shape (train)\n"


def test_an_installed_package_has_no_tests(monkeypatch, prepared: list[str], capsys):
    monkeypatch.setattr("vmm_edu.course.files.checkout_folder", lambda: None)
    assert main(["test"]) == 1
    assert "the tests are part of a checkout" in capsys.readouterr().err
    assert prepared == []


@pytest.mark.parametrize(
    ("skip", "words"),
    [("", ": 1 tests, none skipped"), ("import pytest\npytest.skip('why')", ": 1 tests, 1 skipped")],
)
def test_skips_are_counted(tmp_path: Path, capfd, skip: str, words: str):
    body = "\n    ".join(skip.split("\n")) or "pass"
    (tmp_path / "test_one.py").write_text(f"def test_one():\n    {body}\n")
    pytest_words = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path))
    line, passed = command.run_check("tests", (*pytest_words, "test_one.py"), tmp_path)
    assert passed
    assert words in line
    capfd.readouterr()


def test_the_list_is_the_whole_of_it():
    """Lint, types, tests and notebooks, strict: a check that is dropped here is dropped from CI."""
    said = [" ".join(words[2:]) for _, words in command.CHECKS]
    assert said == [
        "ruff check .",
        "ruff format --check .",
        "pyright",
        "pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile tests",
        "pytest --nbval --nbval-current-env --nbval-sanitize-with tests/sanitize.cfg notebooks",
    ]


def test_the_notebooks_run_under_the_same_rules():
    """A conftest that pytest does not find for the notebooks would leave them online and without budgets."""
    words = next(words for name, words in command.CHECKS if name == "notebooks")
    chosen = ("notebooks/00b_jax_on_ramp.ipynb::Cell 0", "-p", "no:cacheprovider")
    done = subprocess.run([*words[:-1], *chosen], cwd=ROOT, capture_output=True, text=True)
    assert words[-1] == "notebooks"
    assert done.returncode == 0, done.stdout
    assert "network: blocked" in done.stdout
    assert "00b_jax_on_ramp.ipynb: " in done.stdout, "no budget was counted"
