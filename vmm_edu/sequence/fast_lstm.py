"""The same LSTM as `lstm`, quicker at large sizes: features over time in; hidden states and the last state out.

`docs/fast_lstm.md` explains each trick and what it gains. The plain version in `lstm.py` is the one to learn from.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_batching import custom_vmap
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

    Four things differ from `lstm`, none of them in the result: arrays lie feature-major inside the loop, so that no
    product has a transposed left factor, and each gate is read by itself; the backward pass is written by hand, and
    leaves the gradient of $W_h$ to one matrix product after the loop; on a CPU the input product is written as a
    convolution, for which XLA has a faster routine; and the factors of the products may be rounded to a shorter type.
    Where one step is small, or the only one, `lstm`'s own scan is run.

    Args:
        params: as `lstm`.
        x: as `lstm`.
        mask: as `lstm`.
        state: as `lstm`.
        product_dtype: type to which the factors of the matrix products are rounded, `jnp.bfloat16` for example; sums,
            gates and the memory keep the type of the weights. None: no rounding. A single step is not rounded.

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
    # One step is no loop, and XLA 0.10 cannot run its short products on a CPU.
    one_step = x.shape[1] < 2
    if one_step or (product_dtype is None and is_small(batch=x.shape[0], hidden=params.w_h.shape[0])):
        return scan_plainly(params, x, mask, state)
    return _feature_major(params, x, mask, state, jnp.dtype(product_dtype or x.dtype))


def is_small(*, batch: int, hidden: int) -> bool:
    """Tell whether `fast_lstm` runs the plain scan: one step's recurrent product has too little work."""
    return batch * hidden * 4 * hidden < SMALL_STEP


class _Kept(NamedTuple):
    """What the forward pass keeps for the backward one. Inside the loops a step is feature-major: (hidden, batch)."""

    w_h: Float[Array, "hidden gate"]
    mask: Bool[Array, "time batch"] | None
    gates: tuple[Float[Array, "time hidden batch"], ...]
    c_before: Float[Array, "time hidden batch"]
    h_first: Float[Array, "hidden batch"]
    h: Float[Array, "batch time hidden"]


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
    from_input = _input_product(dtype, x, params.w_x)
    steps_real = None if mask is None else mask.T
    h, c_last, h_last = _recurrence(dtype, params.w_h, params.b, from_input, steps_real, state.c.T, state.h.T)  # pyright: ignore[reportGeneralTypeIssues]
    return h, LSTMState(c_last.T, h_last.T)


def _step_product(rows, columns, dtype):
    """A step's product in the loop, of factors rounded to `dtype`, summed in the type of `columns`."""
    return jnp.matmul(rows.astype(dtype), columns.astype(dtype), preferred_element_type=columns.dtype)


@custom_vmap
def _pointwise_convolution(x, w):
    return jax.lax.conv_general_dilated(x, w[None], (1,), "VALID", dimension_numbers=("NWC", "WIO", "NWC"))


@_pointwise_convolution.def_vmap
def _many_products(_size, batched, x, w):
    # A vectorised convolution becomes one of many groups, which is slow.
    return jax.vmap(jnp.matmul, in_axes=[0 if each else None for each in batched])(x, w), True


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _input_product(dtype, x, w):
    """The product of all steps of x with w."""
    if dtype == x.dtype:
        # A convolution as wide as one step is the same product. On a CPU, XLA has a faster routine for it.
        return jax.lax.platform_dependent(x, w, cpu=_pointwise_convolution, default=jnp.matmul)
    return _kept_as_it_is(jnp.matmul(x.astype(dtype), w.astype(dtype), preferred_element_type=x.dtype))


def _input_product_forward(dtype, x, w):
    return _input_product(dtype, x, w), (x, w)


def _input_product_backward(dtype, factors, d_product):
    x, w = factors
    return _input_product(dtype, d_product, w.T), _product_over_steps(x, d_product, dtype)


_input_product.defvjp(_input_product_forward, _input_product_backward)


def _product_over_steps(a, b, dtype):
    """The gradient of weights that multiply at every step: the sum of a · b over batch and time."""
    # Short factors are summed over two axes, not one: then XLA turns the left factor while it is still short. One that
    # is summed over its first axis alone, XLA would lengthen again and multiply slowly.
    axes = (0, 1)
    if dtype == a.dtype or 1 in a.shape[:2]:
        a, b = (array.reshape(-1, array.shape[-1]) for array in (a, b))
        axes = (0,)
    a, b, total = a.astype(dtype), b.astype(dtype), a.dtype
    product = jax.lax.dot_general(a, b, ((axes, axes), ((), ())), preferred_element_type=total)
    return product if dtype == total else _kept_as_it_is(product)


