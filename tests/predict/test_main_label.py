"""The training of the main label, on symbols that come as plain vectors: seconds instead of minutes."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from flax import nnx

from vmm_edu import world
from vmm_edu.predict import (
    Described,
    SensesModel,
    Truth,
    label_loss,
    main_loss,
    predict_logits,
    train_main_model,
)
from vmm_edu.predict.main_label import FUSED, HIDDEN, MATERIALS, SIZES, SYMBOLS
from vmm_edu.world import dropped

WORDS = 4


def noisy(values: np.ndarray, rng: np.random.Generator, *, steps: int = 3) -> Described:
    """Symbols (batch, symbol) as ±1 in noise, at each of a few steps."""
    signs = (2.0 * values - 1)[:, None, :] + rng.normal(scale=0.4, size=(len(values), steps, values.shape[1]))
    return Described(signs.astype(np.float32), np.ones((len(values), steps), bool))


def example(clips: int, split: str):
    drawn = world.sample("main", clips=clips, seed=3, split=split)
    symbols = {
        sense: {name: np.array([clip.symbols[sense][name] for clip in drawn]) for name in shown}
        for sense, shown in SYMBOLS.items()
    }
    rng = np.random.default_rng(4)
    senses = {sense: noisy(np.stack(list(symbols[sense].values()), 1), rng) for sense in ("video", "audio")}
    tokens = np.stack([symbols["text"]["material"] + 2, np.zeros(clips, int)], 1).astype(np.int32)
    senses["text"] = Described(tokens, tokens > 0)
    return senses, np.array([clip.label for clip in drawn], np.int32), symbols


@pytest.fixture(scope="module")
def train():
    return example(800, "train")


@pytest.fixture(scope="module")
def test():
    return example(1000, "test")


@pytest.fixture(scope="module")
def trained(train) -> SensesModel:
    senses, labels, symbols = train
    return train_main_model(senses, labels, symbols, words=WORDS, classes=8, key=jax.random.key(0), epochs=12)[0]


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    return float((logits.argmax(axis=1) == labels).mean())


@pytest.mark.parametrize(
    "names",
    [("video",), ("audio",), ("text",), ("video", "audio"), ("video", "text"), ("video", "audio", "text")],
)
def test_every_set_of_senses_comes_near_its_ceiling_and_not_above(trained, test, names):
    senses, labels, _ = test
    ceiling = world.ceiling("main", names)
    found = accuracy(predict_logits(trained, {name: senses[name] for name in names}).early, labels)
    assert 0.93 * ceiling < found <= ceiling + 3 * np.sqrt(ceiling * (1 - ceiling) / len(labels))


def test_a_sum_over_senses_cannot_see_whether_the_sound_fits(trained, test):
    senses, labels, _ = test
    decisions = predict_logits(trained, senses)
    half = world.ceiling("main", ("video", "audio", "text")) / 2
    assert accuracy(decisions.late, labels) < half + 0.1
    # Shape and material are right all the same: only the last bit of the label is lost.
    assert accuracy(decisions.late.reshape(-1, 4, 2).sum(axis=2), labels // 2) > 0.9


def test_from_the_label_alone_the_sizes_are_not_learned(train, test):
    senses, labels, _ = train
    model, _ = train_main_model(senses, labels, {}, words=WORDS, classes=8, key=jax.random.key(0), epochs=4)
    unseen, true, _ = test
    found = predict_logits(model, unseen).early
    half = world.ceiling("main", tuple(SYMBOLS)) / 2
    assert accuracy(found.reshape(-1, 4, 2).max(axis=2), true // 2) > 0.85
    assert accuracy(found, true) < half + 4 * np.sqrt(half * (1 - half) / len(true))


def test_the_label_does_not_teach_the_encoders(train):
    """Without losses on symbols, `main_loss` moves only the fusions; `label_loss` moves everything on its way."""
    senses, labels, _ = train
    few = jax.tree.map(lambda array: array[:16], senses)
    sizes = {name: WORDS if name == "text" else sense.steps.shape[-1] for name, sense in senses.items()}
    values = {sense: {name: len(v) for name, v in shown.items()} for sense, shown in SYMBOLS.items()}
    model = SensesModel(sizes, symbols=values, classes=8, hidden=HIDDEN, fused=FUSED, rngs=nnx.Rngs(0))
    truth = Truth(labels[:16], {})
    for loss, reaches in ((main_loss, False), (label_loss, True)):
        gradient = nnx.jit(nnx.grad(lambda model, loss=loss: loss(model, few, truth, jax.random.key(0))))(model)
        for sense in SYMBOLS:
            largest = max(float(np.abs(leaf).max()) for leaf in jax.tree.leaves(gradient["encoders"][sense]))
            assert (largest > 0) == reaches, (loss, sense)
        assert max(float(np.abs(leaf).max()) for leaf in jax.tree.leaves(gradient["early"])) > 0


def test_names_are_those_of_the_world():
    assert (MATERIALS, SIZES) == (dropped.FINISHES, dropped.SIZES)
    assert SYMBOLS["video"]["shape"] == dropped.SHAPES
    task = world.task("main")
    for sense, shown in SYMBOLS.items():
        assert set(shown) == set(world.sample("main", clips=1, seed=0)[0].symbols[sense])
    assert len(task.label_names) == 8


def test_a_sense_that_no_training_clip_has(train):
    senses, labels, symbols = train
    nothing = senses | {"audio": Described(senses["audio"].steps, np.zeros_like(senses["audio"].mask))}
    with pytest.raises(ValueError, match="at least one clip that has this sense"):
        train_main_model(nothing, labels, symbols, words=WORDS, classes=8, key=jax.random.key(0))
