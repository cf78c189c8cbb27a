"""``vmm-edu world``: make sets of ChimeWorld clips, list its tasks, check that nothing in a folder was lost."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tqdm import tqdm


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``world`` and its own commands to a command line."""
    parser = subparsers.add_parser(
        "world",
        help="make and check ChimeWorld clips",
        description="Makes sets of ChimeWorld clips, lists its tasks, and checks that nothing in a folder was lost.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    make = commands.add_parser("make", help="render clips of a task (run again to finish an interrupted run)")
    make.add_argument("task", metavar="TASK", help="name of the task; `vmm-edu world list` shows them")
    make.add_argument("--clips", type=int, required=True, metavar="N", help="how many clips")
    make.add_argument("--seed", type=int, required=True, metavar="S", help="seed of the set, 0 or more")
    make.add_argument("--split", default="train", help="train (default), validation, test, smoke or robustness")
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the clips")
    make.set_defaults(run=_make)

    show = commands.add_parser("list", help="list the tasks and the best accuracy that each sense allows")
    show.set_defaults(run=_list)

    check = commands.add_parser("check", help="compare a folder with its manifest, and every clip with its symbols")
    check.add_argument("directory", type=Path, metavar="DIR", help="folder of one set, or of several")
    check.set_defaults(run=_check)

    smoke = commands.add_parser("smoke", help="make the small set that comes with the course")
    smoke.add_argument("directory", type=Path, metavar="DIR", help="folder for it")
    smoke.set_defaults(run=_smoke)


@contextmanager
def _bar(what: str):
    """A progress bar on stderr, as a function of (finished, all); none where nothing is begun."""
    with ExitStack() as drawn:
        bars: list[tqdm] = []

        def show(finished: int, total: int) -> None:
            if not bars:
                bars.append(drawn.enter_context(tqdm(desc=what, total=total, unit=" clips", file=sys.stderr)))
            bars[0].update(finished - bars[0].n)

        yield show


def _make(options: argparse.Namespace) -> int:
    from vmm_edu import world

    with _bar(options.task) as progress:
        made = world.pool(
            options.task,
            clips=options.clips,
            seed=options.seed,
            split=options.split,
            directory=options.out,
            progress=progress,
        )
    size = sum(path.stat().st_size for path in made.paths)
    print(f"{len(made)} clips of task {options.task} in {made.directory}, {size / len(made) / 1000:.1f} kB each")
    return 0


def _list(options: argparse.Namespace) -> int:
    from vmm_edu import world

    print(f"{'task':<11}{'classes':>7}  {'drawn':<6} best accuracy from each set of senses")
    for name in world.tasks():
        task = world.task(name)
        drawn = "yes" if name in world.drawable() else "no"
        print(f"{name:<11}{len(task.label_names):>7}  {drawn:<6} {_ceilings(name, task.modalities, world.ceiling)}")
    return 0


def _ceilings(name: str, senses: tuple[str, ...], ceiling: Callable[..., float]) -> str:
    subsets = [
        tuple(sense for place, sense in enumerate(senses) if chosen >> place & 1)
        for chosen in range(1, 2 ** len(senses))
    ]
    subsets.sort(key=len)
    return "  ".join(f"{'+'.join(subset)} {ceiling(name, subset):.3f}" for subset in subsets)


def _check(options: argparse.Namespace) -> int:
    from vmm_edu import world

    folders = sorted(path.parent for path in options.directory.rglob(world.MANIFEST) if any(path.parent.glob("*.mp4")))
    if not folders:
        raise FileNotFoundError(f"{options.directory}: expected a folder with a manifest, found none; make a set first")
    errors = 0
    for folder in folders:
        clips = world.load_set(folder)
        with _bar(folder.name) as progress:
            for number, (clip, path) in enumerate(zip(clips.clips, clips.paths, strict=True), start=1):
                found = world.decode(path, clip.task)
                if found != clip.symbols:
                    errors += 1
                    print(f"{path}: expected {clip.symbols}, read {found}")
                progress(number, len(clips))
        print(f"{folder}: {len(clips)} clips of task {clips.clips[0].task}, files as in the manifest")
    print(f"{errors} clips whose symbols could not be read back" if errors else "every symbol was read back")
    return 1 if errors else 0


def _smoke(options: argparse.Namespace) -> int:
    from vmm_edu import world

    with _bar("smoke") as progress:
        sets = world.make_smoke(options.directory, progress=progress)
    print(f"{sum(map(len, sets))} clips of {len(sets)} tasks in {options.directory}")
    return 0
