"""``vmm-edu export``: what lecturers and presenters make from the chapters and their exercises.

A course for nbgrader, a timed workshop (also without a network), slides, and a key of answers for each chapter.
"""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path


def add_arguments(subparsers: argparse._SubParsersAction) -> None:
    """Adds the command to the parser of ``vmm-edu``.

    Args:
        subparsers: Of the main parser.
    """
    parser = subparsers.add_parser("export", help="make a graded course, a workshop, slides or keys (for lecturers)")
    actions = parser.add_subparsers(title="formats", metavar="FORMAT", required=True)
    nbgrader = actions.add_parser("nbgrader", help="a course folder with source notebooks and settings for nbgrader")
    nbgrader.add_argument("folder", type=Path, metavar="DIR", help="the course folder to make")
    nbgrader.add_argument("--chapters", nargs="+", metavar="CHAPTER", help="such as 00 00b (default: all)")
    nbgrader.add_argument("--exercises-only", action="store_true", help="leave the chapters' own cells out")
    nbgrader.add_argument("--help-off", action="store_true", help="switch hint() and solution() off for students")
    nbgrader.add_argument("--per-student", action="store_true", help="grade every student on other data")
    nbgrader.set_defaults(run=run_nbgrader)
    workshop = actions.add_parser("workshop", help="a timed choice of sections and exercises, with a timetable")
    workshop.add_argument("folder", type=Path, metavar="DIR", help="the folder to make")
    workshop.add_argument(
        "--minutes", type=int, default=90, help="of the whole workshop (default: 90; half a day: 210)"
    )
    workshop.add_argument("--offline", action="store_true", help="add all that is needed to install without a network")
    workshop.add_argument(
        "--systems",
        nargs="+",
        default=["linux", "macos", "windows"],
        metavar="SYSTEM",
        help="with --offline: whose laptops (default: linux macos windows; also linux-arm)",
    )
    workshop.add_argument(
        "--pythons",
        nargs="+",
        default=["3.12", "3.13"],
        metavar="VERSION",
        help="with --offline: which Pythons they have (default: 3.12 3.13)",
    )
    workshop.set_defaults(run=run_workshop)
    slides = actions.add_parser("slides", help="one page of slides for each chapter; needs no network to show")
    slides.add_argument("folder", type=Path, metavar="DIR", help="the folder to make")
    slides.add_argument("--chapters", nargs="+", metavar="CHAPTER", help="such as 00 00b (default: all)")
    slides.set_defaults(run=run_slides)
    keys = actions.add_parser("keys", help="a page for each chapter with the answers, for assistants")
    keys.add_argument("folder", type=Path, metavar="DIR", help="the folder to make")
    keys.add_argument("--chapters", nargs="+", metavar="CHAPTER", help="such as 00 00b (default: all)")
    keys.set_defaults(run=run_keys)


def run_nbgrader(options: argparse.Namespace) -> int:
    """Writes the course and says what comes next.

    Args:
        options: folder, chapters, exercises_only, help_off, per_student.
    """
    from vmm_edu.course import course_folder, registry
    from vmm_edu.course.nbgrader_export import export, total_points

    chapters = options.chapters or registry.chapters()
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


def run_workshop(options: argparse.Namespace) -> int:
    """Writes notebooks and timetable, with --offline the rest of a stick, and says how large it must be.

    The timetable comes last, so that after an interruption, such as a network that went away, the same command goes on.

    Args:
        options: folder, minutes, offline, systems, pythons.

    Raises:
        ValueError: --offline outside a checkout, which alone knows the pins; and as `choose` and `fill`.
        FileExistsError: There is a workshop already.
    """
    from vmm_edu.course import course_folder
    from vmm_edu.course.files import checkout_folder
    from vmm_edu.course.sections import chapters
    from vmm_edu.course.workshop import choose
    from vmm_edu.course.workshop_export import export, refuse_finished

    checkout = checkout_folder()
    if options.offline and checkout is None:
        raise ValueError("--offline needs a checkout of the course, which holds the pins; this is an installed package")
    plan = choose(chapters(course_folder() / "notebooks"), options.minutes)
    if not options.offline or checkout is None:
        print(*export(plan, options.folder), sep="\n")
        return 0
    from vmm_edu.command.test import prepare
    from vmm_edu.course.stick import fill
    from vmm_edu.course.wheelhouse import build_wheel, conditions, read_pins, size_bytes
    from vmm_edu.world.cache import cache_directory, fingerprint

    refuse_finished(options.folder)
    for system in options.systems:
        for python in options.pythons:
            conditions(system, python)
    prepare()
    wheels = options.folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    stick = fill(
        options.folder,
        build_wheel(checkout, wheels),
        read_pins((checkout / "lock.txt").read_text(encoding="utf-8")),
        systems=options.systems,
        pythons=options.pythons,
        clips=(cache_directory(), fingerprint()),
    )
    print(*export(plan, options.folder), sep="\n")
    print(f"{stick.wheels} wheels; the stick must hold {size_bytes(options.folder) / 1e6:.0f} MB")
    print(f"On each laptop, without a network: python {options.folder / 'install.py'}")
    return 0


def run_slides(options: argparse.Namespace) -> int:
    """Writes a page for each chapter.

    Args:
        options: folder, chapters.
    """
    from vmm_edu.course import course_folder
    from vmm_edu.course.slides_page import write

    for path, count in write(course_folder() / "notebooks", options.folder, chapters=options.chapters):
        print(f"{path}: {count} slides")
    return 0


def run_keys(options: argparse.Namespace) -> int:
    """Writes a page of answers for each chapter.

    Args:
        options: folder, chapters.
    """
    from vmm_edu.course import registry
    from vmm_edu.course.teaching import key_page

    options.folder.mkdir(parents=True, exist_ok=True)
    for chapter in options.chapters or registry.chapters():
        path = options.folder / f"key_{chapter}.md"
        path.write_text(key_page(chapter), encoding="utf-8")
        print(path)
    return 0
