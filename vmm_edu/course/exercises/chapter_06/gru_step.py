"""One step of a GRU."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def gru_step(h, x, w_x, w_h, b):
    """The state after one step; gates side by side in the order r, z, n; no b_hn, as in Flax NNX."""
    x_r, x_z, x_n = jnp.split(x @ w_x + b, 3, axis=-1)
    h_r, h_z, h_n = jnp.split(h @ w_h, 3, axis=-1)
    r = jax.nn.sigmoid(x_r + h_r)
    z = jax.nn.sigmoid(x_z + h_z)
    n = jnp.tanh(x_n + r * h_n)
    return (1 - z) * n + z * h


def _numpy(h, x, w_x, w_h, b):
    hidden = h.shape[1]
    from_x, from_h = np.asarray(x @ w_x + b), np.asarray(h @ w_h)
    gates = 1 / (1 + np.exp(-(from_x + from_h)[:, : 2 * hidden]))
    n = np.tanh(from_x[:, 2 * hidden :] + gates[:, :hidden] * from_h[:, 2 * hidden :])
    return n + gates[:, hidden:] * (h - n)


def _reshaped(h, x, w_x, w_h, b):
    batch, hidden = h.shape
    (x_r, x_z, x_n), (h_r, h_z, h_n) = (
        np.moveaxis(np.reshape(part, (batch, 3, hidden)), 1, 0) for part in (x @ w_x + b, h @ w_h)
    )
    keep = 0.5 + 0.5 * np.tanh((x_z + h_z) / 2)
    reset = 0.5 + 0.5 * np.tanh((x_r + h_r) / 2)
    return keep * h + (1 - keep) * np.tanh(x_n + reset * h_n)


def _parts(h, x, w_x, w_h, b):
    """What the wrong answers start from."""
    from_x, from_h = np.split(np.asarray(x @ w_x + b), 3, 1), np.split(np.asarray(h @ w_h), 3, 1)
    return from_x, from_h, [1 / (1 + np.exp(-(i + j))) for i, j in zip(from_x[:2], from_h[:2], strict=True)]


def _swapped_share(h, x, w_x, w_h, b):
    from_x, from_h, (r, z) = _parts(h, x, w_x, w_h, b)
    return z * np.tanh(from_x[2] + r * from_h[2]) + (1 - z) * h


def _gates_swapped(h, x, w_x, w_h, b):
    from_x, from_h, (z, r) = _parts(h, x, w_x, w_h, b)
    return (1 - z) * np.tanh(from_x[2] + r * from_h[2]) + z * h


def _reset_first(h, x, w_x, w_h, b):
    from_x, _, (r, z) = _parts(h, x, w_x, w_h, b)
    n = np.tanh(from_x[2] + (r * h) @ np.split(np.asarray(w_h), 3, 1)[2])
    return (1 - z) * n + z * h


def _no_reset(h, x, w_x, w_h, b):
    from_x, from_h, (_, z) = _parts(h, x, w_x, w_h, b)
    return (1 - z) * np.tanh(from_x[2] + from_h[2]) + z * h


def _candidate_only(h, x, w_x, w_h, b):
    from_x, from_h, (r, _) = _parts(h, x, w_x, w_h, b)
    return np.tanh(from_x[2] + r * from_h[2])


def _not_shared_out(h, x, w_x, w_h, b):
    from_x, from_h, (r, z) = _parts(h, x, w_x, w_h, b)
    return np.tanh(from_x[2] + r * from_h[2]) + z * h


def _sigmoid_candidate(h, x, w_x, w_h, b):
    from_x, from_h, (r, z) = _parts(h, x, w_x, w_h, b)
    return (1 - z) / (1 + np.exp(-(from_x[2] + r * from_h[2]))) + z * h


def _input_reset_too(h, x, w_x, w_h, b):
    from_x, from_h, (r, z) = _parts(h, x, w_x, w_h, b)
    return (1 - z) * np.tanh(r * (from_x[2] + from_h[2])) + z * h


def _no_bias(h, x, w_x, w_h, b):
    from_x, from_h, (r, z) = _parts(h, x, w_x, w_h, 0 * b)
    return (1 - z) * np.tanh(from_x[2] + r * from_h[2]) + z * h


def _cases(rng):
    batch, feature, hidden = 2, 4, 3
    for _ in range(2):
        shapes = ((batch, hidden), (batch, feature), (feature, 3 * hidden), (hidden, 3 * hidden), (3 * hidden,))
        yield tuple(rng.normal(size=shape).astype(np.float32) for shape in shapes)


EXERCISE = Code(
    name="06.gru_step",
    title="One step",
    text=r"""Write `gru_step(h, x, w_x, w_h, b)`: the state after one step, equations 06.1 to 06.3. The weights of $r$,
$z$ and $n$ lie side by side in this order, as in Flax NNX, and there is no $b_{hn}$. `jnp.split(a, 3, axis=-1)`
cuts three gates apart.""",
    trains="from equations to code",
    signature="h (batch, hidden), x (batch, feature), w_x (feature, 3·hidden), w_h (hidden, 3·hidden), b (3·hidden,) "
    "→ (batch, hidden)",
    reference=gru_step,
    rights=(_numpy, _reshaped),
    forbidden=("vmm_edu.sequence.gru_step", "vmm_edu.sequence.gru"),
    wrongs=(
        Wrong(
            _swapped_share,
            "z is the share that is replaced",
            "In equation 06.3 z is the share that is kept: (1 - z) * n + z * h. Other papers write it the other way.",
        ),
        Wrong(_gates_swapped, "r and z are swapped", "The order is r, z, n."),
        Wrong(
            _reset_first,
            "the reset gate multiplies the state before the product",
            "r multiplies h_n, the product of state and weights.",
        ),
        Wrong(
            _input_reset_too,
            "the input is reset too",
            "r multiplies the state's part alone, h_n. Unlike the LSTM's, the two parts cannot be added first.",
        ),
        Wrong(_no_reset, "the reset gate is forgotten", "The candidate takes r * h_n, not h_n."),
        Wrong(_candidate_only, "the candidate replaces the whole state", "The old state keeps the share z."),
        Wrong(
            _not_shared_out, "the shares do not add up to 1", "What z keeps, the candidate may not fill: (1 - z) * n."
        ),
        Wrong(_sigmoid_candidate, "a sigmoid squashes the candidate", "Gates get a sigmoid, the candidate a tanh."),
        Wrong(_no_bias, "the bias is left out", "x @ w_x + b."),
    ),
    cases=_cases,
    equivalents={
        f"{a} = jnp.split({b}, 3, axis=-1) ⇒ {a} = jnp.split({b}, 3, axis=1)": "the second axis is the last one"
        for a, b in (("x_r, x_z, x_n", "x @ w_x + b"), ("h_r, h_z, h_n", "h @ w_h"))
    },
    hints=(
        "Compute x @ w_x + b and h @ w_h apart, and split both: the candidate needs its two parts apart.",
        "r = sigmoid(x_r + h_r), z = sigmoid(x_z + h_z), n = tanh(x_n + r * h_n).",
        "return (1 - z) * n + z * h",
    ),
    takeaway="Two gates, one state: z shares it out between old and new, r says how much of the old the new may see.",
    minutes=10,
    difficulty=2,
    points=3,
)
