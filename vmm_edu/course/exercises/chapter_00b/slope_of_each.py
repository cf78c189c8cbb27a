"""One gradient for each clip."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def slope_of_each(loss, w, x, y):
    """The gradient of loss(w, x_i, y_i) with respect to w, for every i."""
    return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(w, x, y)


def _one_by_one(loss, w, x, y):
    return jnp.stack([jax.grad(loss)(w, x[i], y[i]) for i in range(len(x))])


def _jacobian(loss, w, x, y):
    return jax.jacobian(lambda w: jax.vmap(lambda x, y: loss(w, x, y))(x, y))(w)


def _mean_gradient(loss, w, x, y):
    return jax.grad(lambda w: jax.vmap(lambda x, y: loss(w, x, y))(x, y).mean())(w)


def _summed(loss, w, x, y):
    return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(w, x, y).sum(0)


def _with_respect_to_x(loss, w, x, y):
    return jax.vmap(jax.grad(loss, argnums=1), in_axes=(None, 0, 0))(w, x, y)


def _losses(loss, w, x, y):
    return jax.vmap(loss, in_axes=(None, 0, 0))(w, x, y)


def _first_label_for_all(loss, w, x, y):
    return jax.vmap(jax.grad(loss), in_axes=(None, 0, None))(w, x, y[0])


def _transposed(loss, w, x, y):
    return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0), out_axes=1)(w, x, y)


def _walks_along_w(loss, w, x, y):
    return jax.vmap(jax.grad(loss))(w, x, y)


def _squared(w, x, y):
    return (x @ w - y) ** 2


def _logistic(w, x, y):
    return jax.nn.softplus(x @ w) - y * (x @ w)


def _cases(rng):
    for loss, batch, feature in ((_squared, 3, 2), (_logistic, 4, 2)):
        w, x = rng.normal(size=feature).astype(np.float32), rng.normal(size=(batch, feature)).astype(np.float32)
        y = rng.integers(0, 2, batch).astype(np.float32)
        yield loss, jnp.asarray(w), jnp.asarray(x), jnp.asarray(y)


EXERCISE = Code(
    name="00b.slope_of_each",
    title="Open: one gradient for each example",
    text="""`loss(w, x_i, y_i)` is the loss of **one** example, a number. Write `slope_of_each(loss, w, x, y)`: the
gradient with respect to `w` for every example of a batch, one row each, in one line and without a loop. Then try it on
the points above, with `x = jnp.stack([xs, jnp.ones(20)], axis=1)`, `y = ys` and `w = jnp.zeros(2)`. Which point has the
longest gradient, and why?""",
    trains="vmap and grad together",
    signature="loss(w, x_i, y_i), w (feature,), x (batch, feature), y (batch,) → (batch, feature)",
    reference=slope_of_each,
    rights=(_one_by_one, _jacobian),
    wrongs=(
        Wrong(
            _mean_gradient,
            "the gradients are averaged over the batch",
            "That is what training uses. Here each clip keeps its own row.",
        ),
        Wrong(
            _summed,
            "the gradients are summed over the batch",
            "Each clip keeps its own row.",
        ),
        Wrong(
            _with_respect_to_x,
            "the gradient is taken with respect to x",
            "jax.grad differentiates the first argument unless argnums says otherwise.",
        ),
        Wrong(
            _losses,
            "the losses are returned, not their gradients",
            "Put jax.grad around loss before vmap.",
        ),
        Wrong(
            _first_label_for_all,
            "every clip gets the first label",
            "x and y are walked along together: in_axes=(None, 0, 0).",
        ),
        Wrong(
            _transposed,
            "clips lie along the second axis",
            "One row for each clip: out_axes=0, which is the default.",
        ),
        Wrong(
            _walks_along_w,
            "vmap walks along w too",
            "All clips share one w. in_axes=None leaves it whole.",
        ),
    ),
    cases=_cases,
    equivalents={
        "return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(w, x, y) ⇒ "
        "return jax.vmap(jax.grad(loss), in_axes=(None, 0, -1))(w, x, y)": "y has one axis, which is 0 and -1",
    },
    hints=(
        "jax.grad(loss) is the gradient for one clip. How do you make a function for many from a function for one?",
        "vmap should walk along x and y and leave w whole: in_axes=(None, 0, 0).",
    ),
    takeaway="grad for one, vmap for all: the order of the two words is the whole program.",
    minutes=12,
    difficulty=3,
    points=3,
)
