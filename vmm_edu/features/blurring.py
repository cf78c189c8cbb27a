"""An image in; the same image blurred by a Gaussian out, by shifting and adding."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from vmm_edu.features.arrays import AnyArray

# The bell is cut where it has fallen to e^-8 of its height, as in SciPy.
TRUNCATE = 4.0


def gaussian_blur(image: Float[AnyArray, "height width"], sigma: int | float) -> Float[Array, "height width"]:
    r"""Replace every pixel by a weighted mean of its surroundings; the weights are a bell of width `sigma`.

    $$L(x, y) = \sum_{i, j} w_i w_j I(x + i, y + j), \qquad w_i \propto e^{-i^2 / 2σ^2}, \qquad \sum_i w_i = 1$$

    The sum over both axes is two sums over one axis each. Beyond the border the image is continued by its mirror image.

    Args:
        image: floating, any range.
        sigma: standard deviation of the bell, in pixels, above 0.

    Returns:
        The blurred image, of the same size; float32 unless JAX has 64 bits switched on.

    Raises:
        ValueError: `sigma` is not above 0.

    References:
        The same values as `scipy.ndimage.gaussian_filter` with its defaults.
    """
    if not sigma > 0:
        raise ValueError(f"expected sigma above 0, got {sigma}; an image that should stay as it is needs no blur")
    return blurred_inside(jnp.pad(jnp.asarray(image), radius_of(sigma), mode="symmetric"), sigma=float(sigma))


def radius_of(sigma: int | float) -> int:
    """Pixels on each side that the bell reaches.

    Args:
        sigma: standard deviation, in pixels.

    Returns:
        The radius, in pixels.
    """
    return int(TRUNCATE * sigma + 0.5)


def blur_inside(image: Float[Array, "high wide"], sigma: int | float) -> Float[Array, "height width"]:
    """Blur where the whole bell lies inside the image: the result is smaller by `radius_of(sigma)` on each side.

    Shifted copies are added up, because a convolution with one channel is ten times slower on a CPU.

    Args:
        image: floating, with its surroundings.
        sigma: standard deviation, in pixels.

    Returns:
        The blurred middle of the image.
    """
    radius = radius_of(sigma)
    bell = np.exp(-0.5 * (np.arange(radius + 1) / sigma) ** 2)
    weights = (bell / (2 * bell.sum() - bell[0])).tolist()
    for axis in (1, 0):
        size = image.shape[axis] - 2 * radius
        parts = [jax.lax.slice_in_dim(image, start, start + size, axis=axis) for start in range(2 * radius + 1)]
        image = weights[0] * parts[radius]
        for far in range(1, radius + 1):
            image = image + weights[far] * (parts[radius - far] + parts[radius + far])
    return image


# Compiled: one by one, the hundred small sums would be compiled each on its own.
blurred_inside = jax.jit(blur_inside, static_argnames="sigma")
