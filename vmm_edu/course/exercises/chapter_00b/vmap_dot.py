"""One dot product for every row."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def vmap_dot(a, b):
    """The dot product of row i of a with row i of b."""
    return jax.vmap(jnp.dot)(a, b)


def _product_and_sum(a, b):
    return (a * b).sum(axis=1)


def _einsum(a, b):
    return jnp.einsum("ij,ij->i", a, b)


def _every_pair(a, b):
    return a @ b.T


def _columns(a, b):
    return jax.vmap(jnp.dot, in_axes=1)(a, b)


def _one_number(a, b):
    return jnp.vdot(a, b)


def _not_summed(a, b):
    return a * b


def _first_row_for_all(a, b):
    return jax.vmap(jnp.dot, in_axes=(0, None))(a, b[0])


def _mean(a, b):
    return (a * b).mean(axis=1)


def _cosine(a, b):
    return (a * b).sum(1) / (jnp.linalg.norm(a, axis=1) * jnp.linalg.norm(b, axis=1))


def _cases(rng):
    yield jnp.array([[1.0, 2.0], [3.0, 4.0]]), jnp.array([[1.0, 1.0], [0.0, 2.0]])
    for rows, columns in ((4, 3), (3, 3)):
        a, b = (jnp.asarray(rng.normal(size=(rows, columns)).astype(np.float32)) for _ in range(2))
        yield a, b


EXERCISE = Code(
    name="00b.vmap_dot",
    title="A dot product for every row",
    text="""`jnp.dot` gives one number for two vectors. Write `vmap_dot(a, b)`: for every row of `a` its dot product
with the
same row of `b`. Let `jax.vmap` walk along the rows; no loop.""",
    trains="vmap",
    signature="a (batch, feature), b (batch, feature) → (batch,)",
    reference=vmap_dot,
    rights=(_product_and_sum, _einsum),
    wrongs=(
        Wrong(
            _every_pair,
            "every row of a meets every row of b",
            "Only equal rows meet: the result has one number for each row.",
        ),
        Wrong(
            _columns,
            "the columns meet",
            "vmap walks along axis 0 unless in_axes says otherwise.",
        ),
        Wrong(
            _one_number,
            "all rows are added up into one number",
            "Keep the batch axis.",
        ),
        Wrong(
            _not_summed,
            "the products are not summed",
            "A dot product sums over the features.",
        ),
        Wrong(
            _first_row_for_all,
            "every row of a meets the first row of b",
            "Both arguments are walked along: in_axes=(0, 0), which is the default.",
        ),
        Wrong(
            _mean,
            "the products are averaged",
            "A dot product sums.",
        ),
        Wrong(
            _cosine,
            "the rows are brought to length 1 first",
            "That is the cosine. The plain dot product is asked for.",
        ),
    ),
    cases=_cases,
    equivalents={
        "return jax.vmap(jnp.dot)(a, b) ⇒ return jax.vmap(jnp.dot)(b, a)": "a dot product is symmetric",
    },
    hints=(
        "jax.vmap takes a function of one row and gives a function of many.",
        "jax.vmap(jnp.dot) is a function. Call it with a and b.",
    ),
    takeaway="Write it for one row, map it over all.",
    minutes=4,
    difficulty=1,
    points=1,
)
