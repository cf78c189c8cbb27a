"""``vmm-edu grid``: prepare clips of the GRID corpus, on which chapter 10 reads lips and hears speech."""

from __future__ import annotations

import argparse
from pathlib import Path

PREPARED = "prepared"


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``grid`` and its own commands to a command line."""
    parser = subparsers.add_parser("grid", help="real people: fetch and prepare the GRID corpus", description=__doc__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    prepare = commands.add_parser("prepare", help="find the mouths, read the sound (again: goes on where it stopped)")
    prepare.add_argument("directory", type=Path, metavar="DIR", help="folder that holds s1, s2… and alignments")
    prepare.add_argument("--out", type=Path, metavar="DIR", help="folder for the result; default: prepared in DIR")
    prepare.set_defaults(run=_prepare)


def _prepare(options: argparse.Namespace) -> int:
    from vmm_edu import grid

    out = options.out or options.directory / PREPARED
    prepared = grid.prepare(options.directory, out, say=print)
    print(f"{len(prepared.names)} clips in {out}, {len(prepared.left_out)} left out")
    return 0
