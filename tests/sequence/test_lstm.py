import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.sequence import LSTMParams, LSTMState, lstm, lstm_init, lstm_step

BATCH, TIME, FEATURE, HIDDEN = 3, 7, 5, 4
GATE_SWAPS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def random_params(seed=0, dtype: type = np.float32, feature=FEATURE, hidden=HIDDEN):
    rng = np.random.default_rng(seed)
    return LSTMParams(
        *(
            jnp.asarray(rng.normal(0, 0.7, shape).astype(dtype))
            for shape in ((feature, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,))
        )
    )


def random_x(seed=1, dtype: type = np.float32, batch=BATCH, time=TIME):
    return np.random.default_rng(seed).normal(0, 1, (batch, time, FEATURE)).astype(dtype)


def random_state(seed=2, batch=BATCH):
    rng = np.random.default_rng(seed)
    return LSTMState(*(jnp.asarray(rng.normal(0, 0.5, (batch, HIDDEN)).astype(np.float32)) for _ in range(2)))


def mask_of(lengths, time=TIME):
    return np.arange(time)[None, :] < np.asarray(lengths)[:, None]


def pytorch_lstm(x, w_ih, w_hh, b_ih, b_hh, hx):
    """float64 NumPy in PyTorch's convention: weights (4·hidden, …), two biases, states in the order (h, c)."""
    h, c = hx
    outputs = []
    for t in range(x.shape[1]):
        pre = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = np.split(pre, 4, axis=1)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        outputs.append(h)
    return np.stack(outputs, 1) if outputs else np.zeros((len(x), 0, h.shape[1])), (h, c)


def numpy_lstm(params, x, h, c):
    """One clip through the above."""
    w_x, w_h, b = (np.asarray(weight, float) for weight in params)
    outputs, (h, c) = pytorch_lstm(x[None], w_x.T, w_h.T, b, 0 * b, (h[None], c[None]))
    return outputs[0], (h[0], c[0])


def flax_rnn(params):
    cell = nnx.OptimizedLSTMCell(FEATURE, HIDDEN, rngs=nnx.Rngs(0))
    cell.dense_i.kernel[...] = params.w_x
    cell.dense_h.kernel[...] = params.w_h
    assert cell.dense_h.bias is not None
    cell.dense_h.bias[...] = params.b
    return nnx.RNN(cell, return_carry=True)


def with_gates_swapped(params, a, b):
    order = [0, 1, 2, 3]
    order[a], order[b] = order[b], order[a]
    return LSTMParams(*(jnp.concatenate([jnp.split(w, 4, axis=-1)[k] for k in order], axis=-1) for w in params))


def plain_loop(params, x, state):
    outputs = []
    for t in range(x.shape[1]):
        state = lstm_step(params, state, x[:, t])
        outputs.append(state.h)
    return jnp.stack(outputs, 1), state


def close(ours, theirs, tolerance=1e-5):
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=tolerance, atol=tolerance)


# Parity


@pytest.mark.parametrize("lengths", [None, (7, 4, 1)])
def test_values_and_gradients_equal_flax(lengths):
    params, x, state = random_params(), jnp.asarray(random_x()), random_state()
    mask = None if lengths is None else mask_of(lengths)
    weight = jnp.asarray(np.random.default_rng(5).normal(size=(BATCH, TIME, HIDDEN)).astype(np.float32))
    shown = weight if mask is None else jnp.where(mask[:, :, None], weight, 0)

    def ours(params, x):
        h, last = lstm(params, x, mask=mask, state=state)
        return (h * shown).sum() + (last.c * 0.3).sum(), (h, last)

    rnn = flax_rnn(params)
    graph, weights, rest = nnx.split(rnn, nnx.Param, ...)

    def theirs(weights, x):
        seq_lengths = None if lengths is None else jnp.asarray(lengths)
        (c, h_last), h = nnx.merge(graph, weights, rest)(x, initial_carry=(state.c, state.h), seq_lengths=seq_lengths)
        return (h * shown).sum() + (c * 0.3).sum(), (h, LSTMState(c, h_last))

    def compiled(loss):
        return jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))

    (_, (h, last)), (grads, grad_x) = compiled(ours)(params, x)
    (_, (h_flax, last_flax)), (grads_flax, grad_x_flax) = compiled(theirs)(weights, x)
    real = np.ones((BATCH, TIME), bool) if mask is None else mask
    close(np.asarray(h)[real], np.asarray(h_flax)[real])
    close(last.c, last_flax.c)
    close(last.h, last_flax.h)
    cell = grads_flax["cell"]
    close(grads.w_x, cell["dense_i"]["kernel"][...])
    close(grads.w_h, cell["dense_h"]["kernel"][...])
    close(grads.b, cell["dense_h"]["bias"][...])
    close(grad_x, grad_x_flax)


