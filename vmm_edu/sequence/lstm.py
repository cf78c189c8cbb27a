"""Features over time in; the LSTM's hidden state at every step, and its last state, out."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, DTypeLike, Float, Num, PRNGKeyArray

from vmm_edu.features.arrays import AnyArray, is_concrete


class LSTMParams(NamedTuple):
    """Weights of one LSTM layer; the four gates lie side by side in the order i, f, g, o.

    Attributes:
        w_x: input weights (feature, 4·hidden).
        w_h: recurrent weights (hidden, 4·hidden).
        b: biases (4·hidden,).
    """

    w_x: Float[AnyArray, "feature 4*hidden"]
    w_h: Float[AnyArray, "hidden 4*hidden"]
    b: Float[AnyArray, " 4*hidden"]


class LSTMState(NamedTuple):
    """What the LSTM remembers between two steps.

    Attributes:
        c: cell state, the memory itself (batch, hidden).
        h: hidden state, what the memory shows (batch, hidden), within −1…1.
    """

    c: Float[AnyArray, "*batch hidden"]
    h: Float[AnyArray, "*batch hidden"]


def lstm_init(
    key: PRNGKeyArray, features: int, hidden: int, *, forget_bias: int | float = 1.0, dtype: DTypeLike = jnp.float32
) -> LSTMParams:
    """Draw initial weights: LeCun normal for the input, orthogonal per gate for the recurrence, zeros for the biases.

    Args:
        key: source of randomness.
        features: length of the input vectors.
        hidden: length of the state.
        forget_bias: bias of the forget gate. With 1 an untrained LSTM keeps σ(1) = 73 % of its memory per step, with 0
            half of it, which is gone after a few steps and takes the gradient along.
        dtype: floating type of the weights.

    Returns:
        Parameters.

    Raises:
        ValueError: `features` or `hidden` below 1.

    References:
        F. Gers, J. Schmidhuber and F. Cummins, "Learning to forget", Neural Computation 12, 2000,
        doi:10.1162/089976600300015015.
    """
    if features < 1 or hidden < 1:
        raise ValueError(f"expected features and hidden of at least 1, got {features} and {hidden}")
    key_x, *keys_h = jax.random.split(key, 5)
    w_x = jax.nn.initializers.lecun_normal()(key_x, (features, 4 * hidden), dtype)
    orthogonal = jax.nn.initializers.orthogonal()
    w_h = jnp.concatenate([orthogonal(key_h, (hidden, hidden), dtype) for key_h in keys_h], axis=1)
    b = jnp.zeros((4, hidden), dtype).at[1].set(forget_bias).reshape(-1)
    return LSTMParams(w_x, w_h, b)


def lstm_step(params: LSTMParams, state: LSTMState, x: Float[AnyArray, "*batch feature"]) -> LSTMState:
    r"""Advance the memory by one step.

    $$i = σ(W_{ii} x + W_{ih} h + b_i) \quad f = σ(W_{fi} x + W_{fh} h + b_f) \quad
      g = \tanh(W_{gi} x + W_{gh} h + b_g) \quad o = σ(W_{oi} x + W_{oh} h + b_o)$$
    $$c' = f ⊙ c + i ⊙ g \qquad h' = o ⊙ \tanh(c')$$

    Args:
        params: weights; w_x holds $W_{ii}, W_{fi}, W_{gi}, W_{oi}$ transposed and side by side, w_h and b alike.
        state: memory before the step.
        x: input at this step, with or without a batch axis, of the weights' floating type.

    Returns:
        Memory after the step.

    Raises:
        TypeError: the shapes do not fit each other; `lstm`, which checks first, says which.

    References:
        S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997,
        doi:10.1162/neco.1997.9.8.1735, with the forget gate of Gers et al. 2000 and without peepholes.
    """
    gates = x @ params.w_x + state.h @ params.w_h
    return _advance(state, gates + jnp.broadcast_to(params.b, gates.shape))


def lstm(
    params: LSTMParams,
    x: Num[AnyArray, "batch time feature"],
    *,
    mask: Bool[AnyArray, "batch time"] | None = None,
    state: LSTMState | None = None,
) -> tuple[Float[Array, "batch time hidden"], LSTMState]:
    r"""Run the LSTM over whole clips: `lstm_step` at every step, with one matrix product for all inputs.

    $x_t W_x + b$ does not depend on the state, so it is computed for all steps at once, before the loop; only
    $h_{t-1} W_h$ stays inside (about twice as fast as a loop over `lstm_step`, and the same result).

    Args:
        params: weights, NumPy or JAX.
        x: input. Integers and other floating types are cast to the type of the weights.
        mask: True = real step, False = padding, anywhere in a clip. None: all steps are real. What padding contains
            (NaN too) changes nothing, in value or gradient.
        state: memory before the first step; None: zeros. Pass the returned state on to continue a clip in chunks.

    Returns:
        The hidden state after every step, and the memory after the last one. A masked step carries the memory
        through, so its hidden state is that of the last real step (of `state` before the first), and the returned
        memory is that after the last real step.

    Raises:
        ValueError: shapes or types that do not fit together, or NaN or infinity at a real step (values are not looked
            at while JAX traces).

    References:
        As `lstm_step`.
    """
    params, x, mask, state = checked_arguments(params, x, mask, state)
    return scan_plainly(params, x, mask, state)


def _advance(state: LSTMState, gates: Float[AnyArray, "*batch gate"]) -> LSTMState:
    i, f, g, o = jnp.split(gates, 4, axis=-1)
    c = jax.nn.sigmoid(f) * state.c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return LSTMState(c, jax.nn.sigmoid(o) * jnp.tanh(c))


@jax.jit
def scan_plainly(
    params: LSTMParams, x: Float[Array, "batch time feature"], mask: Bool[Array, "batch time"] | None, state: LSTMState
) -> tuple[Float[Array, "batch time hidden"], LSTMState]:
    """Compiled, because a call outside `jit` would otherwise compile its loop anew each time."""
    if mask is not None:
        # A selection in the loop alone would let NaN in padding reach the gradient of the weights (0 · NaN).
        x = jnp.where(mask[:, :, None], x, jnp.zeros_like(x))
    from_input = jnp.swapaxes(x, 0, 1) @ params.w_x
    from_input = from_input + jnp.broadcast_to(params.b, from_input.shape)

    def step(
        state: LSTMState, now: tuple[Float[Array, "batch gate"], Bool[Array, " batch"] | None]
    ) -> tuple[LSTMState, Float[AnyArray, "batch hidden"]]:
        from_input_now, real = now
        after = _advance(state, from_input_now + state.h @ params.w_h)
        if real is not None:
            after = LSTMState(*(jnp.where(real[:, None], new, old) for new, old in zip(after, state, strict=True)))
        return after, after.h

    state, h = jax.lax.scan(step, state, (from_input, None if mask is None else mask.T))
    return jnp.swapaxes(h, 0, 1), state


def checked_arguments(
    params: LSTMParams, x: AnyArray, mask: AnyArray | None, state: LSTMState | None
) -> tuple[LSTMParams, Array, Array | None, LSTMState]:
    """The arguments of `lstm` as JAX arrays of one floating type, with a state of zeros where none is given.

    Raises:
        ValueError: as `lstm`.
    """
    params = LSTMParams(*map(jnp.asarray, params))
    if params.w_h.ndim != 2 or params.w_h.shape[1] != 4 * params.w_h.shape[0]:
        raise ValueError(f"expected w_h (hidden, 4·hidden), got {params.w_h.shape}; gates lie side by side, i f g o")
    hidden = params.w_h.shape[0]
    if params.w_x.ndim != 2 or params.w_x.shape[1] != 4 * hidden or params.b.shape != (4 * hidden,):
        raise ValueError(
            f"expected w_x (feature, {4 * hidden}) and b ({4 * hidden},) beside w_h {params.w_h.shape}, got "
            f"{params.w_x.shape} and {params.b.shape}"
        )
    dtype = params.w_x.dtype
    if {params.w_h.dtype, params.b.dtype} != {dtype} or not jnp.issubdtype(dtype, jnp.floating):
        raise ValueError(
            f"expected weights of one floating type, got {dtype}, {params.w_h.dtype} and {params.b.dtype}; "
            "cast them with astype"
        )

    features = params.w_x.shape[0]
    if x.ndim != 3 or x.shape[2] != features:
        raise ValueError(f"expected x (batch, time, {features}), got {x.shape}; one clip needs a batch axis, x[None]")
    if not (jnp.issubdtype(x.dtype, jnp.floating) or jnp.issubdtype(x.dtype, jnp.integer)):
        raise ValueError(f"expected x of real numbers, got {x.dtype}; cast it with astype")
    if mask is not None and (mask.shape != x.shape[:2] or mask.dtype != jnp.bool_):
        raise ValueError(
            f"expected mask bool (batch, time) = {x.shape[:2]}, True = real, got {mask.dtype} {mask.shape}; "
            "from lengths: jnp.arange(time)[None, :] < lengths[:, None]"
        )
    batch = x.shape[0]
    if state is None:
        state = LSTMState(jnp.zeros((batch, hidden), dtype), jnp.zeros((batch, hidden), dtype))
    for name, part in zip(LSTMState._fields, state, strict=True):
        if part.shape != (batch, hidden):
            raise ValueError(f"expected state.{name} (batch, hidden) = {(batch, hidden)}, got {part.shape}")

    values = jnp.asarray(x).astype(dtype)
    real = None if mask is None else jnp.asarray(mask)
    if is_concrete(values) and (real is None or is_concrete(real)):
        finite = jnp.isfinite(values).all(axis=2)
        if not bool((finite if real is None else finite | ~real).all()):
            raise ValueError(
                "expected finite x at every real step, got NaN or infinity; mask those steps or repair them"
            )
    return params, values, real, LSTMState(*(jnp.asarray(part).astype(dtype) for part in state))
