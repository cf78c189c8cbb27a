"""The same LSTM as `lstm`, quicker at large sizes: features over time in; hidden states and the last state out.

`docs/fast_lstm.md` explains each trick and what it gains. The plain version in `lstm.py` is the one to learn from.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, DTypeLike, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.sequence.lstm import LSTMParams, LSTMState, checked_arguments, scan_plainly

# Below this many multiplications in a step's recurrent product the loop's own cost decides, and the plain scan wins.
SMALL_STEP = 1_000_000


def fast_lstm(
    params: LSTMParams,
    x: Num[AnyArray, "batch time feature"],
    *,
    mask: Bool[AnyArray, "batch time"] | None = None,
    state: LSTMState | None = None,
    product_dtype: DTypeLike | None = None,
) -> tuple[Float[Array, "batch time hidden"], LSTMState]:
    r"""Run the LSTM over whole clips, as `lstm` does, in less time where the sizes are large.

    Three things differ from `lstm`, none of them in the result: arrays lie feature-major inside the loop, so that no
    product has a transposed left factor; the backward pass is written by hand, and leaves the gradient of $W_h$ to one
    matrix product after the loop; and the factors of the products may be rounded to a shorter type. Where one step
    is small, `lstm`'s own scan is run.

    Args:
        params: as `lstm`.
        x: as `lstm`.
        mask: as `lstm`.
        state: as `lstm`.
        product_dtype: type to which the factors of the matrix products are rounded, `jnp.bfloat16` for example; sums,
            gates and the memory keep the type of the weights. None: no rounding.

    Returns:
        As `lstm`.

    Raises:
        ValueError: as `lstm`; or `product_dtype` is no floating type.

    References:
        As `lstm_step`. The order of the products follows J. Appleyard, T. Kočiský and P. Blunsom, "Optimizing
        performance of recurrent neural networks on GPUs", 2016, doi:10.48550/arXiv.1604.01946.
    """
    if product_dtype is not None and not jnp.issubdtype(product_dtype, jnp.floating):
        raise ValueError(f"expected product_dtype of a floating type, got {product_dtype}; try jnp.bfloat16")
    params, x, mask, state = checked_arguments(params, x, mask, state)
    if product_dtype is None and is_small(batch=x.shape[0], hidden=params.w_h.shape[0]):
        return scan_plainly(params, x, mask, state)
    return _feature_major(params, x, mask, state, jnp.dtype(product_dtype or x.dtype))


def is_small(*, batch: int, hidden: int) -> bool:
    """Tell whether `fast_lstm` runs the plain scan: one step's recurrent product has too little work."""
    return batch * hidden * 4 * hidden < SMALL_STEP


class _Kept(NamedTuple):
    """What the forward pass keeps for the backward one, all feature-major."""

    w_h: Float[Array, "hidden gate"]
    mask: Bool[Array, "time batch"] | None
    gates: Float[Array, "time gate batch"]
    c_before: Float[Array, "time hidden batch"]
    h_before: Float[Array, "time hidden batch"]
    c_after: Float[Array, "time hidden batch"]


@partial(jax.jit, static_argnames="dtype")
def _feature_major(
    params: LSTMParams,
    x: Float[Array, "batch time feature"],
    mask: Bool[Array, "batch time"] | None,
    state: LSTMState,
    dtype: jnp.dtype,
) -> tuple[Float[Array, "batch time hidden"], LSTMState]:
    if mask is not None:
        x = jnp.where(mask[:, :, None], x, jnp.zeros_like(x))
    batch, time, _ = x.shape
    from_input = _product(x.reshape(batch * time, -1), params.w_x, dtype).reshape(batch, time, -1)
    # Only the order of the steps is made contiguous here; a step's own rows are turned inside the loop, where they are
    # in the cache.
    steps = jnp.swapaxes(from_input, 0, 1)
    steps_real = None if mask is None else mask.T
    h, c_last, h_last = _recurrence(dtype, params.w_h, params.b, steps, steps_real, state.c.T, state.h.T)  # pyright: ignore[reportGeneralTypeIssues]
    return jnp.transpose(h, (2, 0, 1)), LSTMState(c_last.T, h_last.T)


def _product(
    a: Float[AnyArray, "row inner"], b: Float[AnyArray, "inner column"], dtype: jnp.dtype
) -> Float[Array, "row column"]:
    """The product of a and b, both rounded to `dtype`, summed in the type of a."""
    return jnp.matmul(jnp.asarray(a, dtype), jnp.asarray(b, dtype), preferred_element_type=a.dtype)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recurrence(dtype, w_h, b, from_input, mask, c, h):
    return _forward(dtype, w_h, b, from_input, mask, c, h)[0]


def _forward(dtype, w_h, b, from_input, mask, c, h):
    w_h_rows = w_h.T.astype(dtype)
    b_rows = jnp.broadcast_to(b[:, None], (b.shape[0], c.shape[1]))

    def step(carry, now):
        c, h = carry
        from_input_now, real = now
        pre = from_input_now.T + b_rows + jnp.matmul(w_h_rows, h.astype(dtype), preferred_element_type=h.dtype)
        i, f, g, o = jnp.split(pre, 4, axis=0)
        i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
        c_after = f * c + i * g
        h_after = o * jnp.tanh(c_after)
        if real is not None:
            c_after, h_after = jnp.where(real, c_after, c), jnp.where(real, h_after, h)
        return (c_after, h_after), (h_after, jnp.concatenate([i, f, g, o]), c, h, c_after)

    (c_last, h_last), (h_all, gates, c_before, h_before, c_after) = jax.lax.scan(step, (c, h), (from_input, mask))
    return (h_all, c_last, h_last), _Kept(w_h, mask, gates, c_before, h_before, c_after)


def _backward(dtype, kept, cotangents):
    d_h_all, d_c_last, d_h_last = cotangents
    w_h = kept.w_h.astype(dtype)

    def step(carry, now):
        d_c, d_h = carry
        d_h_now, gates, c_before, c_after, real = now
        i, f, g, o = jnp.split(gates, 4, axis=0)
        d_h_all = d_h + d_h_now
        shown = jnp.tanh(c_after)
        d_c_all = d_c + d_h_all * o * (1 - shown**2)
        d_pre = jnp.concatenate(
            [
                d_c_all * g * i * (1 - i),
                d_c_all * c_before * f * (1 - f),
                d_c_all * i * (1 - g**2),
                d_h_all * shown * o * (1 - o),
            ]
        )
        if real is not None:
            d_pre = jnp.where(real, d_pre, jnp.zeros_like(d_pre))
        d_h_before = jnp.matmul(w_h, d_pre.astype(dtype), preferred_element_type=d_pre.dtype)
        d_c_before = d_c_all * f
        if real is not None:
            d_h_before, d_c_before = jnp.where(real, d_h_before, d_h_all), jnp.where(real, d_c_before, d_c)
        return (d_c_before, d_h_before), d_pre.T

    (d_c, d_h), d_pre = jax.lax.scan(
        step, (d_c_last, d_h_last), (d_h_all, kept.gates, kept.c_before, kept.c_after, kept.mask), reverse=True
    )
    # One product for all steps, where plain autodiff adds up one small product a step.
    d_w_h = jax.lax.dot_general(
        kept.h_before.astype(dtype),
        d_pre.astype(dtype),
        (((0, 2), (0, 1)), ((), ())),
        preferred_element_type=d_pre.dtype,
    )
    return d_w_h, d_pre.sum((0, 1)), d_pre, None, d_c, d_h


_recurrence.defvjp(_forward, _backward)
