"""One clip's symbols in; its MP4, captions and sidecar out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from vmm_edu.world import (
    captions,
    container,
    counted,
    dropped,
    edited,
    impact,
    searched,
    shown,
    talking,
    tapped,
    turning,
    watched,
)
from vmm_edu.world.catalogue import task as task_named
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take

RECIPES: Mapping[str, Callable[[Clip], Take]] = {
    "direction": shown.direction,
    "sampling": turning.sampling,
    "shots": edited.shots,
    "shape": shown.flat_shape,
    "order": shown.order,
    "parity": tapped.parity,
    "material": dropped.material,
    "glide": shown.glide,
    "sync": dropped.sync,
    "xor": shown.xor,
    "gate": counted.gate,
    "missing": counted.missing,
    "main": dropped.main,
    "retrieval": searched.retrieval,
    "talker": talking.talker,
    "phases": watched.phases,
    "streaming": watched.phases,
}


def drawable() -> tuple[str, ...]:
    """Names of the tasks that ``render``, ``decode`` and ``pool`` know."""
    return tuple(RECIPES)


def perform(clip: Clip) -> Take:
    """Draw and sound a clip without writing it: what ``render`` puts into the file before it is coded.

    Args:
        clip: What to show.

    Returns:
        Frames 0…255, sound about −1…1, captions and the times of events in seconds.

    Raises:
        ValueError: If the task cannot be drawn or the split has no pictures of its own.
    """
    if clip.task not in RECIPES:
        raise ValueError(f"no pictures are known for task {clip.task!r}; expected one of {', '.join(RECIPES)}")
    return RECIPES[clip.task](clip)


def render(clip: Clip, path: str | os.PathLike[str]) -> None:
    """Write a clip: ``path`` (.mp4), its captions (.vtt, tasks with text) and, last, its sidecar (.json).

    Each file is complete or absent; where the sidecar is, the others are. Missing folders are made.
    The sidecar holds the symbols, the label, times in seconds and the text in English and Chinese.

    Args:
        clip: What the clip shows.
        path: The MP4 file to write.

    Raises:
        ValueError: If the path does not end in .mp4, or the task or split is unknown.
        OSError: If the folder cannot be written.
    """
    path = Path(path)
    if path.suffix != ".mp4":
        raise ValueError(f"{path}: expected a name that ends in .mp4")
    done = perform(clip)
    container.write_mp4(path, done.images, rate_hz=FRAME_RATE_HZ, samples=done.samples, audio_rate_hz=impact.RATE_HZ)
    if done.text:
        container.write_text(path.with_suffix(".vtt"), captions.webvtt(done.text["en"], duration_s=done.duration_s))
    sidecar = {
        "task": clip.task,
        "split": clip.split,
        "index": clip.index,
        "seed": clip.seed,
        "symbols": {modality: dict(symbols) for modality, symbols in clip.symbols.items()},
        "label": clip.label,
        "label_name": task_named(clip.task).label_names[clip.label],
        "duration_s": done.duration_s,
        "events_s": {name: list(times) for name, times in done.events_s.items()},
        "text": dict(done.text),
    }
    container.write_text(path.with_suffix(".json"), json.dumps(sidecar, ensure_ascii=False, indent=1) + "\n")
