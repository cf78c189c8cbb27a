from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from vmm_edu.predict import accuracy, confusion, f1_scores, macro_f1


def labels(classes: int = 5, clips: int = 200, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    true = rng.integers(classes, size=clips)
    return true, np.where(rng.random(clips) < 0.6, true, rng.integers(classes, size=clips))


@pytest.mark.parametrize("seed", range(3))
def test_same_as_scikit_learn(seed):
    true, predicted = labels(seed=seed)
    assert accuracy(true, predicted) == pytest.approx(sklearn_metrics.accuracy_score(true, predicted))
    assert macro_f1(true, predicted) == pytest.approx(sklearn_metrics.f1_score(true, predicted, average="macro"))
    np.testing.assert_array_equal(confusion(true, predicted), sklearn_metrics.confusion_matrix(true, predicted))
    np.testing.assert_allclose(f1_scores(true, predicted), sklearn_metrics.f1_score(true, predicted, average=None))


def test_macro_f1_leaves_out_a_class_that_never_occurs_as_scikit_learn_does():
    true, predicted = np.array([0, 0, 3, 3]), np.array([0, 3, 3, 5])
    assert macro_f1(true, predicted) == pytest.approx(
        sklearn_metrics.f1_score(true, predicted, average="macro", zero_division=0)
    )


def test_macro_f1_sees_a_class_that_is_ignored():
    true = np.array([0] * 9 + [1])
    assert accuracy(true, np.zeros(10, int)) == 0.9
    assert macro_f1(true, np.zeros(10, int)) == pytest.approx((18 / 19) / 2)


def test_rows_are_the_truth_and_more_classes_can_be_asked_for():
    table = confusion(np.array([0, 0, 2]), np.array([1, 0, 2]), classes=4)
    np.testing.assert_array_equal(table, [[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]])


def test_jax_arrays_are_taken():
    true, predicted = labels()
    assert accuracy(jnp.asarray(true), jnp.asarray(predicted)) == accuracy(true, predicted)


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize("score", [accuracy, macro_f1, confusion, f1_scores])
@pytest.mark.parametrize(
    ("true", "predicted", "words"),
    [
        ([0, 1], [0], "got 1 and 2"),
        ([], [], "at least one|integers"),
        ([0, 1], [0.9, 0.1], "argmax"),
        ([[0], [1]], [0, 1], r"\(batch,\)"),
    ],
)
def test_bad_input(score, true, predicted, words):
    with pytest.raises(ValueError, match=words):
        score(np.array(true), np.array(predicted))


def test_a_class_outside_the_table():
    with pytest.raises(ValueError, match=r"0…1, got 0…2"):
        confusion(np.array([0, 2]), np.array([0, 1]), classes=2)
    with pytest.raises(ValueError, match=r"got -1…1"):
        confusion(np.array([0, -1]), np.array([0, 1]))
