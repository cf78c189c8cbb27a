"""A memory that fades: the first scan."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def running_sum(x, keep):
    """The memory c after every step, c = keep * c + x, from 0."""

    def step(c, x_t):
        c = keep * c + x_t
        return c, c

    _, memories = jax.lax.scan(step, jnp.zeros_like(x[0]), x)
    return memories


def _loop(x, keep):
    c, memories = 0.0, []
    for x_t in x:
        c = keep * c + x_t
        memories.append(c)
    return jnp.stack(memories)


def _weights(x, keep):
    age = np.arange(len(x))[:, None] - np.arange(len(x))
    weights = jnp.where(age >= 0, keep ** np.maximum(age, 0).astype(np.float32), 0.0)
    return jnp.tensordot(weights, x, axes=1)


def _memories(x, step, start=0.0):
    """The wrong answers are walked through in NumPy: compiling each of them would take longer than a check may."""
    c, written = np.full_like(np.asarray(x[0]), start), []
    for x_t in np.asarray(x):
        c, out = step(c, x_t)
        written.append(out)
    return c, np.stack(written)


def _no_fading(x, keep):
    return np.cumsum(x, axis=0)


def _input_fades_too(x, keep):
    return _memories(x, lambda c, x_t: (keep * (c + x_t),) * 2)[1]


def _before_the_step(x, keep):
    return _memories(x, lambda c, x_t: (keep * c + x_t, c))[1]


def _only_the_last(x, keep):
    return _memories(x, lambda c, x_t: (keep * c + x_t,) * 2)[0]


def _average(x, keep):
    return _memories(x, lambda c, x_t: (keep * c + (1 - keep) * x_t,) * 2)[1]


def _forgets_the_rest(x, keep):
    return _memories(x, lambda c, x_t: ((1 - keep) * c + x_t,) * 2)[1]


def _starts_with_one(x, keep):
    return _memories(x, lambda c, x_t: (keep * c + x_t,) * 2, start=1.0)[1]


def _both(x, keep):
    return _memories(x, lambda c, x_t: (keep * c + x_t,) * 2)


def _backwards(x, keep):
    return _memories(x[::-1], lambda c, x_t: (keep * c + x_t,) * 2)[1][::-1]


def _cases(rng):
    yield jnp.array([1.0, 0.0, 0.0, 2.0]), 0.9
    yield jnp.asarray(rng.normal(size=(5, 3)).astype(np.float32)), float(rng.uniform(0.2, 0.9))


EXERCISE = Code(
    name="00b.running_sum",
    title="A memory that fades",
    text="""A memory starts at 0. At every step it keeps the share `keep` of itself and adds what comes in: $c_t =
a\\,c_{t-1} + x_t$.
Write `running_sum(x, keep)`: the memory after every step. `jax.lax.scan(step, start, x)` calls `step(c,
x_t)` for each step;
it returns the new memory and what to write down. This is the skeleton of the LSTM.""",
    trains="scan: a loop with a state",
    signature="x (time, …), keep 0…1 → the memory after every step (time, …)",
    reference=running_sum,
    rights=(_loop, _weights),
    wrongs=(
        Wrong(
            _no_fading,
            "nothing fades",
            "Before the new input is added, the old memory is multiplied by keep.",
        ),
        Wrong(
            _input_fades_too,
            "the new input fades at once",
            "Only the old memory is multiplied by keep: keep * c + x_t, not keep * (c + x_t).",
        ),
        Wrong(
            _before_the_step,
            "the memory is written down before the step",
            "Compute the new c first, then return c, c.",
        ),
        Wrong(
            _only_the_last,
            "only the last memory is returned",
            "scan gives two things: the last state and everything written down. Take the second.",
        ),
        Wrong(
            _average,
            "the input is multiplied by 1 - keep",
            "That is a running average. Here the input comes in whole.",
        ),
        Wrong(
            _forgets_the_rest,
            "keep says how much is forgotten",
            "keep = 1 keeps all, keep = 0 keeps nothing.",
        ),
        Wrong(
            _starts_with_one,
            "the memory starts at 1",
            "Start with zeros: jnp.zeros_like(x[0]).",
        ),
        Wrong(
            _both,
            "both results of scan are returned",
            "scan gives two things: the last state and everything written down. Take the second.",
        ),
        Wrong(
            _backwards,
            "time runs backwards",
            "A memory cannot hold what is still to come.",
        ),
    ),
    cases=_cases,
    equivalents={
        "_, memories = jax.lax.scan(step, jnp.zeros_like(x[0]), x) ⇒ "
        f"_, memories = jax.lax.scan(step, jnp.zeros_like(x[{i}]), x)": "every step has the same shape"
        for i in (1, -1)
    },
    hints=(
        "Write step(c, x_t) first. It computes the new c and returns it twice: as the next state, and to "
        "be written down.",
        "def step(c, x_t): c = keep * c + x_t; return c, c",
        "last, memories = jax.lax.scan(step, jnp.zeros_like(x[0]), x)",
    ),
    takeaway="A scan is a loop with a state; an LSTM is a better step.",
    minutes=10,
    difficulty=2,
    points=3,
)
