from __future__ import annotations

import jax
import numpy as np
import pytest
from flax import nnx

from vmm_edu.fusion import (
    BottleneckFusion,
    CrossAttentionFusion,
    EarlyFusion,
    GatedFusion,
    HybridFusion,
    LateFusion,
    LowRankFusion,
    TensorFusion,
)
from vmm_edu.predict import fit, fit_seeds, model_of, predict_logits, predict_seeds

SIZES = {"video": 2, "audio": 3}


def clips(count: int = 50) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(0)
    inputs = {name: rng.normal(size=(count, size)).astype(np.float32) for name, size in SIZES.items()}
    return inputs, (inputs["video"][:, 0] * inputs["audio"][:, 0] > 0).astype(int)


class Noisy(nnx.Module):
    """Dropout and running means: what a model carries, besides its parameters, has a seed axis too."""

    def __init__(self, rngs: nnx.Rngs):
        self.norm, self.drop = nnx.BatchNorm(2, rngs=rngs), nnx.Dropout(0.3, rngs=rngs)
        self.out = nnx.Linear(2, 2, rngs=rngs)

    def __call__(self, senses):
        return self.out(self.drop(self.norm(senses["video"])))


@pytest.mark.parametrize(
    "make_model", [lambda rngs: GatedFusion(SIZES, 2, hidden=8, rngs=rngs), Noisy], ids=["gated", "noisy"]
)
def test_each_seed_is_trained_as_fit_would_train_it_alone(make_model):
    inputs, labels = clips()
    options = {"epochs": 4, "batch_size": 16, "learning_rate": 0.02, "weight_decay": 0.1}
    validation = clips(20)
    keys = jax.random.split(jax.random.key(3), 2)
    models = fit_seeds(make_model, inputs, labels, keys=keys, validation=validation, **options)
    for seed, key in enumerate(keys):
        init_key, fit_key = jax.random.split(key)
        alone = make_model(nnx.Rngs(init_key))
        history = fit(alone, inputs, labels, key=fit_key, validation=validation, **options)
        np.testing.assert_allclose(models.history.loss[seed], history.loss, rtol=1e-4)
        np.testing.assert_allclose(models.history.validation_loss[seed], history.validation_loss, rtol=1e-4)
        ours = jax.tree.leaves(nnx.split(model_of(models, seed), nnx.Param, ...)[1])
        for one, other in zip(ours, jax.tree.leaves(nnx.split(alone, nnx.Param, ...)[1]), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)
    assert np.abs(models.history.loss[0] - models.history.loss[1]).max() > 1e-3


def test_prediction_of_all_equals_that_of_each():
    inputs, labels = clips()
    keys = jax.random.split(jax.random.key(3), 3)
    make_model = lambda rngs: EarlyFusion(SIZES, 2, hidden=8, rngs=rngs)  # noqa: E731
    models = fit_seeds(make_model, inputs, labels, keys=keys, epochs=1)
    together = predict_seeds(models, inputs, batch_size=16)
    assert together.shape == (3, 50, 2)
    for seed in range(3):
        np.testing.assert_allclose(together[seed], predict_logits(model_of(models, seed), inputs), rtol=1e-4, atol=1e-6)
    deaf = {"senses": inputs, "mask": {"audio": np.zeros(50, bool)}}
    masked = predict_seeds(models, deaf, call=lambda fuse, given: fuse(given["senses"], mask=given["mask"]))
    seen = predict_seeds(models, {"video": inputs["video"]})
    np.testing.assert_allclose(masked, seen, rtol=1e-5, atol=1e-6)


JOINT = [
    EarlyFusion,
    HybridFusion,
    TensorFusion,
    LowRankFusion,
    GatedFusion,
    CrossAttentionFusion,
    BottleneckFusion,
]


@pytest.mark.parametrize("module", [*JOINT, LateFusion])
def test_every_seed_learns_the_exclusive_or_where_a_model_sees_both_senses(module):
    a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    symbols = {"video": np.eye(2, dtype=np.float32)[a], "audio": np.eye(2, dtype=np.float32)[b]}
    models = fit_seeds(
        lambda rngs: module({"video": 2, "audio": 2}, 2, hidden=16, rngs=rngs),
        symbols,
        a ^ b,
        keys=jax.random.split(jax.random.key(0), 3),
        epochs=80,
        learning_rate=0.03,
    )
    right = (predict_seeds(models, symbols).argmax(axis=-1) == a ^ b).mean(axis=1)
    if module is LateFusion:
        # A sum of one term per sense gets at most three of the four cases, and by its loss cannot beat a fair coin.
        assert (right <= 0.75).all()
        assert (models.history.loss > np.log(2) - 1e-3).all()
    else:
        np.testing.assert_array_equal(right, 1)
        assert (models.history.loss[:, -1] < 0.1).all()


def test_a_seed_that_explodes_is_named():
    inputs, labels = clips()
    bad = inputs | {"video": inputs["video"] * np.float32(np.nan)}
    make_model = lambda rngs: EarlyFusion(SIZES, 2, hidden=8, rngs=rngs)  # noqa: E731
    with pytest.raises(ValueError, match="loss of seed 0 became nan in epoch 1 of 2"):
        fit_seeds(make_model, bad, labels, keys=jax.random.split(jax.random.key(0), 2), epochs=2)


@pytest.mark.usefixtures("as_users_run")
def test_bad_input():
    inputs, labels = clips()
    keys = jax.random.split(jax.random.key(0), 2)
    make_model = lambda rngs: EarlyFusion(SIZES, 2, hidden=8, rngs=rngs)  # noqa: E731
    with pytest.raises(ValueError, match=r"expected keys \(seed,\).*got shape \(\)"):
        fit_seeds(make_model, inputs, labels, keys=jax.random.key(0))
    with pytest.raises(ValueError, match="first axes"):
        fit_seeds(make_model, inputs, labels[:3], keys=keys)
    with pytest.raises(ValueError, match="epochs"):
        fit_seeds(make_model, inputs, labels, keys=keys, epochs=0)
    models = fit_seeds(make_model, inputs, labels, keys=keys, epochs=1)
    with pytest.raises(ValueError, match="0…1, got 2"):
        model_of(models, 2)
    with pytest.raises(ValueError, match="batch_size"):
        predict_seeds(models, inputs, batch_size=0)
