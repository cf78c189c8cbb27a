"""Creates the course's environment in .venv: the pins of lock.txt with their hashes, then the package itself.

Runs on a bare Python 3.11 or newer, with nothing installed: ``python tools/env.py``. Running it again is a
look at one stamp file. Works on Linux, macOS and Windows; the Makefile calls nothing else to set things up.
The file keeps to old syntax, so that an old Python can still say that it is too old.
"""

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


def fail(sentence):
    """Ends the program with one sentence that says what to do."""
    raise SystemExit("vmm-edu: " + sentence)


def env_python():
    """The environment's interpreter."""
    return ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def base_identity():
    """Changes when the folder or the Python changes: then the environment is built anew."""
    return hashlib.sha256(f"{sys.version}|{ROOT}".encode()).hexdigest()


def pins_identity():
    """Changes when the pins or the package's own metadata change: then pip brings the environment up to date."""
    return hashlib.sha256((ROOT / "lock.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def check_machine():
    """Stops with a sentence where the Python is too old, venv is missing or the disk is full."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        fail(
            f"this is Python {found}; the course needs 3.11 or newer. Install one (python.org or your package manager) "
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
    free_gb = shutil.disk_usage(str(ROOT)).free / 1e9
    if free_gb < NEEDED_DISK_GB:
        fail(f"{free_gb:.1f} GB are free on this disk; the environment needs {NEEDED_DISK_GB:.0f} GB. Make room first.")


def run(*command):
    """Runs one command of the set-up and says what to do where it fails."""
    if subprocess.call(command, cwd=str(ROOT)):
        fail(
            "setting up the environment failed; the lines above say why. It needs a connection to your package "
            "index; after a broken download run the same command again."
        )


def main():
    """Brings .venv to the state that lock.txt describes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build the environment anew")
    options = parser.parse_args()
    stamp = STAMP.read_text().split() if STAMP.exists() and env_python().exists() else ["", ""]
    wanted = [base_identity(), pins_identity()]
    if stamp == wanted and not options.force:
        return
    check_machine()
    if ENV.exists() and (options.force or stamp[0] != wanted[0]):
        shutil.rmtree(str(ENV))  # another Python, a moved folder, or a set-up that did not finish
    print("vmm-edu: building the environment in .venv (once; a few minutes)", flush=True)
    if not env_python().exists():
        run(sys.executable, "-m", "venv", str(ENV))
    pip = [str(env_python()), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-input"]
    run(*pip, "--require-hashes", "--requirement", "lock.txt")
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text("\n".join(wanted))


if __name__ == "__main__":
    main()
