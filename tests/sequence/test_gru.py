import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.sequence import GRU, GRUParams, gru, gru_init, gru_step

BATCH, TIME, FEATURE, HIDDEN = 3, 7, 5, 4


def random_params(seed=0, dtype=np.float32):
    rng = np.random.default_rng(seed)
    shapes = ((FEATURE, 3 * HIDDEN), (HIDDEN, 3 * HIDDEN), (3 * HIDDEN,), (HIDDEN,))
    return GRUParams(*(jnp.asarray(rng.normal(0, 0.7, shape).astype(dtype)) for shape in shapes))


def random_x(seed=1, dtype=np.float32):
    return np.random.default_rng(seed).normal(0, 1, (BATCH, TIME, FEATURE)).astype(dtype)


def random_state(seed=2, dtype=np.float32):
    return jnp.asarray(np.random.default_rng(seed).normal(0, 0.5, (BATCH, HIDDEN)).astype(dtype))


def mask_of(lengths):
    return np.arange(TIME)[None, :] < np.asarray(lengths)[:, None]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def pytorch_gru(x, w_ih, w_hh, b_ih, b_hh, h):
    """float64 NumPy in PyTorch's convention: weights (3·hidden, …), two biases, reset after the product."""
    outputs = []
    for t in range(x.shape[1]):
        i_r, i_z, i_n = np.split(x[:, t] @ w_ih.T + b_ih, 3, axis=1)
        h_r, h_z, h_n = np.split(h @ w_hh.T + b_hh, 3, axis=1)
        n = np.tanh(i_n + sigmoid(i_r + h_r) * h_n)
        h = n + sigmoid(i_z + h_z) * (h - n)
        outputs.append(h)
    return (np.stack(outputs, 1) if outputs else np.zeros((len(x), 0, h.shape[1]))), h


def numpy_gru(params, x, h):
    """One clip through the above."""
    w_x, w_h, b, b_hn = (np.asarray(weight, float) for weight in params)
    b_hh = np.concatenate([np.zeros(2 * len(b_hn)), b_hn])
    outputs, last = pytorch_gru(x[None], w_x.T, w_h.T, b, b_hh, h[None])
    return outputs[0], last[0]


def plain_loop(params, x, h):
    outputs = []
    for t in range(x.shape[1]):
        h = gru_step(params, h, x[:, t])
        outputs.append(h)
    return jnp.stack(outputs, 1), h


def close(ours, theirs, tolerance=1e-5):
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=tolerance, atol=tolerance)


# Parity


@pytest.mark.parametrize("lengths", [None, (7, 4, 1)])
def test_values_and_gradients_equal_flax_whose_candidate_has_no_second_bias(lengths):
    params = random_params()._replace(b_hn=jnp.zeros(HIDDEN))
    x, state = jnp.asarray(random_x()), random_state()
    mask = None if lengths is None else mask_of(lengths)
    weight = jnp.asarray(np.random.default_rng(5).normal(size=(BATCH, TIME, HIDDEN)).astype(np.float32))
    shown = weight if mask is None else jnp.where(mask[:, :, None], weight, 0)

    def ours(params, x):
        h, last = gru(params, x, mask=mask, state=state)
        return (h * shown).sum() + (last * 0.3).sum(), (h, last)

    cell = nnx.GRUCell(FEATURE, HIDDEN, rngs=nnx.Rngs(0))
    cell.dense_i.kernel[...], cell.dense_h.kernel[...] = params.w_x, params.w_h
    assert cell.dense_i.bias is not None
    assert cell.dense_h.bias is None
    cell.dense_i.bias[...] = params.b
    graph, weights, rest = nnx.split(nnx.RNN(cell, return_carry=True), nnx.Param, ...)

    def theirs(weights, x):
        seq_lengths = None if lengths is None else jnp.asarray(lengths)
        last, h = nnx.merge(graph, weights, rest)(x, initial_carry=state, seq_lengths=seq_lengths)
        return (h * shown).sum() + (last * 0.3).sum(), (h, last)

    def compiled(loss):
        return jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))

    (_, (h, last)), (grads, grad_x) = compiled(ours)(params, x)
    (_, (h_flax, last_flax)), (grads_flax, grad_x_flax) = compiled(theirs)(weights, x)
    real = np.ones((BATCH, TIME), bool) if mask is None else mask
    close(np.asarray(h)[real], np.asarray(h_flax)[real])
    close(last, last_flax)
    close(grads.w_x, grads_flax["cell"]["dense_i"]["kernel"][...])
    close(grads.w_h, grads_flax["cell"]["dense_h"]["kernel"][...])
    close(grads.b, grads_flax["cell"]["dense_i"]["bias"][...])
    close(grad_x, grad_x_flax)


