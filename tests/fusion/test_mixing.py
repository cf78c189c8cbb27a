"""Gated and hybrid fusion against their formulas."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.fusion import EarlyFusion, GatedFusion, HybridFusion, LateFusion

SIZES = {"video": 4, "audio": 3, "text": 2}
CLASSES = 3
MASK = {"video": np.array([1, 0, 1, 0, 0], bool), "text": np.array([1, 1, 0, 0, 0], bool), "audio": np.arange(5) < 4}


def vectors(batch: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(batch, size)).astype(np.float32) for name, size in SIZES.items()}


def shaken(module):
    """Biases that are not 0."""
    rng = np.random.default_rng(1)
    graph, params = nnx.split(module)
    moved = jax.tree.map(lambda leaf: leaf + rng.normal(scale=0.3, size=leaf.shape).astype(np.float32), params)
    return nnx.merge(graph, moved)


def dense(layer, x) -> np.ndarray:
    return np.asarray(x, float) @ np.asarray(layer.kernel[...], float) + np.asarray(layer.bias[...], float)


def test_gated_fusion_equals_its_formula_row_by_row():
    module, given = shaken(GatedFusion(SIZES, CLASSES, hidden=6, rngs=nnx.Rngs(0))), vectors()
    expected = []
    for row in range(5):
        there = [name for name in sorted(SIZES) if MASK[name][row]]
        everything = np.concatenate(
            [given[n][row] if n in there else np.asarray(module.absent[n][...]) for n in sorted(SIZES)]
        )
        h = np.zeros(6)
        weights = {name: np.exp(dense(module.gate[name], everything)) for name in there}
        for name in there:
            h = h + weights[name] / sum(weights.values()) * np.tanh(dense(module.candidate[name], given[name][row]))
        expected.append(dense(module.outer, h))
    np.testing.assert_allclose(module(given, mask=MASK), expected, rtol=1e-4, atol=1e-5)


def test_two_senses_share_a_gate_as_in_the_paper():
    sizes = {"audio": 3, "video": 4}
    module = shaken(GatedFusion(sizes, CLASSES, hidden=6, rngs=nnx.Rngs(0)))
    given = {name: vectors()[name] for name in sizes}
    both = np.concatenate([given["audio"], given["video"]], axis=1)
    z = 1 / (1 + np.exp(dense(module.gate["video"], both) - dense(module.gate["audio"], both)))
    h_audio, h_video = (np.tanh(dense(module.candidate[name], given[name])) for name in sizes)
    np.testing.assert_allclose(
        module(given), dense(module.outer, z * h_audio + (1 - z) * h_video), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(module.gates(given)["audio"], z, rtol=1e-4, atol=1e-6)


def test_gates_sum_to_1_over_the_senses_that_are_there():
    module = shaken(GatedFusion(SIZES, CLASSES, hidden=6, rngs=nnx.Rngs(0)))
    gates = module.gates(vectors(), mask=MASK)
    for name, weights in gates.items():
        np.testing.assert_array_equal(np.asarray(weights)[~MASK[name]], 0)
    anyone = np.any([MASK[name] for name in SIZES], axis=0)
    np.testing.assert_allclose(
        sum(np.asarray(w) for w in gates.values()), np.where(anyone[:, None], 1, 0) * np.ones((5, 6)), rtol=1e-5
    )
    np.testing.assert_array_equal(module(vectors(), mask=MASK)[4], module.outer.bias[...])


@pytest.mark.parametrize("mask", [None, MASK])
def test_hybrid_fusion_reduces_to_late_and_to_early(mask):
    module, given = shaken(HybridFusion(SIZES, CLASSES, hidden=6, rngs=nnx.Rngs(0))), vectors()
    graph, params = nnx.split(module)
    late_only, early_only = nnx.merge(graph, params), nnx.merge(graph, params)
    for parameter in (late_only.early.outer.kernel, late_only.early.outer.bias):
        parameter[...] = jnp.zeros_like(parameter[...])
    for name in SIZES:
        for parameter in (early_only.late.outer[name].kernel, early_only.late.outer[name].bias):
            parameter[...] = jnp.zeros_like(parameter[...])
    late, early = late_only(given, mask=mask), early_only(given, mask=mask)
    assert isinstance(module.late, LateFusion)
    assert isinstance(module.early, EarlyFusion)
    np.testing.assert_allclose(late, module.late(given, mask=mask), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        jax.nn.softmax(early), jax.nn.softmax(module.early(given, mask=mask)), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(
        module(given, mask=mask), module.late(given, mask=mask) + module.early(given, mask=mask), rtol=1e-5, atol=1e-6
    )


def test_the_heads_of_hybrid_fusion_are_its_parts():
    module, given = shaken(HybridFusion(SIZES, CLASSES, hidden=6, rngs=nnx.Rngs(0))), vectors()
    heads = module.heads(given, mask=MASK)
    assert sorted(heads) == ["audio", "early", "text", "video"]
    total = heads.pop("early")
    for name, logits in heads.items():
        total = total + jnp.where(MASK[name][:, None], jax.nn.log_softmax(logits), 0.0)
    np.testing.assert_allclose(module(given, mask=MASK), total, rtol=1e-5, atol=1e-5)
