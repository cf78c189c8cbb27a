import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import savgol_filter

from vmm_edu.features import deltas


def features(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 3, shape).astype(np.float32)


@pytest.mark.parametrize("reach", [1, 2, 4])
def test_equals_the_slope_of_a_fitted_line_by_savitzky_and_golay(reach):
    x = features(3, 12, 5)
    expected = savgol_filter(x.astype(float), 2 * reach + 1, polyorder=1, deriv=1, axis=1, mode="nearest")
    ours = deltas(x, reach=reach)
    assert ours.shape == x.shape
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_a_straight_line_has_its_slope_and_a_constant_none():
    line = (np.arange(20)[:, None] * np.array([2.0, -0.5])).astype(np.float32)
    np.testing.assert_allclose(deltas(line)[2:-2], np.broadcast_to([2.0, -0.5], (16, 2)), atol=1e-5)
    np.testing.assert_array_equal(deltas(np.full((6, 3), 7.0, np.float32)), 0)


def test_reversed_time_turns_the_sign():
    x = features(15, 4)
    np.testing.assert_allclose(deltas(x[::-1].copy()), -deltas(x)[::-1], atol=1e-5)


def test_one_frame_has_no_slope_and_short_ones_work():
    np.testing.assert_array_equal(deltas(features(1, 3)), 0)
    assert deltas(features(2, 3), reach=5).shape == (2, 3)


def test_gradient_equals_finite_differences():
    with jax.enable_x64(True):
        x, way = (jnp.asarray(features(9, 3, seed=seed), float) for seed in (1, 2))
        loss = jax.jit(lambda x: jnp.sin(deltas(x)).sum())
        slope = (loss(x + 1e-5 * way) - loss(x - 1e-5 * way)) / 2e-5
        assert float((jax.grad(loss)(x) * way).sum()) == pytest.approx(float(slope), rel=1e-6)


def test_compiled_equals_plain_and_lowers_for_tpu():
    x = features(2, 9, 3)
    compiled = jax.jit(deltas)
    np.testing.assert_allclose(compiled(x), deltas(x), atol=1e-6)
    shape = jax.ShapeDtypeStruct(x.shape, jnp.float32)
    assert jax.export.export(compiled, platforms=["tpu"])(shape).platforms == ("tpu",)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("x", "options", "says"),
    [
        (features(5), {}, r"expected features \(frame, feature\) or \(batch, frame, feature\), got \(5,\)"),
        (features(0, 4), {}, "expected features"),
        (features(5, 2), {"reach": 0}, "a reach of at least 1 frame, got 0"),
    ],
)
def test_bad_input_is_named(x, options, says):
    with pytest.raises(ValueError, match=says):
        deltas(x, **options)
