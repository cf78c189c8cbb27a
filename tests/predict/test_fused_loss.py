from __future__ import annotations

import jax
import numpy as np
import pytest
from flax import nnx

from vmm_edu.fusion import CrossAttentionFusion, EarlyFusion, Senses, SenseSequences, drop_senses
from vmm_edu.predict import call_fused, cross_entropy, fit_seeds, fused_cross_entropy, predict_seeds

SIZES = {"audio": 2, "video": 3}
LABELS = np.array([0, 1, 1, 0])


def vectors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(4, size)).astype(np.float32) for name, size in SIZES.items()}


def test_without_dropping_it_is_cross_entropy_and_masks_are_used():
    fuse, key = EarlyFusion(SIZES, 2, hidden=8, rngs=nnx.Rngs(0)), jax.random.key(0)
    given, present = vectors(), {"audio": np.array([True, False, True, True]), "video": np.ones(4, bool)}
    np.testing.assert_allclose(fused_cross_entropy()(fuse, given, LABELS, key), cross_entropy(fuse, given, LABELS))
    np.testing.assert_array_equal(call_fused(fuse, Senses(given, present)), fuse(given, mask=present))
    masked = cross_entropy(lambda x: fuse(x, mask=present), given, LABELS)
    np.testing.assert_allclose(fused_cross_entropy()(fuse, Senses(given, present), LABELS, key), masked)


def test_dropping_hides_what_drop_senses_hides():
    fuse, key = EarlyFusion(SIZES, 2, hidden=8, rngs=nnx.Rngs(0)), jax.random.key(5)
    given, present = vectors(), {name: np.ones(4, bool) for name in SIZES}
    kept = drop_senses(present, key=key, rate=0.6)
    assert not all(np.asarray(rows).all() for rows in kept.values())
    expected = cross_entropy(lambda x: fuse(x, mask=kept), given, LABELS)
    for inputs in (given, Senses(given, present)):
        np.testing.assert_allclose(fused_cross_entropy(rate=0.6)(fuse, inputs, LABELS, key), expected, rtol=1e-6)
    looking = CrossAttentionFusion(SIZES, 2, hidden=8, rngs=nnx.Rngs(0))
    steps = {name: np.stack([vector, vector], axis=1) for name, vector in given.items()}
    real = {name: np.ones((4, 2), bool) for name in SIZES}
    expected = cross_entropy(lambda x: looking(x, mask=kept), steps, LABELS)
    ours = fused_cross_entropy(rate=0.6)(looking, SenseSequences(steps, real), LABELS, key)
    np.testing.assert_allclose(ours, expected, rtol=1e-6)


def test_dropping_trains_the_stand_ins_so_that_one_sense_is_enough():
    """Both senses show the label. Without dropping, a model need not know what to do when one is away."""
    labels = np.arange(64) % 2
    symbols = {name: np.eye(2, dtype=np.float32)[labels] for name in ("audio", "video")}

    def log_loss_when_deaf(rate: float) -> float:
        models = fit_seeds(
            lambda rngs: EarlyFusion({"audio": 2, "video": 2}, 2, hidden=8, rngs=rngs),
            symbols,
            labels,
            keys=jax.random.split(jax.random.key(0), 4),
            loss=fused_cross_entropy(rate=rate),
            epochs=60,
            learning_rate=0.03,
        )
        logits = predict_seeds(models, {"video": symbols["video"]})
        log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return float(-log_p[:, np.arange(64), labels].mean())

    assert log_loss_when_deaf(0.5) < 0.2 * log_loss_when_deaf(0.0)


def test_bad_rate():
    with pytest.raises(ValueError, match="rate within 0…1, got -1"):
        fused_cross_entropy(rate=-1.0)
