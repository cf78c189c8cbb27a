"""Where the reset gate sits."""

import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def reset_gate(from_x, h, r, w_hn, b_hn):
    """The candidate n: the reset gate multiplies the product of state and weights, bias included."""
    return jnp.tanh(from_x + r * (h @ w_hn + b_hn))


def _einsum(from_x, h, r, w_hn, b_hn):
    product = jnp.einsum("bi,ij->bj", h, w_hn)
    return jnp.tanh(from_x + product * r + b_hn * r)


def _joined(from_x, h, r, w_hn, b_hn):
    ones = np.ones((len(h), 1), np.float32)
    state = np.concatenate([h, ones], axis=1)
    weights = np.concatenate([w_hn, b_hn[None]], axis=0)
    remembered = state @ weights
    return np.tanh(from_x + r * remembered)


def _before_the_product(from_x, h, r, w_hn, b_hn):
    return np.tanh(from_x + (r * h) @ w_hn + b_hn)


def _bias_outside(from_x, h, r, w_hn, b_hn):
    return np.tanh(from_x + r * (h @ w_hn) + b_hn)


def _no_bias(from_x, h, r, w_hn, b_hn):
    return np.tanh(from_x + r * (h @ w_hn))


def _no_reset(from_x, h, r, w_hn, b_hn):
    return np.tanh(from_x + h @ w_hn + b_hn)


def _everything_reset(from_x, h, r, w_hn, b_hn):
    return np.tanh(r * (from_x + h @ w_hn + b_hn))


def _turned_around(from_x, h, r, w_hn, b_hn):
    return np.tanh(from_x + (1 - r) * (h @ w_hn + b_hn))


def _no_squash(from_x, h, r, w_hn, b_hn):
    return from_x + r * (h @ w_hn + b_hn)


def _sigmoid(from_x, h, r, w_hn, b_hn):
    return 1 / (1 + np.exp(-(from_x + r * (h @ w_hn + b_hn))))


def _transposed(from_x, h, r, w_hn, b_hn):
    return np.tanh(from_x + r * (h @ w_hn.T + b_hn))


def _cases(rng):
    for batch, hidden in ((2, 2), (3, 4)):
        from_x, h = (rng.normal(size=(batch, hidden)).astype(np.float32) for _ in range(2))
        r = rng.uniform(0.1, 0.9, (batch, hidden)).astype(np.float32)
        yield from_x, h, r, rng.normal(size=(hidden, hidden)).astype(np.float32), rng.normal(size=hidden).astype("f4")


EXERCISE = Code(
    name="06.reset_gate",
    title="Where the reset gate sits",
    text=r"""Write `reset_gate(from_x, h, r, w_hn, b_hn)`: the candidate $n_t$ of equation 06.2 in PyTorch's convention.
`from_x` is what the input contributes, its own bias included. The reset gate `r` multiplies what the
*state* contributes, after the product with the weights.""",
    trains="reading an equation where a bracket matters",
    signature="from_x (batch, hidden), h (batch, hidden), r (batch, hidden), w_hn (hidden, hidden), b_hn (hidden,) "
    "→ (batch, hidden)",
    reference=reset_gate,
    rights=(_einsum, _joined),
    wrongs=(
        Wrong(
            _before_the_product,
            "the reset gate multiplies the state before the product",
            "That is the convention of Cho et al. (2014). Here the bracket is around h @ w_hn + b_hn.",
        ),
        Wrong(
            _bias_outside, "b_hn escapes the reset gate", "The bias stands inside the bracket: r * (h @ w_hn + b_hn)."
        ),
        Wrong(_no_bias, "b_hn is left out", "That is what the GRU of Flax NNX computes; PyTorch has one more bias."),
        Wrong(_no_reset, "nothing is reset", "Multiply what the state contributes by r."),
        Wrong(
            _everything_reset,
            "the input is reset too",
            "What the frame shows always comes in whole. Only the state's share is multiplied by r.",
        ),
        Wrong(_turned_around, "the state is multiplied by 1 - r", "r = 1 lets the whole state through."),
        Wrong(_no_squash, "the tanh is missing", "The candidate lies within −1…1."),
        Wrong(
            _sigmoid, "a sigmoid squashes the candidate", "Gates get a sigmoid. The candidate may be negative: tanh."
        ),
        Wrong(_transposed, "the weights are transposed", "h is a row: h @ w_hn. PyTorch stores the transpose."),
    ),
    cases=_cases,
    hints=(
        "Write the bracket first: what does the state contribute, with its bias?",
        "inside = h @ w_hn + b_hn. Then from_x + r * inside goes through tanh.",
    ),
    takeaway="One bracket makes two networks: copied weights are worthless in the other one.",
    minutes=5,
    difficulty=1,
    points=1,
)
