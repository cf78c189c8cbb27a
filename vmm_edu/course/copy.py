"""A folder in; in it a learner's own copy of the course, which an update renews and never overwrites.

A manifest in the folder says what was laid out. For each file of the course the copy then holds one of these:

=============================  =======================================================================
the copy's file is             what an update does
=============================  =======================================================================
as it was laid out             replaces it
run, its cells not edited      keeps it in the backup folder, then replaces it
edited, or not ours            leaves it alone and lays the new version beside it
deleted                        lays it out again
=============================  =======================================================================

A file that has not changed in the course is never touched. Each file appears whole or not at all, and a file that
is already what would be laid out counts as laid out: a run that was interrupted is finished by the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata, util
from pathlib import Path

from vmm_edu.course.files import course_files, course_folder

MANIFEST = ".vmm-edu.json"
KEPT = ".vmm-edu/backup"
UNFINISHED = ".part"


@dataclass(frozen=True)
class Report:
    """What one run did, as names within the folder; ``beside`` and ``backed_up`` map a name to where it went."""

    laid_out: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    backed_up: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)


def lay_out(folder: str | os.PathLike[str], *, files: Mapping[str, Path] | None = None, version: str = "") -> Report:
    """Makes or renews a learner's copy of the course, by the table above.

    Args:
        folder: where the copy is, or is to be; made where it is missing.
        files: the files to lay out, by their names in the copy; the installed course's where None.
        version: what the new version of an edited file is called after; the installed package's where empty.

    Returns:
        What was done with which file.

    Raises:
        NotADirectoryError: ``folder`` is a file.
        ValueError: ``folder`` is the course itself, or its manifest cannot be read.
        OSError: the folder cannot be written, or the disk is full.
    """
    folder = Path(folder).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; name a folder for your copy of the course.")
    if files is None:
        if folder.resolve() == course_folder().resolve():
            raise ValueError(f"{folder} is the course itself; name another folder for your own copy, e.g. my-course.")
        files = course_files()
    version = version or metadata.version("vmm-edu")
    manifest = _read_manifest(folder)
    report = Report()
    for name, source in files.items():
        manifest[name] = _lay_out_file(folder, name, source.read_bytes(), manifest.get(name), version, report)
    report.left_behind.extend(name for name in manifest if name not in files and (folder / name).exists())
    content = json.dumps({"version": version, "files": manifest}, indent=1, sort_keys=True)
    _write(folder / MANIFEST, content.encode())
    try:
        trust([folder / name for name in files if name.endswith(".ipynb")], laid_out=manifest)
    except OSError as error:
        warnings.warn(
            f"Jupyter's own folder cannot be written ({error}); the chapters open as not trusted, so clips are shown "
            "with smooth edges until you run their cells.",
            stacklevel=2,
        )
    return report


def _lay_out_file(
    folder: Path, name: str, new: bytes, entry: dict[str, str] | None, version: str, report: Report
) -> dict[str, str]:
    """One line of the table; returns the file's new entry in the manifest."""
    target = folder / name
    fresh = {"sha256": _digest(new), "cells": cells_digest(new)}
    old = target.read_bytes() if target.is_file() else None
    if old is None and not target.exists():
        (report.laid_out if entry is None else report.restored).append(name)
    elif old is not None and _digest(old) == fresh["sha256"]:
        report.unchanged.append(name)
        return fresh
    elif entry is not None and fresh["sha256"] in (entry["sha256"], entry.get("beside")):
        report.unchanged.append(name)
        return entry
    elif old is not None and entry is not None and _digest(old) == entry["sha256"]:
        report.updated.append(name)
    elif old is not None and (cells := cells_digest(old)) and cells in ((entry or fresh)["cells"], fresh["cells"]):
        report.backed_up[name] = _keep(folder, name, old)
    else:
        report.beside[name] = _lay_beside(folder, name, new, version)
        return {**(entry or {"sha256": "", "cells": ""}), "beside": fresh["sha256"]}
    _write(target, new)
    return fresh


def cells_digest(content: bytes) -> str:
    """A fingerprint of what a notebook's cells say, without their outputs; empty for anything but a notebook.

    Empty cells do not count: running the last cell adds one.
    """
    try:
        cells = json.loads(content)["cells"]
        said = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return ""
    return _digest(json.dumps([cell for cell in said if cell[1].strip()]).encode())


def trust(paths: list[Path], *, laid_out: Mapping[str, Mapping[str, str]]) -> int:
    """Tells Jupyter that these notebooks come from the course, so that it shows their stored outputs as they are.

    Only files that are byte for byte what was laid out are vouched for. Nothing happens where Jupyter is not
    installed. Returns how many were signed.
    """
    if util.find_spec("nbformat") is None:
        return 0
    import nbformat
    from jupyter_core.paths import jupyter_data_dir
    from nbformat.sign import NotebookNotary

    known = {entry["sha256"] for entry in laid_out.values()}
    # Left to find its folder, the notary starts a whole Jupyter application, which resets this process's logging.
    own = Path(jupyter_data_dir())
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    notary = NotebookNotary(data_dir=str(own))
    signed = 0
    for path in paths:
        content = path.read_bytes() if path.is_file() else b""
        if _digest(content) in known:
            notary.sign(nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT))
            signed += 1
    notary.store.close()
    return signed


def _keep(folder: Path, name: str, content: bytes) -> str:
    """Stores a learner's run under a name that no earlier backup has; returns it."""
    place = Path(KEPT, name)
    return _write_once(folder, place.with_name(f"{place.stem}-{_digest(content)[:8]}{place.suffix}"), content)


def _lay_beside(folder: Path, name: str, new: bytes, version: str) -> str:
    """Writes the new version next to the learner's file, over no file that is not the same."""
    place = Path(name)
    return _write_once(folder, place.with_name(f"{place.stem}.new-{version}{place.suffix}"), new)


def _write_once(folder: Path, place: Path, content: bytes) -> str:
    """Writes under the given name, or under a numbered one where that is taken by other content."""
    for number in range(1, 1000):
        free = place if number == 1 else place.with_name(f"{place.stem}-{number}{place.suffix}")
        if not (folder / free).exists():
            _write(folder / free, content)
            return free.as_posix()
        if (folder / free).is_file() and (folder / free).read_bytes() == content:
            return free.as_posix()
    raise FileExistsError(f"{folder / place} and 999 numbered names are taken; move some of those files away.")


def _write(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _read_manifest(folder: Path) -> dict[str, dict[str, str]]:
    """What earlier runs laid out here; nothing in a new folder."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_bytes())["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is damaged ({error}). Delete it and run this again: files that you edited will be left alone."
        ) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
