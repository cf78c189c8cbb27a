"""``vmm-edu test``: a checkout in; lint, types and every test, notebook cells included, and one exit code out.

This is the one list of what is checked: ``make test`` and CI call it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

PYTHON = (sys.executable, "-m")
NBVAL = ("--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/sanitize.cfg")
CHECKS = (
    ("lint", (*PYTHON, "ruff", "check", ".")),
    ("format", (*PYTHON, "ruff", "format", "--check", ".")),
    ("types", (*PYTHON, "pyright")),
    # One file stays on one core: its tests share what they have computed. The notebooks have the machine to themselves,
    # because each has a budget of seconds.
    ("tests", (*PYTHON, "pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile", "tests")),
    ("notebooks", (*PYTHON, "pytest", *NBVAL, "notebooks")),
)


class Pool(NamedTuple):
    """A set of clips, named as in ``vmm_edu.world.pool``."""

    task: str
    clips: int
    seed: int
    split: str = "train"


# The sets that chapters ask for, each once: a chapter that needs one adds it here.
POOLS: tuple[Pool, ...] = (
    Pool("shape", clips=320, seed=2),
    Pool("shape", clips=160, seed=2, split="test"),
)


def add_arguments(subparsers) -> None:
    """Adds ``test`` to the command line."""
    parser = subparsers.add_parser(
        "test",
        help="run every test of a checkout, as `make test` does",
        description="Runs ruff, pyright and pytest over a checkout of the course, each notebook cell included. "
        "REQUIRE_ALL=1 in the environment turns skipped tests into failures.",
    )
    parser.add_argument("--prepare-only", action="store_true", help="render the clips that chapters need, then stop")
    parser.set_defaults(run=run)


def prepare() -> None:
    """Renders the POOLS that are missing, so that no notebook's cell has to; those that are there cost a look."""
    from vmm_edu import world

    for pool in POOLS:
        print(f"vmm-edu test: {pool.clips} clips of {pool.task} ({pool.split})", flush=True)
        world.pool(pool.task, clips=pool.clips, seed=pool.seed, split=pool.split)


def run(options: argparse.Namespace) -> int:
    """Prepares, runs all checks even where one fails, and ends with one line about each."""
    from vmm_edu.course.files import checkout_folder

    folder = checkout_folder()
    if folder is None:
        raise ValueError(
            "the tests are part of a checkout of the course; this is an installed package. `vmm-edu doctor` "
            "checks what is installed."
        )
    prepare()
    if options.prepare_only:
        return 0
    results = [run_check(name, words, folder) for name, words in CHECKS]
    print("\n" + "\n".join(line for line, _ in results))
    return 0 if all(passed for _, passed in results) else 1


def run_check(name: str, words: tuple[str, ...], folder: Path) -> tuple[str, bool]:
    """Runs one check; returns a line about it and whether it passed."""
    print(f"\nvmm-edu test: {name}", flush=True)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        record = Path(place) / "record.xml"
        more = (f"--junitxml={record}",) if "pytest" in words else ()
        done = subprocess.run([*words, *more], cwd=folder, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        counts = counted(record) if record.exists() else ""
    passed = done.returncode == 0
    verdict = "passed" if passed else "FAILED"
    return f"{verdict}  {name} in {time.perf_counter() - started:.0f} s{counts}", passed


def counted(record: Path) -> str:
    """How many tests ran and how many were skipped, in words."""
    suites = ElementTree.parse(record).iter("testsuite")
    totals = [(int(suite.get("tests", 0)), int(suite.get("skipped", 0))) for suite in suites]
    tests, skipped = (sum(column) for column in zip(*totals, strict=True))
    if not skipped:
        return f": {tests} tests, none skipped"
    return f": {tests} tests, {skipped} skipped for the reasons listed above (REQUIRE_ALL=1 turns them into failures)"
