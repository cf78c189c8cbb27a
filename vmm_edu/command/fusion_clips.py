"""A task of ChimeWorld in; for each clip one vector a sense, what it believes it was shown, and the labels out.

Two ways lead there. From symbols: eyes and ears that never err. From files: frames, sound and captions are read from
the MP4s and described (HOG, log-mel, words), and a perception for each sense (`fusion_perception`), trained on the
symbols of training clips and then frozen, says what it believes; the fusions see its beliefs and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from vmm_edu import world
from vmm_edu.features import Vocabulary
from vmm_edu.predict import Described, Recipe, features_of

# What is read of a clip: all of its length, at as many moments as the task needs.
RECIPES = {
    "sync": Recipe(window_s=2.5, frames=30),
    "xor": Recipe(window_s=2.0, frames=8),
    "gate": Recipe(window_s=20 / 12, frames=8),
    "missing": Recipe(window_s=20 / 12, frames=8),
    "main": Recipe(),
}


class Shown(NamedTuple):
    """Clips as the fusions see them.

    Attributes:
        vectors: sense → (batch, feature), K·p − 1 for each of a symbol's K values: 0 where nothing is known.
        mask: sense → (batch,), False where the sense is missing.
        labels: class of each clip.
    """

    vectors: dict[str, Float[np.ndarray, "batch _feature"]]
    mask: dict[str, Bool[np.ndarray, " batch"]]
    labels: Int[np.ndarray, " batch"]


def values_of(task: world.Task) -> dict[str, dict[str, int]]:
    """How many values each symbol of each sense takes; "absent" is none of them."""
    counts = {}
    for sense in task.modalities:
        rows = world.joint_table(task, (sense,))[0]
        names = tuple(world.sample(task, clips=1, seed=0)[0].symbols[sense])
        absent = int(task.name == "missing")
        counts[sense] = {name: int(rows[:, k].max()) + 1 - absent for k, name in enumerate(names)}
    return counts


def truths(task: world.Task, clips: Sequence[world.Clip]) -> dict[str, dict[str, Int[np.ndarray, " batch"]]]:
    """What each sense shows in each clip; in the task "missing", a value beyond the last where it is absent."""
    return {
        sense: {name: np.array([clip.symbols[sense][name] for clip in clips], np.int32) for name in names}
        for sense, names in values_of(task).items()
    }


def from_symbols(task: world.Task, clips: Sequence[world.Clip]) -> Shown:
    """Vectors of senses that never err.

    Args:
        task: what the clips are of.
        clips: which need not be drawn.
    """
    counts, shown = values_of(task), truths(task, clips)
    vectors, mask = {}, {}
    for sense, names in shown.items():
        parts = [
            counts[sense][name] * np.eye(counts[sense][name] + 1)[v][:, :-1] - 1 for name, v in sorted(names.items())
        ]
        vectors[sense] = np.concatenate(parts, axis=1).astype(np.float32)
        mask[sense] = np.all([v < counts[sense][name] for name, v in names.items()], axis=0)
    return Shown(vectors, mask, np.array([clip.label for clip in clips], np.int32))


def described(
    clips: world.ClipSet, vocabulary: Vocabulary, *, texts: Sequence[str] | None = None
) -> dict[str, Described]:
    """Features of the senses that the task has, read from its files."""
    task = clips.clips[0].task
    senses = features_of(clips.paths, recipe=RECIPES[task], vocabulary=vocabulary, texts=texts)
    return {sense: senses[sense] for sense in clips.clips[0].symbols}


def training_texts(clips: world.ClipSet) -> list[str]:
    """Captions for training, every other one in Chinese: the .vtt files beside the clips are English."""
    if "text" not in clips.clips[0].symbols:
        return [""] * len(clips)
    return [pair[k % 2] for k, pair in enumerate(zip(clips.texts("en"), clips.texts("zh"), strict=True))]
