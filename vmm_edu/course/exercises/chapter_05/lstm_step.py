"""One step of the LSTM."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def lstm_step(w_x, w_h, b, c, h, x):
    """The memory and the output after one step."""
    i, f, g, o = jnp.split(x @ w_x + h @ w_h + b, 4, axis=1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return c, jax.nn.sigmoid(o) * jnp.tanh(c)


def _gate_by_gate(w_x, w_h, b, c, h, x):
    n = c.shape[-1]

    def pre(k):
        columns = slice(k * n, (k + 1) * n)
        return x @ w_x[:, columns] + h @ w_h[:, columns] + b[columns]

    keep, write = 1 / (1 + np.exp(-pre(1))), 1 / (1 + np.exp(-pre(0)))
    memory = keep * c + write * np.tanh(pre(2))
    return memory, np.tanh(memory) / (1 + np.exp(-pre(3)))


def _side_by_side(w_x, w_h, b, c, h, x):
    both = np.concatenate([x, h, np.ones((len(x), 1), x.dtype)], axis=1)
    pre = both @ np.concatenate([w_x, w_h, b[None]])
    gates = pre.reshape(len(x), 4, -1)
    squashed = jax.nn.sigmoid(gates)
    memory = squashed[:, 1] * c + squashed[:, 0] * jnp.tanh(gates[:, 2])
    return memory, squashed[:, 3] * jnp.tanh(memory)


def _parts(w_x, w_h, b, h, x):
    """The wrong answers are written in NumPy: quick to try."""
    return np.split(x @ w_x + h @ w_h + b, 4, axis=-1)


def _sigma(z):
    return 1 / (1 + np.exp(-z))


def _kept_and_written_swapped(w_x, w_h, b, c, h, x):
    f, i, g, o = _parts(w_x, w_h, b, h, x)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _output_before_candidate(w_x, w_h, b, c, h, x):
    i, f, o, g = _parts(w_x, w_h, b, h, x)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _sigma_for_tanh(w_x, w_h, b, c, h, x):
    i, f, g, o = _parts(w_x, w_h, b, h, x)
    c = _sigma(f) * c + _sigma(i) * _sigma(g)
    return c, _sigma(o) * np.tanh(c)


def _no_tanh_on_the_way_out(w_x, w_h, b, c, h, x):
    i, f, g, o = _parts(w_x, w_h, b, h, x)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * c


def _old_memory_shown(w_x, w_h, b, c, h, x):
    i, f, g, o = _parts(w_x, w_h, b, h, x)
    return _sigma(f) * c + _sigma(i) * np.tanh(g), _sigma(o) * np.tanh(c)


def _no_output_gate(w_x, w_h, b, c, h, x):
    i, f, g, _ = _parts(w_x, w_h, b, h, x)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, np.tanh(c)


def _no_input_gate(w_x, w_h, b, c, h, x):
    _, f, g, o = _parts(w_x, w_h, b, h, x)
    c = _sigma(f) * c + np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _memory_for_output(w_x, w_h, b, c, h, x):
    i, f, g, o = np.split(x @ w_x + c @ w_h + b, 4, axis=-1)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _no_bias(w_x, w_h, b, c, h, x):
    i, f, g, o = _parts(w_x, w_h, 0 * b, h, x)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _no_recurrence(w_x, w_h, b, c, h, x):
    i, f, g, o = _parts(w_x, 0 * w_h, b, h, x)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _raw_gates(w_x, w_h, b, c, h, x):
    i, f, g, o = _parts(w_x, w_h, b, h, x)
    c = f * c + i * np.tanh(g)
    return c, o * np.tanh(c)


def _output_first(w_x, w_h, b, c, h, x):
    i, f, g, o = _parts(w_x, w_h, b, h, x)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return _sigma(o) * np.tanh(c), c


def _cases(rng):
    for batch, feature, hidden in ((1, 1, 1), (2, 3, 2), (3, 2, 4)):
        shapes = ((feature, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,), (batch, hidden), (batch, hidden))
        yield tuple(rng.normal(0, 1, shape).astype(np.float32) for shape in (*shapes, (batch, feature)))


EXERCISE = Code(
    name="05.lstm_step",
    title="One step of the LSTM",
    text="""Write `lstm_step(w_x, w_h, b, c, h, x)`: the pair `(c, h)` after one step, by equations 05.5 to 05.10.
The four gates lie side by side in the order **i, f, g, o** in the columns of `w_x`, `w_h` and in `b`. Use JAX or
NumPy; `np.split(a, 4, axis=-1)` cuts four parts apart, and $\\sigma(z) = 1/(1+e^{-z})$.""",
    trains="the equations of the LSTM",
    signature="w_x (feature, 4·hidden), w_h (hidden, 4·hidden), b (4·hidden,), c, h (batch, hidden), x (batch, "
    "feature) → c, h",
    reference=lstm_step,
    rights=(_gate_by_gate, _side_by_side),
    wrongs=(
        Wrong(
            _kept_and_written_swapped,
            "the first two gates are swapped: i keeps and f writes",
            "f keeps what was there, i writes what is new, and the order is i, f, g, o. Shapes cannot tell you; only "
            "numbers can.",
        ),
        Wrong(
            _output_before_candidate,
            "the last two are taken for o and g",
            "The order is i, f, g, o; some libraries put o third, so look it up before you copy weights.",
        ),
        Wrong(
            _sigma_for_tanh,
            "the candidate g goes through σ",
            "g is what is written, not a gate: tanh lets it be negative.",
        ),
        Wrong(
            _no_tanh_on_the_way_out,
            "the memory is shown without its tanh",
            "h = o ⊙ tanh(c). The memory may grow beyond 1, what it says may not.",
        ),
        Wrong(
            _old_memory_shown,
            "h is made from the memory before the step",
            "First the new c, then h from it.",
        ),
        Wrong(
            _no_output_gate,
            "there is no output gate",
            "What is remembered need not be said: multiply by σ(o).",
        ),
        Wrong(
            _no_input_gate,
            "there is no input gate",
            "Then every frame writes, clutter too: multiply the candidate by σ(i).",
        ),
        Wrong(
            _memory_for_output,
            "the gates look at c where they should look at h",
            "The recurrent weights multiply what the cell *said*, h; the memory itself stays hidden.",
        ),
        Wrong(_no_bias, "the bias is left out", "Each gate has an offset of its own: + b."),
        Wrong(
            _no_recurrence,
            "the gates look at x only",
            "They also see what was said a moment ago: h @ w_h.",
        ),
        Wrong(
            _raw_gates,
            "the gates are not squashed",
            "A gate lies between 0 and 1: σ of the sum.",
        ),
        Wrong(
            _output_first,
            "h comes before c",
            "Return c, h. (PyTorch's order is (h, c); here it is the order of the equations.)",
        ),
    ),
    cases=_cases,
    forbidden=("vmm_edu.sequence.lstm_step", "vmm_edu.sequence.lstm", "vmm_edu.sequence.fast_lstm"),
    hints=(
        "One sum makes all four gates: x @ w_x + h @ w_h + b. Split it into four along the last axis.",
        "σ for i, f and o; tanh for g.",
        "c = σ(f) * c + σ(i) * tanh(g), then h = σ(o) * tanh(c).",
    ),
    takeaway="Four gates from one sum; keep, write, show.",
    minutes=12,
    difficulty=2,
    points=4,
)
