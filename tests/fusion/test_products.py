"""Tensor and low-rank fusion against the definition of the outer product, entry by entry."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.fusion import LowRankFusion, TensorFusion

SIZES = {"video": 4, "audio": 3, "text": 2}
CLASSES, HIDDEN, WIDTH = 3, 5, 2


def vectors(batch: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(batch, size)).astype(np.float32) for name, size in SIZES.items()}


MASK = {"video": np.array([1, 0, 1, 0, 0], bool), "text": np.array([1, 1, 0, 0, 0], bool), "audio": np.arange(5) < 4}


def shaken(module):
    """Biases that are not 0."""
    rng = np.random.default_rng(1)
    for layer in [*module.each.values(), module.outer]:
        layer.bias[...] = jnp.asarray(rng.normal(size=layer.bias.shape), jnp.float32)
    return module


def dense(layer, x) -> np.ndarray:
    return np.asarray(x, float) @ np.asarray(layer.kernel[...], float) + np.asarray(layer.bias[...], float)


def extended(module, given, mask, row) -> list[np.ndarray]:
    """[1; z] of each sense, by name; [1; 0] where it is missing."""
    parts = []
    for name in sorted(SIZES):
        z = np.maximum(dense(module.each[name], given[name][row]), 0)
        parts.append(np.concatenate([[1.0], z if mask[name][row] else 0 * z]))
    return parts


def test_tensor_fusion_equals_the_outer_product_entry_by_entry():
    module, given = shaken(TensorFusion(SIZES, CLASSES, hidden=HIDDEN, width=WIDTH, rngs=nnx.Rngs(0))), vectors()
    expected = []
    for row in range(5):
        audio, text, video = extended(module, given, MASK, row)
        tensor = [a * t * v for a, t, v in itertools.product(audio, text, video)]
        np.testing.assert_allclose(module.products(given, mask=MASK)[row], tensor, rtol=1e-5, atol=1e-6)
        expected.append(dense(module.outer, np.maximum(dense(module.inner, tensor), 0)))
    np.testing.assert_allclose(module(given, mask=MASK), expected, rtol=1e-4, atol=1e-5)


def test_without_a_sense_the_tensor_of_the_others_remains():
    module, given = shaken(TensorFusion(SIZES, CLASSES, hidden=HIDDEN, width=WIDTH, rngs=nnx.Rngs(0))), vectors()
    whole = np.asarray(module.products(given)).reshape(5, WIDTH + 1, WIDTH + 1, WIDTH + 1)
    missing = np.asarray(module.products({n: given[n] for n in ("audio", "video")})).reshape(whole.shape)
    np.testing.assert_array_equal(missing[:, :, 0], whole[:, :, 0])  # the axis of text, between audio and video
    np.testing.assert_array_equal(missing[:, :, 1:], 0)
    empty = module.products(given, mask={name: np.zeros(5, bool) for name in SIZES})
    np.testing.assert_array_equal(empty, np.eye(1, (WIDTH + 1) ** 3).repeat(5, axis=0))


def test_low_rank_fusion_equals_a_sum_over_ranks_in_numpy():
    module = shaken(LowRankFusion(SIZES, CLASSES, hidden=HIDDEN, width=WIDTH, rank=3, rngs=nnx.Rngs(0)))
    module.bias[...] = jnp.arange(HIDDEN) / 7
    given, expected = vectors(), []
    for row in range(5):
        parts = dict(zip(sorted(SIZES), extended(module, given, MASK, row), strict=True))
        h = np.asarray(module.bias[...], float)
        for rank in range(3):
            term = np.ones(HIDDEN)
            for name, part in parts.items():
                term = term * (part @ np.asarray(module.factors[name][...][rank], float))
            h = h + term
        expected.append(dense(module.outer, np.maximum(h, 0)))
    np.testing.assert_allclose(module(given, mask=MASK), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("names", [("audio", "video"), ("audio", "text", "video")])
def test_at_full_rank_low_rank_fusion_is_tensor_fusion(names):
    sizes = {name: SIZES[name] for name in names}
    tensor = shaken(TensorFusion(sizes, CLASSES, hidden=HIDDEN, width=WIDTH, rngs=nnx.Rngs(0)))
    tensor.inner.bias[...] = jnp.arange(HIDDEN) / 7
    side, others = WIDTH + 1, names[1:]
    rank = side ** len(others)
    low = LowRankFusion(sizes, CLASSES, hidden=HIDDEN, width=WIDTH, rank=rank, rngs=nnx.Rngs(9))
    for name in names:
        low.each[name].kernel[...], low.each[name].bias[...] = (
            tensor.each[name].kernel[...],
            tensor.each[name].bias[...],
        )
    low.outer.kernel[...], low.outer.bias[...] = tensor.outer.kernel[...], tensor.outer.bias[...]
    low.bias[...] = tensor.inner.bias[...]
    # One rank for each combination of the other senses' entries: they pick it out, the first sense carries the weights.
    weights = np.asarray(tensor.inner.kernel[...]).reshape(side, rank, HIDDEN)
    low.factors[names[0]][...] = jnp.asarray(np.moveaxis(weights, 1, 0))
    for place, name in enumerate(others):
        picked = np.indices((side,) * len(others))[place].reshape(-1)
        low.factors[name][...] = jnp.asarray(
            np.repeat(np.eye(side, dtype=np.float32)[picked][:, :, None], HIDDEN, axis=2)
        )
    given = {name: vectors()[name] for name in names}
    mask = {name: MASK[name] for name in names}
    np.testing.assert_allclose(low(given), tensor(given), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(low(given, mask=mask), tensor(given, mask=mask), rtol=1e-4, atol=1e-5)


def test_low_rank_fusion_saves_the_more_parameters_the_more_senses():
    def count(module, senses: int) -> int:
        made = module({f"sense {m}": 4 for m in range(senses)}, 8, rngs=nnx.Rngs(0))
        return sum(leaf.size for leaf in jax.tree.leaves(nnx.state(made, nnx.Param)))

    ratios = [count(TensorFusion, senses) / count(LowRankFusion, senses) for senses in (2, 3, 4)]
    assert ratios[0] < ratios[1] < ratios[2]
    assert ratios[2] > 20
