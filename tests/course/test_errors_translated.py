"""Errors as JAX and NumPy really raise them, in both supported versions' words."""

from __future__ import annotations

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.course.errors_translated import first_line, own_lines, translate

X = np.arange(3.0, dtype=np.float32)
KEPT = []


def scan_with_an_integer_state():
    jax.lax.scan(lambda c, x: (c.astype(x.dtype) + x, c), jnp.int32(0), X)


def leak():
    jax.jit(lambda x: KEPT.append(x))(X)
    return KEPT.pop() + 1


def immutable():
    x = jnp.asarray(X)
    x[0] = 1


def recursion():
    return recursion()


RAISERS = {
    "if": (lambda: jax.jit(lambda x: 1 if x.sum() > 0 else 0)(X), "jnp.where"),
    "numpy if": (lambda: 1 if X > 0 else 0, "np.where(condition, a, b)"),
    "exit": (lambda: sys.exit(), "end the whole program"),
    "and": (lambda: jax.jit(lambda x: x[0] and x[1])(X), "& and |"),
    "range": (lambda: jax.jit(lambda n: [0 for _ in range(n)])(3), "x.shape"),
    "list index": (lambda: jax.jit(lambda i: [1, 2][i])(0), "jnp.asarray instead of a list"),
    "numpy": (lambda: jax.jit(lambda x: np.sort(x))(X), "jnp.…"),
    "mask": (lambda: jax.jit(lambda x: x[x > 0])(X), "Keep the shape"),
    "float": (lambda: jax.jit(lambda x: float(x[0]))(X), "ask for values"),
    "shape": (lambda: jax.jit(lambda n: jnp.zeros(n))(3), "x.shape"),
    "leak": (leak, "kept outside"),
    "immutable": (immutable, "x.at[0].set(value)"),
    "at": (lambda: X.at[0].set(1), "jnp.asarray(x) first"),
    "numpy matmul": (lambda: np.ones((2, 3)) @ np.ones((4, 2)), "here they are 3 and 4"),
    "jax matmul": (lambda: jnp.ones((2, 3)) @ jnp.ones((4, 2)), "here they are 3 and 4"),
    "numpy broadcast": (lambda: np.ones((2, 3)) + np.ones((4, 3)), "The shapes (2,3) and (4,3) do not fit"),
    "jax broadcast": (lambda: jnp.ones((2, 3)) + jnp.ones((4, 3)), "The shapes (2, 3) and (4, 3) do not fit"),
    "jax concatenate": (lambda: jnp.concatenate([jnp.ones((2, 3)), jnp.ones((2, 4))]), None),
    "grad of a vector": (lambda: jax.grad(lambda x: x * 2)(X), "Reduce the losses"),
    "grad of an integer": (lambda: jax.grad(lambda x: x * 2.0)(3), "1.0 instead of 1"),
    "scan": (scan_with_an_integer_state, "exactly the shape and the dtype"),
    "scan without a pair": (lambda: jax.lax.scan(lambda c, x: c, X[0], X), "returns two things"),
    "cond of an array": (lambda: jax.lax.cond(jnp.asarray(X) > 0, lambda: 1, lambda: 2), "takes one decision"),
    "grad of a value": (lambda: jax.grad(X.sum()), "take a function, not its result"),
    "vmap": (lambda: jax.vmap(jnp.dot)(jnp.ones((2, 3)), jnp.ones((3, 3))), "walks over one axis"),
    "arguments": (lambda: (lambda a: a)(1, 2), "called with 2 arguments, but it takes 1"),
    "name": (lambda: undefined_name, "does not know the name undefined_name"),
    "recursion": (recursion, "What ends the recursion"),
    "types": (lambda: "a" + 1, None),
    "another": (lambda: [][0], None),
}


@pytest.mark.parametrize("which", RAISERS)
def test_the_error_is_explained(which):
    raiser, words = RAISERS[which]
    with pytest.raises((Exception, SystemExit)) as caught:
        raiser()
    sentence = translate(caught.value)
    if words is None:
        assert sentence is None or sentence.endswith(".")
    else:
        assert sentence is not None, repr(caught.value)
        assert words in sentence, repr(caught.value)
        assert "{" not in sentence


def test_the_first_line_is_short_and_the_own_lines_hold_no_path():
    def sign(x):
        return 1 if x.sum() > 0 else 0

    with pytest.raises(jax.errors.TracerBoolConversionError) as caught:
        jax.jit(sign)(X)
    assert len(first_line(caught.value)) < 200
    assert "\n" not in first_line(caught.value)
    lines = own_lines(caught.value)
    assert lines[-1].endswith("in sign: return 1 if x.sum() > 0 else 0")
    assert not any("/" in line for line in lines)


def test_an_endless_recursion_shows_its_line_once():
    def again(x):
        return again(x)

    with pytest.raises(RecursionError) as caught:
        again(1)
    lines = own_lines(caught.value)
    assert len(lines) == len(set(lines))
    assert sum("return again(x)" in line for line in lines) == 1
