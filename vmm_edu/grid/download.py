"""An address in; the file behind it, whole or to be gone on with, out.

The standard library alone: of the well-kept downloaders, pooch begins anew after an interruption and brings `requests`
with it, and a talker's archive is nearly half a gigabyte.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from vmm_edu.grid.waiting import BUSY, LONGEST_WAIT_S, asked_to_wait

CHUNK = 1 << 16
TRIES, PAUSE_S, TIMEOUT_S = 4, 1.0, 30.0
_MD5 = re.compile(r'^"?md5:([0-9a-f]{32})"?$')


class DownloadError(OSError):
    """Something could not be fetched; the message says why and what to do."""


class _Expected(NamedTuple):
    """What the server said of a file when its download began; kept beside the part that has arrived."""

    size: int | None
    version: str | None


def download(
    url: str,
    path: str | os.PathLike[str],
    *,
    progress: Callable[[int, int | None], object] | None = None,
    room: int | float = 1.0,
    pause_s: int | float = PAUSE_S,
    md5: str | None = None,
    say: Callable[[str], object] | None = None,
) -> Path:
    """Fetch a file. What has arrived stays in `….part` after an interruption, and the next call goes on from there.

    A part is only gone on with if the server still has the same version of the file (its ETag or its date). A
    connection that breaks is tried again at once, a few times, as long as something arrives. A server that is too busy
    is asked again after the time that it names (Retry-After, X-RateLimit-Reset), or after longer and longer pauses.
    What has arrived is compared with `md5`, or with the MD5 that Zenodo puts into its ETag.

    Args:
        url: http or https.
        path: where the file goes; it appears there complete or not at all.
        progress: called with (bytes so far, bytes in all or None).
        room: disk space that must be free, in multiples of the file's size: more than 1 if it is to be unpacked.
        pause_s: seconds before a broken connection is tried again.
        md5: of the whole file, in hexadecimal; None: not known.
        say: called with a line when a server asks to wait.

    Returns:
        The path.

    Raises:
        ValueError: an address that is not http or https.
        DownloadError: no network, no such file on the server, a page in its place, a full disk, a connection that
            breaks again and again, a server that stays busy, or a file unlike its MD5, which is deleted.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"expected an address that begins with https:// or http://, got {url!r}")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part, host = path.with_name(path.name + ".part"), urlsplit(url).netloc
    failures = refusals = 0
    while True:
        before = _size(part)
        try:
            _go_on(url, part, progress=progress, room=room)
            break
        except urllib.error.HTTPError as error:
            error.close()
            refusals += 1
            wait_s = asked_to_wait(error.headers)
            wait_s = pause_s * 2 ** (refusals - 1) if wait_s is None else wait_s
            if error.code not in BUSY or refusals >= TRIES or wait_s > LONGEST_WAIT_S:
                raise DownloadError(_refused(url, error)) from error
            if say is not None:
                say(f"{host} is busy ({error.code}); waiting {wait_s:.0f} s")
            time.sleep(wait_s)
        except DownloadError:
            raise
        except (http.client.HTTPException, OSError) as error:
            failures, refusals = (1, 0) if _size(part) > before else (failures + 1, refusals)
            reason = getattr(error, "reason", None) or error
            if failures >= TRIES or (isinstance(error, urllib.error.URLError) and before == _size(part) == 0):
                raise DownloadError(
                    f"{host}: expected an answer, got none ({reason}); connect to the network and run this again"
                    + (f", it goes on after {_size(part) / 1e6:.0f} MB" if _size(part) else "")
                ) from error
            time.sleep(pause_s)
    _compare(part, md5, host)
    part.replace(path)
    _about(part).unlink(missing_ok=True)
    return path


