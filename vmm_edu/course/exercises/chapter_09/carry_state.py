"""A stream arrives in chunks; the memory goes on."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def carry_state(chunks, w_x, w_h):
    """The state after every frame of the whole stream, each chunk beginning where the last one ended."""
    h = np.zeros(len(w_h))
    out = []
    for chunk in chunks:
        for x in chunk:
            h = np.tanh(x @ w_x + h @ w_h)
            out.append(h)
    return np.stack(out)


def _joined(chunks, w_x, w_h):
    frames = jnp.concatenate([jnp.asarray(chunk) for chunk in chunks])
    start = jnp.zeros(w_h.shape[0], frames.dtype)

    def step(h, x):
        new = jnp.tanh(x @ w_x + h @ w_h)
        return new, new

    return jax.lax.scan(step, start, frames)[1]


def _chunk_by_chunk(chunks, w_x, w_h):
    def run(h, chunk):
        states = []
        for projected in chunk @ w_x:
            h = np.tanh(projected + h @ w_h)
            states.append(h)
        return h, np.array(states).reshape(-1, len(w_h))

    h, parts = np.zeros(len(w_h)), []
    for chunk in chunks:
        h, states = run(h, chunk)
        parts += [states]
    return np.concatenate(parts)


def _run(h, chunk, w_x, w_h):
    states = []
    for x in chunk:
        h = np.tanh(x @ w_x + h @ w_h)
        states.append(h)
    return states


def _fresh_each_time(chunks, w_x, w_h):
    return np.stack([h for chunk in chunks for h in _run(np.zeros(len(w_h)), chunk, w_x, w_h)])


def _first_state(chunks, w_x, w_h):
    h, out = np.zeros(len(w_h)), []
    for chunk in chunks:
        states = _run(h, chunk, w_x, w_h)
        h = states[0] if states else h
        out += states
    return np.stack(out)


def _one_list_for_each_chunk(chunks, w_x, w_h):
    h, parts = np.zeros(len(w_h)), []
    for chunk in chunks:
        parts.append(_run(h, chunk, w_x, w_h))
        h = [h, *parts[-1]][-1]
    return parts


def _last_only(chunks, w_x, w_h):
    h = np.zeros(len(w_h))
    for chunk in chunks:
        h = [h, *_run(h, chunk, w_x, w_h)][-1]
    return h


def _last_of_each(chunks, w_x, w_h):
    h, out = np.zeros(len(w_h)), []
    for chunk in chunks:
        for x in chunk:
            h = np.tanh(x @ w_x + h @ w_h)
        out.append(h)
    return np.stack(out)


def _seen_twice(chunks, w_x, w_h):
    h, out, last = np.zeros(len(w_h)), [], None
    for chunk in chunks:
        if last is not None:
            h = np.tanh(last @ w_x + h @ w_h)
        states = _run(h, chunk, w_x, w_h)
        h, last = (states[-1], chunk[-1]) if states else (h, last)
        out += states
    return np.stack(out)


def _old_states(chunks, w_x, w_h):
    h, out = np.zeros(len(w_h)), []
    for chunk in chunks:
        for x in chunk:
            out.append(h)
            h = np.tanh(x @ w_x + h @ w_h)
    return np.stack(out)


def _backwards(chunks, w_x, w_h):
    h, out = np.zeros(len(w_h)), []
    for chunk in chunks:
        states = _run(h, chunk[::-1], w_x, w_h)
        h, out = (states or [h])[-1], out + states
    return np.stack(out)


def _no_memory(chunks, w_x, w_h):
    return np.tanh(np.concatenate(list(chunks)) @ w_x)


def _cases(rng):
    for sizes, feature, hidden in (((2, 2), 2, 2), ((3, 1, 4), 3, 2), ((2, 0, 3), 2, 4), ((5,), 4, 3)):
        chunks = [rng.normal(size=(size, feature)) for size in sizes]
        yield chunks, rng.normal(size=(feature, hidden)), rng.normal(size=(hidden, hidden))


EXERCISE = Code(
    name="09.carry_state",
    title="The stream goes on",
    text=r"""A live stream arrives in chunks of a few frames; one may be empty. A small recurrent network has the state
$h_t = \tanh(x_t W_x + h_{t-1} W_h)$ and begins at zero. Write `carry_state(chunks, w_x, w_h)`: the state
after every frame of the whole stream, in order, as if it had come in one piece.""",
    trains="streaming equals batch",
    signature="chunks: list of (time, feature), w_x (feature, hidden), w_h (hidden, hidden) → (all time, hidden)",
    reference=carry_state,
    rights=(_joined, _chunk_by_chunk),
    wrongs=(
        Wrong(
            _fresh_each_time, "the memory is wiped at every chunk", "Hand the last state of a chunk to the next one."
        ),
        Wrong(_first_state, "the first state of a chunk is handed on", "The next chunk goes on from the last frame."),
        Wrong(
            _one_list_for_each_chunk,
            "the chunks are still apart",
            "The numbers are right. Now one row for each frame of the whole stream: join the chunks.",
        ),
        Wrong(_last_only, "only the last state of the stream is returned", "One row for each frame."),
        Wrong(_last_of_each, "only the last state of each chunk is returned", "One row for each frame."),
        Wrong(
            _seen_twice,
            "the last frame of a chunk is fed again",
            "Every frame is seen once: hand on the state, not the frame.",
        ),
        Wrong(_old_states, "the state before each frame is returned", "Update first, then write down."),
        Wrong(_backwards, "the frames of a chunk are read from its end", "Time runs forward within a chunk too."),
        Wrong(_no_memory, "the state is left out", "h @ w_h belongs into the tanh."),
    ),
    cases=_cases,
    hints=(
        "Make h once, before the loop over the chunks, and never again.",
        "for chunk in chunks: for x in chunk: h = tanh(x @ w_x + h @ w_h); out.append(h)",
    ),
    takeaway="The state is all the past a causal model has: carry it, and the borders of chunks disappear.",
    minutes=8,
    difficulty=2,
    points=2,
)