def test_equals_pytorchs_convention_in_float64():
    rng = np.random.default_rng(3)
    w_ih, w_hh = rng.normal(size=(3 * HIDDEN, FEATURE)), rng.normal(size=(3 * HIDDEN, HIDDEN))
    b_ih, b_hh = rng.normal(size=3 * HIDDEN), rng.normal(size=3 * HIDDEN)
    h_0 = rng.normal(size=(BATCH, HIDDEN))
    x = random_x(dtype=np.float64)
    expected, h_n = pytorch_gru(x, w_ih, w_hh, b_ih, b_hh, h_0)
    b = b_ih + np.concatenate([b_hh[: 2 * HIDDEN], np.zeros(HIDDEN)])
    with jax.enable_x64(True):
        h, last = gru(GRUParams(w_ih.T, w_hh.T, b, b_hh[2 * HIDDEN :]), x, state=h_0)
        assert h.dtype == jnp.float64
        close(h, expected, 1e-13)
        close(last, h_n, 1e-13)


@pytest.mark.parametrize(("a", "b"), [(0, 1), (0, 2), (1, 2)])
def test_every_swap_of_gates_is_seen(a, b):
    params, x = random_params(), random_x()
    order = [0, 1, 2]
    order[a], order[b] = order[b], order[a]
    swapped = [jnp.concatenate([jnp.split(w, 3, axis=-1)[k] for k in order], axis=-1) for w in params[:3]]
    h, _ = gru(params, x)
    other, _ = gru(GRUParams(*swapped, params.b_hn), x)
    assert np.abs(np.asarray(h) - np.asarray(other)).max() > 0.05


def test_the_hoisted_product_equals_the_loop_over_steps():
    params, x, state = random_params(), jnp.asarray(random_x()), random_state()
    h, last = gru(params, x, state=state)
    h_plain, last_plain = jax.jit(plain_loop)(params, x, state)
    close(h, h_plain, 1e-6)
    close(last, last_plain, 1e-6)
    close(gru_step(params, state[1], x[1, 0]), h[1, 0], 1e-6)


# Properties


def test_a_closed_update_gate_keeps_the_state_for_ever():
    b = jnp.concatenate([jnp.full(HIDDEN, value) for value in (1.0, 100.0, 1.0)])
    params = GRUParams(jnp.zeros((FEATURE, 3 * HIDDEN)), jnp.zeros((HIDDEN, 3 * HIDDEN)), b, jnp.zeros(HIDDEN))
    _, last = gru(params, random_x(), state=random_state())
    np.testing.assert_array_equal(last, random_state())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=TIME, max_size=TIME), min_size=BATCH, max_size=BATCH), st.booleans())
def test_masked_steps_are_as_if_cut_out(rows, filled_with_nan):
    mask, params, state, x = np.array(rows), random_params(), random_state(), random_x()
    h, last = gru(params, np.where(mask[:, :, None], x, np.nan if filled_with_nan else 9.0), mask=mask, state=state)
    for row in range(BATCH):
        h_cut, h_last = numpy_gru(params, x[row][mask[row]], np.asarray(state)[row])
        close(h[row][mask[row]], h_cut)
        close(last[row], h_last)
        carried = np.asarray(state)[row]
        for t in range(TIME):
            carried = np.asarray(h[row, t]) if mask[row, t] else carried
            np.testing.assert_array_equal(h[row, t], carried)


@pytest.mark.parametrize("cut", [1, 4])
def test_chunks_with_the_state_carried_over_equal_one_pass(cut):
    params, x, mask = random_params(), random_x(), mask_of((7, 4, 1))
    whole, last = gru(params, x, mask=mask)
    first, state = gru(params, x[:, :cut], mask=mask[:, :cut])
    second, state = gru(params, x[:, cut:], mask=mask[:, cut:], state=state)
    close(jnp.concatenate([first, second], 1), whole, 1e-6)
    close(state, last, 1e-6)


def test_integers_are_cast_to_the_weights_type():
    whole = np.arange(BATCH * TIME * FEATURE).reshape(BATCH, TIME, FEATURE) % 3
    expected, _ = gru(random_params(), whole.astype(np.float32))
    for dtype in (np.uint8, np.float64):
        np.testing.assert_array_equal(gru(random_params(), whole.astype(dtype))[0], expected)


# Gradients


