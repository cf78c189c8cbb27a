"""The detector that is slid over time, and a loss that does not look at what is absent."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from vmm_edu.command.fusion_perception import Perception, SlotDetector, beliefs, symbol_accuracy, symbol_loss
from vmm_edu.predict import Described

SLOTS = (4, 6, 8, 10)


def test_the_detector_answers_the_same_wherever_the_event_is():
    rng = np.random.default_rng(0)
    event = rng.normal(size=(5, 3)).astype(np.float32)
    clips = np.zeros((4, 16, 3), np.float32)
    for k, slot in enumerate(SLOTS):
        clips[k, slot - 2 : slot + 3] = event
    scores = SlotDetector(3, 8, slots=SLOTS, rngs=nnx.Rngs(1))(clips, mask=np.ones((4, 16), bool))
    np.testing.assert_allclose(np.diag(np.asarray(scores)), scores[0, 0], rtol=1e-5)


def test_the_detector_is_a_window_of_five_steps_by_hand():
    detector = SlotDetector(3, 8, slots=SLOTS, rngs=nnx.Rngs(2))
    x = np.random.default_rng(1).normal(size=(2, 16, 3)).astype(np.float32)
    hidden = np.maximum(x @ np.asarray(detector.project.kernel[...]) + np.asarray(detector.project.bias[...]), 0)
    kernel = np.asarray(detector.kernel[...])
    for k, slot in enumerate(SLOTS):
        seen = np.maximum(sum(hidden[:, slot - 2 + w] @ kernel[w] for w in range(5)), 0)
        by_hand = seen @ np.asarray(detector.outer.kernel[...])[:, 0] + np.asarray(detector.outer.bias[...])
        np.testing.assert_allclose(detector(x, mask=np.ones((2, 16), bool))[:, k], by_hand, atol=1e-5)


def test_what_an_absent_sense_would_have_shown_changes_neither_loss_nor_gradient():
    model = Perception({"audio": 3}, {"audio": {"value": 4}}, slots={}, rngs=nnx.Rngs(0))
    steps = np.random.default_rng(2).normal(size=(4, 5, 3)).astype(np.float32)
    mask = np.ones((4, 5), bool)
    mask[3] = False
    truth = {"audio": {"value": np.array([0, 1, 2, 4], np.int32)}}
    found = [
        nnx.value_and_grad(symbol_loss)(
            model, {"audio": Described(jnp.asarray(s), jnp.asarray(mask))}, truth, jax.random.key(0)
        )
        for s in (steps, np.where(mask[..., None], steps, np.nan))
    ]
    assert np.isfinite(found[0][0])
    for one, two in zip(*(jax.tree.leaves(part) for part in found), strict=True):
        np.testing.assert_array_equal(one, two)


def test_beliefs_sum_to_zero_and_the_accuracy_leaves_absent_clips_out():
    model = Perception(
        {"audio": 3, "video": 2}, {"audio": {"a": 2, "b": 3}, "video": {"slot": 4}}, slots={"video": SLOTS},
        rngs=nnx.Rngs(0),
    )  # fmt: skip
    rng = np.random.default_rng(3)
    there = np.ones((6, 12), bool)
    there[0] = False
    senses = {
        "audio": Described(rng.normal(size=(6, 5, 3)).astype(np.float32), there[:, :5]),
        "video": Described(rng.normal(size=(6, 12, 2)).astype(np.float32), np.ones((6, 12), bool)),
    }
    shown, symbols = beliefs(model, senses, np.zeros(6, np.int32))
    assert {name: vector.shape for name, vector in shown.vectors.items()} == {"audio": (6, 5), "video": (6, 4)}
    np.testing.assert_allclose(shown.vectors["audio"].sum(axis=1), 0, atol=1e-5)
    assert shown.mask["audio"].tolist() == [False] + [True] * 5
    truth = {
        "audio": {name: symbols["audio"][name].argmax(axis=1).astype(np.int32) for name in ("a", "b")},
        "video": {"slot": symbols["video"]["slot"].argmax(axis=1).astype(np.int32)},
    }
    truth["audio"]["a"] = np.array([9, *truth["audio"]["a"][1:]])
    assert symbol_accuracy(symbols, truth, shown.mask) == {"audio": {"a": 1.0, "b": 1.0}, "video": {"slot": 1.0}}
