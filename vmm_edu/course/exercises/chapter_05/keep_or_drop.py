"""The memory after the forget gate."""

import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def keep_or_drop(c, f):
    """What is left of every memory cell."""
    return f * c


def _einsum(c, f):
    return jnp.einsum("ij,ij->ij", c, f)


def _loop(c, f):
    rows = []
    for row, shares in zip(c, f, strict=True):
        rows.append(np.array([value * share for value, share in zip(row, shares, strict=True)]))
    return np.stack(rows)


def _sum(c, f):
    return c + f


def _drops_what_it_should_keep(c, f):
    return (1 - f) * c


def _one_gate_for_the_clip(c, f):
    return f.mean(axis=1, keepdims=True) * c


def _one_gate_for_the_batch(c, f):
    return f[:1] * c


def _gate_again(c, f):
    return c / (1 + np.exp(-f))


def _all_or_nothing(c, f):
    return np.where(f > 0.5, c, 0.0)


def _gate_alone(c, f):
    return f


def _matrix_product(c, f):
    return c @ f.T


def _cases(rng):
    yield np.array([[5.0, -2.0]], np.float32), np.array([[1.0, 0.1]], np.float32)
    yield rng.normal(size=(3, 3)).astype(np.float32), rng.uniform(0.05, 0.95, (3, 3)).astype(np.float32)
    yield rng.normal(size=(2, 4)).astype(np.float32), rng.uniform(0.05, 0.95, (2, 4)).astype(np.float32)


EXERCISE = Code(
    name="05.keep_or_drop",
    title="Keep or drop",
    text="""Write `keep_or_drop(c, f)`: the memory after the forget gate, before anything new is written. `f` is
the gate itself, already between 0 and 1.
The gate is per cell, not per clip.""",
    trains="gates multiply",
    signature="c (batch, hidden), f (batch, hidden), 0…1 → (batch, hidden)",
    reference=keep_or_drop,
    rights=(_einsum, _loop),
    wrongs=(
        Wrong(_sum, "the gate is added", "A gate multiplies: 0.1 leaves a tenth."),
        Wrong(
            _drops_what_it_should_keep,
            "the gate says how much is forgotten",
            "In spite of its name, f is the share that is *kept*: f = 1 keeps all.",
        ),
        Wrong(
            _one_gate_for_the_clip,
            "all cells of a clip share one gate",
            "Every cell has a gate of its own; no mean is needed.",
        ),
        Wrong(
            _one_gate_for_the_batch,
            "all clips share the gate of the first",
            "Every clip of the batch has its own gates: row by row.",
        ),
        Wrong(
            _gate_again,
            "σ is applied to f a second time",
            "f already lies between 0 and 1. The σ has been taken.",
        ),
        Wrong(
            _all_or_nothing,
            "the gate is either open or shut",
            "A gate may stand half open: 0.3 leaves 30 %. (A hard choice would have no gradient, too.)",
        ),
        Wrong(_gate_alone, "the gate is returned", "Where is the memory that it multiplies?"),
        Wrong(
            _matrix_product,
            "a matrix product mixes the cells",
            "⊙ is the product element by element: `*`, not `@`.",
        ),
    ),
    cases=_cases,
    hints=("What does f = 1 do to the memory? What does f = 0?", "The symbol ⊙ in the equation is `*` in Python."),
    takeaway="A gate multiplies, cell by cell.",
    minutes=5,
    difficulty=1,
    points=1,
)
