"""Prepared clips and a seed in; what that seed's models say of every clip, each asked about clips it never saw, out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import jax
import numpy as np
from jaxtyping import Float, Int

from vmm_edu.grid import learned, moment_cnn, reader, reading
from vmm_edu.grid.asking import CLASSES, LEVELS_DB, READING, TAGGING, Say, ask_readers, ask_taggers
from vmm_edu.grid.folds import NOISY_VERSIONS
from vmm_edu.grid.keeping import load, part_of, save
from vmm_edu.grid.lattice import sentence_lattice
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.scoring import Beliefs
from vmm_edu.grid.training import even_rows
from vmm_edu.grid.views import CLOCKS, SENSE, describe

CONTEXTS_S = {"video": (0.0, 0.04, 0.08), "audio": (0.0, 0.04)}
"""By how much words are widened at both ends: one is chosen for each sense, kind of word and fold (`inner_answers`)."""
FORMAT = "answers 5"
TRAINING_NOISE = 1
"""Seed; that of the noise in tests is another one."""


def answers(
    prepared: Prepared,
    folds: Int[np.ndarray, " clip"],
    seed: int,
    *,
    context_s: Mapping[str, Float[np.ndarray, "fold word"]],
    say: Say,
    keep: Path | None,
) -> dict[str, Beliefs]:
    """Train the models of one seed for every fold, and ask each about the clips that it never saw.

    Args:
        prepared: the clips.
        folds: in which fold each is tested.
        seed: of the models, and of the noise that they are trained in.
        context_s: "video", "audio" → by how much each kind of word is widened at both ends, in each fold.
        say: takes one line about what is going on.
        keep: folder for the answers, read again where the same was asked before; None: nothing is kept.

    Returns:
        What was asked → log-probabilities: "lips", "sound", "sound babble -5"…, and from one description of a sense
        alone "designed lips", "learned lips"…, "linear lips"…, of the words at each place; "tags lips", "tags sound" of
        the tags of each frame; "found by lips, sound"… of the words where the lattice, fed by the first, has found
        them, read from the second.

    Raises:
        ValueError: as the functions it calls.
    """
    widths = {sense: context_s[sense].tolist() for sense in SENSE.values()}
    path = file_of(prepared, f"seed-{seed}", keep, widths=widths)
    if path is not None and path.exists():
        say(f"seed {seed}: found in {path.name}")
        return load(path)
    say(f"seed {seed}: describing {len(prepared.names)} clips")
    cnn_key, reader_key, tagger_key = jax.random.split(jax.random.key(seed), 3)
    described = describe(
        prepared,
        folds,
        even_rows(folds)[0],
        sentence_lattice(CLASSES),
        rng=np.random.default_rng(TRAINING_NOISE + seed),
        key=cnn_key,
        keep=lambda name: part_of(path, name),
    )
    say(f"seed {seed}: training readers of words")
    found, readers = ask_readers(prepared, described, folds, context_s, reader_key, say, path)
    say(f"seed {seed}: training taggers of frames")
    found |= ask_taggers(prepared, described, readers, folds, tagger_key, path)
    if path is not None:
        save(path, found)
    return found


def file_of(
    prepared: Prepared, name: str, keep: Path | None, *, widths: Mapping[str, list[list[float]]] | None = None
) -> Path | None:
    """Name the file for answers, after what they depend on: clips and settings; `FORMAT` stands for the rest.

    Args:
        prepared: the clips.
        name: whose answers.
        keep: the folder.
        widths: of the words, where they have been chosen.

    Returns:
        The file; None where nothing is kept.

    Raises:
        ValueError: never.
    """
    if keep is None:
        return None
    readers = (READING, TAGGING, CLOCKS, CONTEXTS_S, widths, reading.SETTINGS, reader.LOOKS, reader.HIDDEN)
    settings = (readers, learned.SETTINGS, moment_cnn.SETTINGS, LEVELS_DB, NOISY_VERSIONS)
    about = repr((FORMAT, metadata.version("vmm-edu"), name, settings, prepared.names))
    content = hashlib.sha256(about.encode())
    for array in (prepared.mouths, prepared.samples, prepared.labels, prepared.word_times_s):
        content.update(np.ascontiguousarray(array).tobytes())
    return keep / f"{name}-{content.hexdigest()[:12]}.npz"
