"""An archive of GRID clips or alignments in; its files where `prepare` looks for them out."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from vmm_edu.grid.download import DownloadError

MEMBER = re.compile(r"(?:^|/)(s\d{1,2})/([a-z0-9]{6})\.(mpg|align)$")
"""Only files of these names are taken; where they go is made from the three parts, no path of the archive is used."""
LARGEST = {"mpg": 20_000_000, "align": 100_000}


class _Wanted(NamedTuple):
    member: zipfile.ZipInfo
    path: Path


def unpack(
    archive: Path, to: Path, *, talker: str, progress: Callable[[int, int], object] | None = None
) -> tuple[Path, ...]:
    """Unpack one talker's clips or alignments; what is there already, and the same, is left alone.

    Args:
        archive: a zip file.
        to: clips go to `to/s1`, alignments to `to/alignments/s1`.
        talker: whose, such as "s1".
        progress: called with (finished, all).

    Returns:
        The files.

    Raises:
        DownloadError: not a zip file or a damaged one, which is deleted so that it can be fetched again; nothing of
            this talker in it; a file too large to be a clip; or a full disk.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            wanted = list(_wanted(opened, to, talker))
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
    return tuple(path for _, path in wanted)


def _wanted(opened: zipfile.ZipFile, to: Path, talker: str) -> Iterator[_Wanted]:
    for member in opened.infolist():
        found = MEMBER.search(member.filename)
        if found is None or found[1] != talker or member.filename.startswith("__MACOSX"):
            continue
        if member.file_size > LARGEST[found[3]]:
            raise DownloadError(
                f"{opened.filename}: expected files of at most {LARGEST[found[3]] / 1e6:g} MB, got one of "
                f"{member.file_size / 1e6:.0f}, {member.filename}; this is not the corpus"
            )
        folder = to / talker if found[3] == "mpg" else to / "alignments" / talker
        yield _Wanted(member, folder / f"{found[2]}.{found[3]}")


def _is_there(member: zipfile.ZipInfo, path: Path) -> bool:
    return path.is_file() and path.stat().st_size == member.file_size and zlib.crc32(path.read_bytes()) == member.CRC


def _check_room(to: Path, wanted: list[_Wanted]) -> None:
    to.mkdir(parents=True, exist_ok=True)
    needed = sum(member.file_size for member, path in wanted if not path.is_file())
    free = shutil.disk_usage(to).free
    if needed > free:
        raise DownloadError(f"{to}: expected {needed / 1e9:.1f} GB of free space, got {free / 1e9:.1f}; make room")
