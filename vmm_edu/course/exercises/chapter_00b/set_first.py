"""Change an array that cannot change."""

import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def set_first(x, value):
    """A copy of x whose first entry is value."""
    return x.at[0].set(value)


def _joined(x, value):
    return jnp.concatenate([jnp.full(1, value, x.dtype), x[1:]])


def _chosen(x, value):
    return jnp.where(jnp.arange(x.shape[0]) == 0, value, x)


def _result_dropped(x, value):
    x.at[0].set(value)
    return x


def _added(x, value):
    return x.at[0].add(value)


def _everything(x, value):
    return x.at[:].set(value)


def _last(x, value):
    return x.at[-1].set(value)


def _one_based(x, value):
    return x.at[1].set(value)


def _only_the_rest(x, value):
    return x[1:]


def _assigned(x, value):
    x[0] = value
    return x


def _cases(rng):
    yield jnp.array([1.0, 2.0, 3.0]), 9.0
    for length in (2, 5, 8):
        yield jnp.asarray(rng.normal(1, 1, length), jnp.float32), float(np.round(rng.normal(5, 1), 2))


EXERCISE = Code(
    name="00b.set_first",
    title="Change what cannot change",
    text="""`x` is a JAX array, so `x[0] = value` raises. Write `set_first(x, value)`: the same array with `value`
in first place.
`x` itself stays as it was.""",
    trains="immutable arrays",
    signature="x (length,), value → (length,)",
    reference=set_first,
    rights=(_joined, _chosen),
    wrongs=(
        Wrong(
            _result_dropped,
            "the new array is thrown away and the old one returned",
            "x.at[0].set(value) changes nothing; it returns a new array. Return that one.",
        ),
        Wrong(
            _added,
            "value is added to the first entry",
            ".add adds, .set replaces.",
        ),
        Wrong(
            _everything,
            "every entry is set",
            "Name the place: .at[0].",
        ),
        Wrong(
            _last,
            "the last entry is set",
            "The first one has index 0.",
        ),
        Wrong(
            _one_based,
            "the second entry is set",
            "Python counts from 0.",
        ),
        Wrong(
            _only_the_rest,
            "the first entry is left out",
            "It should be replaced: the length stays.",
        ),
        Wrong(
            _assigned,
            "you assign to a place of a JAX array, as in NumPy",
            "A JAX array never changes. x.at[0].set(value) makes a new one.",
        ),
    ),
    cases=_cases,
    hints=(
        "The assignment becomes an expression: x.at[…] names the place.",
        "x.at[0].set(value) returns the new array.",
    ),
    takeaway="Nothing changes; new arrays are made.",
    minutes=3,
    difficulty=1,
    points=1,
)
