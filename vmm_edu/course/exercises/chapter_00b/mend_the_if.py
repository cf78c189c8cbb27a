"""Break a function with jit and mend it."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def mend_the_if(x):
    """The positive x as they are, the negative ones at a tenth."""
    return jnp.where(x > 0, x, 0.1 * x)


def _larger_of_two(x):
    return jnp.maximum(x, 0.1 * x)


def _by_parts(x):
    return jnp.clip(x, 0) + 0.1 * jnp.clip(x, None, 0)


def _python_if(x):
    if (x > 0).all():
        return x
    return 0.1 * x


def _numpy_where(x):
    return np.where(x > 0, x, 0.1 * x)


def _cut_off(x):
    return jnp.where(x > 0, x, 0.0)


def _swapped(x):
    return jnp.where(x > 0, 0.1 * x, x)


def _absolute(x):
    return jnp.where(x > 0, x, -0.1 * x)


def _all_or_nothing(x):
    return jax.lax.cond((x > 0).all(), lambda x: x, lambda x: 0.1 * x, x)


def _selected(x):
    return x[x > 0]


def _always_small(x):
    return 0.1 * x


def _cases(rng):
    yield (jnp.array([2.0, -3.0, 0.5]),)
    yield (jnp.array([1.0, 2.0, 0.5]),)
    for shape in ((3,), (2, 1, 3)):
        yield (jnp.asarray(rng.normal(size=shape).astype(np.float32)),)


EXERCISE = Code(
    name="00b.mend_the_if",
    title="Break it, then mend it",
    text="""This works on a number and breaks in two ways: on an array, and under `jax.jit`. Try both and read what
is said.

    def leaky(x):
        if x > 0:
            return x
        return 0.1 * x

Write `mend_the_if(x)`: the same for every entry of an array of any shape. The check calls
`jax.jit(mend_the_if)`.""",
    trains="no `if` on traced values",
    signature="x, any shape → the same shape",
    reference=mend_the_if,
    rights=(_larger_of_two, _by_parts),
    wrongs=(
        Wrong(
            _python_if,
            "a Python `if` asks about the values of a traced array",
            "Under jit there is no value to ask yet, and each entry needs a decision of its own: jnp.where.",
        ),
        Wrong(
            _numpy_where,
            "a NumPy function looks at a traced array",
            "NumPy needs values; inside jit there are none. Its namesakes in jax.numpy (jnp.…) do the same for JAX.",
        ),
        Wrong(
            _cut_off,
            "negative entries become 0",
            "That is another function. A tenth of them should be left.",
        ),
        Wrong(
            _swapped,
            "the two branches are swapped",
            "jnp.where(condition, where it holds, where it does not).",
        ),
        Wrong(
            _absolute,
            "negative entries change their sign",
            "A tenth of -3 is -0.3.",
        ),
        Wrong(
            _all_or_nothing,
            "one decision is taken for the whole array",
            "jax.lax.cond chooses once. Each entry needs a decision of its own.",
        ),
        Wrong(
            _selected,
            "only the positive entries are picked out",
            "Their number depends on the values, which jit cannot know; and the shape should stay.",
        ),
        Wrong(
            _always_small,
            "every entry is multiplied by 0.1",
            "Positive entries stay as they are.",
        ),
    ),
    cases=_cases,
    through=lambda function: jax.jit(function),
    equivalents={
        "return jnp.where(x > 0, x, 0.1 * x) ⇒ return jnp.where(x >= 0, x, 0.1 * x)": "at 0 both branches give 0",
    },
    hints=(
        "An `if` takes one decision for the whole array. You need one for every entry.",
        "jnp.where(condition, a, b) takes a where the condition holds and b elsewhere.",
    ),
    takeaway="Compute both, choose with jnp.where.",
    minutes=6,
    difficulty=2,
    points=2,
)
