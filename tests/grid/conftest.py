from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from grid import media

from vmm_edu.grid import read_sentence


@pytest.fixture(scope="session")
def frames() -> np.ndarray:
    """75 frames of a talking head that moves as `media.head_path(0)` says."""
    return media.talking(0)


@pytest.fixture
def add(frames):
    """Writes one clip and its alignment into a folder laid out as the corpus is."""
    usual = media.voice()

    def write(folder: Path, name: str, *, images=frames, sound=usual, rate: int = 25, talker: str = "s1") -> Path:
        path = media.write_mpeg(folder / talker / f"{name}.mpg", images, sound, rate=rate)
        media.write_alignment(folder / "alignments" / talker / f"{name}.align", read_sentence(name).words)
        return path

    return write
