from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.predict import Progress, blend_weights, blended_loss, progress


def test_progress_is_that_between_two_epochs():
    trained, held_out = np.array([1.0, 0.6, 0.3, 0.1]), np.array([1.1, 0.8, 0.7, 0.9])
    whole = progress(trained, held_out)
    np.testing.assert_allclose(whole, (0.2, 0.7))
    assert whole.ratio == pytest.approx(3.5)
    np.testing.assert_allclose(progress(trained, held_out, start=1, end=2), (0.1, 0.2))
    assert progress(trained, held_out[::-1]).generalisation < 0
    assert Progress(0.0, 0.1).ratio == np.inf


def test_the_blend_has_the_smallest_ratio_of_noise_to_gain():
    """Independent heads: gain Σ w G, noise √Σ w² O². No other weights do better, which is what the formula is for."""
    rng = np.random.default_rng(0)
    heads = {name: Progress(*rng.uniform(0.1, 2, size=2)) for name in "abcd"}
    gain, noise = np.array(list(heads.values())).T

    def ratio(weights):
        return np.sqrt((weights**2 * noise**2).sum()) / (weights @ gain)

    best = np.array(list(blend_weights(heads).values()))
    assert best.sum() == pytest.approx(1)
    assert ratio(best) == pytest.approx(1 / np.sqrt((gain**2 / noise**2).sum()))
    assert all(ratio(best) <= ratio(rng.dirichlet(np.ones(4))) for _ in range(500))


def test_a_head_that_learns_by_heart_gets_little_and_one_that_loses_nothing():
    weights = blend_weights({"video": Progress(0.5, 0.1), "audio": Progress(0.5, 1.0), "text": Progress(-0.1, 1.0)})
    assert weights["video"] == pytest.approx(100 * weights["audio"])
    assert weights["text"] == 0
    same = blend_weights({"video": Progress(0.5, 0.0), "audio": Progress(0.5, -1e-9)})
    assert same["video"] == same["audio"] == 0.5


def test_blended_loss_is_the_weighted_sum_over_real_rows():
    rng = np.random.default_rng(1)
    heads = {name: rng.normal(size=(5, 3)).astype(np.float32) for name in ("video", "audio")}
    labels, weights = np.array([0, 2, 1, 1, 0]), {"audio": 0.25, "video": 0.75}
    mask = {"audio": np.array([True, False, False, True, False])}
    expected = 0.0
    for name, logits in heads.items():
        each = [-np.log(np.exp(row)[y] / np.exp(row).sum()) for row, y in zip(logits, labels, strict=True)]
        expected += weights[name] * np.mean(np.array(each)[mask.get(name, np.ones(5, bool))])
    given = {name: jnp.asarray(logits) for name, logits in heads.items()}
    assert float(blended_loss(given, labels, weights=weights, mask=mask)) == pytest.approx(expected, rel=1e-5)
    bad = given | {"audio": jnp.where(mask["audio"][:, None], given["audio"], jnp.nan)}
    value, gradient = jax.value_and_grad(lambda heads: blended_loss(heads, labels, weights=weights, mask=mask))(bad)
    assert float(value) == pytest.approx(expected, rel=1e-5)
    np.testing.assert_array_equal(np.asarray(gradient["audio"])[~mask["audio"]], 0)
    assert np.isfinite(gradient["audio"]).all()
    none = {name: np.zeros(5, bool) for name in heads}
    assert float(blended_loss(given, labels, weights=weights, mask=none)) == 0


@pytest.mark.usefixtures("as_users_run")
def test_bad_input():
    curve = np.array([1.0, 0.5])
    with pytest.raises(ValueError, match=r"got \(2,\) and \(0,\)"):
        progress(curve, np.zeros(0))
    with pytest.raises(ValueError, match="start before end"):
        progress(curve, curve, start=1)
    with pytest.raises(ValueError, match="2 epochs, got 0 and 2"):
        progress(curve, curve, end=2)
    with pytest.raises(ValueError, match="at least one head"):
        blend_weights({})
    with pytest.raises(ValueError, match="finite"):
        blend_weights({"video": Progress(np.nan, 1.0)})
    with pytest.raises(ValueError, match="validation loss fell"):
        blend_weights({"video": Progress(-1.0, 1.0)})
    with pytest.raises(ValueError, match="same heads"):
        blended_loss({"video": jnp.zeros((2, 3))}, np.zeros(2, int), weights={"audio": 1.0})
    with pytest.raises(ValueError, match="same heads"):
        blended_loss({}, np.zeros(2, int), weights={})
