"""The number of a talker in; the clips and alignments of that talker in a folder out."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from vmm_edu.grid.archive import unpack
from vmm_edu.grid.download import download
from vmm_edu.grid.record import Listed, read_record

RECORD = "https://zenodo.org/records/3625687"
SOURCE = f"{RECORD}/files"
DESCRIPTION = "https://zenodo.org/api/records/3625687"
TALKERS = tuple(number for number in range(1, 35) if number != 21)
"""Talkers with a video; that of the 21st is missing from the corpus."""
TERMS = f"""\
The GRID audio-visual sentence corpus: real people who lent their faces and voices for research.
M. Cooke, J. Barker, S. Cunningham, X. Shao, J. Acoust. Soc. Am. 120(5), 2006, doi:10.1121/1.2229005: cite it.
It is archived at {RECORD}; that record states its licence (CC BY 4.0 when this was
written). Read the record's terms yourself before you use the clips, and treat these faces and voices as you would
want yours to be treated."""


class Fetched(NamedTuple):
    """What is in the folder now.

    Attributes:
        folder: the one that `prepare` takes.
        clips: videos of the talker.
        alignments: of the same talker.
        unlike: names of clips that differ from the manifest, or that it lists and that are not there.
        checked: clips compared with the manifest.
    """

    folder: Path
    clips: int
    alignments: int
    unlike: tuple[str, ...]
    checked: int


def fetch(
    talker: int,
    to: str | os.PathLike[str],
    *,
    say: Callable[[str], object],
    manifest: Mapping[str, str] | None = None,
    source: str = SOURCE,
    description: str | None = None,
    progress: Callable[[str, int, int | None], object] | None = None,
) -> Fetched:
    """Download one talker's clips and the alignments, unpack them, and compare the clips with their hashes.

    Everything goes on where an earlier call was interrupted; what is complete is not fetched again. The archives are
    compared with the MD5 that their record lists.

    Args:
        talker: 1…34 without 21.
        to: the folder, made when missing. Clips go to `s1`, alignments to `alignments/s1`.
        say: called with a line now and then; the corpus's terms come first.
        manifest: "s1/bbaf2n.mpg" → SHA-256 in hexadecimal. Clips unlike it are warned of, not refused: the hashes are
            of a public copy, not the archive's own.
        source: where the archives are; a mirror or a classroom's own server will do.
        description: of the record, in Zenodo's interface; it tells each archive's address and MD5. None: Zenodo's own
            where the source is Zenodo, and none for another source.
        progress: called with (what, done, all or None) in bytes or files.

    Returns:
        What is there now.

    Raises:
        ValueError: no such talker, or not an address.
        DownloadError: anything that keeps the archives from being fetched or unpacked, in one sentence.

    Warns:
        UserWarning: clips that differ from the manifest.
    """
    if talker not in TALKERS:
        raise ValueError(f"expected a talker from 1 to 34, but not 21, who has no video, got {talker}")
    to, name = Path(to), f"s{talker}"
    say(TERMS)
    counts: dict[str, int] = {}
    description = DESCRIPTION if description is None and source == SOURCE else description
    listed: dict[str, Listed] | None = None
    for archive, key in ((f"{name}.zip", name), ("alignments.zip", f"alignments/{name}")):
        counts[key] = _count(to, key)
        if counts[key] and counts[key] == _finished(to).get(key):
            say(f"{to / key}: {counts[key]} files, as fetched before")
            continue
        path = to / archive
        if not path.is_file():
            if listed is None:
                listed = read_record(description) if description else {}
            url, _, md5 = listed.get(archive) or Listed(f"{source.rstrip('/')}/{archive}?download=1", None, None)
            say(f"{archive} from {url.partition('?')[0]}" + ("" if md5 else " (it lists no MD5 to compare with)"))
            download(url, path, room=2.1, progress=_of(archive, progress), md5=md5, say=say)
        clips = {found.stem for found in (to / name).glob("*.mpg")} if key != name else ()
        show = _of(f"{archive}, unpacked", progress)
        files, folder = unpack(path, to, talker=name, clips=clips, progress=show)
        if folder != name:
            say(f"{archive}: the alignments of {name} are in its folder {folder}, by the names of the clips")
        counts[key] = _count(to, key)
        _finish(to, key, counts[key])
        say(f"{to / key}: {len(files)} files")
        # Alignments of all talkers are in one archive, a small one: it stays for the next talker.
        if archive == f"{name}.zip":
            path.unlink()
    unlike, checked = check_clips(to, manifest or {}, talker=name)
    if unlike:
        warnings.warn(
            f"{len(unlike)} of {checked} clips are not those that this course was tried on, the first of them "
            f"{unlike[0]}. They may be as good: the hashes are of a public copy, the archive's own were not compared. "
            "If many clips are left out by `vmm-edu grid prepare`, or results differ much, fetch the corpus again",
            UserWarning,
            stacklevel=2,
        )
    return Fetched(to, counts[name], counts[f"alignments/{name}"], unlike, checked)


def read_manifest(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read a list of hashes in the format of `sha256sum`.

    Args:
        path: lines of hash, two spaces, name.

    Returns:
        name → hash.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line that is not of that form.
    """
    hashes: dict[str, str] = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or set(digest) - set("0123456789abcdef"):
            raise ValueError(
                f"expected 64 hexadecimal digits, two spaces and a name in line {number} of {path}, got {line!r}"
            )
        hashes[name] = digest
    return hashes


def check_clips(to: Path, manifest: Mapping[str, str], *, talker: str) -> tuple[tuple[str, ...], int]:
    """Compare a talker's clips with a manifest.

    Args:
        to: the corpus's folder.
        manifest: name → SHA-256.
        talker: such as "s1".

    Returns:
        Names that differ or are missing, and how many the manifest lists for this talker.

    Raises:
        OSError: a clip that cannot be read.
    """
    listed = {name: digest for name, digest in manifest.items() if name.startswith(f"{talker}/")}
    unlike = [
        name
        for name, digest in listed.items()
        if not (to / name).is_file() or hashlib.sha256((to / name).read_bytes()).hexdigest() != digest
    ]
    return tuple(unlike), len(listed)


def _of(
    what: str, progress: Callable[[str, int, int | None], object] | None
) -> Callable[[int, int | None], object] | None:
    return None if progress is None else lambda done, total: progress(what, done, total)


def _count(to: Path, key: str) -> int:
    ending = "*.align" if key.startswith("alignments") else "*.mpg"
    return sum(1 for _ in (to / key).glob(ending))


def _finished(to: Path) -> dict[str, int]:
    """Folders that were unpacked to the end → number of files; empty where nothing is written down."""
    try:
        found = json.loads((to / "fetched.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _finish(to: Path, key: str, count: int) -> None:
    part = to / "fetched.json.part"
    part.write_text(json.dumps({**_finished(to), key: count}, indent=1))
    part.replace(to / "fetched.json")
