"""The gradient of a loss."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def slope(w, x, y):
    """The gradient of the mean squared error with respect to w."""

    def loss(w):
        return jnp.mean((x @ w - y) ** 2)

    return jax.grad(loss)(w)


def _by_hand(w, x, y):
    return 2 * x.T @ (x @ w - y) / len(y)


def _by_vjp(w, x, y):
    errors, back = jax.vjp(lambda w: x @ w - y, w)
    return back(2 * errors / errors.size)[0]


def _without_the_two(w, x, y):
    return x.T @ (x @ w - y) / len(y)


def _of_the_sum(w, x, y):
    return 2 * x.T @ (x @ w - y)


def _uphill_for_downhill(w, x, y):
    return -2 * x.T @ (x @ w - y) / len(y)


def _with_respect_to_x(w, x, y):
    return jax.grad(lambda w, x: jnp.mean((x @ w - y) ** 2), argnums=1)(w, x)


def _with_respect_to_y(w, x, y):
    return jax.grad(lambda y: jnp.mean((x @ w - y) ** 2))(y)


def _the_loss(w, x, y):
    return jnp.mean((x @ w - y) ** 2)


def _the_function(w, x, y):
    return jax.value_and_grad(lambda w: jnp.mean((x @ w - y) ** 2))(w)


def _not_reduced(w, x, y):
    return jax.grad(lambda w: (x @ w - y) ** 2)(w)


def _absolute(w, x, y):
    return jax.grad(lambda w: jnp.mean(jnp.abs(x @ w - y)))(w)


def _cases(rng):
    yield jnp.array([1.0, 0.0]), jnp.array([[1.0, 2.0], [3.0, 4.0], [5.0, 5.0]]), jnp.array([0.0, 1.0, 2.0])
    w, x, y = (rng.normal(size=shape).astype(np.float32) for shape in ((3,), (3, 3), (3,)))
    yield jnp.asarray(w), jnp.asarray(x), jnp.asarray(y)


EXERCISE = Code(
    name="00b.slope",
    title="Which way is down?",
    text="""A linear model predicts `x @ w`, and its loss is the **mean** of the squared errors against `y`.
Write `slope(w, x, y)`: the gradient of that loss with respect to `w`. Let `jax.grad` do it, or a pencil.""",
    trains="gradients",
    signature="w (feature,), x (batch, feature), y (batch,) → (feature,)",
    reference=slope,
    rights=(_by_hand, _by_vjp),
    wrongs=(
        Wrong(
            _without_the_two,
            "the 2 of the square is forgotten",
            "The slope of e² is 2e.",
        ),
        Wrong(
            _of_the_sum,
            "the squared errors are summed",
            "The loss is their mean: it must not grow with the batch.",
        ),
        Wrong(
            _uphill_for_downhill,
            "the sign is turned around",
            "The gradient points uphill. The minus comes later, in the step that goes down.",
        ),
        Wrong(
            _with_respect_to_x,
            "the gradient is taken with respect to x",
            "The data stay as they are; w is what can be changed. jax.grad differentiates its first argument.",
        ),
        Wrong(
            _with_respect_to_y,
            "the gradient is taken with respect to y",
            "The labels stay as they are; w is what can be changed.",
        ),
        Wrong(
            _the_loss,
            "the loss itself is returned",
            "jax.grad(loss) is a new function; call it with w.",
        ),
        Wrong(
            _the_function,
            "the loss and its gradient are returned together",
            "Return the gradient only: jax.grad, not jax.value_and_grad.",
        ),
        Wrong(
            _not_reduced,
            "the loss is one number for each row",
            "Only one number can have a gradient. Take the mean first.",
        ),
        Wrong(
            _absolute,
            "the absolute errors are averaged",
            "The loss is the mean of the squared errors.",
        ),
    ),
    cases=_cases,
    equivalents={
        "return jnp.mean((x @ w - y) ** 2) ⇒ return jnp.mean((y - x @ w) ** 2)": "a square has no sign",
    },
    hints=(
        "Write the loss as a function of w alone, inside slope.",
        "jax.grad(loss) is a function. Call it with w.",
    ),
    takeaway="Write the loss, ask for its gradient.",
    minutes=5,
    difficulty=1,
    points=2,
)