def test_equals_pytorchs_convention_in_float64():
    rng = np.random.default_rng(3)
    w_ih, w_hh = rng.normal(size=(4 * HIDDEN, FEATURE)), rng.normal(size=(4 * HIDDEN, HIDDEN))
    b_ih, b_hh = rng.normal(size=4 * HIDDEN), rng.normal(size=4 * HIDDEN)
    h_0, c_0 = rng.normal(size=(2, BATCH, HIDDEN))
    x = random_x(dtype=np.float64)
    expected, (h_n, c_n) = pytorch_lstm(x, w_ih, w_hh, b_ih, b_hh, (h_0, c_0))
    with jax.enable_x64(True):
        h, last = lstm(LSTMParams(w_ih.T, w_hh.T, b_ih + b_hh), x, state=LSTMState(c=c_0, h=h_0))
        assert h.dtype == jnp.float64
        close(h, expected, 1e-13)
        close(last.h, h_n, 1e-13)
        close(last.c, c_n, 1e-13)


@pytest.mark.parametrize(("a", "b"), GATE_SWAPS)
def test_every_swap_of_gates_is_seen(a, b):
    params, x = random_params(), random_x()
    h, _ = lstm(params, x)
    swapped, _ = lstm(with_gates_swapped(params, a, b), x)
    assert np.abs(np.asarray(h) - np.asarray(swapped)).max() > 0.05


def test_the_hoisted_product_equals_the_loop_over_steps():
    params, x, state = random_params(), jnp.asarray(random_x()), random_state()
    h, last = lstm(params, x, state=state)
    h_plain, last_plain = jax.jit(plain_loop)(params, x, state)
    close(h, h_plain, 1e-6)
    close(last.c, last_plain.c, 1e-6)

    def loss(run):
        return lambda params, x: (run(params, x, state=state)[0] ** 2).sum()

    ours = jax.jit(jax.grad(loss(lstm), argnums=(0, 1)))(params, x)
    plain = jax.jit(jax.grad(loss(plain_loop), argnums=(0, 1)))(params, x)
    jax.tree.map(close, ours, plain)


def test_one_step_without_a_batch_axis():
    params, x, state = random_params(), jnp.asarray(random_x()[:, 0]), random_state()
    together = lstm_step(params, state, x)
    alone = lstm_step(params, LSTMState(state.c[1], state.h[1]), x[1])
    close(together.c[1], alone.c, 1e-6)
    close(together.h[1], alone.h, 1e-6)


# Properties


def test_open_forget_and_closed_input_gate_keep_the_memory_for_ever():
    zeros = jnp.zeros((FEATURE, 4 * HIDDEN)), jnp.zeros((HIDDEN, 4 * HIDDEN))
    b = jnp.concatenate([jnp.full(HIDDEN, value) for value in (-100.0, 100.0, 1.0, 0.0)])
    state = random_state()
    _, last = lstm(LSTMParams(*zeros, b), random_x(time=50), state=state)
    np.testing.assert_array_equal(last.c, state.c)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=TIME, max_size=TIME), min_size=BATCH, max_size=BATCH), st.booleans())
def test_masked_steps_are_as_if_cut_out(rows, filled_with_nan):
    mask, params, state = np.array(rows), random_params(), random_state()
    x = random_x()
    h, last = lstm(params, np.where(mask[:, :, None], x, np.nan if filled_with_nan else 9.0), mask=mask, state=state)
    assert np.isfinite(h).all()
    for row in range(BATCH):
        start = np.asarray(state.h)[row], np.asarray(state.c)[row]
        h_cut, (h_last, c_last) = numpy_lstm(params, x[row][mask[row]], *start)
        close(h[row][mask[row]], h_cut)
        close(last.c[row], c_last)
        close(last.h[row], h_last)
        carried = start[0]
        for t in range(TIME):
            carried = np.asarray(h[row, t]) if mask[row, t] else carried
            np.testing.assert_array_equal(h[row, t], carried)


