"""An archive of GRID clips or alignments in; its files where `prepare` looks for them out."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from vmm_edu.grid.download import DownloadError

MEMBER = re.compile(r"(?:^|/)(?:(s\d{1,2})/)?([a-z0-9]{6})\.(mpg|align)$", re.IGNORECASE)
"""Only files of these names are taken; where they go is made from the three parts, no path of the archive is used."""
SHARE = 0.5
"""Of a talker's clips: a folder of alignments with fewer of their names than this is another talker's."""
LARGEST = {"mpg": 20_000_000, "align": 100_000}


class _Wanted(NamedTuple):
    member: zipfile.ZipInfo
    path: Path


class Unpacked(NamedTuple):
    """What came out of an archive.

    Attributes:
        paths: the files.
        folder: of the archive, out of which they came.
    """

    paths: tuple[Path, ...]
    folder: str


def unpack(
    archive: Path,
    to: Path,
    *,
    talker: str,
    clips: Collection[str] = (),
    progress: Callable[[int, int], object] | None = None,
) -> Unpacked:
    """Unpack one talker's clips or alignments; what is there already, and the same, is left alone.

    Several talkers' alignments lie in a neighbour's folder of the public archive (lhotse's recipe for GRID lists them:
    https://github.com/lhotse-speech/lhotse/pull/1502). No list is trusted here: where fewer than half of a talker's
    clips have their names in the talker's own folder, the folder with the most of them is taken. Every talker said
    other sentences, so there is one.

    Args:
        archive: a zip file.
        to: clips go to `to/s1`, alignments to `to/alignments/s1`.
        talker: whose, such as "s1"; files in no talker's folder are taken for this one's.
        clips: names of the talker's sentences, to find the alignments by; empty: the folder's name is believed.
        progress: called with (finished, all).

    Returns:
        The files, and out of which folder they came.

    Raises:
        DownloadError: not a zip file or a damaged one, which is deleted so that it can be fetched again; nothing of
            this talker in it; a file too large to be a clip; or a full disk.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            folder, members = _of_talker(list(_found(opened)), talker, clips)
            wanted = [_checked(member, to, talker) for member in members]
            if not wanted:
                raise DownloadError(f"{archive}: expected files of {talker}, found none; look at the archive's page")
            _check_room(to, wanted)
            for finished, (member, path) in enumerate(wanted, start=1):
                if not _is_there(member, path):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    part = path.with_name(path.name + ".part")
                    with opened.open(member) as source, part.open("wb") as target:
                        shutil.copyfileobj(source, target)
                    part.replace(path)
                if progress is not None:
                    progress(finished, len(wanted))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        archive.unlink(missing_ok=True)
        raise DownloadError(
            f"{archive}: expected a whole zip file, got a damaged one ({error}); it is deleted: run this again"
        ) from error
    return Unpacked(tuple(path for _, path in wanted), folder)


class _Found(NamedTuple):
    info: zipfile.ZipInfo
    folder: str | None
    name: str
    ending: str


def _found(opened: zipfile.ZipFile) -> Iterator[_Found]:
    for info in opened.infolist():
        parts = MEMBER.search(info.filename)
        if parts is None or info.filename.startswith("__MACOSX"):
            continue
        folder, name, ending = (part and part.lower() for part in parts.groups())
        if folder is not None or ".." not in info.filename.split("/"):
            yield _Found(info, folder, name, ending)


def _of_talker(found: list[_Found], talker: str, clips: Collection[str]) -> tuple[str, list[_Found]]:
    """The members that belong to a talker, and the name of their folder."""
    folders: dict[str, list[_Found]] = {}
    for member in found:
        folders.setdefault(member.folder or talker, []).append(member)
    known = {folder: sum(member.name in clips for member in members) for folder, members in folders.items()}
    chosen = talker
    if clips and known.get(talker, 0) < SHARE * len(clips):
        most = max(known, key=lambda folder: known[folder], default=talker)
        chosen = most if known.get(most, 0) > known.get(talker, 0) else talker
    return chosen, folders.get(chosen, [])


def _checked(member: _Found, to: Path, talker: str) -> _Wanted:
    if member.info.file_size > LARGEST[member.ending]:
        raise DownloadError(
            f"{member.info.filename}: expected files of at most {LARGEST[member.ending] / 1e6:g} MB, got one of "
            f"{member.info.file_size / 1e6:.0f}; this is not the corpus"
        )
    folder = to / talker if member.ending == "mpg" else to / "alignments" / talker
    return _Wanted(member.info, folder / f"{member.name}.{member.ending}")


def _is_there(member: zipfile.ZipInfo, path: Path) -> bool:
    return path.is_file() and path.stat().st_size == member.file_size and zlib.crc32(path.read_bytes()) == member.CRC


def _check_room(to: Path, wanted: list[_Wanted]) -> None:
    to.mkdir(parents=True, exist_ok=True)
    needed = sum(member.file_size for member, path in wanted if not path.is_file())
    free = shutil.disk_usage(to).free
    if needed > free:
        raise DownloadError(f"{to}: expected {needed / 1e9:.1f} GB of free space, got {free / 1e9:.1f}; make room")
