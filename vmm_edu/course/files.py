"""No input; the course's own files out: chapters and data, wherever this package is installed."""

from __future__ import annotations

from pathlib import Path

import vmm_edu

FOLDERS = ("notebooks", "data")


def course_files() -> dict[str, Path]:
    """Every file that a learner's copy holds, by its name in the copy (``notebooks/00_start_here.ipynb``).

    A wheel carries them inside the package. A checkout has them at its top, beside the package.

    Returns:
        Names with forward slashes, in order, and where each file lies now.

    Raises:
        FileNotFoundError: the package was installed without the chapters.
    """
    folder = course_folder()
    found = {}
    for name in FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not any(part.startswith((".", "__")) for part in inside.parts):
                found[inside.as_posix()] = path
    return found


def course_folder() -> Path:
    """The folder that holds ``notebooks`` and ``data``: inside an installed package, or the top of a checkout.

    Raises:
        FileNotFoundError: the package was installed without the chapters.
    """
    package = Path(vmm_edu.__file__).resolve().parent
    checkout = checkout_folder()
    for folder in (package / "_course", *([checkout] if checkout else [])):
        if (folder / "notebooks").is_dir():
            return folder
    raise FileNotFoundError(
        f"the chapters are missing beside the package in {package}; install the whole course again: "
        "pip install --force-reinstall vmm-edu"
    )


def checkout_folder() -> Path | None:
    """The top of the checkout that this package is imported from; None for an installed wheel."""
    top = Path(vmm_edu.__file__).resolve().parent.parent
    return top if (top / "pyproject.toml").is_file() and (top / "tests").is_dir() else None
