"""Training images and a key in; the same images mirrored, shifted or turned into their negative at random out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from vmm_edu.features.arrays import AnyArray


def augment(
    images: Float[AnyArray, "batch height width channel"],
    *,
    key: Key[Array, ""],
    shift: int = 6,
    mirror: bool = True,
    negative: bool = False,
) -> Float[Array, "batch height width channel"]:
    """Change each image in a way that leaves its label as it is.

    Which changes those are is for you to say: a mirrored star is a star, a mirrored "b" is a "d".

    Args:
        images: 0…1.
        key: source of the choices.
        shift: largest shift along each axis, pixels; the border is repeated into the gap.
        mirror: swap left and right in half of the images.
        negative: make 1 − x of half of the images: a dark thing on light becomes a light thing on dark.

    Returns:
        Images of the same shape.

    Raises:
        ValueError: a negative `shift`, or images without four axes.
    """
    x = jnp.asarray(images)
    if shift < 0 or x.ndim != 4:
        raise ValueError(
            f"expected images (batch, height, width, channel) and shift of at least 0, got {x.shape} and {shift}"
        )
    mirror_key, shift_key, negative_key = jax.random.split(key, 3)
    if mirror:
        x = jnp.where(jax.random.bernoulli(mirror_key, shape=(len(x), 1, 1, 1)), x[:, :, ::-1], x)
    if negative:
        x = jnp.where(jax.random.bernoulli(negative_key, shape=(len(x), 1, 1, 1)), 1 - x, x)
    if not shift:
        return x
    padded = jnp.pad(x, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    corners = jax.random.randint(shift_key, (len(x), 2), 0, 2 * shift + 1)
    shape = x.shape[1:]
    return jax.vmap(lambda image, corner: jax.lax.dynamic_slice(image, (corner[0], corner[1], 0), shape))(
        padded, corners
    )
