import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.sequence import SelfAttention, attend, sine_positions

BATCH, TIME, FEATURE, HIDDEN = 3, 6, 4, 8
MASK = np.array([[1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0]], bool)


def drawn(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def parts():
    return drawn(BATCH, 2, FEATURE), drawn(BATCH, TIME, FEATURE, seed=1), drawn(BATCH, TIME, HIDDEN, seed=2)


def close(ours, theirs, tolerance=1e-5):
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=tolerance, atol=tolerance)


def test_equals_jaxs_own_where_a_step_is_real():
    query, key, value = parts()
    value = value[..., :FEATURE]
    for mask in (None, MASK):
        bias = None if mask is None else mask[:, None, None, :]
        theirs = jax.nn.dot_product_attention(query[:, :, None], key[:, :, None], value[:, :, None], mask=bias)
        close(attend(query, key, value, mask=mask)[:2], theirs[:2, :, 0])


def test_equals_a_loop_in_numpy():
    query, key, value = (np.asarray(part, float) for part in parts())
    ours = attend(*parts(), mask=MASK)
    for b in range(2):
        for q in range(2):
            weight = np.exp(key[b][MASK[b]] @ query[b, q] / np.sqrt(FEATURE))
            close(ours[b, q], weight @ value[b][MASK[b]] / weight.sum())


def test_a_masked_key_never_leaks_and_an_empty_row_gives_zero():
    query, key, value = parts()

    def loss(query, key, value):
        return attend(query, key, value, mask=MASK).sum()

    hidden = jnp.where(MASK[:, :, None], 0.0, jnp.nan)
    out = attend(query, key + hidden, value + hidden, mask=MASK)
    close(out, attend(query, key, value, mask=MASK))
    np.testing.assert_array_equal(out[2], 0)
    grads = jax.grad(loss, argnums=(0, 1, 2))(query, key + hidden, value + hidden)
    for grad in grads:
        assert np.isfinite(np.asarray(grad)).all()
    for grad in grads[1:]:
        np.testing.assert_array_equal(np.asarray(grad)[~MASK], 0)
    large = jnp.where(MASK[:, :, None], key, 1e4)
    close(attend(query, large, value, mask=MASK), out)


@pytest.mark.parametrize("heads", [1, 2])
def test_without_positions_the_order_of_the_steps_is_lost(heads):
    x, order = drawn(BATCH, TIME, FEATURE), np.array([3, 0, 5, 1, 4, 2])
    bag = SelfAttention(FEATURE, HIDDEN, heads=heads, positions=False, rngs=nnx.Rngs(0))
    close(bag(x[:, order]), bag(x)[:, order])
    placed = SelfAttention(FEATURE, HIDDEN, heads=heads, rngs=nnx.Rngs(0))
    assert np.abs(np.asarray(placed(x[:, order]) - placed(x)[:, order])).max() > 0.1


def test_padding_changes_nothing_and_jit_equals_eager():
    model = SelfAttention(FEATURE, HIDDEN, heads=2, rngs=nnx.Rngs(0))
    x = drawn(BATCH, TIME, FEATURE)
    out = model(jnp.where(MASK[:, :, None], x, jnp.nan), mask=MASK)
    np.testing.assert_array_equal(np.asarray(out)[~MASK], 0)
    close(out, nnx.jit(lambda m, x: m(x, mask=jnp.asarray(MASK)))(model, x))
    prefix = np.arange(TIME)[None, :] < np.array([[4], [4], [4]])
    close(model(x, mask=prefix)[:, :4], model(x[:, :4]))
    grads = nnx.grad(lambda m: m(jnp.where(MASK[:, :, None], x, jnp.nan), mask=MASK).sum())(model)
    assert all(np.isfinite(np.asarray(leaf)).all() for leaf in jax.tree.leaves(grads))


def test_every_step_has_another_position():
    waves = np.asarray(sine_positions(50, 9))
    assert waves.shape == (50, 9)
    assert np.abs(waves).max() <= 1
    far = np.abs(waves[:, None] - waves[None]).max(axis=2)
    assert far[~np.eye(50, dtype=bool)].min() > 0.1


@pytest.mark.usefixtures("as_user")
def test_bad_input():
    query, key, value = parts()
    with pytest.raises(ValueError, match="one feature length"):
        attend(query[..., :2], key, value)
    with pytest.raises(ValueError, match="expected mask bool"):
        attend(query, key, value, mask=MASK[:, :3])
    with pytest.raises(ValueError, match="multiple of heads"):
        SelfAttention(FEATURE, 7, heads=2, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="batch axis"):
        SelfAttention(FEATURE, HIDDEN, rngs=nnx.Rngs(0))(drawn(TIME, FEATURE))
    with pytest.raises(ValueError, match="at least 1 feature"):
        sine_positions(3, 0)
