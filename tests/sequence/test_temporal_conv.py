import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.sequence import TemporalConv, temporal_conv

BATCH, TIME, FEATURE, HIDDEN = 3, 9, 4, 5
MASK = np.arange(TIME)[None, :] < np.array([9, 4, 0])[:, None]


def drawn(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def close(ours, theirs, tolerance=1e-5):
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("width", "dilation"), [(1, 1), (3, 1), (3, 2), (2, 4), (4, 5)])
def test_equals_the_sum_written_as_a_loop(width, dilation):
    kernel, x = drawn(width, FEATURE, HIDDEN), drawn(BATCH, TIME, FEATURE, seed=1)
    expected = np.zeros((BATCH, TIME, HIDDEN))
    for t in range(TIME):
        for k in range(width):
            if (then := t - (width - 1 - k) * dilation) >= 0:
                expected[:, t] += np.asarray(x[:, then], float) @ np.asarray(kernel[k], float)
    close(temporal_conv(kernel, x, dilation=dilation), expected)


def test_equals_flax():
    conv = nnx.Conv(
        FEATURE, HIDDEN, kernel_size=3, padding="CAUSAL", kernel_dilation=2, use_bias=False, rngs=nnx.Rngs(0)
    )
    x = drawn(BATCH, TIME, FEATURE)
    close(temporal_conv(conv.kernel[...], x, dilation=2), conv(x))


def test_a_step_depends_on_its_reach_and_on_nothing_later():
    model = TemporalConv(FEATURE, HIDDEN, width=2, layers=2, rngs=nnx.Rngs(0))
    assert model.reach == 4
    x = drawn(1, TIME, FEATURE)
    slope = jax.jacobian(lambda x: jnp.tanh(model(x)).sum(axis=2)[0])(x)[:, 0]
    depends = np.abs(np.asarray(slope)).max(axis=2) > 0
    t = np.arange(TIME)
    apart = t[:, None] - t[None]
    assert not depends[(apart < 0) | (apart >= model.reach)].any()
    assert depends[apart == 0].all()


def test_padding_changes_nothing_and_jit_equals_eager():
    model = TemporalConv(FEATURE, HIDDEN, rngs=nnx.Rngs(0))
    x = drawn(BATCH, TIME, FEATURE)
    filled = jnp.where(MASK[:, :, None], x, jnp.nan)
    out = model(filled, mask=MASK)
    np.testing.assert_array_equal(np.asarray(out)[~MASK], 0)
    close(out[1, :4], model(x[1:2, :4])[0])
    close(out, nnx.jit(lambda m, x: m(x, mask=jnp.asarray(MASK)))(model, filled))
    grads = nnx.grad(lambda m: m(filled, mask=MASK).sum())(model)
    assert all(np.isfinite(np.asarray(leaf)).all() for leaf in jax.tree.leaves(grads))


@pytest.mark.usefixtures("as_user")
def test_bad_input():
    kernel, x = drawn(3, FEATURE, HIDDEN), drawn(BATCH, TIME, FEATURE)
    with pytest.raises(ValueError, match=r"kernel \(width, feature, hidden\)"):
        temporal_conv(kernel, x[..., :2])
    with pytest.raises(ValueError, match="dilation of at least 1"):
        temporal_conv(kernel, x, dilation=0)
    with pytest.raises(ValueError, match="expected mask bool"):
        temporal_conv(kernel, x, mask=MASK[:, :2])
    with pytest.raises(ValueError, match="at least 1"):
        TemporalConv(FEATURE, 0, rngs=nnx.Rngs(0))