def test_clips_do_not_see_each_other():
    params, x, mask = random_params(), random_x(), mask_of((7, 2, 5))
    order = np.array([2, 0, 1])
    h, last = lstm(params, x, mask=mask)
    h_moved, last_moved = lstm(params, x[order], mask=mask[order])
    close(h_moved, h[order], 1e-6)
    close(last_moved.c, last.c[order], 1e-6)


@pytest.mark.parametrize("cuts", [(3,), (1, 2), (0, 5, 7)])
def test_chunks_with_the_state_carried_over_equal_one_pass(cuts):
    params, x, mask = random_params(), random_x(), mask_of((7, 4, 1))
    whole, last = lstm(params, x, mask=mask)
    pieces, state = [], None
    for start, end in zip((0, *cuts), (*cuts, TIME), strict=True):
        h, state = lstm(params, x[:, start:end], mask=mask[:, start:end], state=state)
        pieces.append(h)
    assert state is not None
    close(jnp.concatenate(pieces, 1), whole, 1e-6)
    close(state.c, last.c, 1e-6)


def test_integers_and_other_floats_are_cast_to_the_weights_type():
    params = random_params()
    whole = np.arange(BATCH * TIME * FEATURE).reshape(BATCH, TIME, FEATURE) % 3
    expected, _ = lstm(params, whole.astype(np.float32))
    for dtype in (np.uint8, np.int64, np.float16, np.float64):
        h, _ = lstm(params, whole.astype(dtype))
        assert h.dtype == jnp.float32
        np.testing.assert_array_equal(h, expected)


# Gradients


def test_gradients_equal_finite_differences():
    mask = jnp.asarray(mask_of((7, 4, 0)))
    with jax.enable_x64(True):
        params, x = random_params(dtype=np.float64), jnp.asarray(random_x(dtype=np.float64))
        state = LSTMState(*(jnp.asarray(part, jnp.float64) for part in random_state()))

        @jax.jit
        def loss(inputs):
            params, x, state = inputs
            h, last = lstm(params, x, mask=mask, state=state)
            return jnp.sin(3 * h).sum() + (last.c**2).sum()

        inputs = (params, x, state)
        rng = np.random.default_rng(4)
        gradient = jax.grad(loss)(inputs)
        for _ in range(3):
            way = jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape)), inputs)
            slope = sum(
                float((g * w).sum()) for g, w in zip(jax.tree.leaves(gradient), jax.tree.leaves(way), strict=True)
            )
            step = 1e-6
            ahead, behind = (
                float(loss(jax.tree.map(lambda leaf, w, s=sign * step: leaf + s * w, inputs, way))) for sign in (1, -1)
            )
            assert slope == pytest.approx((ahead - behind) / (2 * step), rel=1e-7)


def test_gradients_are_finite_and_zero_where_nothing_is_real():
    mask = mask_of((7, 3, 0))
    x = jnp.asarray(np.where(mask[:, :, None], random_x(), np.nan))
    gradient, grad_x = jax.grad(lambda params, x: lstm(params, x, mask=mask)[0].sum(), argnums=(0, 1))(
        random_params(), x
    )
    assert all(np.isfinite(leaf).all() and np.abs(leaf).max() > 0 for leaf in gradient)
    assert np.isfinite(grad_x).all()
    np.testing.assert_array_equal(np.asarray(grad_x)[~mask], 0)


# Compiled


def test_compiled_and_vectorised_calls_equal_the_plain_one():
    params, x, mask = random_params(), jnp.asarray(random_x()), jnp.asarray(mask_of((7, 4, 0)))
    h, _ = lstm(params, x, mask=mask)
    close(jax.jit(lambda params, x, mask: lstm(params, x, mask=mask)[0])(params, x, mask), h, 1e-6)
    models = jax.tree.map(lambda *leaves: jnp.stack(leaves), params, random_params(9))
    many, _ = jax.vmap(lambda params: lstm(params, x, mask=mask))(models)
    close(many[0], h, 1e-6)
    close(many[1], lstm(random_params(9), x, mask=mask)[0], 1e-6)


