"""A workshop's folder in; what is needed to install it in a room without a network added to it.

wheels/            the packages for every system and Python that was asked for, and the course itself
requirements.txt   their pins with hashes
stick.json         for which systems and Pythons the folder is
install.py         the installer, on plain Python
clips/             rendered clips beyond those that the package brings, where there are any
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

from vmm_edu.course import offline_installer
from vmm_edu.course.wheelhouse import EXTRAS, PACKAGE, Pin, conditions, download, size_bytes, wanted_pins

CLIPS = ("*.mp4", "*.json", "*.vtt")


class Stick(NamedTuple):
    """What was put together.

    Attributes:
        wheels: How many.
        size_bytes: Of the whole folder: what the stick must hold.
    """

    wheels: int
    size_bytes: int


def fill(
    folder: Path,
    wheel: Path,
    pins: Sequence[Pin],
    *,
    systems: Sequence[str],
    pythons: Sequence[str],
    clips: tuple[Path, str] | None = None,
    package: str = PACKAGE,
    extras: Sequence[str] = EXTRAS,
    options: Sequence[str] = (),
) -> Stick:
    """Adds wheels, pins, installer and clips to a workshop.

    Args:
        folder: The workshop's.
        wheel: The course's own; it may lie in the folder's wheels already.
        pins: All that lock.txt holds.
        systems: Names of `wheelhouse.SYSTEMS`.
        pythons: "3.12", "3.13".
        clips: A cache of rendered clips to take along and the part of it that is wanted, if any.
        package: The course's name.
        extras: Of it, those that a learner needs.
        options: Further words for pip, such as where to look.

    Raises:
        ValueError: A system or version is not known, a pin is missing, or a wheel cannot be fetched.
    """
    targets = [(system, python, conditions(system, python)) for system in systems for python in pythons]
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    if wheel.parent.resolve() != wheels.resolve():
        shutil.copyfile(wheel, wheels / wheel.name)
    wanted: dict[str, Pin] = {}
    for system, python, where in targets:
        needed = wanted_pins(pins, where, package=package, extras=extras)
        wanted |= {pin.text(condition=True): pin for pin in needed}
        download(needed, wheels, system=system, python=python, options=options)
    own = _own_pin(wheels / wheel.name)
    blocks = [*sorted(wanted), own.text(condition=True)]
    (folder / "requirements.txt").write_text("\n".join(blocks) + "\n", encoding="utf-8")
    about = {"systems": list(systems), "pythons": list(pythons)}
    (folder / "stick.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(offline_installer.__file__, folder / "install.py")
    if clips is not None:
        cache, part = clips
        _copy_clips(cache / part, folder / "clips" / part)
    return Stick(len(list(wheels.glob("*.whl"))), size_bytes(folder))


def _own_pin(wheel: Path) -> Pin:
    name, version, _, _ = parse_wheel_filename(wheel.name)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Pin(Requirement(f"{name}=={version}"), (f"--hash=sha256:{digest}",))


def _copy_clips(source: Path, target: Path) -> None:
    for pattern in CLIPS:
        for path in source.rglob(pattern):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
