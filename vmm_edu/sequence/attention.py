"""Features over time in; at every step a mean of all steps, weighted by how well they match, out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Bool, Float

from vmm_edu.features.arrays import AnyArray


def attend(
    query: Float[AnyArray, "*batch query feature"],
    key: Float[AnyArray, "*batch time feature"],
    value: Float[AnyArray, "*batch time hidden"],
    *,
    mask: Bool[AnyArray, "*batch time"] | None = None,
) -> Float[Array, "*batch query hidden"]:
    r"""Scaled dot-product attention: each query takes a mean of the values, weighted by its match with the keys.

    $$\mathrm{attend}(Q, K, V) = \mathrm{softmax}(Q K^T / \sqrt{d})\, V$$

    Args:
        query: what is asked.
        key: what each step answers to.
        value: what each step has to say.
        mask: True = real step. A masked step has weight exactly 0, and what it holds (NaN too) reaches neither value
            nor gradient.

    Returns:
        One vector for each query; 0 where no step is real. (`jax.nn.dot_product_attention` gives the mean of the
        *masked* values there.)

    Raises:
        ValueError: shapes that do not fit together.

    References:
        A. Vaswani et al., "Attention is all you need", 2017, doi:10.48550/arXiv.1706.03762.
    """
    if query.shape[-1] != key.shape[-1] or key.shape[:-1] != value.shape[:-1]:
        raise ValueError(
            f"expected query and key of one feature length and a value for each key, got query {query.shape}, "
            f"key {key.shape} and value {value.shape}"
        )
    if mask is not None and (mask.shape != key.shape[:-1] or mask.dtype != jnp.bool_):
        raise ValueError(f"expected mask bool {key.shape[:-1]}, True = real, got {mask.dtype} {mask.shape}")
    query, key, value = jnp.asarray(query), jnp.asarray(key), jnp.asarray(value)
    where = None
    if mask is not None:
        real = jnp.asarray(mask)
        # 0 · NaN is NaN: a weight of 0 alone would not keep it out.
        key = jnp.where(real[..., None], key, jnp.zeros_like(key))
        value = jnp.where(real[..., None], value, jnp.zeros_like(value))
        where = jnp.broadcast_to(real[..., None, :], (*query.shape[:-1], key.shape[-2]))
    match = query @ jnp.swapaxes(key, -1, -2) / np.sqrt(key.shape[-1]).astype(query.dtype)
    if where is None:
        return jax.nn.softmax(match, axis=-1) @ value
    match = jnp.where(where, match, jnp.zeros_like(match))  # Values that are not real steps' must not set the largest.
    return jax.nn.softmax(match, axis=-1, where=where) @ value


class SelfAttention(nnx.Module):
    """One layer of self-attention with several heads; without `positions` it cannot tell one order from another.

    Attributes:
        heads: how many means each step takes.
        positions: whether sine waves of the step's number are added to the projected input.
        enter: projection of the input to `hidden`.
        project: projections to queries, keys and values, side by side.
        leave: projection of the joined heads.
    """

    def __init__(self, features: int, hidden: int, *, heads: int = 1, positions: bool = True, rngs: nnx.Rngs) -> None:
        """Draw the initial weights.

        Args:
            features: length of the input vectors.
            hidden: length of the output vectors, a multiple of `heads`.
            heads: how many means each step takes.
            positions: whether the number of each step is added.
            rngs: source of randomness; its stream `params` is used.

        Raises:
            ValueError: a size below 1, or `hidden` is no multiple of `heads`.
        """
        if min(features, hidden, heads) < 1 or hidden % heads:
            raise ValueError(
                f"expected sizes of at least 1 and hidden a multiple of heads, got features {features}, "
                f"hidden {hidden} and heads {heads}"
            )
        self.heads, self.positions = heads, positions
        self.enter = nnx.Linear(features, hidden, rngs=rngs)
        self.project = nnx.Linear(hidden, 3 * hidden, rngs=rngs)
        self.leave = nnx.Linear(hidden, hidden, rngs=rngs)

    def __call__(
        self, x: Float[AnyArray, "batch time feature"], *, mask: Bool[AnyArray, "batch time"] | None = None
    ) -> Float[Array, "batch time hidden"]:
        """Let every step look at every real step.

        Args:
            x: input.
            mask: True = real step.

        Returns:
            The projected input plus what attention adds to it, at every step; 0 at masked steps.

        Raises:
            ValueError: x is not (batch, time, feature), or the mask does not fit.
        """
        if x.ndim != 3:
            raise ValueError(f"expected x (batch, time, feature), got {x.shape}; one clip needs a batch axis, x[None]")
        values = jnp.asarray(x)
        if mask is not None:
            values = jnp.where(jnp.asarray(mask)[:, :, None], values, jnp.zeros_like(values))
        entered = self.enter(values)
        if self.positions:
            entered = entered + sine_positions(x.shape[1], entered.shape[2])[None]
        heads = [jnp.split(part, self.heads, axis=-1) for part in jnp.split(self.project(entered), 3, axis=-1)]
        looked = [attend(query, key, value, mask=mask) for query, key, value in zip(*heads, strict=True)]
        out = entered + self.leave(jnp.concatenate(looked, axis=-1))
        return out if mask is None else jnp.where(jnp.asarray(mask)[:, :, None], out, jnp.zeros_like(out))


def sine_positions(steps: int, features: int) -> Float[Array, "time feature"]:
    r"""The number of each step as sine and cosine waves, from one wave in 2π steps to one in 10,000 · 2π.

    Args:
        steps: how many steps.
        features: how many numbers for each; the odd ones are cosines.

    Returns:
        Numbers within −1…1, different for every step.

    Raises:
        ValueError: fewer than one feature.

    References:
        As `attend`, section 3.5.
    """
    if features < 1:
        raise ValueError(f"expected at least 1 feature, got {features}")
    rate = 10_000.0 ** (-2 * (np.arange(features) // 2) / features)
    angle = np.arange(steps)[:, None] * rate[None]
    return jnp.asarray(np.where(np.arange(features) % 2, np.cos(angle), np.sin(angle)).astype(np.float32))
