"""Cross-attention and bottleneck fusion against loops over steps, and on sequences of unequal length."""

from __future__ import annotations

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.fusion import BottleneckFusion, CrossAttentionFusion
from vmm_edu.sequence import sine_positions

SIZES = {"video": 4, "audio": 3, "text": 2}
TIMES = {"video": 5, "audio": 7, "text": 1}
CLASSES, HIDDEN, HEADS, BATCH = 3, 8, 2, 4
MODULES = [CrossAttentionFusion, BottleneckFusion]


def sequences() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {n: rng.normal(size=(BATCH, TIMES[n], size)).astype(np.float32) for n, size in SIZES.items()}


def step_mask() -> dict[str, np.ndarray]:
    """Steps missing at random; row 2 has sound only, row 3 nothing."""
    rng = np.random.default_rng(1)
    mask = {name: rng.random((BATCH, time)) < 0.7 for name, time in TIMES.items()}
    for name, real in mask.items():
        real[0, 0], real[1, -1] = True, True
        real[2] = name == "audio"
        real[3] = False
    return mask


def made(module, **changes):
    """Biases that are not 0."""
    rng = np.random.default_rng(1)
    graph, params = nnx.split(module(SIZES, CLASSES, hidden=HIDDEN, heads=HEADS, rngs=nnx.Rngs(0), **changes))
    moved = jax.tree.map(lambda leaf: leaf + rng.normal(scale=0.2, size=leaf.shape).astype(np.float32), params)
    return nnx.merge(graph, moved)


def dense(layer, x) -> np.ndarray:
    out = np.asarray(x, float) @ np.asarray(layer.kernel[...], float)
    return out if layer.bias is None else out + np.asarray(layer.bias[...], float)


def look_in_a_loop(block, tokens: list[np.ndarray], at: list[np.ndarray]) -> list[np.ndarray]:
    """One token after the other, one head after the other, one key after the other."""
    side, changed = HIDDEN // HEADS, []
    for token in tokens:
        seen = np.zeros(HIDDEN)
        for head in range(HEADS):
            part = slice(head * side, (head + 1) * side)
            query = dense(block.query, token)[part]
            weights = [np.exp(query @ dense(block.key, other)[part] / np.sqrt(side)) for other in at]
            for weight, other in zip(weights, at, strict=True):
                seen[part] += weight / sum(weights) * dense(block.value, other)[part]
        u = token + dense(block.leave, seen)
        changed.append(u + dense(block.outer, np.maximum(dense(block.inner, u), 0)))
    return changed


def tokens_of(module, given, mask, row) -> dict[str, list[np.ndarray]]:
    waves = {name: np.asarray(sine_positions(time, HIDDEN)) for name, time in TIMES.items()}
    return {
        name: [
            dense(module.enter[name], given[name][row, t]) + waves[name][t]
            for t in range(TIMES[name])
            if mask[name][row, t]
        ]
        for name in sorted(SIZES)
    }


def test_cross_attention_equals_a_loop_over_the_real_steps():
    module, given, mask = made(CrossAttentionFusion), sequences(), step_mask()
    expected = []
    for row in range(BATCH):
        tokens = tokens_of(module, given, mask, row)
        logits = np.asarray(module.bias[...], float)
        for name, own in tokens.items():
            if own:
                others = [token for other in tokens if other != name for token in tokens[other]]
                seen = look_in_a_loop(module.look[name], own, others)
                logits = logits + dense(module.outer[name], np.mean(seen, axis=0))
        expected.append(logits)
    np.testing.assert_allclose(module(given, mask=mask), expected, rtol=1e-4, atol=1e-4)


