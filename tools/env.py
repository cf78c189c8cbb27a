"""Creates the course's environment in .venv: the pins of lock.txt with their hashes, then the package itself.

Runs on a bare Python 3.11 to 3.14, with nothing installed: ``python tools/env.py``. Running it again is a
look at one stamp file. Works on Linux, macOS and Windows; the Makefile calls nothing else to set things up.
``--peers`` makes a second one, .venv-peers, which also holds the libraries that the course is compared with (the
extra ``bench``: several GB, and not pinned, so a result is recorded with its versions).
The file keeps to old syntax, so that an old Python can still say that it is too old.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV = ROOT / ".venv"
PEERS_ENV = ROOT / ".venv-peers"
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)  # what lock.txt has pins for
NEEDED_DISK_GB = 3.0


def fail(sentence):
    """Ends the program with one sentence that says what to do."""
    raise SystemExit("vmm-edu: " + sentence)


def python_of(env):
    """An environment's interpreter."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def base_identity():
    """Changes when the folder or the Python changes: then the environment is built anew."""
    return hashlib.sha256(f"{sys.version}|{ROOT}".encode()).hexdigest()


def pins_identity():
    """Changes when the pins or the package's own metadata change: then pip brings the environment up to date."""
    return hashlib.sha256((ROOT / "lock.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def check_machine():
    """Stops with a sentence where this Python or processor has no pins, venv is missing or the disk is full."""
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        fail(
            f"this is Python {found}; the course needs 3.11 to 3.14. Install one of them (python.org or your package "
            "manager) and name it: make lab PYTHON=python3.13, or python3.13 tools/env.py"
        )
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        fail(
            "this is a Python for Intel processors, and JAX is made for Macs with Apple silicon only. On such a Mac "
            "install a Python for it (python.org); on one with an Intel processor use a hosted notebook."
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


def build(env, requirement, force):
    """Brings one environment to the state that lock.txt describes, with the package installed as ``requirement``."""
    stamp_file = env / "vmm-edu.stamp"
    stamp = stamp_file.read_text().split() if stamp_file.exists() and python_of(env).exists() else ["", ""]
    wanted = [base_identity(), pins_identity()]
    if stamp == wanted and not force:
        return
    check_machine()
    if env.exists() and (force or stamp[0] != wanted[0]):
        shutil.rmtree(str(env))  # another Python, a moved folder, or a set-up that did not finish
    print(f"vmm-edu: building the environment in {env.name} (once; a few minutes)", flush=True)
    if not python_of(env).exists():
        run(sys.executable, "-m", "venv", str(env))
    pip = [str(python_of(env)), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-input"]
    run(*pip, "--require-hashes", "--requirement", "lock.txt")
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    if requirement != ".":
        run(*pip, "--no-build-isolation", "--editable", requirement)
    stamp_file.write_text("\n".join(wanted))


def main():
    """Builds the course's environment, or with --peers the one for comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build the environment anew")
    parser.add_argument("--peers", action="store_true", help="build .venv-peers, with the libraries to compare with")
    options = parser.parse_args()
    if options.peers:
        build(PEERS_ENV, ".[bench]", options.force)
    else:
        build(ENV, ".", options.force)


if __name__ == "__main__":
    main()
