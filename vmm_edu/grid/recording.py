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
from vmm_edu.grid.trust import Trust, fit_trust, weigh
from vmm_edu.grid.words import LIPS

PACKAGES = ("vmm-edu", "jax", "flax", "optax", "numpy", "scikit-image", "av")
FOLDS = 5
CHOICES = (
    "Sizes were chosen in a first look at clips of the same talker in other folds, and are the same for all words."
)
BOTH, SUM = "both", "both, plain sum"


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
    summed = {name: add([one[name] for one in found if name in one], mean=True) for name in found[0]}
    trusts = fit_trusts(summed, labels, folds)
    for name in [name for name in summed if name.startswith(SOUND_NAME)]:
        summed[name.replace(SOUND_NAME, BOTH)] = together(trusts, summed[LIPS_NAME], summed[name], folds)
        summed[name.replace(SOUND_NAME, SUM)] = add([summed[LIPS_NAME], summed[name]])
    correct = {name: right(beliefs, labels) for name, beliefs in summed.items() if len(beliefs) == len(kinds)}
    cut = {name: scores(correct[name], kinds, rng=rng) for name in (LIPS_NAME, SOUND_NAME, BOTH, SUM)}
    linear = {name: scores(correct[f"linear {name}"], kinds, rng=rng) for name in SENSE}
    one_seed = {name: [np.round(right(one[name], labels).mean(axis=0), 4).tolist() for one in found] for name in SENSE}
    noise = {kind: _curve(correct, kind, kinds, rng) for kind in NOISES}
    shown = {"clean": "", "babble at -5 dB": " babble -5", "babble at -10 dB": " babble -10"}
    tables = {
        when: {
            name: confusions(summed[name + ("" if name == LIPS_NAME else at)], labels, kinds) for name in (*SENSE, BOTH)
        }
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
        "split": {"folds": FOLDS, "by": "sentence", "test clips": np.bincount(folds).tolist(), "choices": CHOICES},
        "seeds": list(seeds),
        "kinds": dict(VOCABULARY),
        "cut by the alignments": {"LSTM": cut, "linear": linear, "LSTM, each seed": one_seed},
        "noise": {"levels_db": [None, *LEVELS_DB], **noise},
        "whole sentence": _sentences(summed, labels, trusts, folds, rng),
        "confusions": tables,
        "hardware": f"{os.cpu_count()} processor cores ({platform.machine()}), no GPU",
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
    }


def recorded() -> dict[str, Any]:
    """The record that comes with the package."""
    file = resources.files("vmm_edu.predict") / "model" / "grid.json"
    return json.loads(file.read_text(encoding="utf-8"))


def fit_trusts(
    told: dict[str, Beliefs], labels: Int[np.ndarray, "clip word"], folds: Int[np.ndarray, " clip"]
) -> list[Trust]:
    """Find for each fold how far to trust each sense, from the answers about the clips of all other folds.

    Each of those answers is of a reader that never saw the clip. That reader did see this fold's clips; what fourteen
    numbers can carry over from there is next to nothing, but a purist trains readers without both.

    Args:
        told: answers about all clips, in quiet and in noise.
        labels: the true words.
        folds: in which fold each clip is tested.

    Returns:
        One trust a fold.

    Raises:
        ValueError: as `fit_trust`.
    """
    heard = [told[name] for name in told if name.startswith(SOUND_NAME)]
    trusts = []
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds != fold)
        lips = [np.tile(part[rows], (len(heard), 1)) for part in told[LIPS_NAME]]
        sound = [np.concatenate([beliefs[place][rows] for beliefs in heard]) for place in range(len(lips))]
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


def _sentences(
    summed: dict[str, Beliefs],
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
        emissions = np.sum([summed[f"tags {sense}"][0] for sense in senses], axis=0)
        hits = decode(lattice, emissions, rate_hz=LIPS.rate_hz).labels == labels
        told[name] = {"lattice": scores(hits, kinds, rng=rng) | {"sentence": _whole(hits, rng)}}
        read = [summed[f"found by {name}, {sense}"] for sense in senses]
        again = right(together(trusts, read[0], read[-1], folds) if name == BOTH else read[0], labels)
        told[name]["lattice, then read again"] = scores(again, kinds, rng=rng) | {"sentence": _whole(again, rng)}
    return told


def _whole(hits: Bool[np.ndarray, "clip word"], rng: np.random.Generator) -> list[float]:
    return interval(hits.all(axis=1).astype(float), rng=rng)