def _go_on(url: str, part: Path, *, progress: Callable[[int, int | None], object] | None, room: int | float) -> None:
    """One connection: appends to the part what it lacks.

    Raises:
        HTTPError: the server refuses.
        DownloadError: the disk is too small.
        OSError: the connection broke.
        HTTPException: the connection broke.
    """
    have, expected = _size(part), _read_about(part)
    if have and (expected is None or (expected.size is None and expected.version is None)):
        have = 0  # nothing tells whether the server has still the same
    if have and expected is not None and have == expected.size:
        return
    headers = {"User-Agent": "vmm-edu", "Accept-Encoding": "identity"}
    if have and expected is not None:
        headers["Range"] = f"bytes={have}-"
        if expected.version:
            headers["If-Range"] = expected.version
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        error.close()
        part.unlink(missing_ok=True)  # longer than the file: begin anew
        raise ConnectionError("the part did not fit the file") from error
    with answer:
        if answer.headers.get_content_type() == "text/html":
            raise DownloadError(
                f"{urlsplit(url).netloc}: expected {url}, got a web page in its place; open that address in a browser "
                "and read what it says"
            )
        start, total = _range(answer)
        if start != have or (start and expected is not None and total != expected.size):
            if start:
                part.unlink(missing_ok=True)
                raise ConnectionError("the server sent another part of the file than was asked for")
            have = 0
        if not start:
            _about(part).write_text(json.dumps(_Expected(total, _version(answer))._asdict()))
        _check_room(part.parent, total, have, room)
        with part.open("ab" if have else "wb") as file:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                have += len(chunk)
                if progress is not None:
                    progress(have, total)
    if total is not None and have != total:
        raise ConnectionError(f"the connection ended after {have} of {total} bytes")


def _range(answer: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Where the bytes of an answer begin, and how many the file has."""
    length = answer.headers.get("Content-Length")
    if answer.status != 206:
        return 0, int(length) if length and length.isdigit() else None
    unit, _, rest = (answer.headers.get("Content-Range") or "").partition(" ")
    first, _, total = rest.replace("-", "/", 1).partition("/")
    total = total.partition("/")[2]
    if unit != "bytes" or not first.isdigit():
        return -1, None
    return int(first), int(total) if total.isdigit() else None


def _compare(part: Path, md5: str | None, host: str) -> None:
    """Throw away what is unlike its MD5.

    Raises:
        DownloadError: it was.
    """
    about = _read_about(part)
    told = _MD5.match(about.version) if about and about.version else None
    wanted = md5 or (told[1] if told else None)
    if wanted is None:
        return
    with part.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != wanted:
        part.unlink()
        _about(part).unlink(missing_ok=True)
        raise DownloadError(
            f"{host}: expected a file of MD5 {wanted}, got {found}: damaged on its way, and deleted; run this again"
        )


def _version(answer: http.client.HTTPResponse) -> str | None:
    """What names this version of the file in an If-Range header: a weak ETag may not."""
    tag = answer.headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")


def _check_room(folder: Path, total: int | None, have: int, room: int | float) -> None:
    needed, free = (total or 0) * room - have, shutil.disk_usage(folder).free
    if needed > free:
        raise DownloadError(
            f"{folder}: expected {needed / 1e9:.1f} GB of free space, got {free / 1e9:.1f}; "
            "make room, or choose another folder"
        )


def _refused(url: str, error: urllib.error.HTTPError) -> str:
    host = urlsplit(url).netloc
    if error.code in (404, 410):
        return f"{host}: expected {url}, got 'not there' ({error.code}); look at the archive's page, it may have moved"
    if error.code in BUSY:
        return f"{host}: expected {url}, got 'too busy' ({error.code}); wait some minutes and run this again"
    if error.code == 403:
        return f"{host}: expected {url}, got 'forbidden' (403); open that address in a browser and read what it says"
    return f"{host}: expected {url}, got {error.code} {error.reason}; look at the archive's page"


def _about(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _read_about(part: Path) -> _Expected | None:
    try:
        return _Expected(**json.loads(_about(part).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