def test_gradients_equal_finite_differences():
    mask = jnp.asarray(mask_of((7, 4, 0)))
    with jax.enable_x64(True):
        inputs = (random_params(dtype=np.float64), jnp.asarray(random_x(dtype=np.float64)), random_state())
        inputs = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), inputs)

        @jax.jit
        def loss(inputs):
            h, last = gru(inputs[0], inputs[1], mask=mask, state=inputs[2])
            return jnp.sin(3 * h).sum() + (last**2).sum()

        rng = np.random.default_rng(4)
        way = jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape)), inputs)
        pairs = zip(jax.tree.leaves(jax.grad(loss)(inputs)), jax.tree.leaves(way), strict=True)
        slope = sum(float((g * w).sum()) for g, w in pairs)
        ahead, behind = (
            float(loss(jax.tree.map(lambda leaf, w, s=sign: leaf + s * 1e-6 * w, inputs, way))) for sign in (1, -1)
        )
        assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-7)


def test_gradients_are_finite_and_zero_where_nothing_is_real():
    mask = mask_of((7, 3, 0))
    x = jnp.asarray(np.where(mask[:, :, None], random_x(), np.nan))
    gradient, grad_x = jax.grad(lambda p, x: gru(p, x, mask=mask)[0].sum(), argnums=(0, 1))(random_params(), x)
    assert all(np.isfinite(leaf).all() and np.abs(leaf).max() > 0 for leaf in gradient)
    np.testing.assert_array_equal(np.asarray(grad_x)[~mask], 0)


def test_compiled_and_vectorised_calls_equal_the_plain_one():
    params, x, mask = random_params(), jnp.asarray(random_x()), jnp.asarray(mask_of((7, 4, 0)))
    h, _ = gru(params, x, mask=mask)
    close(jax.jit(lambda params, x, mask: gru(params, x, mask=mask)[0])(params, x, mask), h, 1e-6)
    models = jax.tree.map(lambda *leaves: jnp.stack(leaves), params, random_params(9))
    many, _ = jax.vmap(lambda params: gru(params, x, mask=mask))(models)
    close(many[1], gru(random_params(9), x, mask=mask)[0], 1e-6)


# Initial weights and the module


def test_initial_weights():
    params = gru_init(jax.random.key(0), 400, HIDDEN)
    assert not np.any(params.b)
    assert not np.any(params.b_hn)
    blocks = np.split(np.asarray(params.w_h), 3, axis=1)
    for block in blocks:
        np.testing.assert_allclose(block @ block.T, np.eye(HIDDEN), atol=1e-6)
    assert np.abs(blocks[0] - blocks[1]).max() > 0.1
    assert np.asarray(params.w_x).std() == pytest.approx(1 / np.sqrt(400), rel=0.1)


def test_the_module_calls_the_function_and_trains():
    model = GRU(FEATURE, HIDDEN, rngs=nnx.Rngs(0))
    x = jnp.asarray(random_x())
    mask = jnp.asarray(mask_of((7, 4, 2)))
    np.testing.assert_array_equal(model(x, mask=mask)[0], gru(model.params, x, mask=mask)[0])
    optimizer = nnx.Optimizer(model, optax.adam(0.05), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer):
        loss, grads = nnx.value_and_grad(lambda model: ((model(x, mask=mask)[1] - 0.5) ** 2).mean())(model)
        optimizer.update(model, grads)
        return loss

    with jax.numpy_dtype_promotion("standard"):  # Optax mixes its step counter with Python numbers.
        losses = [float(step(model, optimizer)) for _ in range(30)]
    assert losses[-1] < 0.2 * losses[0]


# Bad input


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": random_x()[0]}, r"expected x \(batch, time, 5\), got \(7, 5\).*x\[None\]"),
        ({"x": random_x() > 0}, "expected x of real numbers, got bool"),
        ({"x": np.full((BATCH, TIME, FEATURE), np.nan)}, "expected finite x at every real step"),
        ({"mask": np.ones((BATCH, TIME))}, r"expected mask bool \(batch, time\).*got float64"),
        ({"state": np.zeros((1, HIDDEN))}, r"expected state \(batch, hidden\) = \(3, 4\), got \(1, 4\)"),
        ({"params": random_params()._replace(w_h=np.zeros((4, 16)))}, r"expected w_h \(hidden, 3·hidden\)"),
        ({"params": random_params()._replace(w_x=np.zeros((5, 16)))}, r"expected w_x \(feature, 12\)"),
        ({"params": random_params()._replace(b_hn=np.zeros(12))}, r"expected b_hn \(4,\)"),
        ({"params": random_params()._replace(b=jnp.zeros(12, jnp.bfloat16))}, "expected weights of one floating type"),
    ],
)
def test_bad_input_is_named(change, says):
    given = {"params": random_params(), "x": random_x()} | change
    with pytest.raises(ValueError, match=says):
        gru(given.pop("params"), given.pop("x"), **given)


def test_sizes_below_one_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        gru_init(jax.random.key(0), 3, 0)
