"""The address of a Zenodo record's description in; the address, size and MD5 of each of its files out."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin

LARGEST, TIMEOUT_S = 5_000_000, 30.0


class Listed(NamedTuple):
    """What a record says of one of its files.

    Attributes:
        url: where it is.
        size: bytes; None: not told.
        md5: in hexadecimal; None: not told.
    """

    url: str
    size: int | None
    md5: str | None


def read_record(url: str) -> dict[str, Listed]:
    """Ask a record for its files, in either of the forms that Zenodo's interface has had.

    Args:
        url: such as https://zenodo.org/api/records/3625687.

    Returns:
        Name → what is said of it. Empty where nobody answers or the answer cannot be read: a file can be fetched
        without it, only not compared.

    Raises:
        ValueError: not an address.
    """
    asked = urllib.request.Request(url, headers={"User-Agent": "vmm-edu", "Accept": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:
            told = json.loads(answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        error.close()
        return {}
    except (http.client.HTTPException, OSError, ValueError):
        return {}
    return _files(told, url)


def _files(told: Any, url: str) -> dict[str, Listed]:
    found = told.get("files") if isinstance(told, Mapping) else None
    if isinstance(found, Mapping):  # {"files": {"entries": {name: …}}}
        found = found.get("entries")
    entries = list(found.values()) if isinstance(found, Mapping) else found
    files: dict[str, Listed] = {}
    for entry in entries if isinstance(entries, list) else []:
        links = entry.get("links") if isinstance(entry, Mapping) else None
        if not isinstance(links, Mapping) or not isinstance(entry.get("key"), str):
            continue
        where = links.get("content") or links.get("self") or links.get("download")
        if not isinstance(where, str):
            continue
        size, kind, digest = entry.get("size"), *str(entry.get("checksum")).partition(":")[::2]
        known = kind == "md5" and len(digest) == 32 and not set(digest) - set("0123456789abcdef")
        files[entry["key"]] = Listed(
            urljoin(url, where), size if isinstance(size, int) else None, digest if known else None
        )
    return files
