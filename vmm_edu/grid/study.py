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

from vmm_edu.grid.answers import CLASSES, LEVELS_DB, LIPS_NAME, SENSE, SOUND_NAME, Say, answers
from vmm_edu.grid.describing import fold_of
from vmm_edu.grid.folds import NOISES
from vmm_edu.grid.lattice import decode, sentence_lattice
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.scoring import Beliefs, add, compare, confusions, interval, right, scores
from vmm_edu.grid.sentences import VOCABULARY
from vmm_edu.grid.words import LIPS

PACKAGES = ("vmm-edu", "jax", "flax", "optax", "numpy", "scikit-image", "av")
FOLDS = 5
BOTH = "both"


def study(prepared: Prepared, *, seeds: Sequence[int], say: Say, keep: Path | None = None) -> dict[str, Any]:
    """Train and test all models of chapter 10.

    Args:
        prepared: from `vmm-edu grid prepare`.
        seeds: of the models; their log-probabilities are added, and each one's accuracy is told, too.
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
    found = [answers(prepared, folds, seed, say=say, keep=keep) for seed in seeds]
    rng, kinds, labels = np.random.default_rng(0), tuple(VOCABULARY), prepared.labels
    summed = {name: add([one[name] for one in found]) for name in found[0]}
    for level in [name for name in summed if name.startswith("sound")]:
        summed[level.replace("sound", BOTH)] = add([summed[LIPS_NAME], summed[level]])
    correct = {name: right(beliefs, labels) for name, beliefs in summed.items() if len(beliefs) == len(kinds)}
    cut = {name: scores(correct[name], kinds, rng=rng) for name in (LIPS_NAME, SOUND_NAME, BOTH)}
    linear = {name: scores(correct[f"linear {name}"], kinds, rng=rng) for name in SENSE}
    one_seed = {
        name: [np.round(right(one[name], labels).mean(axis=0), 4).tolist() for one in found] for name in SENSE
    }
    noise = {kind: _curve(correct, kind, kinds, rng) for kind in NOISES}
    shown = {"clean": "", "babble at -5 dB": " babble -5", "babble at -10 dB": " babble -10"}
    tables = {
        when: {name: confusions(summed[name + ("" if name == LIPS_NAME else at)], labels, kinds) for name in (*SENSE, BOTH)}
        for when, at in shown.items()
    }
    return {
        "corpus": {
            "name": "GRID audio-visual sentence corpus",
            "doi": "10.1121/1.2229005",
            "talkers": sorted(set(prepared.talkers)),
            "clips": len(prepared.names),
            "left_out": prepared.left_out,
        },
        "split": {"folds": FOLDS, "by": "sentence", "test clips": np.bincount(folds).tolist()},
        "seeds": list(seeds),
        "kinds": dict(VOCABULARY),
        "cut by the alignments": {"LSTM": cut, "linear": linear, "LSTM, each seed": one_seed},
        "noise": {"levels_db": list(LEVELS_DB), **noise},
        "whole sentence": _sentences(summed, labels, rng),
        "confusions": tables,
        "hardware": f"{os.cpu_count()} processor cores ({platform.machine()}), no GPU",
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
    }


def recorded() -> dict[str, Any]:
    """The record that comes with the package."""
    file = resources.files("vmm_edu.predict") / "model" / "grid.json"
    return json.loads(file.read_text(encoding="utf-8"))


def _curve(
    correct: dict[str, Any], kind: str, kinds: Sequence[str], rng: np.random.Generator
) -> dict[str, Any]:
    """Accuracy of sound and both at each level, and how far both is above the better sense."""
    curve: dict[str, Any] = {SOUND_NAME: [], BOTH: [], "gain": []}
    for level in LEVELS_DB:
        each = {name: correct[f"{name} {kind} {level}"] for name in (SOUND_NAME, BOTH)}
        for name, hits in each.items():
            curve[name].append(scores(hits, kinds, rng=rng))
        alone = {LIPS_NAME: correct[LIPS_NAME], SOUND_NAME: each[SOUND_NAME]}
        curve["gain"].append(compare(alone, each[BOTH], rng=rng))
    return curve


def _sentences(summed: dict[str, Beliefs], labels: Int[np.ndarray, "clip word"], rng: np.random.Generator) -> dict[str, Any]:
    """Whole sentences without the test clips' alignments: the lattice's own words, and its times read again."""
    lattice, kinds = sentence_lattice(CLASSES), tuple(VOCABULARY)
    told: dict[str, Any] = {}
    for name in (LIPS_NAME, SOUND_NAME, BOTH):
        senses = SENSE if name == BOTH else {name: SENSE[name]}
        emissions = np.sum([summed[f"tags {sense}"][0] for sense in senses], axis=0)
        hits = decode(lattice, emissions, rate_hz=LIPS.rate_hz).labels == labels
        told[name] = {"lattice": scores(hits, kinds, rng=rng) | {"sentence": _whole(hits, rng)}}
        again = right(add([summed[f"found by {name}, {sense}"] for sense in senses]), labels)
        told[name]["lattice, then read again"] = scores(again, kinds, rng=rng) | {"sentence": _whole(again, rng)}
    return told


def _whole(hits: Bool[np.ndarray, "clip word"], rng: np.random.Generator) -> list[float]:
    return interval(hits.all(axis=1).astype(float), rng=rng)
