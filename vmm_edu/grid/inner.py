"""Prepared clips in; for each fold, what readers that saw neither it nor the clip asked about say of that clip, out."""

from __future__ import annotations

from pathlib import Path

import jax
import numpy as np
from jaxtyping import Bool, Float, Float32, Int, Integer

from vmm_edu.grid import answers
from vmm_edu.grid.answers import LIPS_NAME, READING, SOUND_NAME, TRAINING_NOISE, Say, noisy_hearings
from vmm_edu.grid.folds import describe_senses, projected
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.reading import Readers, read_rows, train_readers
from vmm_edu.grid.training import even

FoldBeliefs = list[Float[np.ndarray, "fold clip _class"]]
"""For each fold, log-probabilities of the words at each place; NaN where nobody may be asked."""


def ring(folds: Integer[np.ndarray, " clip"]) -> Bool[np.ndarray, "pair clip"]:
    """Which clips are held out of the training of each pair's readers: those of fold k and of the next one.

    Args:
        folds: in which fold each clip is tested; numbers from 0.

    Returns:
        One row for each fold; after the last comes the first.

    Raises:
        ValueError: fewer than 3 folds: a pair would leave nothing to train on.
    """
    count = int(folds.max()) + 1
    if count < 3:
        raise ValueError(f"expected at least 3 folds, got {count}: pairs of two would leave no clip to train on")
    return np.stack([np.isin(folds, (k, (k + 1) % count)) for k in range(count)])


def inner_answers(
    prepared: Prepared, folds: Int[np.ndarray, " clip"], seed: int, *, say: Say, keep: Path | None
) -> dict[str, FoldBeliefs]:
    """Ask readers, for each fold, about clips of other folds of which they saw none, and nothing of the fold itself.

    A reader for each pair of neighbouring folds is trained on the rest. What it says of the one of the pair is for the
    other: how far to trust the senses there can be found out without anybody having seen that fold.

    Args:
        prepared: the clips.
        folds: in which fold each is tested.
        seed: of the readers, and of the noise that they are trained in.
        say: as `answers`.
        keep: as `answers`.

    Returns:
        "lips", "sound", "sound babble -5"… → log-probabilities of the words at each place, (fold, clip, class): NaN
        where no reader has seen neither.

    Raises:
        ValueError: as the functions it calls.
    """
    path = answers.file_of(prepared, f"inner-{seed}", keep)
    if path is not None and path.exists():
        say(f"inner folds: found in {path.name}")
        return answers.load(path)
    say("inner folds: training readers for pairs of folds")
    held = ring(folds)
    rows, asked = (even([np.flatnonzero(row == wanted) for row in held]) for wanted in (False, True))
    rng = np.random.default_rng(TRAINING_NOISE + seed)
    senses = describe_senses(prepared.mouths, prepared.sound, folds, rng=rng, held=held)
    features, times_s = senses.features, prepared.word_times_s
    given = (features, answers.CLOCKS, prepared.labels, times_s, folds, answers.CLASSES)
    key = jax.random.fold_in(jax.random.key(seed), 1)
    kept = None if path is None else path.with_name(f"{path.stem}-readers.npz")
    readers = train_readers(*given, key=key, schedule=READING, keep=kept, rows=rows)
    found = {LIPS_NAME: _ask(readers, "video", features["video"][:, :2], prepared, folds, asked)}
    found[SOUND_NAME] = _ask(readers, "audio", features["audio"][:, :1], prepared, folds, asked)
    for name, heard in noisy_hearings(prepared.sound, folds):
        say(f"inner folds: sound, {name}")
        shown = projected(heard, senses.projections["audio"])[:, None]
        found[f"{SOUND_NAME} {name}"] = _ask(readers, "audio", shown, prepared, folds, asked)
    if path is not None:
        answers.save(path, found)
    return found


def _ask(
    readers: Readers,
    sense: str,
    versions: Float32[np.ndarray, "pair version clip moment feature"],
    prepared: Prepared,
    folds: Int[np.ndarray, " clip"],
    asked: Int[np.ndarray, "pair row"],
) -> FoldBeliefs:
    """Read by each pair's reader the clips of both folds, and put each under the other fold's number."""
    views = [
        read_rows(readers, {sense: versions[:, k]}, prepared.word_times_s, asked)[sense]
        for k in range(versions.shape[1])
    ]
    pairs = np.arange(len(asked))[:, None]
    other = np.where(folds[asked] == pairs, (pairs + 1) % len(asked), pairs)
    told: FoldBeliefs = []
    for parts in zip(*views, strict=True):
        beliefs = np.full((len(asked), len(folds), parts[0].shape[2]), np.nan, np.float32)
        beliefs[other, asked] = np.mean(parts, axis=0)
        told.append(beliefs)
    return told
