"""A folder of GRID clips in; mouths, sound, words and times of all that can be used out, kept for the next time."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
import warnings
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from vmm_edu.framing import DamagedFileWarning
from vmm_edu.grid.clip import GridClip, LeftOutError, take_grid_clip
from vmm_edu.grid.prepared import FORMAT, Prepared, gather, read_prepared, save_prepared

PARTS = "parts"
SAY_EVERY = 50


def prepare(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    say: Callable[[str], object],
    workers: int | None = None,
) -> Prepared:
    """Prepare every clip of a folder that is laid out as the corpus is: `s1/bbaf2n.mpg`, `alignments/s1/bbaf2n.align`.

    A clip that is not as the corpus has them is left out, and its reason kept; nothing is guessed. Each clip is kept as
    soon as it is done, so an interrupted run goes on where it stopped, and only what has changed since is made again.
    Work is done in threads: decoding and looking for faces both run outside Python's lock.

    Args:
        folder: with a folder `s1`, `s2`… per talker, and `alignments`.
        out: folder for the result, made when missing.
        say: called with a line now and then: how far it is, and each clip left out.
        workers: clips read at once; None: as many as there are cores.

    Returns:
        The clips, which `load_prepared(out)` gives again.

    Raises:
        FileNotFoundError: no folder, or no clip in it.
        ValueError: `workers` below 1, or not one clip that can be used.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"expected at least 1 worker, got {workers}")
    paths = _find(Path(folder))
    clips, left_out = _known(Path(out), paths), dict[str, str]()
    waiting = [name for name in paths if name not in clips]
    if clips:
        say(f"{len(clips)} of {len(paths)} clips are prepared already")
    parts, stop = Path(out) / PARTS, threading.Event()
    parts.mkdir(parents=True, exist_ok=True)

    def work(name: str) -> GridClip | None:
        if stop.is_set():
            return None
        clip = take_grid_clip(*paths[name])
        _keep(parts, name, clip, source_of(*paths[name]))
        return clip

    # A clip that can be read only in part is damaged: the warning becomes its reason. The filter holds for all threads.
    with warnings.catch_warnings(), ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        warnings.simplefilter("error", DamagedFileWarning)
        jobs = {pool.submit(work, name): name for name in waiting}
        try:
            for done, job in enumerate(as_completed(jobs), start=1):
                name = jobs[job]
                try:
                    clip = job.result()
                except LeftOutError as reason:
                    left_out[name] = str(reason)
                    say(f"{name} is left out: {reason}")
                else:
                    if clip is not None:
                        clips[name] = clip
                if done % SAY_EVERY == 0 or done == len(jobs):
                    say(f"{done} of {len(jobs)} clips read")
        finally:
            # Reached early on an interrupt: each worker finishes the clip it is at, and no more.
            stop.set()
    prepared = gather(clips, left_out)
    save_prepared(out, prepared, sources=[source_of(*paths[name]) for name in prepared.names])
    shutil.rmtree(parts)
    return prepared


def source_of(path: Path, alignment: Path) -> str:
    """What tells whether a clip or its alignment has changed: sizes and times of both files.

    Args:
        path: the video.
        alignment: its alignment.

    Returns:
        A line of text.

    Raises:
        OSError: a file that cannot be looked at.
    """
    return " ".join(f"{stat.st_size}:{stat.st_mtime_ns}" for stat in (path.stat(), alignment.stat()))


def _find(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Name → video and alignment, of all talkers."""
    if not folder.is_dir():
        raise FileNotFoundError(f"expected a folder with clips at {folder}, found none; run `vmm-edu grid fetch` first")
    found = {
        f"{talker.name}/{path.stem}": (path, folder / "alignments" / talker.name / f"{path.stem}.align")
        for talker in sorted(folder.iterdir())
        if talker.is_dir() and re.fullmatch(r"s\d+", talker.name)
        for path in sorted(talker.iterdir())
        if path.suffix.lower() == ".mpg" and not path.name.startswith(".")
    }
    if not found:
        raise FileNotFoundError(
            f"expected clips such as {folder / 's1' / 'bbaf2n.mpg'}, found none; give the folder that holds s1 and "
            "alignments, or run `vmm-edu grid fetch` first"
        )
    return found


def _known(out: Path, paths: dict[str, tuple[Path, Path]]) -> dict[str, GridClip]:
    """Clips made by earlier runs, finished or interrupted, from files that have not changed."""
    clips: dict[str, GridClip] = {}
    made_from: dict[str, str] = {}
    try:
        prepared, made_from = read_prepared(out)
    except (FileNotFoundError, ValueError):
        pass  # nothing there, or of another version: made anew
    else:
        rows = zip(prepared.mouths, prepared.samples, prepared.labels.tolist(), prepared.word_times_s, strict=True)
        clips = {
            name: GridClip(mouth, samples, tuple(labels), times_s)
            for name, (mouth, samples, labels, times_s) in zip(prepared.names, rows, strict=True)
        }
    for part in sorted((out / PARTS).glob("*.npz")):
        try:
            with part.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                if about["format"] == FORMAT:
                    labels = tuple(file["labels"].tolist())
                    clips[about["name"]] = GridClip(file["mouth"], file["samples"], labels, file["word_times_s"])
                    made_from[about["name"]] = about["source"]
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile):
            continue
    return {
        name: clip
        for name, clip in clips.items()
        if name in paths and paths[name][1].is_file() and made_from.get(name) == source_of(*paths[name])
    }


def _keep(parts: Path, name: str, clip: GridClip, source: str) -> None:
    whole = parts / f"{name.replace('/', '-')}.npz"
    part = whole.with_suffix(".part")
    about = {"format": FORMAT, "name": name, "source": source}
    with part.open("wb") as file:
        np.savez(
            file,
            about=np.array(json.dumps(about)),
            mouth=clip.mouth,
            samples=clip.samples,
            labels=np.array(clip.labels, np.int32),
            word_times_s=clip.word_times_s,
        )
    part.replace(whole)
