"""The loop over a clip."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def run_over_clip(step, c, h, x):
    """What the cell says after every step."""
    said = []
    for t in range(x.shape[1]):
        c, h = step(c, h, x[:, t])
        said.append(h)
    return jnp.stack(said, axis=1)


def _by_scan(step, c, h, x):
    def body(carry, now):
        carry = step(*carry, now)
        return carry, carry[1]

    _, said = jax.lax.scan(body, (c, h), jnp.moveaxis(x, 1, 0))
    return jnp.moveaxis(said, 0, 1)


def _written_into_an_array(step, c, h, x):
    out = np.zeros((x.shape[0], x.shape[1], h.shape[1]), np.float32)
    for t, now in enumerate(np.moveaxis(np.asarray(x), 1, 0)):
        c, h = step(c, h, now)
        out[:, t] = h
    return out


def _reset_at_every_step(step, c, h, x):
    return np.stack([step(c, h, x[:, t])[1] for t in range(x.shape[1])], axis=1)


def _before_the_step(step, c, h, x):
    said = []
    for t in range(x.shape[1]):
        said.append(h)
        c, h = step(c, h, x[:, t])
    return np.stack(said, axis=1)


def _memory_for_output(step, c, h, x):
    said = []
    for t in range(x.shape[1]):
        c, h = step(c, h, x[:, t])
        said.append(c)
    return np.stack(said, axis=1)


def _over_the_batch(step, c, h, x):
    said = []
    for row in range(x.shape[0]):
        c, h = step(c, h, x[:, row % x.shape[1]])
        said.append(h)
    return np.stack(said, axis=1)


def _time_first(step, c, h, x):
    said = []
    for t in range(x.shape[1]):
        c, h = step(c, h, x[:, t])
        said.append(h)
    return np.stack(said)


def _only_the_last(step, c, h, x):
    for t in range(x.shape[1]):
        c, h = step(c, h, x[:, t])
    return h


def _backwards(step, c, h, x):
    said = []
    for t in reversed(range(x.shape[1])):
        c, h = step(c, h, x[:, t])
        said.append(h)
    return np.stack(said[::-1], axis=1)


def _state_not_reset_between_clips(step, c, h, x):
    rows = []
    c_row, h_row = c[:1], h[:1]
    for row in range(x.shape[0]):
        said = []
        for t in range(x.shape[1]):
            c_row, h_row = step(c_row, h_row, x[row : row + 1, t])
            said.append(h_row)
        rows.append(np.concatenate(said))
    return np.stack(rows)


def _memory_not_carried(step, c, h, x):
    said = []
    for t in range(x.shape[1]):
        _, h = step(c, h, x[:, t])
        said.append(h)
    return np.stack(said, axis=1)


def _a_cell(w_x, w_h):
    def step(c, h, x):
        c = 0.8 * c + x @ w_x + 0.5 * h @ w_h
        return c, jnp.tanh(c)

    return step


def _cases(rng):
    for batch, time, feature, hidden in ((2, 3, 2, 3), (3, 4, 1, 2)):
        w_x, w_h = (rng.normal(size=(rows, hidden)).astype(np.float32) for rows in (feature, hidden))
        c, h = rng.normal(0, 0.5, size=(2, batch, hidden)).astype(np.float32)
        yield _a_cell(w_x, w_h), c, h, rng.normal(size=(batch, time, feature)).astype(np.float32)


EXERCISE = Code(
    name="05.run_over_clip",
    title="Over the whole clip",
    text="""`step(c, h, x)` is some cell: it takes memory, output and one frame's features of every clip, and returns
the new `c, h`. Write `run_over_clip(step, c, h, x)` for `x` of shape `(batch, time, feature)`: what the cell **says**
after each step.""",
    trains="a state that is carried along",
    signature="step(c, h, x_t) → c, h; c, h (batch, hidden), x (batch, time, feature) → (batch, time, hidden)",
    reference=run_over_clip,
    rights=(_by_scan, _written_into_an_array),
    wrongs=(
        Wrong(
            _reset_at_every_step,
            "every step starts from the first state again",
            "Assign what step returns to c and h, so that the next step finds it.",
        ),
        Wrong(
            _before_the_step,
            "h is stored before it is made",
            "Step first, store after. The start state is no output.",
        ),
        Wrong(_memory_for_output, "c is stored for h", "The memory stays inside; h is what the cell says."),
        Wrong(
            _over_the_batch,
            "the loop runs along the batch",
            "Axis 0 is the batch and goes through each step at once. Loop over axis 1.",
        ),
        Wrong(
            _time_first,
            "time is the first axis of the result",
            "Stack along axis 1: (batch, time, hidden).",
        ),
        Wrong(_only_the_last, "only the last h is returned", "Keep the h of every step in a list."),
        Wrong(_backwards, "time runs backwards", "The first frame goes in first."),
        Wrong(
            _state_not_reset_between_clips,
            "the state runs on from one clip into the next",
            "Clips know nothing of each other: each starts from its own row of c and h.",
        ),
        Wrong(
            _memory_not_carried,
            "c is not carried along",
            "Two things are carried: c and h.",
        ),
    ),
    cases=_cases,
    hints=(
        "A list, a loop over the steps, and one assignment to both c and h.",
        "for t in range(x.shape[1]): c, h = step(c, h, x[:, t]); said.append(h)",
        "jnp.stack(said, axis=1) puts time second.",
    ),
    takeaway="The state is carried, the output is stored.",
    minutes=8,
    difficulty=2,
    points=3,
)
