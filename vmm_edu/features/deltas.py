"""Features step by step in; how fast each of them changes out."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from vmm_edu.features.arrays import AnyArray


def deltas(
    features: Float[AnyArray, "*batch frame feature"], *, reach: int = 2
) -> Float[Array, "*batch frame feature"]:
    r"""Find the slope of the straight line that fits each frame and its neighbours best.

    $$\Delta_t = \frac{\sum_{n=1}^{N} n\,(x_{t+n} - x_{t-n})}{2 \sum_{n=1}^{N} n^2}$$

    Before the first frame stands the first once more, after the last the last: there the slope comes out smaller
    than it is. Deltas of deltas are the second differences that speech recognisers add.

    Args:
        features: one row per frame, such as log-mel bands or cepstral coefficients.
        reach: how many frames N the line reaches to each side.

    Returns:
        Change per frame, in the units of the features; the same shape.

    Raises:
        ValueError: no frame axis, no frame, or a reach below 1.

    References:
        S. Furui, IEEE Transactions on Acoustics, Speech, and Signal Processing 34, 1986,
        doi:10.1109/TASSP.1986.1164788; the repeated ends are HTK's.
    """
    if features.ndim < 2 or not features.shape[-2]:
        raise ValueError(f"expected features (frame, feature) or (batch, frame, feature), got {features.shape}")
    if reach < 1:
        raise ValueError(f"expected a reach of at least 1 frame, got {reach}")
    return _slopes(jnp.asarray(features), reach)


@functools.partial(jax.jit, static_argnums=1)
def _slopes(values: Float[Array, "*batch frame feature"], reach: int) -> Float[Array, "*batch frame feature"]:
    time = values.shape[-2]
    ends = [(0, 0)] * (values.ndim - 2) + [(reach, reach), (0, 0)]
    padded = jnp.pad(values, ends, mode="edge")
    total = jnp.zeros_like(values)
    for n in range(1, reach + 1):
        later, earlier = padded[..., reach + n :, :], padded[..., reach - n :, :]
        total = total + n * (later[..., :time, :] - earlier[..., :time, :])
    return total / (2 * sum(n * n for n in range(1, reach + 1)))
