"""Creates the course's environment in .venv: the pins of lock.txt with their hashes, then the package itself.

Runs on a bare Python 3.11 or newer, with nothing installed: ``python tools/env.py``. Running it again is a
look at one stamp file. Works on Linux, macOS and Windows; the Makefile calls nothing else to set things up.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV = ROOT / ".venv"
STAMP = ENV / "vmm-edu.stamp"
OLDEST_PYTHON = (3, 11)
NEEDED_DISK_GB = 3.0


def fail(sentence: str) -> None:
    """Ends the program with one sentence that says what to do."""
    raise SystemExit(f"vmm-edu: {sentence}")


def env_python() -> Path:
    """The environment's interpreter."""
    return ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """Changes when the pins, the package's metadata or the interpreter change."""
    digest = hashlib.sha256(f"{sys.version}{ROOT}".encode())
    for name in ("lock.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def check_machine() -> None:
    """Stops with a sentence where the Python is too old, venv is missing or the disk is full."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        fail(
            f"this is Python {found}; the course needs 3.11 or newer. Install one (python.org, your package manager) "
            "and name it: make test PYTHON=python3.13"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(
            "this Python has no venv module. On Debian or Ubuntu: sudo apt install python3-venv; "
            "elsewhere use the installer from python.org."
        )
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if not env_python().exists() and free_gb < NEEDED_DISK_GB:
        fail(f"{free_gb:.1f} GB are free on this disk; the environment needs {NEEDED_DISK_GB:.0f} GB. Make room first.")


def run(*command: str) -> None:
    """Runs one command of the set-up and names the step where it fails."""
    done = subprocess.run(command, cwd=ROOT)
    if done.returncode:
        fail(
            "setting up the environment failed; the lines above say why. Without a connection use the offline kit "
            "of docs/teaching.md; after a broken download run the same command again."
        )


def main() -> None:
    """Brings .venv to the state that lock.txt describes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build the environment anew")
    options = parser.parse_args()
    check_machine()
    if options.force and ENV.exists():
        shutil.rmtree(ENV)
    if STAMP.exists() and STAMP.read_text() == fingerprint() and env_python().exists():
        return
    if ENV.exists() and not (STAMP.exists() and env_python().exists()):
        shutil.rmtree(ENV)  # half-built or moved
    print(f"vmm-edu: building the environment in {ENV.name} (once; a few minutes)", flush=True)
    if not env_python().exists():
        run(sys.executable, "-m", "venv", str(ENV))
    pip = (str(env_python()), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-input")
    run(*pip, "--require-hashes", "--requirement", "lock.txt")
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(fingerprint())


if __name__ == "__main__":
    main()
