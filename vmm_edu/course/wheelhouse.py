"""The pins of lock.txt, systems and Python versions in; a folder of wheels that installs without a network out.

Only what a learner needs is taken: the package's own requirements and those of its `lab` extra, with all that these
require in turn. Which those are is read from the packages that are installed here.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE = "vmm-edu"
EXTRAS = ("lab",)
MANYLINUX = [*(f"manylinux_2_{minor}" for minor in range(28, 16, -1)), "manylinux2014", "manylinux1", "manylinux2010"]
# pip's names of the system for wheels, and what a requirement's conditions see there.
SYSTEMS: dict[str, tuple[list[str], dict[str, str]]] = {
    "linux": (
        [f"{name}_x86_64" for name in MANYLINUX],
        {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64", "os_name": "posix"},
    ),
    "linux-arm": (
        [f"{name}_aarch64" for name in MANYLINUX],
        {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64", "os_name": "posix"},
    ),
    "macos": (
        ["macosx_14_0_arm64"],
        {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64", "os_name": "posix"},
    ),
    "windows": (
        ["win_amd64"],
        {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "os_name": "nt"},
    ),
}


class Pin(NamedTuple):
    """One block of lock.txt.

    Attributes:
        requirement: Name, version and condition.
        hashes: The lines with its hashes.
    """

    requirement: Requirement
    hashes: tuple[str, ...]

    def text(self, *, condition: bool) -> str:
        """The block again, with or without its condition."""
        marker = f" ; {self.requirement.marker}" if condition and self.requirement.marker else ""
        head = f"{self.requirement.name}{self.requirement.specifier}{marker}"
        return " \\\n    ".join([head, *self.hashes])


def read_pins(text: str) -> list[Pin]:
    r"""The pins of a lock file.

    Args:
        text: Its content: ``name==version ; condition \`` and a line for each hash.
    """
    found = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        lines = [line.strip().removesuffix("\\").strip() for line in block.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        if lines:
            found.append(Pin(Requirement(lines[0]), tuple(lines[1:])))
    return found


def conditions(system: str, python: str) -> dict[str, str]:
    """What the conditions of requirements see on one system.

    Args:
        system: A name of `SYSTEMS`.
        python: "3.12".

    Raises:
        ValueError: The system or the version is none that is known.
    """
    if system not in SYSTEMS:
        raise ValueError(f"--systems: expected some of {', '.join(SYSTEMS)}, got {system!r}")
    if not re.fullmatch(r"3\.\d+", python):
        raise ValueError(f"--pythons: expected versions such as 3.12, got {python!r}")
    return {
        **SYSTEMS[system][1],
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def wanted_pins(
    pins: Sequence[Pin], where: Mapping[str, str], *, package: str = PACKAGE, extras: Iterable[str] = EXTRAS
) -> list[Pin]:
    """The pins that a package needs on one system.

    Args:
        pins: All there are.
        where: As from `conditions`.
        package: An installed package; it is not among the pins.
        extras: Its extras that are wanted too.

    Raises:
        ValueError: A requirement has no pin.
    """
    holding = {
        canonicalize_name(pin.requirement.name): pin
        for pin in pins
        if pin.requirement.marker is None or pin.requirement.marker.evaluate(dict(where))
    }
    found: dict[str, Pin] = {}
    todo = [(package, frozenset(extras))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        name, asked = todo.pop()
        if (name, asked) in seen:
            continue
        seen.add((name, asked))
        for needed in _requirements(name, asked, where):
            other = canonicalize_name(needed.name)
            if other != package:
                if other not in holding:
                    raise ValueError(f"lock.txt has no pin for {other}, which {name} needs; run `make lock`")
                found[other] = holding[other]
            todo.append((other, frozenset(needed.extras)))
    return [found[name] for name in sorted(found)]


def _requirements(name: str, extras: Iterable[str], where: Mapping[str, str]) -> Iterator[Requirement]:
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return  # for another system; those that exist need nothing more
    for line in lines:
        needed = Requirement(line)
        asked = ["", *extras]
        if needed.marker is None or any(needed.marker.evaluate({**where, "extra": extra}) for extra in asked):
            yield needed


def download(pins: Sequence[Pin], folder: Path, *, system: str, python: str, options: Sequence[str] = ()) -> None:
    """Fetches the wheels of pins for one system, each against its hashes.

    Args:
        pins: What is wanted.
        folder: For the wheels; those that are there already are not fetched again.
        system: A name of `SYSTEMS`.
        python: "3.12".
        options: Further words for pip, such as where to look.

    Raises:
        ValueError: pip failed; its words are in the message.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"pins-{system}-{python}.txt"
    page.write_text("\n".join(pin.text(condition=False) for pin in pins) + "\n", encoding="utf-8")
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q", "--no-deps"]
    words += ["--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
    words += [f"--platform={name}" for name in SYSTEMS[system][0]]
    done = subprocess.run([*words, *options, "-r", str(page), "-d", str(folder)], capture_output=True, text=True)
    page.unlink()
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()][-4:]
        raise ValueError(f"the wheels for {system}, Python {python} could not be fetched: {' '.join(lines)}")


def build_wheel(checkout: Path, folder: Path) -> Path:
    """Builds the course's own wheel, chapters and clips inside.

    Args:
        checkout: The course's own folder.
        folder: For the wheel.

    Raises:
        ValueError: It could not be built.
    """
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.resolve())]
    done = subprocess.run(words, cwd=checkout, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"the course's wheel could not be built: {done.stderr.strip()[-500:]}")
    return max(folder.glob("vmm_edu-*.whl"), key=lambda path: path.stat().st_mtime)


def size_bytes(folder: Path) -> int:
    """The bytes of all files in a folder.

    Args:
        folder: Looked through to the bottom.
    """
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
