"""An image in; the same image blurred by a Gaussian out, by shifting and adding."""

from __future__ import annotations

from collections.abc import Sequence

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
    weights = bell(sigma)[radius:].tolist()
    for axis in (1, 0):
        size = image.shape[axis] - 2 * radius
        parts = [jax.lax.slice_in_dim(image, start, start + size, axis=axis) for start in range(2 * radius + 1)]
        image = weights[0] * parts[radius]
        for far in range(1, radius + 1):
            image = image + weights[far] * (parts[radius - far] + parts[radius + far])
    return image


def bell(sigma: int | float) -> Float[np.ndarray, " step"]:
    """Weights of the steps -radius … radius, which sum to 1.

    Args:
        sigma: standard deviation, in pixels.

    Returns:
        float64; the middle one is the largest.
    """
    steps = np.arange(-radius_of(sigma), radius_of(sigma) + 1)
    weights = np.exp(-0.5 * (steps / sigma) ** 2)
    return weights / weights.sum()


def blur_matrices(pixels: int, sigmas: Sequence[float]) -> Float[np.ndarray, "blur pixel other"]:
    r"""Write the blur of a row of pixels as a product with a matrix, its border included.

    A row and its mirror image, one after the other, repeat every $2n$ pixels, so the bell may be wound around a circle
    of $2n$ steps, where it has the weights $w$. Pixel $j$ stands on the circle twice, at $j$ and at $-1 - j$, and
    pixel $i$ takes from it $M_{ij} = w_{i - j} + w_{i + j + 1}$.

    Args:
        pixels: n, length of the row.
        sigmas: standard deviations, in pixels.

    Returns:
        float32; a symmetric matrix for each blur.
    """
    circle = np.zeros((len(sigmas), 2 * pixels))
    for row, sigma in zip(circle, sigmas, strict=True):
        np.add.at(row, np.arange(-radius_of(sigma), radius_of(sigma) + 1) % (2 * pixels), bell(sigma))
    circle = np.concatenate([circle, circle], axis=1).astype(np.float32)
    shifted = np.lib.stride_tricks.sliding_window_view(circle, pixels, axis=1)  # row s begins at step s
    return shifted[:, 2 * pixels : pixels : -1] + shifted[:, 1 : pixels + 1]


# Compiled: one by one, the hundred small sums would be compiled each on its own.
blurred_inside = jax.jit(blur_inside, static_argnames="sigma")
