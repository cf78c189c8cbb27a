"""Seeds and numbers of clips in; the trained pipeline and its scores beside the exact ceilings out."""

from __future__ import annotations

import itertools
import math
import os
import platform
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu import world
from vmm_edu.features import Vocabulary
from vmm_edu.predict import (
    Pipeline,
    Recipe,
    SensesModel,
    accuracy,
    bootstrap_interval,
    features_of,
    predict_logits,
    score_logits,
    train_main_model,
)
from vmm_edu.predict.describing import SENSES
from vmm_edu.predict.main_label import SYMBOLS

PACKAGES = ("vmm-edu", "jax", "flax", "optax", "numpy", "av")


class Study(NamedTuple):
    """A trained pipeline and its scores.

    Attributes:
        pipeline: from a file to a prediction.
        record: scores, ceilings, seconds, versions; of JSON types.
    """

    pipeline: Pipeline
    record: dict[str, Any]


def study(*, clips: int, test_clips: int, epochs: int, seed: int, say: Callable[[str], object]) -> Study:
    """Train on the main task, test every set of senses, and train once more from the label alone to see that fail.

    Args:
        clips: training clips.
        test_clips: test clips; their number must allow an exact test set.
        epochs: times that each training clip is seen.
        seed: of the clips and of the training.
        say: takes one line about what is going on.

    Returns:
        The pipeline and its record. The seconds count from files on disk to scores.

    Raises:
        ValueError: a number is out of range, or a score lies above its ceiling by more than 3 σ: something leaks.
    """
    say(f"rendering what is missing of {clips} training and {test_clips} test clips")
    train = world.pool("main", clips=clips, seed=seed, split="train")
    test = world.pool("main", clips=test_clips, seed=seed, split="test")

    say("reading files, computing features")
    started = time.perf_counter()
    # The clips' .vtt files are English: half of the training captions come from the sidecars, in Chinese.
    texts = [pair[k % 2] for k, pair in enumerate(zip(train.texts("en"), train.texts("zh"), strict=True))]
    recipe, vocabulary = Recipe(), Vocabulary.build(texts)
    senses = features_of(train.paths, recipe=recipe, vocabulary=vocabulary, texts=texts)
    unseen = features_of(test.paths, recipe=recipe, vocabulary=vocabulary)
    described = time.perf_counter()

    say("training")
    symbols = {sense: {name: train.symbols(sense, name) for name in shown} for sense, shown in SYMBOLS.items()}
    sizes = {"words": len(vocabulary), "classes": len(train.label_names)}
    key = jax.random.key(seed)
    model, history = train_main_model(senses, train.labels, symbols, key=key, epochs=epochs, **sizes)
    trained = time.perf_counter()

    decisions = predict_logits(model, unseen)
    scores = [score(from_some(model, decisions.symbols, names), test, names) for names in subsets()]
    comparisons = [
        # Over all pairs of sizes a sum of one term per sense has its least loss where it ignores them both.
        compare("late fusion", decisions.late, test, world.ceiling("main", SENSES) / 2, "of least loss for a sum"),
    ]
    tested = time.perf_counter()

    say("training once more, from the label alone")
    blind, blind_history = train_main_model(senses, train.labels, {}, key=key, epochs=epochs, **sizes)
    end_to_end = predict_logits(blind, unseen).early
    comparisons.append(compare("label only", end_to_end, test, world.ceiling("main", SENSES), "of all senses"))

    record = {
        "task": "main",
        "clips": {"train": clips, "test": test_clips},
        "seed": seed,
        "epochs": epochs,
        "scores": scores,
        "comparisons": comparisons,
        "symbols": {
            sense: {name: accuracy(test.symbols(sense, name), logits.argmax(1)) for name, logits in shown.items()}
            for sense, shown in decisions.symbols.items()
        },
        "loss": np.round(history.loss, 4).tolist(),
        "label_only_loss": np.round(blind_history.loss, 4).tolist(),
        "seconds": {
            "read and describe": round(described - started, 1),
            "train": round(trained - described, 1),
            "test": round(tested - trained, 1),
            "all": round(tested - started, 1),
        },
        "cores": os.cpu_count(),
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
    }
    about = {name: record[name] for name in ("task", "clips", "seed", "epochs", "scores", "versions")}
    return Study(
        Pipeline(model, recipe=recipe, vocabulary=vocabulary, labels=train.label_names, symbols=SYMBOLS, about=about),
        record,
    )


def subsets() -> list[tuple[str, ...]]:
    """Every set of senses, single ones first."""
    return [names for size in range(1, len(SENSES) + 1) for names in itertools.combinations(SENSES, size)]


def from_some(model: SensesModel, symbols: Mapping[str, Any], names: tuple[str, ...]) -> np.ndarray:
    """What the early fusion makes of some senses, given what each shows: logits (batch, class)."""
    shown = {name: {symbol: jnp.asarray(logits) for symbol, logits in symbols[name].items()} for name in names}
    clips = len(next(iter(shown[names[0]].values())))
    return np.asarray(model.decide(shown, mask={name: np.ones(clips, bool) for name in names}).early)


def score(logits: np.ndarray, test: world.ClipSet, names: tuple[str, ...]) -> dict[str, Any]:
    """Score a decision from some senses beside their exact ceiling.

    Raises:
        ValueError: the score is above its ceiling by more than 3 σ.
    """
    ceiling = world.ceiling("main", names)
    row = compare(" + ".join(names), logits, test, ceiling, "exact")
    row["bayes_on_this_set"] = accuracy(test.labels, world.bayes_predict("main", test.clips, names))
    alarm = ceiling + 3 * row["sigma"]
    if row["accuracy"] > alarm:
        raise ValueError(
            f"expected {row['name']} to score at most {alarm:.3f} (ceiling {ceiling:.3f} + 3 σ), got "
            f"{row['accuracy']:.3f}: something tells the model more than these senses can"
        )
    return row


def compare(name: str, logits: np.ndarray, test: world.ClipSet, ceiling: float, kind: str) -> dict[str, Any]:
    """One line of the table: a score, its interval over the choice of test clips, and what bounds it."""
    scores = score_logits(logits, test.labels)
    interval = bootstrap_interval(accuracy, test.labels, logits.argmax(1), rng=np.random.default_rng(0))
    return {
        "name": name,
        "accuracy": scores.accuracy,
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "ceiling": ceiling,
        "ceiling_kind": kind,
        "share": round(scores.accuracy / ceiling, 4),
        "sigma": round(math.sqrt(ceiling * (1 - ceiling) / len(test)), 5),
        "log_loss": round(scores.log_loss, 4),
        "calibration_error": round(scores.calibration_error, 4),
    }
