import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from vmm_edu.predict import LinearClassifier, accuracy, fit_linear, linear_logits


def scattered(*, batch=90, feature=6, classes=3, seed=0):
    """Overlapping clouds, so that the best weights are finite."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=batch)
    centres = rng.normal(size=(classes, feature))
    return (centres[labels] + rng.normal(scale=1.5, size=(batch, feature))).astype(np.float32), labels


def theirs(x, labels, *, decay):
    model = LogisticRegression(C=1 / (len(x) * decay), tol=1e-10, max_iter=10_000)
    return model.fit(x.astype(np.float64), labels)


# Parity


@pytest.mark.parametrize("decay", [1.0, 1e-2, 1e-3])
def test_equals_scikit_learn(decay):
    x, labels = scattered()
    ours, expected = fit_linear(x, labels, decay=decay, steps=2000), theirs(x, labels, decay=decay)
    np.testing.assert_allclose(ours.w.T, expected.coef_, atol=2e-3)
    np.testing.assert_allclose(jax.nn.softmax(linear_logits(ours, x)), expected.predict_proba(x), atol=1e-3)


def test_equals_scikit_learn_with_more_features_than_rows_and_unequal_columns():
    x, labels = scattered(batch=40, feature=120, classes=4)
    ours = fit_linear(x, labels, decay=1e-2, steps=2000)
    np.testing.assert_allclose(
        jax.nn.softmax(linear_logits(ours, x)), theirs(x, labels, decay=1e-2).predict_proba(x), atol=1e-3
    )
    flowers = load_iris()
    inputs = (flowers.data - flowers.data.mean(axis=0)).astype(np.float32)
    ours = fit_linear(inputs, flowers.target, decay=1e-2, steps=2000)
    np.testing.assert_allclose(
        jax.nn.softmax(linear_logits(ours, inputs)),
        theirs(inputs, flowers.target, decay=1e-2).predict_proba(inputs),
        atol=2e-3,
    )


# Properties


def test_at_the_answer_the_gradient_of_the_loss_is_zero():
    x, labels = scattered(seed=1)
    model = fit_linear(x, labels, decay=1e-2, steps=2000)

    def loss(model):
        log_p = jax.nn.log_softmax(linear_logits(model, x))
        return -log_p[jnp.arange(len(x)), labels].mean() + 1e-2 / 2 * (model.w**2).sum()

    at_zero = LinearClassifier(jnp.zeros_like(model.w), jnp.zeros_like(model.b))
    assert loss(model) < loss(at_zero)
    for slope in jax.tree.leaves(jax.grad(loss)(model)):
        np.testing.assert_allclose(slope, 0, atol=2e-4)


def test_classes_may_be_renamed_and_rows_shuffled():
    x, labels = scattered(seed=2)
    model = fit_linear(x, labels, decay=1e-2)
    other = fit_linear(x[::-1].copy(), (labels[::-1] + 1) % 3, decay=1e-2)
    np.testing.assert_allclose(other.w, np.roll(model.w, 1, axis=1), atol=1e-4)


def test_a_shift_of_all_features_goes_into_the_offset_alone():
    x, labels = scattered(seed=3)
    model, moved = (fit_linear(inputs, labels, decay=0.1, steps=3000) for inputs in (x, x + 1))
    np.testing.assert_allclose(moved.w, model.w, atol=2e-3)


def test_learns_what_a_line_can_separate_and_not_more():
    square = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    line, xor = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0])
    assert accuracy(line, np.asarray(linear_logits(fit_linear(square, line, decay=1e-3), square)).argmax(1)) == 1.0
    logits = np.asarray(linear_logits(fit_linear(square, xor, decay=1e-3), square))
    np.testing.assert_allclose(logits[:, 0], logits[:, 1], atol=1e-5)


def test_a_class_that_never_occurs_gets_no_weight_above_the_others():
    x, labels = scattered(seed=4)
    model = fit_linear(x, labels, decay=1e-2, classes=5)
    assert model.w.shape == (6, 5)
    assert np.asarray(linear_logits(model, x)).argmax(axis=1).max() < 3


# Gradients and compilation


def test_scores_have_gradients_and_compile():
    x, labels = scattered()
    model = fit_linear(x, labels, decay=0.1)
    gradient = jax.grad(lambda inputs: linear_logits(model, inputs)[:, 0].sum())(jnp.asarray(x))
    np.testing.assert_allclose(gradient, np.broadcast_to(model.w[:, 0], x.shape), rtol=1e-5)
    np.testing.assert_allclose(jax.jit(linear_logits)(model, x), linear_logits(model, x), atol=1e-5)


# Bad input


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("x", "labels", "changes", "says"),
    [
        (np.zeros((4, 2)), np.zeros(3, int), {}, "as many labels as rows"),
        (np.zeros((0, 2)), np.zeros(0, int), {}, "at least one"),
        (np.zeros(4), np.zeros(4, int), {}, "as many labels as rows"),
        (np.full((4, 2), np.nan), np.zeros(4, int), {}, "finite features"),
        (np.zeros((4, 2)), np.full(4, 3), {"classes": 3}, "labels in 0…2, got 3…3"),
        (np.zeros((4, 2)), np.full(4, -1), {}, "got -1…-1"),
        (np.zeros((4, 2)), np.zeros(4, int), {"decay": -1.0}, "decay of at least 0"),
        (np.zeros((4, 2)), np.zeros(4, int), {"steps": 0}, "steps of at least 1"),
    ],
)
def test_bad_input_is_named(x, labels, changes, says):
    with pytest.raises(ValueError, match=says):
        fit_linear(x, labels, **{"decay": 0.1, **changes})


@pytest.mark.usefixtures("as_users_run")
def test_features_of_another_kind_are_refused():
    model = fit_linear(*scattered(), decay=0.1)
    with pytest.raises(ValueError, match=r"expected features \(batch, 6\), got \(2, 5\)"):
        linear_logits(model, np.zeros((2, 5)))
