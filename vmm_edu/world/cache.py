"""Where rendered clips are kept, named after the code that rendered them; and a lock for a folder."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import av
import platformdirs

# What decides how a clip looks and sounds. A change to any of them starts a new cache.
RENDERING = (
    "captions",
    "container",
    "counted",
    "dropped",
    "edited",
    "face",
    "impact",
    "motion",
    "rendering",
    "scene",
    "shape",
    "shown",
    "take",
    "talking",
    "tapped",
    "texture",
    "turning",
    "voice",
    "watched",
    "wording",
)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Name of the rendering code and of the codec's release: twelve hexadecimal digits."""
    digest = hashlib.sha256(f"PyAV {av.__version__.split('.')[0]}".encode())
    for name in RENDERING:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def cache_directory() -> Path:
    """Folder for rendered clips: VMM_EDU_CACHE, else ``cache`` in a source checkout, else the user's cache."""
    if chosen := os.environ.get("VMM_EDU_CACHE"):
        return Path(chosen)
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "notebooks").is_dir():
        return checkout / "cache"
    return platformdirs.user_cache_path("vmm-edu")


def _try_lock(descriptor: int) -> bool:
    """Take the lock of an open file if nobody holds it; the system gives it back when the process ends, however."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def locked(directory: Path, *, poll_s: float = 0.1) -> Iterator[None]:
    """Hold a folder (made when missing) for oneself; a second process waits.

    Raises:
        OSError: If the folder cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT)
    try:
        while not _try_lock(descriptor):
            time.sleep(poll_s)
        yield
    finally:
        os.close(descriptor)
