"""Prepared clips in; for each fold, what readers that saw neither it nor the clip asked about say of that clip, out."""

from __future__ import annotations

from pathlib import Path

import jax
import numpy as np
from jaxtyping import Bool, Float32, Int, Integer

from vmm_edu.grid.answers import CONTEXTS_S, TRAINING_NOISE, file_of
from vmm_edu.grid.asking import CLASSES, READING, Say, looks_of, noisy_hearings
from vmm_edu.grid.keeping import load, part_of, save
from vmm_edu.grid.lattice import sentence_lattice
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.reading import Readers, read_rows, train_readers
from vmm_edu.grid.scoring import add
from vmm_edu.grid.training import even
from vmm_edu.grid.views import CLOCKS, SENSE, SOUND_NAME, VIEWS, describe
from vmm_edu.grid.widths import WIDTH, FoldBeliefs, at_width, choose_widths


def ring(folds: Integer[np.ndarray, " clip"]) -> Bool[np.ndarray, "pair clip"]:
    """Which clips are held out of the training of each pair's readers: those of fold k and of the next one.

    Args:
        folds: in which fold each clip is tested; numbers from 0.

    Returns:
        One row for each fold; after the last comes the first.

    Raises:
        ValueError: fewer than 3 folds, so that a pair would leave nothing to train on, or a number left out.
    """
    names = np.unique(folds)
    count = len(names)
    if count < 3 or not np.array_equal(names, np.arange(count)):
        raise ValueError(
            f"expected at least 3 folds, numbered from 0, got {names.tolist()}: pairs of two would leave no clip to "
            "train on"
        )
    return np.stack([np.isin(folds, (k, (k + 1) % count)) for k in range(count)])


def inner_answers(
    prepared: Prepared, folds: Int[np.ndarray, " clip"], seed: int, *, say: Say, keep: Path | None
) -> dict[str, FoldBeliefs]:
    """Ask readers, for each fold, about clips of other folds of which they saw none, and nothing of the fold itself.

    A reader for each pair of neighbouring folds is trained on the rest. What it says of the one of the pair is for the
    other: how widely to cut words there, and how far to trust the senses, can be found out without anybody having seen
    that fold. Readers are trained for each width; what is told of a kind of word comes from the width chosen for it.

    Args:
        prepared: the clips.
        folds: in which fold each is tested.
        seed: of the readers, and of the noise that they are trained in.
        say: as `answers`.
        keep: as `answers`.

    Returns:
        "lips", "sound", "sound babble -5"… → log-probabilities of the words at each place, (fold, clip, class): NaN
        where no reader has seen neither. "width lips", "width sound" → by how much words are to be widened, seconds,
        (fold, word).

    Raises:
        ValueError: as the functions it calls.
    """
    path = file_of(prepared, f"inner-{seed}", keep)
    if path is not None and path.exists():
        say(f"inner folds: found in {path.name}")
        return load(path)
    say("inner folds: describing clips")
    held, labels = ring(folds), prepared.labels
    rows, asked = (even([np.flatnonzero(row == wanted) for row in held]) for wanted in (False, True))
    cnn_key, reader_key = jax.random.split(jax.random.fold_in(jax.random.key(seed), 1))
    described = describe(
        prepared,
        folds,
        rows,
        sentence_lattice(CLASSES),
        rng=np.random.default_rng(TRAINING_NOISE + seed),
        key=cnn_key,
        keep=lambda name: part_of(path, name),
    )
    found: dict[str, FoldBeliefs] = {}
    readers: dict[tuple[str, float], Readers] = {}
    for name, sense in SENSE.items():
        features, contexts_s = {view: described.features[view] for view in VIEWS[name]}, CONTEXTS_S[sense]
        given = (features, {view: CLOCKS[view] for view in features}, labels, prepared.word_times_s, folds, CLASSES)
        told = []
        for context_s in contexts_s:
            say(f"inner folds: {name}, words widened by {context_s} s")
            wide = dict.fromkeys(features, np.full((len(held), labels.shape[1]), context_s))
            kept = part_of(path, f"{name}-{context_s}")
            readers[name, context_s] = train_readers(
                *given, key=reader_key, schedule=READING, keep=kept, rows=rows, context_s=wide
            )
            told.append(_ask(readers[name, context_s], features, prepared, folds, asked))
        chosen = choose_widths(told, labels, contexts_s)
        found[name], found[f"{WIDTH} {name}"] = at_width(told, chosen, contexts_s), [chosen]
    (chosen,), contexts_s = found[f"{WIDTH} {SOUND_NAME}"], CONTEXTS_S["audio"]
    for name, heard in noisy_hearings(prepared.sound, folds):
        say(f"inner folds: sound in {name}")
        shown = {view: x[:, None] for view, x in described.hear(heard).items()}
        told = [_ask(readers[SOUND_NAME, one], shown, prepared, folds, asked) for one in contexts_s]
        found[f"{SOUND_NAME} {name}"] = at_width(told, chosen, contexts_s)
    if path is not None:
        save(path, found)
    return found


def _ask(
    readers: Readers,
    views: dict[str, Float32[np.ndarray, "pair version clip _moment _feature"]],
    prepared: Prepared,
    folds: Int[np.ndarray, " clip"],
    asked: Int[np.ndarray, "pair row"],
) -> FoldBeliefs:
    """Read by each pair's reader the clips of both folds, and put each under the other fold's number."""
    looks = [
        read_rows(readers, {view: x[:, k] for view, x in views.items()}, prepared.word_times_s, asked)
        for k in range(looks_of(views))
    ]
    pairs = np.arange(len(asked))[:, None]
    other = np.where(folds[asked] == pairs, (pairs + 1) % len(asked), pairs)
    told: FoldBeliefs = []
    for part in add([said for look in looks for said in look.values()], mean=True):
        beliefs = np.full((len(asked), len(folds), part.shape[2]), np.nan, np.float32)
        beliefs[other, asked] = part
        told.append(beliefs)
    return told
