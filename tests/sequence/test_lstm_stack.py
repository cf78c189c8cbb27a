"""Readers in both directions and on top of each other, against plain loops and with padding of every kind."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from sequence.test_lstm import FEATURE, HIDDEN, mask_of, numpy_lstm, random_params, random_x

from vmm_edu.sequence import LSTMStack, bidirectional_lstm

LENGTHS = (7, 4, 1)


def test_both_directions_equal_a_float64_loop_over_each_clip_cut_to_its_length():
    there, back, x = random_params(1), random_params(2), random_x()
    h, (last, first) = bidirectional_lstm(there, back, x, mask=mask_of(LENGTHS))
    zeros = np.zeros(HIDDEN)
    for row, length in enumerate(LENGTHS):
        forward, (_, c_forward) = numpy_lstm(there, x[row, :length], zeros, zeros)
        backward, (_, c_backward) = numpy_lstm(back, x[row, :length][::-1], zeros, zeros)
        expected = np.concatenate([forward, backward[::-1]], axis=1)
        np.testing.assert_allclose(h[row, :length], expected, atol=1e-5)
        np.testing.assert_allclose(last.c[row], c_forward, atol=1e-5)
        np.testing.assert_allclose(first.c[row], c_backward, atol=1e-5)


def test_a_reversed_clip_swaps_the_readers():
    there, back, x = random_params(1), random_params(2), random_x()
    h, _ = bidirectional_lstm(there, back, x)
    turned, _ = bidirectional_lstm(back, there, x[:, ::-1])
    np.testing.assert_allclose(turned[:, ::-1, HIDDEN:], h[:, :, :HIDDEN], atol=1e-6)
    np.testing.assert_allclose(turned[:, ::-1, :HIDDEN], h[:, :, HIDDEN:], atol=1e-6)


def stack(**more):
    made = LSTMStack(FEATURE, HIDDEN, rngs=nnx.Rngs(0), **more)
    rng = np.random.default_rng(0)
    for layer in [*made.forward, *made.backward]:
        layer.b[...] = jnp.asarray(rng.normal(size=4 * HIDDEN).astype(np.float32))
    return made


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_stack_is_one_layer_after_another(bidirectional):
    model, x = stack(layers=3, bidirectional=bidirectional), random_x()
    mask, zeros = mask_of(LENGTHS), np.zeros(HIDDEN)
    h = model(x, mask=mask)
    assert h.shape == (3, 7, HIDDEN * (1 + bidirectional))
    for row, length in enumerate(LENGTHS):
        now = x[row, :length].astype(float)
        for k, layer in enumerate(model.forward):
            forward, _ = numpy_lstm(layer.params, now, zeros, zeros)
            if bidirectional:
                backward, _ = numpy_lstm(model.backward[k].params, now[::-1], zeros, zeros)
                now = np.concatenate([forward, backward[::-1]], axis=1)
            else:
                now = forward
        np.testing.assert_allclose(h[row, :length], now, atol=1e-5)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_what_padding_holds_changes_nothing_in_value_or_gradient(bidirectional):
    model, mask = stack(bidirectional=bidirectional), mask_of((7, 4, 0))
    filled = np.where(mask[:, :, None], random_x(), np.nan)

    @nnx.jit
    def graded(model, x):
        return nnx.value_and_grad(lambda model: (model(x, mask=mask) ** 2).sum())(model)

    (value, gradient), (value_worst, gradient_worst) = (graded(model, jnp.asarray(x)) for x in (random_x(), filled))
    assert float(value) == float(value_worst)
    for clean, worst in zip(jax.tree.leaves(gradient), jax.tree.leaves(gradient_worst), strict=True):
        assert np.abs(clean).max() > 0
        np.testing.assert_array_equal(clean, worst)


def test_layers_start_from_different_weights():
    made = stack(layers=2, bidirectional=True)
    tops = [np.asarray(layer.w_h[...]) for layer in [*made.forward, *made.backward]]
    assert all(np.abs(a - b).max() > 0.1 for k, a in enumerate(tops) for b in tops[:k])


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    with pytest.raises(ValueError, match="expected layers of at least 1, got 0"):
        LSTMStack(FEATURE, HIDDEN, layers=0, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"expected x \(batch, time, 5\)"):
        stack()(random_x()[:, :, :2])