def test_bottleneck_fusion_equals_a_loop_over_the_real_steps():
    module, given, mask = made(BottleneckFusion, bottlenecks=2), sequences(), step_mask()
    expected = []
    for row in range(BATCH):
        tokens = {name: own for name, own in tokens_of(module, given, mask, row).items() if own}
        shared = list(np.asarray(module.bottleneck[...], float))
        for look in module.look:
            written = []
            for name, own in tokens.items():
                both = look_in_a_loop(look[name], [*own, *shared], [*own, *shared])
                tokens[name] = both[: len(own)]
                written.append(both[len(own) :])
            shared = list(np.mean(written, axis=0)) if written else shared
        pooled = [np.mean(own, axis=0) for own in tokens.values()]
        expected.append(dense(module.outer, np.mean(pooled, axis=0) if pooled else np.zeros(HIDDEN)))
    np.testing.assert_allclose(module(given, mask=mask), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("module", MODULES)
def test_masked_steps_change_neither_output_nor_gradient(module):
    fuse, given, mask = made(module), sequences(), step_mask()
    graph, params = nnx.split(fuse)

    @jax.jit
    def value_and_gradients(params, given):
        def loss(params, given):
            logits = nnx.merge(graph, params)(given, mask=mask)
            return jnp.sum(jax.nn.log_softmax(logits)[:, 0]), logits

        return jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)(params, given)

    filled = {name: jnp.where(mask[name][:, :, None], steps, jnp.nan) for name, steps in given.items()}
    clean, dirty = value_and_gradients(params, given), value_and_gradients(params, filled)
    for one, other in zip(jax.tree.leaves(clean), jax.tree.leaves(dirty), strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.isfinite(np.asarray(other)).all()
    for name, gradient in dirty[1][1].items():
        np.testing.assert_array_equal(np.asarray(gradient)[~mask[name]], 0)
        assert (np.abs(np.asarray(gradient)[mask[name]]).max(axis=-1) > 0).all()
    assert all(np.abs(np.asarray(leaf)).max() > 0 for leaf in jax.tree.leaves(dirty[1][0]))


@pytest.mark.parametrize("module", MODULES)
def test_padding_and_a_vector_for_a_sequence_of_one_step_change_nothing(module):
    fuse, given = made(module), sequences()
    plain = fuse(given)
    padded = {name: np.pad(steps, ((0, 0), (0, 2), (0, 0)), constant_values=np.nan) for name, steps in given.items()}
    mask = {name: np.broadcast_to(np.arange(TIMES[name] + 2) < TIMES[name], (BATCH, TIMES[name] + 2)) for name in SIZES}
    np.testing.assert_allclose(fuse(padded, mask=mask), plain, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(fuse(given | {"text": given["text"][:, 0]}), plain)
    whole = fuse(given, mask={"audio": np.array([True, False, True, True])})
    steps = fuse(given, mask={"audio": np.repeat(np.array([[True], [False], [True], [True]]), 7, axis=1)})
    np.testing.assert_array_equal(whole, steps)


@pytest.mark.parametrize("module", MODULES)
def test_a_clip_without_any_sense_gets_the_bias(module):
    fuse = made(module)
    bias = fuse.bias if module is CrossAttentionFusion else fuse.outer.bias
    np.testing.assert_allclose(fuse(sequences(), mask=step_mask())[3], bias[...], rtol=1e-6)


def test_with_one_layer_no_sense_hears_of_another():
    given, one, two = sequences(), made(BottleneckFusion, layers=1), made(BottleneckFusion, layers=2)

    def mixed(fuse):
        """Second difference: 0 where video and audio only add up."""
        other = given | {"video": given["video"] + 1}
        changes = [fuse(g | {"audio": a}) for g in (given, other) for a in (given["audio"], given["audio"] - 1)]
        return np.abs(changes[0] - changes[1] - changes[2] + changes[3]).max()

    assert mixed(one) < 1e-4
    assert mixed(two) > 1e-2


@pytest.mark.parametrize("module", MODULES)
def test_one_sense_alone_is_enough(module):
    fuse = module({"video": 4}, CLASSES, hidden=HIDDEN, heads=HEADS, rngs=nnx.Rngs(0))
    assert np.isfinite(np.asarray(fuse({"video": sequences()["video"]}))).all()


@pytest.mark.parametrize("module", MODULES)
def test_the_gradient_lowers_for_tpu(module):
    graph, params = nnx.split(made(module))

    def loss(params, given, mask):
        return nnx.merge(graph, params)(given, mask=mask).sum()

    shapes = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), (params, sequences(), step_mask()))
    exported = jax.export.export(jax.jit(jax.grad(loss)), platforms=["tpu"])(*shapes)
    assert exported.platforms == ("tpu",)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("changes", [{"heads": 3}, {"heads": 0}])
def test_heads_must_divide_the_width(module, changes):
    with pytest.raises(ValueError, match="heads"):
        module(SIZES, CLASSES, hidden=8, rngs=nnx.Rngs(0), **changes)
