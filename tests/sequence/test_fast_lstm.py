"""The faster twin gives what the plain LSTM gives, in value and gradient, at every length and mask."""

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from sequence.test_lstm import FEATURE, HIDDEN, mask_of, random_params, random_state, random_x

from vmm_edu.sequence import LSTMParams, LSTMState, fast_lstm, lstm, lstm_init
from vmm_edu.sequence import fast_lstm as function
from vmm_edu.sequence.fast_lstm import is_small

HOLES = np.array([[1, 1, 0, 1, 0, 1, 1], [0, 0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0]], bool)
MASKS = {"none": None, "lengths": mask_of((7, 4, 1)), "one empty": mask_of((7, 0, 3)), "holes": HOLES}


@pytest.fixture
def always_fast(monkeypatch):
    """Small arrays, and still the fast way."""
    module = __import__("sys").modules["vmm_edu.sequence.fast_lstm"]
    monkeypatch.setattr(module, "is_small", lambda **_sizes: False)


def relative(ours, theirs):
    """Largest difference, relative to the largest entry, over the leaves of two trees."""
    pairs = zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True)
    return max(float(jnp.abs(a - b).max(initial=0) / jnp.abs(b).max(initial=1e-30)) for a, b in pairs)


def graded(run, mask, weight):
    def loss(params, x, state):
        h, last = run(params, x, mask=mask, state=state)
        return (h * weight).sum() + (last.c**2).sum() + (0.5 * last.h).sum(), (h, last)

    return jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True)


@pytest.mark.usefixtures("always_fast")
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())
def test_values_and_gradients_equal_the_plain_ones(mask):
    params, x, state = random_params(), jnp.asarray(random_x()), random_state()
    weight = jnp.asarray(np.random.default_rng(5).normal(size=(3, 7, HIDDEN)).astype(np.float32))
    (_, shown), gradients = graded(function, mask, weight)(params, x, state)
    (_, shown_plain), gradients_plain = graded(lstm, mask, weight)(params, x, state)
    assert relative(shown, shown_plain) < 1e-5
    assert relative(gradients, gradients_plain) < 1e-5


@pytest.mark.usefixtures("always_fast")
@pytest.mark.parametrize(("batch", "time"), [(1, 1), (3, 0), (2, 12), (5, 3)])
def test_every_size_agrees(batch, time):
    params, x = random_params(3), random_x(batch=batch, time=time)
    assert relative(fast_lstm(params, x), lstm(params, x)) < 1e-5


@pytest.mark.usefixtures("always_fast")
def test_gradients_equal_finite_differences():
    mask = jnp.asarray(HOLES)
    with jax.enable_x64(True):
        params, x = random_params(dtype=np.float64), jnp.asarray(random_x(dtype=np.float64))
        state = LSTMState(*(jnp.asarray(part, jnp.float64) for part in random_state()))

        @jax.jit
        def loss(inputs):
            h, last = fast_lstm(inputs[0], inputs[1], mask=mask, state=inputs[2])
            return jnp.sin(3 * h).sum() + (last.c**2).sum()

        inputs, rng = (params, x, state), np.random.default_rng(4)
        gradient = jax.grad(loss)(inputs)
        for _ in range(3):
            way = jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape)), inputs)
            pairs = zip(jax.tree.leaves(gradient), jax.tree.leaves(way), strict=True)
            slope = sum(float((g * w).sum()) for g, w in pairs)
            ahead, behind = (
                float(loss(jax.tree.map(lambda leaf, w, s=s: leaf + s * w, inputs, way))) for s in (1e-6, -1e-6)
            )
            assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-7)


@pytest.mark.usefixtures("always_fast")
def test_what_padding_holds_changes_nothing_in_value_or_gradient():
    mask = MASKS["one empty"]
    filled = jnp.asarray(np.where(mask[:, :, None], random_x(), np.nan))
    gradients = jax.grad(lambda params, x: fast_lstm(params, x, mask=mask)[0].sum(), argnums=(0, 1))
    (clean, clean_x), (worst, worst_x) = (gradients(random_params(), x) for x in (jnp.asarray(random_x()), filled))
    assert relative(worst, clean) == 0
    assert np.isfinite(worst_x).all()
    np.testing.assert_array_equal(np.asarray(worst_x)[~mask], 0)
    np.testing.assert_array_equal(np.asarray(clean_x)[~mask], 0)


