"""Installs the course from this folder, without a network: ``python install.py [FOLDER]``.

Needs a Python whose version the folder was made for, and nothing else. Run it again after an interruption: what is
there is kept, and notebooks that are there already are never overwritten. The file keeps to old syntax, so that an old
Python can still say that it is too old.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED_DISK_GB = 2.0


def fail(sentence):
    """Ends the program with one sentence that says what to do."""
    raise SystemExit("install: " + sentence)


def check_machine(about, folder):
    """Stops with a sentence where the Python does not fit, venv is missing or the disk is full."""
    found = "{}.{}".format(*sys.version_info[:2])
    if found not in about["pythons"]:
        fail(
            f"this is Python {found}; this folder has packages for {', '.join(about['pythons'])}. Install one of them "
            "(python.org) and name it: python3.12 install.py"
        )
    if sys.maxsize < 2**32:
        fail("this Python has 32 bits; install the one with 64 bits (python.org).")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail("this Python has no venv module. On Debian or Ubuntu: sudo apt install python3-venv (needs a network).")
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free_gb = shutil.disk_usage(str(existing)).free / 1e9
    if free_gb < NEEDED_DISK_GB:
        fail(f"{free_gb:.1f} GB are free in {existing}; {NEEDED_DISK_GB:.0f} GB are needed. Name another folder.")


def program(environment, name):
    """A program of the environment."""
    inside = ("Scripts", name + ".exe") if os.name == "nt" else ("bin", name)
    return str(environment.joinpath(*inside))


def run(words, sentence):
    """Runs one step; ends with a sentence where it fails."""
    if subprocess.call(words):
        fail(sentence)


def copy_new(source, target):
    """Copies the files of a folder that are not there yet; counts them."""
    copied = 0
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(path), str(place))
            copied += 1
    return copied


def main():
    """Makes the environment, installs the wheels, copies notebooks and clips."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path.home() / "vmm-edu-workshop"
    parser.add_argument("folder", nargs="?", type=Path, default=default, help=f"where to install (default: {default})")
    folder = parser.parse_args().folder.expanduser().absolute()
    about = json.loads((HERE / "stick.json").read_text(encoding="utf-8"))
    check_machine(about, folder)
    environment = folder / "env"
    print(f"install: into {folder}; this takes a few minutes", flush=True)
    if not Path(program(environment, "python")).exists():
        run([sys.executable, "-m", "venv", str(environment)], "the environment could not be made; see above.")
    pip = [program(environment, "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-input"]
    pip += ["--no-index", "--no-deps", "--require-hashes", "--find-links", str(HERE / "wheels")]
    run(
        [*pip, "-r", str(HERE / "requirements.txt")],
        "the packages could not be installed. A hash that differs means a damaged copy: copy the folder again. "
        f"'No matching distribution' means a system that it was not made for ({', '.join(about['systems'])}).",
    )
    print(f"install: {copy_new(HERE / 'notebooks', folder / 'notebooks')} notebooks copied")
    if (HERE / "clips").exists():
        script = "from vmm_edu.world.cache import cache_directory; print(cache_directory())"
        cache = subprocess.check_output([program(environment, "python"), "-c", script], universal_newlines=True).strip()
        print(f"install: {copy_new(HERE / 'clips', Path(cache))} files of clips copied")
    print(f"Begin with:  {program(environment, 'vmm-edu')} lab {folder}")


if __name__ == "__main__":
    main()
