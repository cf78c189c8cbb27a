from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from vmm_edu.predict import at_temperature, calibration_error, fit_temperature


def drawn(scale=2.5, clips=3000, classes=4, seed=0):
    """Labels drawn from softmax(z), logits that are `scale` times too far apart: the best temperature is `scale`."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1.5, (clips, classes))
    true = (rng.random((clips, 1)) > np.cumsum(softmax(z, axis=1), axis=1)).sum(axis=1).clip(0, classes - 1)
    return scale * z, true


def test_same_as_newtons_method_and_as_scikit_learn():
    rng = np.random.default_rng(1)
    true = rng.integers(3, size=600)
    x = rng.normal(size=(600, 5)) + np.eye(3)[true] @ rng.normal(size=(3, 5))
    model = LogisticRegression(C=100.0).fit(x[:60], true[:60])
    z, held = model.decision_function(x[60:]), true[60:]

    beta = 1.0  # Newton's method on 1/T, where the loss is convex
    for _ in range(30):
        p = softmax(beta * z, axis=1)
        mean = (p * z).sum(axis=1)
        slope = (mean - z[np.arange(len(z)), held]).mean()
        beta -= slope / ((p * z**2).sum(axis=1) - mean**2).mean()
    found = fit_temperature(z, held)
    assert found == pytest.approx(1 / beta, rel=1e-5)

    theirs = CalibratedClassifierCV(FrozenEstimator(model), method="temperature").fit(x[60:], held)
    np.testing.assert_allclose(at_temperature(z, found), theirs.predict_proba(x[60:]), atol=1e-4)


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.5])
def test_finds_the_temperature_that_was_put_in(scale):
    assert fit_temperature(*drawn(scale, clips=8000)) == pytest.approx(scale, rel=0.06)


def test_heals_the_calibration_and_leaves_every_answer():
    z, true = drawn(3.0)
    other, unseen = drawn(3.0, seed=1)
    temperature = fit_temperature(z, true)
    before, after = at_temperature(other), at_temperature(other, temperature)
    assert calibration_error(unseen, after) < 0.35 * calibration_error(unseen, before)
    np.testing.assert_array_equal(before.argmax(1), after.argmax(1))


def test_adding_to_all_scores_of_a_clip_changes_nothing():
    z, true = drawn()
    assert fit_temperature(z + 40 * np.arange(len(z))[:, None] / len(z), true) == pytest.approx(
        fit_temperature(z, true), rel=1e-6
    )


def test_extremes_stay_probabilities():
    p = at_temperature(np.array([[1000.0, -1000.0]]), 0.01)
    np.testing.assert_array_equal(p, [[1, 0]])
    np.testing.assert_allclose(at_temperature(np.array([[3.0, -3.0]]), 1e6), 0.5, atol=1e-5)


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit_temperature(np.eye(3) * 5, np.arange(3)), "every clip is right"),
        (lambda: fit_temperature(np.eye(3) * 5, np.array([1, 2, 0])), "say nothing"),
        (lambda: fit_temperature(np.eye(3), np.arange(2)), "got"),
        (lambda: fit_temperature(np.eye(3), np.arange(1, 4)), "0…2"),
        (lambda: fit_temperature(np.full((1, 2), np.nan), np.array([0])), "finite"),
        (lambda: at_temperature(np.eye(2), 0.0), "positive"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