@pytest.mark.usefixtures("always_fast")
def test_compiled_and_vectorised_calls_equal_the_plain_one():
    params, x, mask = random_params(), jnp.asarray(random_x()), jnp.asarray(HOLES)
    h, _ = fast_lstm(params, x, mask=mask)
    assert relative(jax.jit(lambda *given: fast_lstm(*given, mask=mask)[0])(params, x), h) < 1e-6
    models = jax.tree.map(lambda *leaves: jnp.stack(leaves), params, random_params(9))

    def loss(params):
        return (fast_lstm(params, x, mask=mask)[0] ** 2).sum()

    many = jax.vmap(jax.grad(loss))(models)
    assert relative(jax.tree.map(lambda leaf: leaf[1], many), jax.grad(loss)(random_params(9))) < 1e-5


@pytest.mark.usefixtures("always_fast")
@pytest.mark.parametrize("dtype", [None, jnp.bfloat16], ids=["float32", "bfloat16"])
def test_many_models_on_clips_of_their_own_equal_one_by_one(dtype):
    models = jax.tree.map(lambda *leaves: jnp.stack(leaves), random_params(), random_params(9))
    clips = jnp.stack([random_x(), 0.5 * random_x()])

    def gradients(params, x):
        return jax.grad(lambda *given: (fast_lstm(*given, product_dtype=dtype)[0] ** 2).sum(), argnums=(0, 1))(
            params, x
        )

    many = jax.jit(jax.vmap(gradients))(models, clips)
    assert relative(jax.tree.map(lambda leaf: leaf[1], many), gradients(random_params(9), clips[1])) < 1e-5


def test_the_gradient_of_x_is_computed_only_where_it_is_asked_for():
    params, x = lstm_init(jax.random.key(0), 12, 128), jnp.ones((16, 3, 12))
    assert not is_small(batch=16, hidden=128)

    def products(which):
        graded = jax.jit(jax.grad(lambda *given: fast_lstm(*given)[0].sum(), argnums=which))
        text = graded.lower(params, x).compile().as_text()
        return sum(text.count(f" {name}(") for name in ("dot", "convolution"))

    assert products((0, 1)) == products(0) + 1


@pytest.mark.parametrize(("batch", "time"), [(9, 1), (1, 12), (9, 12)])
def test_what_a_caller_does_with_the_results_of_rounded_products_does_not_matter(batch, time):
    # Large enough for XLA's routine for short factors.
    params = lstm_init(jax.random.key(0), 40, 48)
    x, *state = (
        jax.random.normal(key, shape)
        for key, shape in zip(
            jax.random.split(jax.random.key(1), 3), ((batch, time, 40), (batch, 48), (batch, 48)), strict=True
        )
    )
    state = LSTMState(*state)

    def results(params, x, state):
        def loss(params, x, state):
            h, last = fast_lstm(params, x, state=state, product_dtype=jnp.bfloat16)
            return (h**2).sum() + (last.c**2).sum(), (h, last)

        gradients, shown = jax.grad(loss, argnums=(0, 1, 2), has_aux=True)(params, x, state)
        return [leaf.reshape(-1, leaf.shape[-1]) for leaf in jax.tree.leaves((gradients, shown))]

    @jax.jit
    def turned(*given):
        # Where the compiler merges these with the products before them, it cannot run the result.
        return [leaf.T for leaf in results(*given)]

    for leaf, across in zip(results(params, x, state), turned(params, x, state), strict=True):
        assert relative(across.T, leaf) < 1e-3


@pytest.mark.usefixtures("always_fast")
def test_chunks_with_the_state_carried_over_equal_one_pass():
    params, x, mask = random_params(), random_x(), HOLES
    whole, last = fast_lstm(params, x, mask=mask)
    first, state = fast_lstm(params, x[:, :3], mask=mask[:, :3])
    rest, end = fast_lstm(params, x[:, 3:], mask=mask[:, 3:], state=state)
    assert relative((jnp.concatenate([first, rest], axis=1), end), (whole, last)) < 1e-6


def test_rounded_factors_are_near_and_their_sums_are_not_rounded():
    params = lstm_init(jax.random.key(0), 64, 32)
    x = jax.random.normal(jax.random.key(1), (4, 9, 64))

    def loss(run):
        return lambda params: (run(params) ** 2).sum()

    exact, near = lstm(params, x)[0], fast_lstm(params, x, product_dtype=jnp.bfloat16)[0]
    assert near.dtype == exact.dtype == jnp.float32
    assert 1e-5 < relative(near, exact) < 2e-2
    plain = jax.grad(loss(lambda params: lstm(params, x)[0]))(params)
    rounded = jax.grad(loss(lambda params: fast_lstm(params, x, product_dtype=jnp.bfloat16)[0]))(params)
    assert 1e-5 < relative(rounded, plain) < 5e-2
    text = str(jax.make_jaxpr(lambda params: fast_lstm(params, x, product_dtype=jnp.bfloat16)[0])(params))
    products = [line for line in text.split("\n") if "= dot_general" in line]
    assert products
    assert all(":f32[" in line for line in products), "a product whose sum is bfloat16"


