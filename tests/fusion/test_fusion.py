"""What every fusion module must keep; a new module is added to `MODULES` and inherits all of it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
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
    sum_log_probabilities,
)

MODULES = [
    EarlyFusion,
    LateFusion,
    HybridFusion,
    TensorFusion,
    LowRankFusion,
    GatedFusion,
    CrossAttentionFusion,
    BottleneckFusion,
]
SIZES = {"video": 4, "audio": 3, "text": 2}
CLASSES = 5


@pytest.fixture(params=MODULES, scope="module")
def fuse(request):
    return shaken(request.param(SIZES, CLASSES, hidden=16, rngs=nnx.Rngs(1)))


def shaken(module):
    """Non-zero biases too: an initial value of 0 hides a wrong one."""
    rng = np.random.default_rng(2)
    graph, params = nnx.split(module)
    moved = jax.tree.map(lambda leaf: leaf + rng.normal(scale=0.1, size=leaf.shape).astype(np.float32), params)
    return nnx.merge(graph, moved)


@pytest.fixture
def vectors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {name: rng.normal(size=(6, size)).astype(np.float32) for name, size in SIZES.items()}


@pytest.fixture
def mask() -> dict[str, np.ndarray]:
    return {
        "video": np.array([1, 0, 1, 0, 1, 1], bool),
        "audio": np.array([1, 1, 0, 0, 1, 0], bool),
        "text": np.array([1, 1, 0, 1, 0, 1], bool),
    }


def dense(layer: nnx.Linear, x: np.ndarray) -> np.ndarray:
    assert layer.bias is not None
    return x.astype(np.float64) @ np.asarray(layer.kernel[...], np.float64) + np.asarray(layer.bias[...], np.float64)


def test_early_fusion_equals_numpy_row_by_row(vectors, mask):
    fuse = EarlyFusion(SIZES, CLASSES, hidden=7, rngs=nnx.Rngs(4))
    expected = []
    for row in range(6):
        parts = [vectors[n][row] if mask[n][row] else np.asarray(fuse.absent[n][...]) for n in sorted(SIZES)]
        expected.append(dense(fuse.outer, np.maximum(dense(fuse.inner, np.concatenate(parts)), 0)))
    np.testing.assert_allclose(fuse(vectors, mask=mask), expected, rtol=1e-4, atol=1e-5)


def test_late_fusion_equals_the_product_of_the_probabilities(vectors, mask):
    fuse = LateFusion(SIZES, CLASSES, hidden=7, rngs=nnx.Rngs(4))
    expected = np.ones((6, CLASSES))
    for name, vector in vectors.items():
        logits = dense(fuse.outer[name], np.maximum(dense(fuse.inner[name], vector), 0))
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        expected = np.where(mask[name][:, None], expected * probabilities, expected)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(jax.nn.softmax(fuse(vectors, mask=mask)), expected, rtol=1e-4)


def test_the_sum_is_the_rule_of_bayes_where_the_senses_are_independent_given_the_label():
    rng = np.random.default_rng(5)
    given_label = {
        name: rng.dirichlet(np.ones(3), size=4) for name in SIZES
    }  # P(symbol | label), labels equally likely
    alone = {n: (table / table.sum(axis=0)).T for n, table in given_label.items()}  # P(label | symbol)
    for symbols in [(0, 1, 2), (2, 2, 0)]:
        joint = np.prod([given_label[n][:, s] for n, s in zip(SIZES, symbols, strict=True)], axis=0)
        logits = {n: np.log(alone[n][s])[None] for n, s in zip(SIZES, symbols, strict=True)}
        fused = jax.nn.softmax(sum_log_probabilities(logits))[0]
        np.testing.assert_allclose(fused, joint / joint.sum(), rtol=1e-5)


def test_a_row_with_no_sense_is_uniform_in_late_fusion(vectors):
    fuse = LateFusion(SIZES, CLASSES, rngs=nnx.Rngs(0))
    logits = fuse(vectors, mask={name: np.zeros(6, bool) for name in SIZES})
    np.testing.assert_array_equal(logits, 0)


def test_each_row_is_decided_alone(fuse, vectors, mask):
    together, rng = fuse(vectors, mask=mask), np.random.default_rng(6)
    for row in (0, 3):
        alone = np.arange(6) == row
        others = {
            n: np.where(alone[:, None], v, rng.normal(size=v.shape).astype(np.float32)) for n, v in vectors.items()
        }
        changed = fuse(others, mask={n: np.where(alone, m, ~m) for n, m in mask.items()})
        np.testing.assert_allclose(changed[row], together[row], rtol=1e-5, atol=1e-5)
        assert (np.abs(changed - together).max(axis=1) > 1e-3)[~alone].all()


def test_the_order_of_the_dictionaries_changes_nothing(fuse, vectors, mask):
    swapped = fuse(dict(reversed(vectors.items())), mask=dict(reversed(mask.items())))
    np.testing.assert_array_equal(fuse(vectors, mask=mask), swapped)
    module = type(fuse)
    same = module(dict(reversed(SIZES.items())), CLASSES, hidden=16, rngs=nnx.Rngs(9))
    np.testing.assert_array_equal(module(SIZES, CLASSES, hidden=16, rngs=nnx.Rngs(9))(vectors), same(vectors))


@pytest.mark.parametrize("filler", [np.nan, np.inf, 1e30, 0.0])
def test_what_a_missing_sense_contained_changes_nothing(fuse, vectors, mask, filler):
    filled = {n: np.where(mask[n][:, None], v, np.float32(filler)) for n, v in vectors.items()}
    np.testing.assert_array_equal(fuse(filled, mask=mask), fuse(vectors, mask=mask))


@pytest.mark.parametrize("name", SIZES)
def test_an_absent_name_equals_a_mask_of_false(fuse, vectors, name):
    rest = {n: v for n, v in vectors.items() if n != name}
    np.testing.assert_array_equal(fuse(rest), fuse(vectors, mask={name: np.zeros(6, bool)}))


@pytest.mark.parametrize("name", SIZES)
def test_missing_differs_from_a_vector_of_zeros(fuse, vectors, name):
    zeros = vectors | {name: np.zeros_like(vectors[name])}
    missing = fuse(vectors, mask={name: np.zeros(6, bool)})
    assert np.abs(jax.nn.softmax(fuse(zeros)) - jax.nn.softmax(missing)).max() > 1e-3


@pytest.fixture(scope="module")
def gradients(fuse):
    """(vectors, mask) → gradients of a loss to the parameters and to the vectors."""
    graph, params = nnx.split(fuse)

    def loss(params, vectors, mask):
        logits = nnx.merge(graph, params)(vectors, mask=mask)
        return -jnp.mean(jax.nn.log_softmax(logits)[:, 0])

    compiled = jax.jit(jax.grad(loss, argnums=(0, 1)))
    return lambda vectors, mask: compiled(params, vectors, mask)


def test_gradients_reach_every_parameter_and_no_masked_row(gradients, vectors, mask):
    for filler in (np.nan, 1e30):
        filled = {n: np.where(mask[n][:, None], v, np.float32(filler)) for n, v in vectors.items()}
        to_params, to_vectors = gradients(filled, mask)
        for leaf in jax.tree.leaves(to_params):
            assert np.isfinite(leaf).all()
            assert np.abs(leaf).max() > 0
        for name, gradient in to_vectors.items():
            np.testing.assert_array_equal(gradient[~mask[name]], 0)
            assert np.isfinite(gradient).all()
            assert (np.abs(gradient[mask[name]]).max(axis=1) > 0).all()


def test_a_clip_without_any_sense_gives_finite_gradients(gradients, vectors):
    nothing = {name: np.zeros(6, bool) for name in SIZES}
    to_params, to_vectors = gradients({n: np.full_like(v, np.nan) for n, v in vectors.items()}, nothing)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(to_params))
    assert all((np.asarray(leaf) == 0).all() for leaf in jax.tree.leaves(to_vectors))


def test_with_all_senses_every_parameter_learns_but_the_stand_ins(gradients):
    rng = np.random.default_rng(7)
    symbols = {n: np.eye(size, dtype=np.float32)[rng.integers(size, size=6)] for n, size in SIZES.items()}
    to_params, _ = gradients(symbols, {name: np.ones(6, bool) for name in SIZES})
    learned = {
        jax.tree_util.keystr(place): bool(np.abs(leaf).max() > 0)
        for place, leaf in jax.tree_util.tree_leaves_with_path(to_params)
    }
    assert {place for place, moved in learned.items() if not moved} == {p for p in learned if "absent" in p}


# By hand, with F features in all, M senses, C classes and H hidden units; by default 8 features of a sense in a tensor.
F, M, C, H = sum(SIZES.values()), len(SIZES), CLASSES, 16
LOOK = 3 * H * H + 3 * (H * H + H)
EARLY, LATE = F + (F + 1) * H + (H + 1) * C, (F + M) * H + M * (H + 1) * C
PARAMETERS = {
    EarlyFusion: EARLY,
    LateFusion: LATE,
    HybridFusion: EARLY + LATE,
    TensorFusion: (F + M) * 8 + (9**M + 1) * H + (H + 1) * C,
    LowRankFusion: (F + M) * 8 + M * 4 * 9 * H + H + (H + 1) * C,
    GatedFusion: F + (F + M) * H + M * (F + 1) * H + (H + 1) * C,
    CrossAttentionFusion: (F + M) * H + M * LOOK + M * H * C + C,
    BottleneckFusion: (F + M) * H + 4 * H + 2 * M * LOOK + (H + 1) * C,
}


def test_the_number_of_parameters_is_that_counted_by_hand(fuse):
    assert sum(leaf.size for leaf in jax.tree.leaves(nnx.state(fuse, nnx.Param))) == PARAMETERS[type(fuse)]


def test_jit_equals_eager(fuse, vectors, mask):
    graph, params = nnx.split(fuse)
    compiled = jax.jit(lambda params, vectors, mask: nnx.merge(graph, params)(vectors, mask=mask))
    np.testing.assert_allclose(compiled(params, vectors, mask), fuse(vectors, mask=mask), rtol=1e-5, atol=1e-5)
    hash(graph)  # needed where the static part is an argument of jit


def test_vmap_over_parameters_equals_one_model_after_the_other(fuse, vectors, mask):
    graph, params = nnx.split(fuse)
    other = jax.tree.map(lambda leaf: leaf * 0.9, params)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), params, other)
    together = jax.jit(jax.vmap(lambda params: nnx.merge(graph, params)(vectors, mask=mask)))(stacked)
    for logits, one in zip(together, (params, other), strict=True):
        np.testing.assert_allclose(logits, nnx.merge(graph, one)(vectors, mask=mask), rtol=1e-4, atol=1e-4)


def test_numpy_float64_and_integers_are_taken(fuse, vectors):
    whole = {n: np.round(v * 10) for n, v in vectors.items()}
    np.testing.assert_array_equal(fuse(whole), fuse({n: v.astype(np.int32) for n, v in whole.items()}))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("sizes", "classes", "hidden", "words"),
    [
        ({}, 2, 3, "at least one sense"),
        ({"video": 0}, 2, 3, "'video'"),
        ({"video": 1}, 0, 3, "1 class"),
        ({"video": 1}, 2, 0, "hidden"),
    ],
)
def test_bad_declaration(module, sizes, classes, hidden, words):
    with pytest.raises(ValueError, match=words):
        module(sizes, classes, hidden=hidden, rngs=nnx.Rngs(0))


@pytest.mark.usefixtures("as_users_run")
def test_bad_call(fuse, vectors):
    with pytest.raises(ValueError, match="'smell'"):
        fuse({"smell": vectors["video"]})
    with pytest.raises(ValueError, match=r"\(6, 4\), got \(6, 3\)"):
        fuse({"video": vectors["audio"]})
    with pytest.raises(ValueError, match="at least one sense"):
        fuse({})
    with pytest.raises(ValueError, match="at least one sense"):
        sum_log_probabilities({})
    with pytest.raises(ValueError, match=r"\(6, 3\)"):
        sum_log_probabilities({"audio": vectors["audio"], "video": vectors["video"]})