def test_clips_may_be_closed_over_in_a_compiled_function():
    params, x, mask = random_params(), jnp.asarray(random_x()), jnp.asarray(mask_of((7, 4, 0)))
    h, _ = lstm(params, x, mask=mask)
    close(jax.jit(lambda params: lstm(params, x, mask=mask)[0])(params), h, 1e-6)
    worst = jnp.full_like(x, jnp.nan)
    with pytest.raises(ValueError, match="expected finite x"):
        jax.jit(lambda params: lstm(params, worst)[0])(params)


def test_the_gradient_lowers_for_tpu():
    def loss(params, x, mask):
        return lstm(params, x, mask=mask)[0].sum()

    shapes = jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype),
        (random_params(), jnp.asarray(random_x()), jnp.asarray(mask_of((7, 4, 0)))),
    )
    exported = jax.export.export(jax.jit(jax.grad(loss)), platforms=["tpu"])(*shapes)
    assert exported.platforms == ("tpu",)
    assert "while" in exported.mlir_module()


# Initial weights


def test_initial_weights():
    params = lstm_init(jax.random.key(0), 400, HIDDEN, forget_bias=2)
    i, f, g, o = np.split(np.asarray(params.b), 4)
    np.testing.assert_array_equal(f, 2)
    np.testing.assert_array_equal(np.concatenate([i, g, o]), 0)
    for block in np.split(np.asarray(params.w_h), 4, axis=1):
        np.testing.assert_allclose(block @ block.T, np.eye(HIDDEN), atol=1e-6)
    blocks = np.split(np.asarray(params.w_h), 4, axis=1)
    assert all(np.abs(blocks[a] - blocks[b]).max() > 0.1 for a, b in GATE_SWAPS)
    assert np.asarray(params.w_x).std() == pytest.approx(1 / np.sqrt(400), rel=0.1)
    other = lstm_init(jax.random.key(1), 400, HIDDEN)
    assert not np.array_equal(other.w_x, params.w_x)
    assert not np.array_equal(other.w_h, params.w_h)


# Bad input


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": random_x()[0]}, r"expected x \(batch, time, 5\), got \(7, 5\).*x\[None\]"),
        ({"x": random_x()[:, :, :3]}, r"expected x \(batch, time, 5\), got \(3, 7, 3\)"),
        ({"x": random_x() > 0}, "expected x of real numbers, got bool"),
        ({"x": random_x() + 1j}, "expected x of real numbers, got complex"),
        ({"x": np.full((BATCH, TIME, FEATURE), np.nan)}, "expected finite x at every real step"),
        ({"x": np.full((BATCH, TIME, FEATURE), np.inf), "mask": mask_of((1, 0, 0))}, "expected finite x"),
        ({"mask": np.ones((BATCH, TIME))}, r"expected mask bool \(batch, time\).*got float64"),
        ({"mask": mask_of((1, 2, 3))[:, :5]}, r"expected mask bool.*\(3, 7\).*got bool \(3, 5\)"),
        ({"mask": mask_of((7, 4, 0))[None]}, "expected mask bool"),
        ({"state": random_state(batch=1)}, r"expected state.c \(batch, hidden\) = \(3, 4\), got \(1, 4\)"),
        ({"params": random_params()._replace(w_h=np.zeros((4, 12)))}, r"expected w_h \(hidden, 4·hidden\)"),
        ({"params": random_params()._replace(w_x=np.zeros((5, 12)))}, r"expected w_x \(feature, 16\)"),
        ({"params": random_params()._replace(b=np.zeros((1, 16)))}, r"and b \(16,\)"),
        ({"params": random_params()._replace(b=jnp.zeros(16, jnp.bfloat16))}, "expected weights of one floating type"),
        ({"params": LSTMParams(*(np.ones(w.shape, np.int32) for w in random_params()))}, "floating type, got int32"),
    ],
)
def test_bad_input_is_named(change, says):
    given = {"params": random_params(), "x": random_x()} | change
    with pytest.raises(ValueError, match=says):
        lstm(given.pop("params"), given.pop("x"), **given)


@pytest.mark.usefixtures("as_user")
def test_shapes_are_checked_under_jit_too():
    with pytest.raises(ValueError, match="expected x"):
        jax.jit(lstm)(random_params(), random_x()[:, :, :2])


@pytest.mark.parametrize(("features", "hidden"), [(0, 3), (3, 0), (-1, 2)])
def test_sizes_below_one_are_refused(features, hidden):
    with pytest.raises(ValueError, match="at least 1"):
        lstm_init(jax.random.key(0), features, hidden)
