"""Training for several keys and settings at once equals a loop over them."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from vmm_edu.fusion import EarlyFusion
from vmm_edu.predict import score_side_by_side, side_by_side

SIZES = {"video": 3, "audio": 2}
KEYS = jax.random.split(jax.random.key(0), 2)


def make_model(key):
    return EarlyFusion(SIZES, 3, hidden=8, rngs=nnx.Rngs(key))


def scaled_loss(model, x, target, key):
    """Cross-entropy times the setting, with some rows of sound hidden by the key."""
    labels, scale = target
    there = {"video": jnp.ones(len(labels), bool), "audio": jax.random.bernoulli(key, 0.7, labels.shape)}
    return scale * optax.softmax_cross_entropy_with_integer_labels(model(x, mask=there), labels).mean()


def clips():
    rng = np.random.default_rng(0)
    x = {name: rng.normal(size=(30, size)).astype(np.float32) for name, size in SIZES.items()}
    return x, (x["video"][:, 0] > 0).astype(np.int32) + (x["audio"][:, 0] > 0)


def test_training_equals_a_loop_over_settings_keys_and_updates():
    x, y = clips()
    settings, updates, looks = jnp.array([1.0, 0.1, 0.0]), 4, 2
    graph, train = side_by_side(make_model, scaled_loss, keys=KEYS, updates=updates, looks=looks)
    weights = train(x, y, settings)
    grads = jax.jit(jax.grad(lambda p, *rest: scaled_loss(nnx.merge(graph, p), *rest)))
    rule = optax.adam(1e-2)
    for s, setting in enumerate(settings):
        for k, key in enumerate(KEYS):
            init_key, order = jax.random.split(key)
            params = nnx.state(make_model(init_key), nnx.Param)
            moments = rule.init(params)
            for u, each in enumerate(jax.random.split(order, updates)):
                pick, noise = jax.random.split(each)
                rows = jax.random.randint(pick, (64,), 0, len(y))
                slope = grads(
                    params, {n: jnp.asarray(v)[rows] for n, v in x.items()}, (jnp.asarray(y)[rows], setting), noise
                )
                with jax.numpy_dtype_promotion("standard"):
                    change, moments = rule.update(slope, moments, params)
                    params = optax.apply_updates(params, change)
                if (u + 1) % (updates // looks) == 0:
                    look = (u + 1) // (updates // looks) - 1
                    for ours, theirs in zip(jax.tree.leaves(weights), jax.tree.leaves(params), strict=True):
                        np.testing.assert_allclose(ours[s, k, look], theirs, rtol=1e-4, atol=1e-5)


def test_each_model_is_scored_by_itself():
    x, y = clips()
    graph, train = side_by_side(make_model, scaled_loss, keys=KEYS, updates=60)
    weights = jax.tree.map(lambda leaf: leaf[:, :, -1], train(x, y, jnp.array([1.0, 0.0])))
    mask = {name: np.ones(30, bool) for name in SIZES}
    scores = score_side_by_side(graph)(weights, x, y, mask)
    for s in range(2):
        for k in range(2):
            model = nnx.merge(graph, jax.tree.map(lambda leaf, s=s, k=k: leaf[s, k], weights))
            assert scores[s, k] == pytest.approx(float((model(x, mask=mask).argmax(axis=1) == y).mean()))
    assert (scores[0] > scores[1] + 0.2).all(), "a loss of 0 teaches nothing"


@pytest.mark.parametrize("changes", [{"updates": 5, "looks": 2}, {"updates": 0}, {"looks": 0}])
def test_updates_that_do_not_divide_are_refused(changes):
    with pytest.raises(ValueError, match="multiple of looks"):
        side_by_side(make_model, scaled_loss, keys=KEYS, **changes)


def test_a_single_key_is_refused(as_users_run):
    with pytest.raises(ValueError, match=r"expected keys \(seed,\)"):
        side_by_side(make_model, scaled_loss, keys=jax.random.key(0))
