"""An exception in; one sentence that a beginner can act on out, and the learner's own lines of its traceback."""

from __future__ import annotations

import linecache
import re
import traceback

from vmm_edu.course.forbidden import is_library

TRACED = "Inside jit, grad, vmap and scan an array is a placeholder (a tracer) that has a shape but no values yet. "

# Name of the exception class (anywhere in its ancestry) → sentence.
BY_CLASS = {
    "TracerBoolConversionError": TRACED
    + "`if`, `while`, `and`, `or` and `not` need a value. Use jnp.where to choose between two values, "
    "& and | to combine conditions, or jax.lax.cond to choose between two functions.",
    "TracerIntegerConversionError": TRACED
    + "Something here needs a plain Python integer: a list's index, `range`, or a shape. Take it from x.shape, "
    "or index an array made with jnp.asarray instead of a list.",
    "TracerArrayConversionError": TRACED
    + "A NumPy function (np.…) asked for the values. Use the function of the same name in jax.numpy (jnp.…).",
    "NonConcreteBooleanIndexError": TRACED
    + "x[x > 0] would have a length that depends on the values. Keep the shape: jnp.where(x > 0, x, 0).",
    "ConcretizationTypeError": TRACED
    + "float(x), int(x), x.item() and shapes that depend on values ask for values. Keep it an array, "
    "or take the number from x.shape.",
    "UnexpectedTracerError": "A placeholder from inside jit, grad, vmap or scan was kept outside it (in a global, in a "
    "list, on self). Such a function should only return things: return the value instead of storing it.",
    "KeyReuseError": "The same random key was used twice. Split it first: key, other = jax.random.split(key).",
    "SystemExit": "exit() and quit() end the whole program. `return` ends a function.",
    "EOFError": "input() waits for somebody to type. What the function needs comes in its arguments.",
    "StdinNotImplementedError": "input() waits for somebody to type. What the function needs comes in its arguments.",
    "RecursionError": "The function calls itself without end. What ends the recursion?",
}

# A pattern in the message → sentence. Groups of the pattern may be named in it.
BY_MESSAGE = [
    (
        r"JAX arrays are immutable",
        "A JAX array cannot be changed. x = x.at[0].set(value) makes a new one; keep the result.",
    ),
    (
        r"'numpy\.ndarray' object has no attribute 'at'",
        "x is a NumPy array, and .at belongs to JAX arrays: x = jnp.asarray(x) first.",
    ),
    (
        r"dot_general requires contracting dimensions.*?got \(?(?P<a>\d+),?\)? and \(?(?P<b>\d+)",
        "A matrix product needs the last axis of the left side to be as long as the second last of the right side; "
        "here they are {a} and {b}. Print both shapes; is a transpose missing, or are the two sides the "
        "wrong way round?",
    ),
    (
        r"matmul: Input operand 1 has a mismatch.*size (?P<b>\d+) is different from (?P<a>\d+)",
        "A matrix product needs the last axis of the left side to be as long as the second last of the right side; "
        "here they are {a} and {b}. Print both shapes; is a transpose missing, or are the two sides the "
        "wrong way round?",
    ),
    (
        r"(incompatible shapes for broadcasting|could not be broadcast together|"
        r"got incompatible shapes|Incompatible shapes).*?(?P<a>\([\d, ]*\)),? (and )?(?P<b>\([\d, ]*\))",
        "The shapes {a} and {b} do not fit. Read them from the right: two axes fit when they are equal or"
        " one of them "
        "is 1. x[:, None] adds an axis of length 1.",
    ),
    (r"Shapes must be 1D sequences of concrete values", BY_CLASS["ConcretizationTypeError"]),
    (
        r"Gradient only defined for scalar-output functions",
        "jax.grad needs a function that returns one number. Reduce the losses with .mean() or .sum() first.",
    ),
    (
        r"grad requires real- or complex-valued inputs",
        "jax.grad needs floating-point arguments; an integer cannot move by a little. Write 1.0 instead of 1.",
    ),
    (
        r"(carry input and carry output must have equal types|carry.*same (type|shape))",
        "In jax.lax.scan the new state must have exactly the shape and the dtype of the old one. Print both; "
        "it often starts as the integer 0, "
        "or as one number where each step has several. jnp.zeros_like(x[0]) fits both.",
    ),
    (
        r"scan body output must be a pair",
        "The step of jax.lax.scan returns two things: the new state, and what to write down. return c, c",
    ),
    (
        r"Pred must be a scalar",
        "jax.lax.cond takes one decision, so it needs one True or False. For a decision in every entry: "
        "jnp.where(condition, a, b).",
    ),
    (
        r"Expected a (callable value|function)|is not a callable object|argument to .* must be callable",
        "jax.grad, jax.jit and jax.vmap take a function, not its result: jax.grad(loss)(w), not jax.grad(loss(w)).",
    ),
    (
        r"vmap (got inconsistent sizes|was requested to map)",
        "jax.vmap walks over one axis of every argument, and those axes must have the same length. "
        "in_axes=None leaves an argument whole.",
    ),
    (
        r"truth value of an array with more than one element is ambiguous",
        "`if`, `and`, `or` and `not` take one decision, and this array holds several values. To decide entry by entry: "
        "np.where(condition, a, b), in JAX jnp.where; & and | combine conditions.",
    ),
    (
        r"takes (?P<a>\d+) positional arguments? but (?P<b>\d+)",
        "It was called with {b} arguments, but it takes {a}.",
    ),
    (
        r"name '(?P<a>\w+)' is not defined",
        "Python does not know the name {a}. Is it misspelled, or was the cell with its import not run?",
    ),
    (
        r"Incompatible types for dtype promotion|can only concatenate list|unsupported operand type",
        "Two things of different kinds are combined. Print type(...) of both sides.",
    ),
]


def translate(error: BaseException) -> str | None:
    """What the error means and what to do, or None for one that speaks for itself."""
    for ancestor in type(error).__mro__:
        if ancestor.__name__ in BY_CLASS:
            return BY_CLASS[ancestor.__name__]
    text = str(error)
    for pattern, sentence in BY_MESSAGE:
        if match := re.search(pattern, text, re.DOTALL):
            return sentence.format(**match.groupdict())
    return None


def first_line(error: BaseException, *, width: int = 160) -> str:
    """Class and first line of the message, cut to `width` characters."""
    message = str(error).strip().split("\n")[0]
    message = message if len(message) <= width else message[: width - 1] + "…"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def own_lines(error: BaseException, *, limit: int = 4) -> list[str]:
    """The learner's own lines on the way to the error, outermost first, without any path."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not is_library(frame.filename)]
    lines = []
    for frame in own[-limit:]:
        code = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
        lines.append(f"  line {frame.lineno} in {frame.name}: {code}".rstrip(": "))
    return list(dict.fromkeys(lines))  # an endless recursion is the same line again and again
