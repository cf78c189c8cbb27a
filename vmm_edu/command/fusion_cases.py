"""A case of the fusion study in: a task, and whether its clips are files or symbols; its clips as vectors out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import numpy as np

from vmm_edu import world
from vmm_edu.command.fusion_clips import Shown, described, from_symbols, training_texts, truths, values_of
from vmm_edu.command.fusion_perception import beliefs, symbol_accuracy, train_perception
from vmm_edu.features import Vocabulary
from vmm_edu.predict import Described, Pipeline, features_of

SEED = 8
TEST = {"sync": 500, "xor": 480, "gate": 480, "missing": 512, "main": 1000}
TRAIN = {"sync": 600, "xor": 600, "gate": 600, "missing": 600, "main": 800}
# Frames at which something may land, and steps of 40 ms in which it may be heard: the slots of the task "sync".
SLOTS = {
    "sync": {
        "video": tuple(range(6, 26, 2)),
        "audio": tuple(round((frame / 12 - 0.02) / 0.04) for frame in range(6, 26, 2)),
    }
}


class Case(NamedTuple):
    """A task, its parameters, and whether its clips are looked at as files or as symbols."""

    task: str
    source: str
    parameters: Mapping[str, int] = {}

    @property
    def table(self) -> world.Task:
        """The exact table."""
        return world.task(self.task, **self.parameters)


CASES = (
    *(Case(name, "files") for name in TEST),
    *(Case("xor", "symbols", {"classes": classes}) for classes in (2, 3, 4)),
    Case("gate", "symbols"),
)


class Clips(NamedTuple):
    """Training and test clips as the fusions see them.

    Attributes:
        train: labels among them.
        test: opened once.
        symbols: what each sense shows in the test clips, as decoded; sense → symbol → value.
        perception: how often that is right; empty where senses do not err.
    """

    train: Shown
    test: Shown
    symbols: dict[str, dict[str, np.ndarray]]
    perception: dict[str, dict[str, float]]


def identity(case: Case) -> dict[str, Any]:
    """Which case a line of the record is about."""
    return {"task": case.task, "source": case.source, "parameters": dict(case.parameters)}


def as_symbols(case: Case) -> Clips:
    """Clips that are never drawn: senses that do not err."""
    test = TEST[case.task] if case.parameters.get("classes") != 3 else 486  # A multiple of nine.
    drawn = {split: world.sample(case.table, clips=n, seed=SEED, split=split) for split, n in
             (("train", TRAIN[case.task]), ("test", test))}  # fmt: skip
    shown = {split: from_symbols(case.table, clips) for split, clips in drawn.items()}
    return Clips(shown["train"], shown["test"], truths(case.table, drawn["test"]), {})


def from_files(case: Case) -> tuple[Clips, tuple[dict[str, Described], dict[str, Described], int]]:
    """Render what is missing, read, describe, learn to perceive, and perceive.

    The main task is perceived by the model that comes with the package: it was trained on 1600 other clips.

    Returns:
        The clips; and the features of the training and of the test clips with the number of words.
    """
    train_set = world.pool(case.task, clips=TRAIN[case.task], seed=SEED, split="train")
    test_set = world.pool(case.task, clips=TEST[case.task], seed=SEED, split="test")
    texts, truth, unseen = (
        training_texts(train_set),
        truths(case.table, train_set.clips),
        truths(case.table, test_set.clips),
    )
    if case.task == "main":
        shipped = Pipeline.load()
        model, vocabulary, recipe = shipped.model, shipped.vocabulary, shipped.recipe
        known = features_of(train_set.paths, recipe=recipe, vocabulary=vocabulary, texts=texts)
        new = features_of(test_set.paths, recipe=recipe, vocabulary=vocabulary)
    else:
        vocabulary = Vocabulary.build(texts if any(texts) else ["nothing"])
        known = described(train_set, vocabulary, texts=texts)
        new = described(test_set, vocabulary)
        model = train_perception(
            known,
            truth,
            values_of(case.table),
            words=len(vocabulary),
            slots=SLOTS.get(case.task, {}),
            key=jax.random.key(SEED),
        )
    train_clips, _ = beliefs(model, known, train_set.labels)
    test_clips, logits = beliefs(model, new, test_set.labels)
    decoded = {
        sense: {name: np.asarray(table).argmax(axis=1) for name, table in shown.items()}
        for sense, shown in logits.items()
    }
    right_symbols = symbol_accuracy(logits, unseen, test_clips.mask)
    return Clips(train_clips, test_clips, decoded, right_symbols), (known, new, len(vocabulary))
