"""Features over time in; the GRU's hidden state at every step, and its last one, out."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, DTypeLike, Float, Num, PRNGKeyArray

from vmm_edu.features.arrays import AnyArray, is_concrete


class GRUParams(NamedTuple):
    """Weights of one GRU layer; reset, update and candidate lie side by side in the order r, z, n.

    Attributes:
        w_x: input weights (feature, 3·hidden).
        w_h: recurrent weights (hidden, 3·hidden).
        b: biases (3·hidden,).
        b_hn: bias that the reset gate multiplies (hidden,); PyTorch has one, Flax has none (zeros).
    """

    w_x: Float[AnyArray, "feature 3*hidden"]
    w_h: Float[AnyArray, "hidden 3*hidden"]
    b: Float[AnyArray, " 3*hidden"]
    b_hn: Float[AnyArray, " hidden"]


def gru_init(key: PRNGKeyArray, features: int, hidden: int, *, dtype: DTypeLike = jnp.float32) -> GRUParams:
    """Draw initial weights: LeCun normal for the input, orthogonal per gate for the recurrence, zeros for the biases.

    Args:
        key: source of randomness.
        features: length of the input vectors.
        hidden: length of the state.
        dtype: floating type of the weights.

    Returns:
        Parameters.

    Raises:
        ValueError: `features` or `hidden` below 1.
    """
    if features < 1 or hidden < 1:
        raise ValueError(f"expected features and hidden of at least 1, got {features} and {hidden}")
    key_x, *keys_h = jax.random.split(key, 4)
    w_x = jax.nn.initializers.lecun_normal()(key_x, (features, 3 * hidden), dtype)
    orthogonal = jax.nn.initializers.orthogonal()
    w_h = jnp.concatenate([orthogonal(key_h, (hidden, hidden), dtype) for key_h in keys_h], axis=1)
    return GRUParams(w_x, w_h, jnp.zeros(3 * hidden, dtype), jnp.zeros(hidden, dtype))


def gru_step(
    params: GRUParams, h: Float[AnyArray, "*batch hidden"], x: Float[AnyArray, "*batch feature"]
) -> Float[Array, "*batch hidden"]:
    r"""Advance the hidden state by one step.

    $$r = σ(W_{ir} x + W_{hr} h + b_r) \qquad z = σ(W_{iz} x + W_{hz} h + b_z)$$
    $$n = \tanh(W_{in} x + b_n + r ⊙ (W_{hn} h + b_{hn})) \qquad h' = (1 - z) ⊙ n + z ⊙ h$$

    Two conventions are in use, and weights of one are of no use to the other. Here, as in cuDNN, PyTorch, Flax and
    Keras (`reset_after=True`), the reset gate multiplies the *product* $W_{hn} h + b_{hn}$. In Cho et al. 2014 it
    multiplies the state before the product, $W_{hn} (r ⊙ h)$. And z is the share that is *kept*; Chung et al. 2014
    write h' = (1 − z) ⊙ h + z ⊙ n, with z the share that is replaced.

    Args:
        params: weights; w_x holds $W_{ir}, W_{iz}, W_{in}$ transposed and side by side, w_h and b alike. PyTorch's two
            biases of r and z act as their sum; Flax's `nnx.GRUCell` is the case $b_{hn} = 0$.
        h: state before the step.
        x: input at this step, with or without a batch axis, of the weights' floating type.

    Returns:
        State after the step, within −1…1 when it began there.

    Raises:
        TypeError: the shapes do not fit each other; `gru`, which checks first, says which.

    References:
        K. Cho et al., "Learning phrase representations using RNN encoder–decoder", EMNLP 2014,
        doi:10.3115/v1/D14-1179; J. Chung et al., "Empirical evaluation of gated recurrent neural networks", 2014,
        doi:10.48550/arXiv.1412.3555.
    """
    from_input = x @ params.w_x
    return _advance(params, h, from_input + jnp.broadcast_to(params.b, from_input.shape))


def gru(
    params: GRUParams,
    x: Num[AnyArray, "batch time feature"],
    *,
    mask: Bool[AnyArray, "batch time"] | None = None,
    state: Float[AnyArray, "batch hidden"] | None = None,
) -> tuple[Float[Array, "batch time hidden"], Float[Array, "batch hidden"]]:
    """Run the GRU over whole clips: `gru_step` at every step, with one matrix product for all inputs.

    Args:
        params: weights, NumPy or JAX.
        x: input. Integers and other floating types are cast to the type of the weights.
        mask: True = real step, False = padding, anywhere in a clip. None: all steps are real. What padding contains
            (NaN too) changes nothing, in value or gradient.
        state: hidden state before the first step; None: zeros. Pass the returned state on to continue a clip.

    Returns:
        The hidden state after every step, and after the last one. A masked step carries the state through.

    Raises:
        ValueError: shapes or types that do not fit together, or NaN or infinity at a real step (values are not looked
            at while JAX traces).

    References:
        As `gru_step`.
    """
    params, x, mask, h = _checked(params, x, mask, state)
    return _scan(params, x, mask, h)


def _advance(
    params: GRUParams, h: Float[AnyArray, "*batch hidden"], from_input: Float[AnyArray, "*batch gate"]
) -> Float[Array, "*batch hidden"]:
    x_r, x_z, x_n = jnp.split(from_input, 3, axis=-1)
    h_r, h_z, h_n = jnp.split(h @ params.w_h, 3, axis=-1)
    r, z = jax.nn.sigmoid(x_r + h_r), jax.nn.sigmoid(x_z + h_z)
    n = jnp.tanh(x_n + r * (h_n + jnp.broadcast_to(params.b_hn, h_n.shape)))
    return (1 - z) * n + z * h


@jax.jit
def _scan(
    params: GRUParams,
    x: Float[Array, "batch time feature"],
    mask: Bool[Array, "batch time"] | None,
    h: Float[Array, "batch hidden"],
) -> tuple[Float[Array, "batch time hidden"], Float[Array, "batch hidden"]]:
    """Compiled, because a call outside `jit` would otherwise compile its loop anew each time."""
    if mask is not None:
        # A selection in the loop alone would let NaN in padding reach the gradient of the weights (0 · NaN).
        x = jnp.where(mask[:, :, None], x, jnp.zeros_like(x))
    from_input = jnp.swapaxes(x, 0, 1) @ params.w_x
    from_input = from_input + jnp.broadcast_to(params.b, from_input.shape)

    def step(
        h: Float[Array, "batch hidden"], now: tuple[Float[Array, "batch gate"], Bool[Array, " batch"] | None]
    ) -> tuple[Float[Array, "batch hidden"], Float[Array, "batch hidden"]]:
        from_input_now, real = now
        after = _advance(params, h, from_input_now)
        after = after if real is None else jnp.where(real[:, None], after, h)
        return after, after

    h, every_h = jax.lax.scan(step, h, (from_input, None if mask is None else mask.T))
    return jnp.swapaxes(every_h, 0, 1), h


def _checked(
    params: GRUParams, x: AnyArray, mask: AnyArray | None, state: AnyArray | None
) -> tuple[GRUParams, Array, Array | None, Array]:
    params = GRUParams(*map(jnp.asarray, params))
    if params.w_h.ndim != 2 or params.w_h.shape[1] != 3 * params.w_h.shape[0]:
        raise ValueError(f"expected w_h (hidden, 3·hidden), got {params.w_h.shape}; gates lie side by side, r z n")
    hidden = params.w_h.shape[0]
    shapes = {"w_x": (*params.w_x.shape[:1], 3 * hidden), "b": (3 * hidden,), "b_hn": (hidden,)}
    for name, shape in shapes.items():
        if (got := getattr(params, name).shape) != shape:
            wanted = f"(feature, {3 * hidden})" if name == "w_x" else str(shape)
            raise ValueError(f"expected {name} {wanted} beside w_h {params.w_h.shape}, got {got}")
    dtypes = {part.dtype for part in params}
    dtype = params.w_x.dtype
    if len(dtypes) > 1 or not jnp.issubdtype(dtype, jnp.floating):
        raise ValueError(
            f"expected weights of one floating type, got {', '.join(sorted(str(d) for d in dtypes))}; "
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
    h = jnp.zeros((batch, hidden), dtype) if state is None else jnp.asarray(state).astype(dtype)
    if h.shape != (batch, hidden):
        raise ValueError(f"expected state (batch, hidden) = {(batch, hidden)}, got {h.shape}")
    values = jnp.asarray(x).astype(dtype)
    real = None if mask is None else jnp.asarray(mask)
    if is_concrete(values) and (real is None or is_concrete(real)):
        # NumPy: inside jit even a concrete array becomes a tracer when JAX computes with it.
        finite = np.isfinite(np.asarray(values)).all(axis=2)
        if not (finite if real is None else finite | ~np.asarray(real)).all():
            raise ValueError(
                "expected finite x at every real step, got NaN or infinity; mask those steps or repair them"
            )
    return params, values, real, h
