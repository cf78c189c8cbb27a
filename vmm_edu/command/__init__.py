"""Words typed after ``vmm-edu`` in; the work done, one sentence on stderr where it failed, and an exit code out.

Each command lives in a module of its own with ``add_arguments(subparsers)``, which sets ``run``: a function from the
parsed arguments to an exit code. JAX and video are imported in there only, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from importlib import metadata

from vmm_edu.command import (
    doctor,
    exercises,
    export,
    fusion,
    grid,
    lab,
    own,
    predict,
    start,
    test,
    train,
    transfer,
    world,
)
from vmm_edu.command.exit_codes import EXIT_CODES, INTERRUPTED, exit_code, table

COMMANDS = (lab, start, doctor, predict, world, grid, own, train, transfer, fusion, exercises, export, test)

__all__ = ["EXIT_CODES", "build_parser", "main"]


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = argparse.ArgumentParser(
        prog="vmm-edu",
        description="See, hear, read: a course on video multimodal learning.",
        epilog=table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vmm-edu {metadata.version('vmm-edu')}")
    parser.add_argument("--traceback", action="store_true", help="show where in the code an error came from")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_arguments(subparsers)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Runs one command.

    Args:
        argv: the words after the program's name; the process's own where None.

    Returns:
        The exit code, by the table that ``vmm-edu --help`` ends with.
    """
    options = build_parser().parse_args(argv)
    with warnings.catch_warnings():
        warnings.showwarning = show_note
        warnings.simplefilter("default", UserWarning)
        try:
            return options.run(options)
        except KeyboardInterrupt:
            print("vmm-edu: stopped.", file=sys.stderr)
            return INTERRUPTED
        except BrokenPipeError:
            # The reader of our output (head, less) has gone; nothing is left to say, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except (ValueError, OSError) as error:
            if options.traceback:
                raise
            print(f"vmm-edu: {one_line(in_words(error))}", file=sys.stderr)
            return exit_code(error)


def show_note(message, category, filename, lineno, file=None, line=None) -> None:
    """Shows a warning as one sentence; where in the code it was raised does not help a learner."""
    print(f"vmm-edu: note: {one_line(message)}", file=sys.stderr)


def in_words(error: Exception) -> object:
    """What the system says about a file, without the number that it says it by; other errors as they are."""
    if not isinstance(error, OSError) or not error.strerror or not error.filename:
        return error
    if isinstance(error, FileExistsError):
        return f"{error.filename} is there already; give another name."
    advice = {FileNotFoundError: " Check the spelling.", PermissionError: " Choose a place that you may write to."}
    return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}.{advice.get(type(error), '')}"


def one_line(message: object) -> str:
    """A message without line breaks; the kind of error where it has no words."""
    return " ".join(str(message).split()) or type(message).__name__
