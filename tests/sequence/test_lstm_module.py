import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from vmm_edu.sequence import LSTM, LSTMState, lstm

FEATURE, HIDDEN = 5, 4


def clip(seed=0, batch=3, time=6):
    return np.random.default_rng(seed).normal(size=(batch, time, FEATURE)).astype(np.float32)


def module(seed=0):
    made = LSTM(FEATURE, HIDDEN, rngs=nnx.Rngs(seed))
    rng = np.random.default_rng(seed)
    made.b[...] = jnp.asarray(rng.normal(size=4 * HIDDEN).astype(np.float32))
    return made


def test_is_the_function_with_its_own_weights():
    model, x = module(), clip()
    mask = np.arange(6)[None, :] < np.array([6, 3, 0])[:, None]
    state = LSTMState(*(jnp.full((3, HIDDEN), value) for value in (0.4, -0.2)))
    expected = lstm(model.params, x, mask=mask, state=state)
    for call in (LSTM.__call__, nnx.jit(LSTM.__call__)):
        h, last = call(model, x, mask=mask, state=state)
        np.testing.assert_allclose(h, expected[0], atol=1e-6)
        np.testing.assert_allclose(last.c, expected[1].c, atol=1e-6)


def test_weights_are_params_and_all_of_them_train():
    model = module()
    x = clip(batch=16)
    target = jnp.asarray(x[:, 0, :1])
    optimizer = nnx.Optimizer(model, optax.adam(0.03), wrt=nnx.Param)
    before = jax.tree.map(jnp.copy, model.params)

    @nnx.jit
    def train_step(model, optimizer):
        def loss(model):
            return ((model(x)[1].h[:, :1] - jnp.tanh(target)) ** 2).mean()

        value, gradients = nnx.value_and_grad(loss)(model)
        optimizer.update(model, gradients)
        return value

    # Adam itself mixes types, which the tests' strict promotion forbids.
    with jax.numpy_dtype_promotion("standard"):
        losses = [float(train_step(model, optimizer)) for _ in range(150)]
    assert losses[-1] < 0.1 * losses[0]
    assert all(np.abs(new - old).max() > 0.01 for new, old in zip(model.params, before, strict=True))


def test_the_seed_decides_the_weights():
    again, other = (LSTM(FEATURE, HIDDEN, rngs=nnx.Rngs(seed)) for seed in (0, 1))
    first = LSTM(FEATURE, HIDDEN, forget_bias=0, rngs=nnx.Rngs(0))
    np.testing.assert_array_equal(first.w_x[...], again.w_x[...])
    assert not np.array_equal(first.w_h[...], other.w_h[...])
    assert not np.asarray(first.b[...]).any()
    assert np.asarray(again.b[...]).any()


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    with pytest.raises(ValueError, match="at least 1"):
        LSTM(0, HIDDEN, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"expected x \(batch, time, 5\)"):
        module()(clip()[0])
