"""Our LSTM against the real PyTorch and Keras 3: values and gradients, at every length and mask."""

import os

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.sequence import LSTMParams, LSTMState, bidirectional_lstm, fast_lstm, lstm

torch = pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "jax"
# Keras 3.15 reads its own variables in a way that NumPy 2 will drop.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

BATCH, TIME, FEATURE, HIDDEN = 4, 9, 6, 5
LENGTHS = {"whole": (9, 9, 9, 9), "falling": (9, 7, 3, 1), "mixed": (2, 9, 5, 6)}
RUNS = {
    "plain": lstm,
    "fast": lambda *args, **more: fast_lstm(*args, product_dtype=jnp.float32, **more),  # the fast way at any size
}


def draw(seed, *shape):
    return np.random.default_rng(seed).normal(0, 0.6, shape).astype(np.float32)


def torch_lstm(bidirectional=False):
    """PyTorch's LSTM with random weights and both biases non-zero, and the same weights as ours."""
    model = torch.nn.LSTM(FEATURE, HIDDEN, batch_first=True, bidirectional=bidirectional)
    ours = []
    with torch.no_grad():
        for k, end in enumerate(("", "_reverse")[: 1 + bidirectional]):
            named = {
                name: getattr(model, f"{name}_l0{end}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
            for j, weight in enumerate(named.values()):
                weight.copy_(torch.from_numpy(draw(10 * k + j, *weight.shape)))
            w_ih, w_hh, b_ih, b_hh = (weight.detach().numpy().copy() for weight in named.values())
            ours.append(LSTMParams(*map(jnp.asarray, (w_ih.T, w_hh.T, b_ih + b_hh))))
    return model, ours


def packed(x, lengths):
    return torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)


def unpacked(out):
    return torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=TIME)[0]


def relative(ours, theirs):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
def test_values_and_gradients_equal_pytorch(run, lengths):
    model, (params,) = torch_lstm()
    x, weight, c_0, h_0 = (draw(20, BATCH, TIME, FEATURE), draw(21, BATCH, TIME, HIDDEN), *draw(22, 2, BATCH, HIDDEN))
    mask = np.arange(TIME)[None, :] < np.array(lengths)[:, None]
    weight = weight * mask[:, :, None]

    their_x = torch.from_numpy(x.copy()).requires_grad_()
    start = tuple(torch.from_numpy(part[None].copy()).requires_grad_() for part in (h_0, c_0))
    out, (h_n, c_n) = model(packed(their_x, lengths), start)
    out = unpacked(out)
    ((out * torch.from_numpy(weight)).sum() + (c_n**2).sum() + (0.5 * h_n).sum()).backward()

    def loss(params, x, state):
        h, last = run(params, x, mask=mask, state=state)
        return (h * weight).sum() + (last.c**2).sum() + (0.5 * last.h).sum(), (h, last)

    graded = jax.jit(jax.grad(loss, argnums=(0, 1, 2), has_aux=True))
    (grads, grad_x, grad_state), (h, last) = graded(
        params, jnp.asarray(x), LSTMState(jnp.asarray(c_0), jnp.asarray(h_0))
    )
    pairs = {
        "h": (np.where(mask[:, :, None], h, 0), out.detach()),
        "last h": (last.h, h_n[0].detach()),
        "last c": (last.c, c_n[0].detach()),
        "gradient of w_x": (grads.w_x.T, model.weight_ih_l0.grad),
        "gradient of w_h": (grads.w_h.T, model.weight_hh_l0.grad),
        "gradient of b": (grads.b, model.bias_ih_l0.grad),
        "gradient of the other bias": (grads.b, model.bias_hh_l0.grad),
        "gradient of x": (grad_x, their_x.grad),
        "gradient of the first h": (grad_state.h, start[0].grad[0]),
        "gradient of the first c": (grad_state.c, start[1].grad[0]),
    }
    assert {name: relative(*pair) for name, pair in pairs.items() if relative(*pair) > 1e-5} == {}


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
def test_both_directions_equal_pytorch(lengths):
    model, (there, back) = torch_lstm(bidirectional=True)
    x = draw(30, BATCH, TIME, FEATURE)
    mask = np.arange(TIME)[None, :] < np.array(lengths)[:, None]
    with torch.no_grad():
        out = unpacked(model(packed(torch.from_numpy(x), lengths))[0])
    h, _ = bidirectional_lstm(there, back, x, mask=mask)
    assert relative(np.where(mask[:, :, None], h, 0), out) < 1e-5


@pytest.fixture
def lenient():
    """Keras mixes types and ranks, which the tests' strict rules forbid."""
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        yield


def mended(steps, features, hidden, classes):
    """The very listing that the chapter shows, with random weights; and those weights as ours."""
    pytest.importorskip("keras")
    from vmm_edu.course.listings.mended_keras import compiled, mended_model

    model = compiled(mended_model(steps=steps, features=features, hidden=hidden, classes=classes))
    model.set_weights([draw(40 + k, *weight.shape) for k, weight in enumerate(model.get_weights())])
    w_x, w_h, b, w_y, b_y = model.get_weights()
    return model, LSTMParams(*map(jnp.asarray, (w_x, w_h, b))), w_y, b_y


@pytest.mark.usefixtures("lenient")
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
def test_the_mended_keras_model_equals_ours(lengths):
    model, params, w_y, b_y = mended(TIME, FEATURE, HIDDEN, 3)
    mask = np.arange(TIME)[None, :] < np.array(lengths)[:, None]
    x = draw(50, BATCH, TIME, FEATURE) * mask[:, :, None]
    theirs = np.asarray(model(x))
    assert theirs.shape == (BATCH, 3)
    for run in RUNS.values():
        _, last = run(params, x, mask=mask)
        assert relative(jax.nn.softmax(np.asarray(last.h) @ w_y + b_y), theirs) < 1e-5


@pytest.mark.usefixtures("lenient")
def test_the_mended_keras_models_gradient_equals_ours():
    model, params, w_y, b_y = mended(TIME, FEATURE, HIDDEN, 3)
    mask = np.arange(TIME)[None, :] < np.array((9, 7, 3, 1))[:, None]
    x, y = draw(50, BATCH, TIME, FEATURE) * mask[:, :, None], np.array([0, 2, 1, 2])

    def theirs(weights, rest):
        predicted, _ = model.stateless_call(weights, rest, x)
        return -jnp.log(predicted[jnp.arange(BATCH), y]).mean()

    def ours(params, w_y, b_y):
        _, last = lstm(params, x, mask=mask)
        logits = last.h @ w_y + jnp.broadcast_to(b_y, (BATCH, 3))
        return -jax.nn.log_softmax(logits)[jnp.arange(BATCH), y].mean()

    weights = [jnp.asarray(v.value) for v in model.trainable_variables]
    expected = jax.grad(theirs)(weights, [jnp.asarray(v.value) for v in model.non_trainable_variables])
    found = jax.grad(ours, argnums=(0, 1, 2))(params, jnp.asarray(w_y), jnp.asarray(b_y))
    for mine, right in zip(jax.tree.leaves(found), expected, strict=True):
        assert relative(mine, right) < 1e-5


@pytest.mark.usefixtures("lenient")
def test_the_mended_keras_model_learns():
    model, *_ = mended(TIME, FEATURE, HIDDEN, 2)
    x = draw(60, 64, TIME, FEATURE)
    y = (x[:, 4, 0] > 0).astype(np.int32)
    model.optimizer.learning_rate = 0.02
    losses = model.fit(x, y, epochs=30, batch_size=32, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
