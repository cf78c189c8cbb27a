"""Sets of clips on disk: rendered when missing, finished when interrupted, checked when read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32

from vmm_edu.world.cache import cache_directory, fingerprint, locked
from vmm_edu.world.catalogue import task as task_named
from vmm_edu.world.container import write_text
from vmm_edu.world.crew import render_all
from vmm_edu.world.rendering import RECIPES
from vmm_edu.world.sampling import sample
from vmm_edu.world.tables import Clip

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class ClipSet:
    """Clips of one task and split, in order.

    Attributes:
        directory: Folder that holds them.
        clips: What each clip shows.
        paths: Their MP4 files.
    """

    directory: Path
    clips: tuple[Clip, ...]
    paths: tuple[Path, ...]

    def __len__(self) -> int:
        """Number of clips."""
        return len(self.clips)

    @property
    def labels(self) -> Int32[np.ndarray, " batch"]:
        """Class index of each clip."""
        return np.array([clip.label for clip in self.clips], dtype=np.int32)

    @property
    def label_names(self) -> tuple[str, ...]:
        """Name of each class."""
        return task_named(self.clips[0].task).label_names

    def symbols(self, modality: str, name: str) -> Int32[np.ndarray, " batch"]:
        """Value of one symbol in each clip.

        Raises:
            ValueError: If the task has no such symbol.
        """
        known = {sense: tuple(symbols) for sense, symbols in self.clips[0].symbols.items()}
        if name not in known.get(modality, ()):
            raise ValueError(f"task {self.clips[0].task!r} has no symbol {name!r} in {modality!r}; it has {known}")
        return np.array([clip.symbols[modality][name] for clip in self.clips], dtype=np.int32)

    def texts(self, language: str = "en") -> tuple[str, ...]:
        """Caption of each clip in "en" or "zh".

        Raises:
            ValueError: If the clips have no text in that language.
        """
        texts = [json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["text"] for path in self.paths]
        if not all(language in text for text in texts):
            raise ValueError(f"{self.directory}: the clips have no text in {language!r}; they have {sorted(texts[0])}")
        return tuple(text[language] for text in texts)


def pool(
    task: str,
    *,
    clips: int,
    seed: int,
    split: str = "train",
    directory: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> ClipSet:
    """Return a set of clips, rendering what is missing on all cores.

    An interrupted run goes on where it stopped, and two processes may ask for the same set at once.

    Args:
        task: Name of the task.
        clips: How many.
        seed: Seed of the set.
        split: "train", "validation", "test" or "smoke"; splits share neither clips nor pictures.
        directory: Folder for the set; one in the cache when ``None``.
        progress: Called with (finished, missing at the start) after each rendered clip.
        workers: Processes; as many as there are cores when ``None``.

    Returns:
        The clips and their files.

    Raises:
        ValueError: If an argument is out of range or the folder holds another set.
        ChildProcessError: If a clip cannot be rendered.
        OSError: If the folder cannot be written.
    """
    wanted = sample(task, clips=clips, seed=seed, split=split)
    if directory is None:
        listed = hashlib.sha256(json.dumps([_plain(clip) for clip in wanted]).encode()).hexdigest()[:8]
        folder = cache_directory() / fingerprint() / f"{task}-{split}-{clips}-{seed}-{listed}"
    else:
        folder = Path(directory)
    return make_set(wanted, folder, progress=progress, workers=workers)


def make_set(
    clips: Sequence[Clip],
    directory: str | os.PathLike[str],
    *,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> ClipSet:
    """Have these very clips in a folder, with a manifest; return them and their files.

    Args:
        clips: What each clip shows; all of one task and split.
        directory: Folder for them.
        progress: As in ``pool``.
        workers: As in ``pool``.

    Raises:
        ValueError: If there is no clip, they are of several tasks or splits, or the folder holds another set.
        ChildProcessError: If a clip cannot be rendered.
        OSError: If the folder cannot be written.
    """
    directory = Path(directory)
    if not clips:
        raise ValueError("expected at least one clip, got none")
    if len({(clip.task, clip.split) for clip in clips}) > 1:
        raise ValueError("expected clips of one task and split; make a set of each")
    if clips[0].task not in RECIPES:
        raise ValueError(f"no pictures are known for task {clips[0].task!r}; expected one of {', '.join(RECIPES)}")
    wanted = ClipSet(directory, tuple(clips), tuple(directory / f"{clip.index:06d}.mp4" for clip in clips))
    manifest = _read_manifest(directory)
    if manifest is not None and manifest["clips"] != [_plain(clip) for clip in clips]:
        raise ValueError(f"{directory}: holds another set of clips; choose an empty folder")
    if manifest is not None and not _damaged(directory, manifest):
        return wanted
    with locked(directory):
        for unfinished in directory.glob(".*.tmp"):
            unfinished.unlink(missing_ok=True)
        manifest = _read_manifest(directory)
        damaged = set() if manifest is None else set(_damaged(directory, manifest))
        for name in damaged:
            (directory / name).unlink(missing_ok=True)
        jobs = list(zip(wanted.clips, wanted.paths, strict=True))
        missing = [(clip, path) for clip, path in jobs if not _finished(clip, path)]
        render_all(missing, progress=progress, workers=workers)
        files = {path.name: _sha256(path) for path in _files(wanted)}
        content = {"clips": [_plain(clip) for clip in clips], "sha256": files}
        write_text(directory / MANIFEST, json.dumps(content, indent=None, separators=(",", ":")) + "\n")
    return wanted


def load_set(directory: str | os.PathLike[str]) -> ClipSet:
    """Return the set of clips that a folder holds, after comparing every file with the manifest.

    Args:
        directory: A folder that ``pool``, ``make_set`` or ``vmm-edu world make`` finished.

    Returns:
        The clips and their files.

    Raises:
        FileNotFoundError: If there is no manifest.
        ValueError: If a file is missing or changed.
    """
    directory = Path(directory)
    manifest = _read_manifest(directory)
    if manifest is None:
        raise FileNotFoundError(
            f"{directory / MANIFEST}: no such file; name a folder that `vmm-edu world make` finished"
        )
    if damaged := _damaged(directory, manifest):
        raise ValueError(
            f"{directory}: {len(damaged)} files are missing or not what the manifest says, first {damaged[0]}; "
            "make the set again in the same folder to mend them"
        )
    clips = tuple(Clip(**{**entry, "track": tuple(entry.get("track", ()))}) for entry in manifest["clips"])
    return ClipSet(directory, clips, tuple(directory / f"{clip.index:06d}.mp4" for clip in clips))


def _plain(clip: Clip) -> dict[str, Any]:
    """A clip as JSON gives it back."""
    plain = asdict(clip)
    plain["track"] = list(plain["track"])
    if not plain["track"]:
        del plain["track"]
    if plain["frames"] is None:
        del plain["frames"]
    return plain


def _read_manifest(directory: Path) -> dict[str, Any] | None:
    path = directory / MANIFEST
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{path}: expected a manifest, got a file that is not JSON; delete it and make the set again"
        ) from error
    if not isinstance(content, dict) or not {"clips", "sha256"} <= content.keys():
        raise ValueError(f"{path}: expected a manifest with clips and sha256; delete it and make the set again")
    return content


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _damaged(directory: Path, manifest: dict[str, Any]) -> list[str]:
    """Names of the files that are missing or differ from the manifest."""
    return [
        name
        for name, digest in manifest["sha256"].items()
        if not (directory / name).is_file() or _sha256(directory / name) != digest
    ]


def _files(made: ClipSet) -> list[Path]:
    """Every file of a finished set but the manifest."""
    suffixes = (".mp4", ".vtt", ".json") if "text" in made.clips[0].symbols else (".mp4", ".json")
    return [path.with_suffix(suffix) for path in made.paths for suffix in suffixes]


def _finished(clip: Clip, path: Path) -> bool:
    """Whether the clip's files are there: the sidecar comes last, and it says which clip it belongs to."""
    sidecar = path.with_suffix(".json")
    if (
        not path.is_file()
        or not sidecar.is_file()
        or ("text" in clip.symbols and not path.with_suffix(".vtt").is_file())
    ):
        return False
    content = json.loads(sidecar.read_text(encoding="utf-8"))
    return all(content.get(key) == value for key, value in _plain(clip).items())
