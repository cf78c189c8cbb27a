"""Prepared clips in; every model trained for every fold and seed, and the record of what they can read, out."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Int

from vmm_edu.grid.answers import CONTEXTS_S, answers
from vmm_edu.grid.asking import CLASSES, LEVELS_DB, Say
from vmm_edu.grid.describing import fold_of
from vmm_edu.grid.folds import NOISES
from vmm_edu.grid.inner import inner_answers
from vmm_edu.grid.lattice import decode, sentence_lattice
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.scoring import Beliefs, add, compare, confusions, interval, right, scores
from vmm_edu.grid.sentences import VOCABULARY
from vmm_edu.grid.trust import Trust, fit_trust, weigh
from vmm_edu.grid.views import LIPS_NAME, SENSE, SOUND_NAME
from vmm_edu.grid.widths import WIDTH, FoldBeliefs
from vmm_edu.grid.words import LIPS

PACKAGES = ("vmm-edu", "jax", "flax", "optax", "numpy", "scikit-image", "av")
FOLDS = 5
CHOICES = (
    "Sizes were chosen in a first look at clips of the same talker in other folds. How widely a word is cut: for each "
    "fold, sense and kind of word, by readers of the first seed that saw neither the fold nor the clips asked about; "
    "the width that makes their true words most probable. How wrongly sound is timed in training, how often it is "
    "clean, the size of the readers, that each sense is trained alone, that it is read from a designed and a learned "
    "description whose readers' log-probabilities are averaged, the CNNs' sizes and schedules, and that readers rather "
    "than the linear model choose the width: by means over such inner splits, of two to seven settings each."
)
TRUSTS = "Fitted for each fold to answers of the first seed's readers about clips of other folds; they saw neither."
BOTH, SUM = "both", "both, plain sum"
TOGETHER = "LSTM, all seeds together"


def study(prepared: Prepared, *, seeds: Sequence[int], say: Say, keep: Path | None = None) -> dict[str, Any]:
    """Train and test all models of chapter 10.

    Args:
        prepared: from `vmm-edu grid prepare`.
        seeds: of the models. Accuracies are means over them; once, their log-probabilities are averaged, too.
        say: takes one line about what is going on.
        keep: folder where what each seed found is kept, so that a study goes on where it stopped; None: nowhere.

    Returns:
        The record, of JSON types.

    Raises:
        ValueError: no seed, or too few clips for five folds.
    """
    if not seeds:
        raise ValueError("expected at least one seed, got none")
    folds = fold_of(prepared.names, folds=FOLDS)
    inner = inner_answers(prepared, folds, seeds[0], say=say, keep=keep)
    widths = {sense: inner[f"{WIDTH} {name}"][0] for name, sense in SENSE.items()}
    found = [answers(prepared, folds, seed, context_s=widths, say=say, keep=keep) for seed in seeds]
    rng, kinds, labels = np.random.default_rng(0), tuple(VOCABULARY), prepared.labels
    trusts = fit_trusts(inner, labels)
    for one in (*found, merged := {name: add([one[name] for one in found], mean=True) for name in found[0]}):
        for name in [name for name in one if name.startswith(SOUND_NAME)]:
            one[name.replace(SOUND_NAME, BOTH)] = together(trusts, one[LIPS_NAME], one[name], folds)
            one[name.replace(SOUND_NAME, SUM)] = add([one[LIPS_NAME], one[name]])
    words = [name for name, beliefs in merged.items() if len(beliefs) == len(kinds)]
    correct = {name: np.stack([right(one[name], labels) for one in found]) for name in words}
    shown = (LIPS_NAME, SOUND_NAME, BOTH, SUM)
    cut = {name: scores(correct[name], kinds, rng=rng) for name in shown}
    merged_cut = {name: scores(right(merged[name], labels), kinds, rng=rng) for name in shown}
    linear = {name: scores(correct[f"linear {name}"][0], kinds, rng=rng) for name in SENSE}
    described = {
        way: {name: scores(correct[f"{way} {name}"], kinds, rng=rng) for name in SENSE}
        for way in ("designed", "learned")
    }
    one_seed = {name: correct[name].mean(axis=1).round(4).tolist() for name in (*SENSE, BOTH)}
    return {
        "corpus": {
            "name": "GRID audio-visual sentence corpus",
            "doi": "10.1121/1.2229005",
            "talkers": sorted(set(prepared.talkers)),
            "clips": len(prepared.names),
            "left_out": prepared.left_out,
        },
        "split": {
            "folds": FOLDS,
            "by": "sentence",
            "test clips": np.bincount(folds).tolist(),
            "choices": CHOICES,
            "trust": TRUSTS,
            "widths tried, s": {name: list(CONTEXTS_S[sense]) for name, sense in SENSE.items()},
            "widths chosen, s": {name: widths[sense].astype(float).round(3).tolist() for name, sense in SENSE.items()},
        },
        "seeds": list(seeds),
        "kinds": dict(VOCABULARY),
        "cut by the alignments": {"LSTM": cut, TOGETHER: merged_cut, "linear": linear, "LSTM, each seed": one_seed},
        "one description alone": described,
        "noise": {"levels_db": [None, *LEVELS_DB]} | {kind: _curve(correct, kind, kinds, rng) for kind in NOISES},
        "whole sentence": _sentences(found, labels, trusts, folds, rng),
        "confusions": _tables(found, labels, kinds),
        "hardware": f"{os.cpu_count()} processor cores ({platform.machine()}), no GPU",
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
    }


def recorded() -> dict[str, Any]:
    """The record that comes with the package."""
    file = resources.files("vmm_edu.predict") / "model" / "grid.json"
    return json.loads(file.read_text(encoding="utf-8"))


def fit_trusts(inner: dict[str, FoldBeliefs], labels: Int[np.ndarray, "clip word"]) -> list[Trust]:
    """Find for each fold how far to trust each sense, from answers of readers that saw neither the fold nor the clip.

    Args:
        inner: from `inner_answers`, in quiet and in noise.
        labels: the true words.

    Returns:
        One trust a fold.

    Raises:
        ValueError: as `fit_trust`.
    """
    heard = [inner[name] for name in inner if name.startswith(SOUND_NAME)]
    trusts = []
    for fold, beliefs in enumerate(inner[LIPS_NAME][0]):
        rows = np.flatnonzero(np.isfinite(beliefs).all(axis=1))
        lips = [np.tile(part[fold, rows], (len(heard), 1)) for part in inner[LIPS_NAME]]
        sound = [np.concatenate([one[place][fold, rows] for one in heard]) for place in range(len(lips))]
        trusts.append(fit_trust(lips, sound, np.tile(labels[rows], (len(heard), 1))))
    return trusts


def together(trusts: list[Trust], lips: Beliefs, sound: Beliefs, folds: Int[np.ndarray, " clip"]) -> Beliefs:
    """Both senses' beliefs, weighted in each fold by that fold's trust.

    Args:
        trusts: one a fold.
        lips: log-probabilities of the words at each place.
        sound: alike.
        folds: in which fold each clip is tested.

    Returns:
        Log-probabilities.

    Raises:
        ValueError: as `weigh`.
    """
    both = [np.empty(part.shape) for part in lips]
    for fold, trust in enumerate(trusts):
        rows = folds == fold
        weighed = weigh(trust, [part[rows] for part in lips], [part[rows] for part in sound])
        for part, new in zip(both, weighed, strict=True):
            part[rows] = new
    return both


def _curve(correct: dict[str, Any], kind: str, kinds: Sequence[str], rng: np.random.Generator) -> dict[str, Any]:
    """Accuracy of sound and both at each level, and how far both is above the better sense."""
    curve: dict[str, Any] = {SOUND_NAME: [], BOTH: [], SUM: [], "gain": []}
    for level in (None, *LEVELS_DB):
        at = "" if level is None else f" {kind} {level}"
        each = {name: correct[name + at] for name in (SOUND_NAME, BOTH, SUM)}
        for name, hits in each.items():
            curve[name].append(scores(hits, kinds, rng=rng))
        alone = {LIPS_NAME: correct[LIPS_NAME], SOUND_NAME: each[SOUND_NAME]}
        curve["gain"].append(compare(alone, each[BOTH], rng=rng))
    return curve


def _tables(
    found: Sequence[dict[str, Beliefs]], labels: Int[np.ndarray, "clip word"], kinds: Sequence[str]
) -> dict[str, Any]:
    """Which word was taken for which, in quiet and in babble: counts of all seeds together."""
    tables: dict[str, Any] = {}
    for when, at in {"clean": "", "babble at -5 dB": " babble -5", "babble at -10 dB": " babble -10"}.items():
        tables[when] = {}
        for sense in (*SENSE, BOTH):
            name = sense if sense == LIPS_NAME else sense + at
            each = [confusions(one[name], labels, kinds) for one in found]
            tables[when][sense] = {kind: np.sum([table[kind] for table in each], axis=0).tolist() for kind in kinds}
    return tables


def _sentences(
    found: Sequence[dict[str, Beliefs]],
    labels: Int[np.ndarray, "clip word"],
    trusts: list[Trust],
    folds: Int[np.ndarray, " clip"],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Whole sentences without the test clips' alignments: the lattice's own words, and its times read again."""
    lattice, kinds = sentence_lattice(CLASSES), tuple(VOCABULARY)
    told: dict[str, Any] = {}
    for name in (LIPS_NAME, SOUND_NAME, BOTH):
        senses = SENSE if name == BOTH else {name: SENSE[name]}
        hits: dict[str, list[Bool[np.ndarray, "clip word"]]] = {"lattice": [], "lattice, then read again": []}
        for one in found:
            emissions = np.sum([one[f"tags {sense}"][0] for sense in senses], axis=0)
            hits["lattice"].append(decode(lattice, emissions, rate_hz=LIPS.rate_hz).labels == labels)
            read = [one[f"found by {name}, {sense}"] for sense in senses]
            again = together(trusts, read[0], read[-1], folds) if name == BOTH else read[0]
            hits["lattice, then read again"].append(right(again, labels))
        told[name] = {way: _words_and_whole(np.stack(each), kinds, rng) for way, each in hits.items()}
    return told


def _words_and_whole(
    hits: Bool[np.ndarray, "seed clip word"], kinds: Sequence[str], rng: np.random.Generator
) -> dict[str, list[float]]:
    whole = interval(hits.all(axis=2).astype(float), rng=rng)
    return scores(hits, kinds, rng=rng) | {"sentence": whole}
