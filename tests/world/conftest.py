"""Sets of clips that several tests look at, rendered once."""

from __future__ import annotations

import pytest

from vmm_edu import world

# Enough for a leak to show; sync, xor and main need whole rounds of their strata.
CLIPS = {
    "direction": 64,
    "shape": 96,
    "order": 64,
    "parity": 64,
    "material": 32,
    "glide": 64,
    "sync": 60,
    "xor": 64,
    "gate": 64,
    "missing": 64,
    "main": 80,
    "retrieval": 64,
    "talker": 64,
    "sampling": 64,
    "shots": 54,
    "phases": 24,
    "streaming": 4,
}


@pytest.fixture(scope="session")
def clips_of(tmp_path_factory):
    """A fresh set of clips of a task, with every file read once."""
    folder = tmp_path_factory.mktemp("world")
    made = {}

    def get(task: str) -> world.ClipSet:
        if task not in made:
            # Two workers cost a second each: more than they save on a small set.
            made[task] = world.pool(
                task,
                clips=CLIPS[task],
                seed=77,
                split="smoke",
                directory=folder / task,
                workers=2 if task in ("main", "sync") else 1,
            )
        return made[task]

    return get


@pytest.fixture(scope="session")
def media_of(clips_of):
    """Frames and samples of a fresh set, as the files hold them."""
    from vmm_edu.world.container import read_mp4

    read = {}

    def get(task: str) -> list:
        if task not in read:
            read[task] = [read_mp4(path) for path in clips_of(task).paths]
        return read[task]

    return get
