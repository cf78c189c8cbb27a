"""Gradients of several channels in; at every pixel the longest one out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Planes = Float[Array, "*batch height width channel"]
Plane = Float[Array, "*batch height width"]


def strongest_channel(x: Planes, y: Planes) -> tuple[Plane, Plane]:
    """Take the gradient of the channel where it is longest, the first one where several are.

    8-bit colours often have channels whose gradients are equally long and point elsewhere: (3, 1) and (1, 3). Which
    one wins is then a matter of the last bit, so lengths are computed to the last bit, as NumPy's `hypot` rounds them.

    Args:
        x: differences to the right, 0…1.
        y: differences downward.

    Returns:
        Both, of one channel.

    Raises:
        ValueError: none of its own.
    """
    length = jax.lax.stop_gradient(_length(x, y))
    best_x, best_y, best = x[..., 0], y[..., 0], length[..., 0]
    for channel in range(1, x.shape[-1]):
        longer = length[..., channel] > best
        best_x = jnp.where(longer, x[..., channel], best_x)
        best_y = jnp.where(longer, y[..., channel], best_y)
        best = jnp.maximum(length[..., channel], best)
    return best_x, best_y


def _rounded(value: Planes) -> Planes:
    """The value as it is; keeps the compiler from fusing a product and a sum, whose error is what we are after."""
    bits = jnp.finfo(value.dtype)
    return jax.lax.reduce_precision(value, bits.nexp, bits.nmant)


def _square(value: Planes) -> tuple[Planes, Planes]:
    """A rounded square and its rounding error, by splitting the factor in two halves (Dekker 1971)."""
    shifted = _rounded(value * (2.0 ** -(-(jnp.finfo(value.dtype).nmant + 1) // 2) + 1))
    high = _rounded(shifted - _rounded(shifted - value))
    low = _rounded(value - high)
    square = _rounded(value * value)
    return square, _rounded(_rounded(_rounded(high * high - square) + _rounded(2 * high * low)) + low * low)


def _length(x: Planes, y: Planes) -> Planes:
    """√(x² + y²), correctly rounded but for rare cases: a root, then one step of Newton on the exact remainder."""
    large, small = jnp.maximum(jnp.abs(x), jnp.abs(y)), jnp.minimum(jnp.abs(x), jnp.abs(y))
    (a, a_lost), (b, b_lost) = _square(large), _square(small)
    total = _rounded(a + b)
    lost = _rounded(b - _rounded(total - a)) + a_lost + b_lost
    root = jnp.sqrt(total)
    again, again_lost = _square(root)
    remainder = _rounded(total - again) - again_lost + lost
    return _rounded(root + remainder / (2 * jnp.where(root > 0, root, 1)))
