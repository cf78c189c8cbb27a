"""``vmm-edu export``: a course for nbgrader from the chapters and their exercises."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path


def add_arguments(subparsers: argparse._SubParsersAction) -> None:
    """Adds the command to the parser of ``vmm-edu``.

    Args:
        subparsers: Of the main parser.
    """
    parser = subparsers.add_parser("export", help="make a graded course (for lecturers)")
    actions = parser.add_subparsers(title="formats", metavar="FORMAT", required=True)
    nbgrader = actions.add_parser("nbgrader", help="a course folder with source notebooks and settings for nbgrader")
    nbgrader.add_argument("folder", type=Path, metavar="DIR", help="the course folder to make")
    nbgrader.add_argument("--chapters", nargs="+", metavar="CHAPTER", help="such as 00 00b (default: all)")
    nbgrader.add_argument("--exercises-only", action="store_true", help="leave the chapters' own cells out")
    nbgrader.add_argument("--help-off", action="store_true", help="switch hint() and solution() off for students")
    nbgrader.add_argument("--per-student", action="store_true", help="grade every student on other data")
    nbgrader.set_defaults(run=run_nbgrader)


def run_nbgrader(options: argparse.Namespace) -> int:
    """Writes the course and says what comes next.

    Args:
        options: folder, chapters, exercises_only, help_off, per_student.
    """
    from vmm_edu.course import course_folder, registry
    from vmm_edu.course.nbgrader_export import export, total_points

    chapters = options.chapters or sorted({name.partition(".")[0] for name in registry.names()})
    written = export(
        options.folder,
        chapters=chapters,
        notebooks=None if options.exercises_only else course_folder() / "notebooks",
        help_off=options.help_off,
        secret=secrets.token_hex(16) if options.per_student else "",
    )
    for path in written[:-1]:
        print(f"{path}: {total_points(path):g} points")
    print(f"Next, in {options.folder}: nbgrader generate_assignment {written[0].stem}")
    return 0
