"""One step of learning."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def gradient_step(w, x, y, rate):
    """The weights after one step against the gradient of the mean cross-entropy."""
    p = np.exp(x @ w)
    p = p / p.sum(axis=1, keepdims=True)
    error = p - np.eye(w.shape[1])[y]
    return w - rate * x.T @ error / len(x)


def _by_autodiff(w, x, y, rate):
    def loss(w):
        log_p = jax.nn.log_softmax(jnp.asarray(x) @ w)
        return -log_p[jnp.arange(len(x)), jnp.asarray(y)].mean()

    return w - rate * np.asarray(jax.grad(loss)(jnp.asarray(w)))


def _one_by_one(w, x, y, rate):
    total = np.zeros(w.shape)
    for features, label in zip(x, y, strict=True):
        scores = np.exp(features @ w)
        error = scores / scores.sum()
        error[label] -= 1
        total += np.outer(features, error)
    return w - rate * total / len(x)


def _p(w, x):
    raised = np.exp(x @ w)
    return raised / raised.sum(axis=1, keepdims=True)


def _uphill(w, x, y, rate):
    return w + rate * x.T @ (_p(w, x) - np.eye(w.shape[1])[y]) / len(x)


def _summed(w, x, y, rate):
    return w - rate * x.T @ (_p(w, x) - np.eye(w.shape[1])[y])


def _labels_unused(w, x, y, rate):
    return w - rate * x.T @ _p(w, x) / len(x)


def _scores_for_probabilities(w, x, y, rate):
    return w - rate * x.T @ (x @ w - np.eye(w.shape[1])[y]) / len(x)


def _the_gradient(w, x, y, rate):
    return x.T @ (_p(w, x) - np.eye(w.shape[1])[y]) / len(x)


def _along_the_batch(w, x, y, rate):
    raised = np.exp(x @ w)
    return w - rate * x.T @ (raised / raised.sum(axis=0, keepdims=True) - np.eye(w.shape[1])[y]) / len(x)


def _full_step(w, x, y, rate):
    return w - x.T @ (_p(w, x) - np.eye(w.shape[1])[y]) / len(x)


def _right_class_only(w, x, y, rate):
    hot = np.eye(w.shape[1])[y]
    return w - rate * x.T @ (hot * (_p(w, x) - hot)) / len(x)


def _cases(rng):
    yield np.zeros((2, 3)), np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([2, 0]), 0.5
    for batch, feature, classes in ((6, 4, 3), (6, 4, 3)):  # one shape: jax.grad compiles once
        w, x = rng.normal(size=(feature, classes)), rng.normal(size=(batch, feature))
        yield w, x, rng.integers(classes, size=batch), float(rng.uniform(0.1, 0.4))


EXERCISE = Code(
    name="02.gradient_step",
    title="One step of learning",
    text="""The scores are `x @ w` (no offset here), the probabilities $p$ are their softmax, and the loss is
the mean of $-\\log p$ of the right class. Write `gradient_step(w, x, y, rate)`: the weights after **one** step
of gradient descent. The gradient has a short form: the features, transposed, times (probabilities minus one-hot
labels), divided by the number of rows. `jax.grad` finds it too.""",
    trains="cross-entropy and gradient descent",
    signature="w (feature, class), x (batch, feature), y (batch,) integers, rate → (feature, class)",
    reference=gradient_step,
    rights=(_by_autodiff, _one_by_one),
    wrongs=(
        Wrong(_uphill, "the step goes uphill", "The gradient points where the loss grows. Step against it: minus."),
        Wrong(_summed, "gradients are summed, not averaged", "The loss is a mean over the rows: divide by len(x)."),
        Wrong(_labels_unused, "the labels are not used", "Subtract 1 from the probability of the right class."),
        Wrong(
            _scores_for_probabilities,
            "scores stand where probabilities should",
            "That is the gradient of a squared error. Apply softmax to the scores first.",
        ),
        Wrong(_the_gradient, "the gradient is returned", "Return the new weights: w - rate * gradient."),
        Wrong(_along_the_batch, "softmax runs down the columns", "One example is one row: sum over axis 1."),
        Wrong(_full_step, "the learning rate is left out", "Multiply the gradient by rate."),
        Wrong(
            _right_class_only,
            "only the right class learns",
            "The other classes must lose score as well: keep their probabilities in the difference.",
        ),
    ),
    cases=_cases,
    limit_s=20.0,
    hints=(
        "np.eye(classes)[y] is the table of one-hot labels: one row per example, 1 at the right class.",
        "error = p - one_hot; gradient = x.T @ error / len(x). Check the shape: (feature, class).",
        "return w - rate * gradient",
    ),
    takeaway="Each weight moves by feature times (probability minus truth): no error, no change.",
    minutes=12,
    difficulty=3,
    points=3,
)
