import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.sequence import last_pool, mean_pool

X = np.random.default_rng(0).normal(size=(3, 5, 2)).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=3, max_size=3))
def test_equals_a_loop_over_real_steps_whatever_the_padding(rows):
    mask = np.array(rows)
    filled = np.where(mask[:, :, None], X, np.nan)
    mean, last = np.asarray(mean_pool(filled, mask=mask)), np.asarray(last_pool(filled, mask=mask))
    for row in range(3):
        real = X[row][mask[row]]
        np.testing.assert_allclose(mean[row], real.mean(axis=0) if len(real) else np.zeros(2), atol=1e-6)
        np.testing.assert_array_equal(last[row], real[-1] if len(real) else np.zeros(2))


def test_without_a_mask_all_steps_are_real():
    np.testing.assert_allclose(mean_pool(X), X.mean(axis=1), atol=1e-6)
    np.testing.assert_array_equal(last_pool(X), X[:, -1])


@pytest.mark.parametrize("pool", [mean_pool, last_pool])
def test_gradients_are_finite_and_zero_where_nothing_is_real(pool):
    mask = np.array([[True] * 5, [True, False, True, False, False], [False] * 5])
    x = jnp.asarray(np.where(mask[:, :, None], X, np.nan))
    gradient = np.asarray(jax.jit(jax.grad(lambda x: (pool(x, mask=mask) ** 2).sum()))(x))
    assert np.isfinite(gradient).all()
    assert np.abs(gradient[:2]).max() > 0
    np.testing.assert_array_equal(gradient[~mask], 0)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize("pool", [mean_pool, last_pool])
def test_bad_input_is_named(pool):
    with pytest.raises(ValueError, match=r"expected x \(batch, time, feature\), got \(5, 2\)"):
        pool(X[0])
    with pytest.raises(ValueError, match="expected floating x, got int64"):
        pool(np.ones((3, 5, 2), np.int64))
    with pytest.raises(ValueError, match="expected mask bool"):
        pool(X, mask=np.ones((3, 5)))
    with pytest.raises(ValueError, match="expected mask bool"):
        pool(X, mask=np.ones((3, 4), bool))
