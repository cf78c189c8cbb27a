"""The small set of clips that comes with the course, made by one call."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from vmm_edu.world.catalogue import task as task_named
from vmm_edu.world.clip_sets import MANIFEST, ClipSet, make_set
from vmm_edu.world.container import write_text
from vmm_edu.world.sampling import sample
from vmm_edu.world.tables import Clip

SMOKE_SEED = 2024
SMOKE_CLIPS = {
    "direction": 32,
    "shape": 32,
    "order": 32,
    "material": 24,
    "glide": 16,
    "sync": 20,
    "xor": 16,
    "gate": 16,
    "missing": 16,
    "main": 192,
    "talker": 16,
    "sampling": 4,
    "shots": 3,
    "phases": 4,
    "streaming": 2,
}
# A few clips, drawn so that they show what chapter 01 needs: two speeds of a wheel, a cut and a dissolve in one clip.
_SEEDS = {"sampling": 2026, "shots": 2746}
_PARAMETERS = {"sampling": {"speeds": (4, 12)}}


def smoke_clips(task: str) -> tuple[Clip, ...]:
    """What the smoke set's clips of a task show.

    Raises:
        ValueError: If the smoke set has no such clips.
    """
    if task not in SMOKE_CLIPS:
        raise ValueError(f"the smoke set has no clips of {task!r}; it has {', '.join(SMOKE_CLIPS)}")
    table = task_named(task, **_PARAMETERS.get(task, {}))
    return sample(table, clips=SMOKE_CLIPS[task], seed=_SEEDS.get(task, SMOKE_SEED), split="smoke")


def make_smoke(
    directory: str | os.PathLike[str], *, progress: Callable[[int, int], None] | None = None
) -> tuple[ClipSet, ...]:
    """Render the smoke set: a folder per task, and one manifest with the SHA-256 of every file.

    Its sizes are too small to be exact: scores on it show that things work, not how well.

    Args:
        directory: Folder for it.
        progress: Called with (finished, all) clips.

    Returns:
        One set per task.

    Raises:
        ValueError: If the folder holds other clips.
        OSError: If it cannot be written.
    """
    directory = Path(directory)
    total, before, sets = sum(SMOKE_CLIPS.values()), 0, []
    for task, clips in SMOKE_CLIPS.items():
        shift = before
        report = None if progress is None else (lambda done, _all, shift=shift: progress(shift + done, total))
        sets.append(make_set(smoke_clips(task), directory / task, progress=report))
        (directory / task / ".lock").unlink(missing_ok=True)  # These folders go under version control.
        before += clips
    files = sorted(path for one in sets for path in one.directory.iterdir() if not path.name.startswith("."))
    digests = {path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    write_text(directory / MANIFEST, json.dumps(digests, indent=0, sort_keys=True) + "\n")
    return tuple(sets)
