"""``vmm-edu start``: a folder in; a learner's own copy of the course in it out, and sentences on what was done."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmm_edu.course.copy import Report


def add_arguments(subparsers) -> None:
    """Adds ``start`` to the command line."""
    parser = subparsers.add_parser(
        "start",
        help="make or update your own copy of the chapters",
        description="Lays out your own copy of the chapters and their data. Run it again after an update of the "
        "course: chapters that you edited are never touched, their new versions are laid beside them.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where your copy is, or is to be")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Lays the copy out and says what changed."""
    from vmm_edu.course.copy import lay_out

    report = lay_out(options.folder)
    for sentence in sentences(report, str(options.folder)):
        print(sentence)
    print(f"Open it with: vmm-edu lab {options.folder}")
    return 0


def sentences(report: Report, folder: str) -> list[str]:
    """What was done, one sentence for each kind of thing, and one for each file that needs the learner."""
    said = []
    for names, words in (
        (report.laid_out, "laid out in"),
        (report.updated, "updated in"),
        (report.restored, "missing and laid out again in"),
    ):
        if names:
            said.append(f"{listed(names)} {'was' if len(names) == 1 else 'were'} {words} {folder}.")
    for name, kept in report.backed_up.items():
        said.append(f"{name} was updated; the version that you ran is kept as {kept}.")
    for name, beside in report.beside.items():
        said.append(f"{name} has your own work in it and was left alone; the course's new version is {beside}.")
    if report.left_behind:
        said.append(f"{listed(report.left_behind)}: no longer part of the course, left where it was.")
    if not said:
        said.append(f"Your copy in {folder} is up to date.")
    return said


def listed(names: list[str]) -> str:
    """One name, or how many of which folders."""
    if len(names) == 1:
        return names[0]
    folders = [name.split("/")[0] for name in names]
    counts = {folder: folders.count(folder) for folder in folders}
    return " and ".join(f"{count} file{'s' * (count > 1)} of {folder}" for folder, count in counts.items())