def _kept_as_it_is(product):
    """Keep XLA from merging what a caller does next, a transposition for example, with a product of short factors.

    It would make a product of a transposed left factor, which XLA 0.10 cannot run on a CPU.
    """
    return jax.lax.optimization_barrier(product)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recurrence(dtype, w_h, b, from_input, mask, c, h):
    return _forward(dtype, w_h, b, from_input, mask, c, h)[0]


def _step_of(array, t, parts):
    """Step t of (batch, time, parts · hidden), turned: (hidden, batch) for each part."""
    batch, _, width = array.shape
    hidden = width // parts
    # Each part is read from the whole: to read all of them and split is three times as slow on a CPU.
    return [jax.lax.dynamic_slice(array, (0, t, k * hidden), (batch, 1, hidden))[:, 0].T for k in range(parts)]


def _forward(dtype, w_h, b, from_input, mask, c, h):
    w_h_rows = w_h.T.astype(dtype)
    biases = [jnp.broadcast_to(part[:, None], c.shape) for part in jnp.split(b, 4)]

    def step(carry, now):
        c, h = carry
        t, real = now
        from_h = jnp.split(_step_product(w_h_rows, h, dtype), 4)
        i, f, g, o = (sum(parts) for parts in zip(_step_of(from_input, t, 4), from_h, biases, strict=True))
        i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
        c_after = f * c + i * g
        h_after = o * jnp.tanh(c_after)
        if real is not None:
            c_after, h_after = jnp.where(real, c_after, c), jnp.where(real, h_after, h)
        return (c_after, h_after), (h_after, (i, f, g, o), c)

    steps = jnp.arange(from_input.shape[1])
    (c_last, h_last), (h_all, gates, c_before) = jax.lax.scan(step, (c, h), (steps, mask))
    h_all = jnp.transpose(h_all, (2, 0, 1))
    return (h_all, c_last, h_last), _Kept(w_h, mask, gates, c_before, h, h_all)


def _backward(dtype, kept, cotangents):
    d_h_above, d_c_last, d_h_last = cotangents
    batch, time, hidden = kept.h.shape
    w_h = kept.w_h.astype(dtype)

    def step(carry, now):
        d_c, d_h, d_pre, d_pre_steps = carry
        t, (i, f, g, o), c_before, real = now
        d_h_all = d_h + _step_of(d_h_above, t, 1)[0]
        shown = jnp.tanh(f * c_before + i * g)
        d_c_all = d_c + d_h_all * o * (1 - shown**2)
        d_gates = (
            d_c_all * g * i * (1 - i),
            d_c_all * c_before * f * (1 - f),
            d_c_all * i * (1 - g**2),
            d_h_all * shown * o * (1 - o),
        )
        for k, d_gate in enumerate(d_gates):
            if real is not None:
                d_gate = jnp.where(real, d_gate, jnp.zeros_like(d_gate))
            d_pre = jax.lax.dynamic_update_slice(d_pre, d_gate, (k * hidden, 0))
        d_h_before, d_c_before = _step_product(w_h, d_pre, dtype), d_c_all * f
        if real is not None:
            d_h_before, d_c_before = jnp.where(real, d_h_before, d_h_all), jnp.where(real, d_c_before, d_c)
        d_pre_steps = jax.lax.dynamic_update_slice(d_pre_steps, d_pre.T[:, None], (0, t, 0))
        return (d_c_before, d_h_before, d_pre, d_pre_steps), None

    # One array for the four gates is carried and written anew at each step: joining four would make a fresh one.
    d_pre = jnp.zeros((4 * hidden, batch), kept.h.dtype)
    d_pre_steps = jnp.zeros((batch, time, 4 * hidden), kept.h.dtype)
    (d_c, d_h, _, d_pre_steps), _ = jax.lax.scan(
        step,
        (d_c_last, d_h_last, d_pre, d_pre_steps),
        (jnp.arange(time), kept.gates, kept.c_before, kept.mask),
        reverse=True,
    )
    # One product for all steps, where plain autodiff adds up one small product a step.
    h_before = jnp.concatenate([kept.h_first.T[:, None], kept.h[:, :-1]], axis=1)
    d_w_h = _product_over_steps(h_before, d_pre_steps, dtype)
    return d_w_h, d_pre_steps.sum((0, 1)), d_pre_steps, None, d_c, d_h


_recurrence.defvjp(_forward, _backward)
