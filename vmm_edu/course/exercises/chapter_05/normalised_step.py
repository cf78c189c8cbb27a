"""Layer normalisation inside the cell."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def normalised_step(w_x, w_h, b, c, h, x):
    """One step whose four sums are each brought to mean 0 and variance 1 over the cells."""
    sums = (x @ w_x + h @ w_h).reshape(x.shape[0], 4, c.shape[1])
    centred = sums - sums.mean(axis=2, keepdims=True)
    variance = (centred**2).mean(axis=2, keepdims=True)
    sums = centred / np.sqrt(variance + 1e-5)
    i, f, g, o = (sums[:, k] + b[k * c.shape[1] : (k + 1) * c.shape[1]] for k in range(4))
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return c, jax.nn.sigmoid(o) * jnp.tanh(c)


def _normal(z):
    return (z - z.mean(axis=-1, keepdims=True)) / np.sqrt(z.var(axis=-1, keepdims=True) + 1e-5)


def _sigma(z):
    return 1 / (1 + np.exp(-z))


def _split_first(w_x, w_h, b, c, h, x):
    parts = np.split(x @ w_x + h @ w_h, 4, axis=1)
    i, f, g, o = (_normal(part) + bias for part, bias in zip(parts, np.split(b, 4), strict=True))
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _one_clip_at_a_time(w_x, w_h, b, c, h, x):
    def one(c, h, x):
        sums = (x @ w_x + h @ w_h).reshape(4, -1)
        sums = jax.nn.standardize(sums, axis=-1, epsilon=1e-5) + b.reshape(4, -1)
        kept = jax.nn.sigmoid(sums[1]) * c + jax.nn.sigmoid(sums[0]) * jnp.tanh(sums[2])
        return kept, jax.nn.sigmoid(sums[3]) * jnp.tanh(kept)

    return jax.vmap(one)(c, h, x)


def _rest(pre, c):
    i, f, g, o = np.split(pre, 4, axis=1)
    c = _sigma(f) * c + _sigma(i) * np.tanh(g)
    return c, _sigma(o) * np.tanh(c)


def _not_normalised(w_x, w_h, b, c, h, x):
    return _rest(x @ w_x + h @ w_h + b, c)


def _all_gates_together(w_x, w_h, b, c, h, x):
    return _rest(_normal(x @ w_x + h @ w_h) + b, c)


def _bias_normalised_away(w_x, w_h, b, c, h, x):
    parts = np.split(x @ w_x + h @ w_h + b, 4, axis=1)
    return _rest(np.concatenate([_normal(part) for part in parts], axis=1), c)


def _over_the_batch(w_x, w_h, b, c, h, x):
    sums = x @ w_x + h @ w_h
    return _rest((sums - sums.mean(axis=0)) / np.sqrt(sums.var(axis=0) + 1e-5) + b, c)


def _inputs_normalised(w_x, w_h, b, c, h, x):
    return _rest(_normal(x) @ w_x + _normal(h) @ w_h + b, c)


def _not_centred(w_x, w_h, b, c, h, x):
    parts = np.split(x @ w_x + h @ w_h, 4, axis=1)
    scaled = [part / np.sqrt((part**2).mean(axis=1, keepdims=True) + 1e-5) for part in parts]
    return _rest(np.concatenate(scaled, axis=1) + b, c)


def _variance_for_deviation(w_x, w_h, b, c, h, x):
    parts = np.split(x @ w_x + h @ w_h, 4, axis=1)
    scaled = [(p - p.mean(axis=1, keepdims=True)) / (p.var(axis=1, keepdims=True) + 1e-5) for p in parts]
    return _rest(np.concatenate(scaled, axis=1) + b, c)


def _cases(rng):
    for batch, feature, hidden, scale in ((2, 2, 3, 1.0), (3, 4, 5, 2.0), (2, 3, 4, 0.002)):
        shapes = ((feature, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,), (batch, hidden), (batch, hidden))
        w_x, w_h, *rest = (rng.normal(0.5, 1, shape).astype(np.float32) for shape in (*shapes, (batch, feature)))
        yield w_x * np.float32(scale), w_h * np.float32(scale), *rest


EXERCISE = Code(
    name="05.normalised_step",
    title="Open: a step that does not care about scale",
    text="""Multiply all features by 10 and the gates slam shut or open. **Layer normalisation** mends that (Ba and
others, 2016). Write `normalised_step(w_x, w_h, b, c, h, x)`: as `lstm_step`, but before the bias is added, the sums of
each gate, `x @ w_x + h @ w_h`, are brought to mean 0 and variance 1 over that gate's cells, separately for each clip.
Add 1e-5 to the variance before its root. Then ask: which tasks would it *harm*? What does it do to a feature whose
loudness is the answer?""",
    trains="normalisation, axes",
    signature="w_x (feature, 4·hidden), w_h (hidden, 4·hidden), b (4·hidden,), c, h (batch, hidden), x (batch, "
    "feature) → c, h",
    reference=normalised_step,
    rights=(_split_first, _one_clip_at_a_time),
    wrongs=(
        Wrong(_not_normalised, "nothing is normalised", "That is the plain step. Work on the sums before σ and tanh."),
        Wrong(
            _all_gates_together,
            "the four gates are normalised together",
            "Each gate has its own mean and variance: split first, or reshape to (batch, 4, hidden).",
        ),
        Wrong(
            _bias_normalised_away,
            "the bias is normalised away",
            "Normalise first, then add b: otherwise the forget bias loses its meaning.",
        ),
        Wrong(
            _over_the_batch,
            "the mean is taken over the batch",
            "That would be batch normalisation: clips would see each other. Take it over the cells.",
        ),
        Wrong(
            _inputs_normalised,
            "x and h are normalised instead of the sums",
            "Normalise what comes out of the matrix products.",
        ),
        Wrong(_not_centred, "the mean is not taken away", "First subtract the mean, then divide."),
        Wrong(_variance_for_deviation, "the root is missing", "Divide by the square root of the variance."),
    ),
    cases=_cases,
    rtol=1e-3,
    atol=1e-4,
    forbidden=("vmm_edu.sequence.lstm_step", "vmm_edu.sequence.lstm", "vmm_edu.sequence.fast_lstm"),
    hints=(
        "Reshape the sums to (batch, 4, hidden): the last axis is the one to normalise over.",
        "centred = sums - sums.mean(axis=2, keepdims=True), then divide by np.sqrt(variance + 1e-5).",
        "Add the bias after that, and go on as in lstm_step.",
    ),
    takeaway="Normalise per clip and per gate, before the bias.",
    minutes=20,
    difficulty=3,
    points=4,
)
