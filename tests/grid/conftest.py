from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from as_user import as_user
from grid import media

from vmm_edu.grid import Prepared, prepare, read_sentence
from vmm_edu.world.cache import locked

__all__ = ["as_user"]


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


@pytest.fixture(scope="session")
def real(tmp_path_factory) -> Prepared:
    """The shared clips of a real talker, prepared once for all files of tests and all processes of the run."""
    folder = Path(os.environ.get("VMM_EDU_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "real" / "grid"
    if not folder.exists():
        pytest.skip("no folder of real media (VMM_EDU_SHARED names one)")
    base = tmp_path_factory.getbasetemp()
    out = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "real_grid"
    with locked(out):
        return prepare(folder, out, say=lambda line: None)
