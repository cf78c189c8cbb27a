"""Features over time in; one vector per clip out."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from vmm_edu.features.arrays import AnyArray


def mean_pool(
    x: Float[AnyArray, "batch time feature"], *, mask: Bool[AnyArray, "batch time"] | None = None
) -> Float[Array, "batch feature"]:
    """Average over the real steps.

    Args:
        x: features.
        mask: True = real step; None: all are real. What masked steps contain (NaN too) changes nothing.

    Returns:
        The mean of each clip; 0, with gradient 0, for a clip without a real step.

    Raises:
        ValueError: x is not (batch, time, feature), or the mask does not fit.
    """
    values, real = _checked(x, mask)
    kept = jnp.where(real[:, :, None], values, jnp.zeros_like(values))
    steps = jnp.maximum(real.sum(axis=1), 1).astype(values.dtype)
    return kept.sum(axis=1) / steps[:, None]


def last_pool(
    x: Float[AnyArray, "batch time feature"], *, mask: Bool[AnyArray, "batch time"] | None = None
) -> Float[Array, "batch feature"]:
    """Take the last real step.

    Args:
        x: features.
        mask: True = real step; None: all are real.

    Returns:
        One step of each clip; 0, with gradient 0, for a clip without a real step.

    Raises:
        ValueError: x is not (batch, time, feature), or the mask does not fit.
    """
    values, real = _checked(x, mask)
    later = jnp.cumsum(real[:, ::-1], axis=1)[:, ::-1]
    last = real & (later == 1)
    return jnp.where(last[:, :, None], values, jnp.zeros_like(values)).sum(axis=1)


def _checked(x: AnyArray, mask: AnyArray | None) -> tuple[Array, Array]:
    if x.ndim != 3:
        raise ValueError(f"expected x (batch, time, feature), got {x.shape}; one clip needs a batch axis, x[None]")
    if not jnp.issubdtype(x.dtype, jnp.floating):
        raise ValueError(f"expected floating x, got {x.dtype}; cast it with astype")
    if mask is not None and (mask.shape != x.shape[:2] or mask.dtype != jnp.bool_):
        raise ValueError(
            f"expected mask bool (batch, time) = {x.shape[:2]}, True = real, got {mask.dtype} {mask.shape}"
        )
    real = jnp.ones(x.shape[:2], bool) if mask is None else jnp.asarray(mask)
    return jnp.asarray(x), real
