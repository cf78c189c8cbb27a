"""``vmm-edu grid``: fetch and prepare clips of the GRID corpus, on which chapter 10 reads lips and hears speech."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from vmm_edu.command import grid_study

PREPARED = "prepared"


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``grid`` and its own commands to a command line."""
    parser = subparsers.add_parser(
        "grid",
        help="real people: fetch and prepare the GRID corpus, train on it, report",
        description="Fetches and prepares clips of the GRID corpus, on which chapter 10 reads lips and hears speech, "
        "and trains and reports its models.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    fetch = commands.add_parser("fetch", help="download one talker's clips (again: goes on where it stopped)")
    fetch.add_argument("--talker", type=int, required=True, metavar="N", help="1 to 34, without 21")
    fetch.add_argument("--to", type=Path, default=Path("grid"), metavar="DIR", help="folder for them; default: grid")
    fetch.add_argument("--source", metavar="URL", help="another copy of the archives, such as a classroom's own server")
    fetch.set_defaults(run=_fetch)

    prepare = commands.add_parser("prepare", help="find the mouths, read the sound (again: goes on where it stopped)")
    prepare.add_argument("directory", type=Path, metavar="DIR", help="folder that holds s1, s2… and alignments")
    prepare.add_argument("--out", type=Path, metavar="DIR", help="folder for the result; default: prepared in DIR")
    prepare.set_defaults(run=_prepare)
    grid_study.add_commands(commands)


def _fetch(options: argparse.Namespace) -> int:
    from vmm_edu import grid
    from vmm_edu.course.files import course_folder
    from vmm_edu.grid.fetching import SOURCE

    listed = course_folder() / "data" / f"grid_s{options.talker}.sha256"
    bars: dict[str, tqdm] = {}

    def show(what: str, done: int, total: int | None) -> None:
        if what not in bars:
            for bar in bars.values():
                bar.close()
            bytes_ = not what.endswith("unpacked")
            bars[what] = tqdm(desc=what, unit="B" if bytes_ else " files", unit_scale=bytes_, file=sys.stderr)
        bars[what].total = total
        bars[what].update(done - bars[what].n)

    try:
        fetched = grid.fetch(
            options.talker,
            options.to,
            say=print,
            manifest=grid.read_manifest(listed) if listed.is_file() else None,
            source=options.source or SOURCE,
            progress=show,
        )
    finally:
        for bar in bars.values():
            bar.close()
    same = fetched.checked - len(fetched.unlike)
    print(f"{fetched.clips} clips and {fetched.alignments} alignments in {fetched.folder}")
    if fetched.checked:
        print(f"{same} of {fetched.checked} clips are those that this course was tried on, by their SHA-256")
    print(f"Next: vmm-edu grid prepare {fetched.folder}")
    return 0


def _prepare(options: argparse.Namespace) -> int:
    from vmm_edu import grid

    out = options.out or options.directory / PREPARED
    prepared = grid.prepare(options.directory, out, say=print)
    print(f"{len(prepared.names)} clips in {out}, {len(prepared.left_out)} left out")
    print(f"Next: vmm-edu grid train {out}")
    return 0
