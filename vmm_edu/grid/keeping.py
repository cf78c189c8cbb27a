"""What readers say in; a file of it out, whole or not at all, and back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from vmm_edu.grid.scoring import Beliefs


def load(path: Path) -> dict[str, Beliefs]:
    """Read answers back.

    Args:
        path: what `save` wrote.

    Returns:
        What was asked → log-probabilities at each place.

    Raises:
        OSError: no such file.
        ValueError: a damaged file.
    """
    found: dict[str, Beliefs] = {}
    try:
        # Opened here: NumPy leaves a damaged file open.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            for name in file.files:  # in the order written: the places of each question in theirs
                found.setdefault(name.rsplit("#", 1)[0], []).append(file[name])
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"expected answers in {path}, got something else ({error}); delete the file, and they are found anew"
        ) from error
    return found


def save(path: Path, found: dict[str, Beliefs]) -> None:
    """Write answers to a file, whole or not at all.

    Args:
        path: a .npz file.
        found: from `answers`.

    Raises:
        OSError: a folder or disk that cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    arrays = {f"{name}#{k}": np.asarray(x, np.float32) for name, parts in found.items() for k, x in enumerate(parts)}
    with part.open("wb") as file:
        np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]
    part.replace(path)


def part_of(path: Path | None, name: str) -> Path | None:
    """Name the file for the parameters of one kind of model, beside that of the answers.

    Args:
        path: from `file_of`.
        name: of the kind.

    Returns:
        The file; None where nothing is kept.

    Raises:
        ValueError: never.
    """
    return None if path is None else path.with_name(f"{path.stem}-{name}.npz")