def which_came_first(count, *, time=20, seed=0):
    """Clips in which A and B each last one step, in both orders, far apart; noise everywhere."""
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 5, count), rng.integers(time - 6, time - 1, count)
    swapped = np.arange(count) % 2
    x = 0.1 * rng.normal(size=(count, time, 4)).astype(np.float32)
    x[np.arange(count), first, swapped] += 1.0
    x[np.arange(count), second, 1 - swapped] += 1.0
    return jnp.asarray(x), jnp.asarray(swapped, jnp.float32)


@pytest.mark.parametrize("dtype", [None, jnp.bfloat16], ids=["float32", "bfloat16"])
def test_training_with_rounded_factors_reaches_the_accuracy_of_float32(dtype):
    train, test = which_came_first(128), which_came_first(400, seed=1)
    optimizer = optax.adam(0.02)

    def logits(weights, x):
        return fast_lstm(weights["lstm"], x, product_dtype=dtype)[1].h @ weights["out"]

    def learn(weights, _):
        weights, moments = weights

        def loss(weights):
            return optax.sigmoid_binary_cross_entropy(logits(weights, train[0]), train[1]).mean()

        with jax.numpy_dtype_promotion("standard"):
            updates, moments = optimizer.update(jax.grad(loss)(weights), moments, weights)
            return (optax.apply_updates(weights, updates), moments), None

    keys = jax.random.split(jax.random.key(0), 3)

    def run(key):
        weights = {"lstm": lstm_init(key, 4, 16), "out": 0.3 * jax.random.normal(key, (16,))}
        (weights, _), _ = jax.lax.scan(learn, (weights, optimizer.init(weights)), None, length=150)
        return jnp.mean(((logits(weights, test[0]) > 0) == (test[1] > 0.5)).astype(jnp.float32))

    scores = jax.jit(jax.vmap(run))(keys)
    # A coin gets 0.5; the order is plain to see, so both must get nearly all, from each of three starts.
    assert scores.min() > 0.97, scores


def test_the_gradient_lowers_for_tpu_and_gpu():
    params, x = lstm_init(jax.random.key(0), 8, 16), jnp.zeros((2, 5, 8))

    def loss(params, x):
        return fast_lstm(params, x, product_dtype=jnp.bfloat16)[0].sum()

    for platform in ("tpu", "cuda"):
        exported = jax.export.export(jax.jit(jax.grad(loss)), platforms=[platform])(params, x)
        assert exported.platforms == (platform,)
        assert exported.mlir_module().count("stablehlo.while") >= 2


def test_only_the_cpu_gets_the_convolution():
    params, x = lstm_init(jax.random.key(0), 8, 128), jnp.zeros((16, 5, 8))
    for platform, expected in {"cpu": True, "cuda": False, "tpu": False}.items():
        text = jax.export.export(jax.jit(fast_lstm), platforms=[platform])(params, x).mlir_module()
        assert ("stablehlo.convolution" in text) == expected, platform


def test_small_sizes_run_the_plain_scan_and_large_ones_do_not():
    assert is_small(batch=32, hidden=32)
    assert not is_small(batch=32, hidden=512)

    def loops_with_a_custom_backward_pass(batch, hidden):
        params = lstm_init(jax.random.key(0), 2, hidden)
        return "custom_vjp" in str(jax.make_jaxpr(fast_lstm)(params, jnp.zeros((batch, 3, 2))))

    assert not loops_with_a_custom_backward_pass(32, 32)
    assert loops_with_a_custom_backward_pass(32, 512)


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    params = random_params()
    with pytest.raises(ValueError, match="expected product_dtype of a floating type"):
        fast_lstm(params, random_x(), product_dtype=jnp.int32)
    with pytest.raises(ValueError, match=rf"expected x \(batch, time, {FEATURE}\)"):
        fast_lstm(params, random_x()[0])
    with pytest.raises(ValueError, match="expected finite x"):
        fast_lstm(params, np.full((3, 7, FEATURE), np.nan))
    with pytest.raises(ValueError, match="expected weights of one floating type"):
        fast_lstm(LSTMParams(*(np.ones(w.shape, np.int32) for w in params)), random_x())
