"""Clean frames or sound, a key and a strength in; the same with noise or with frames lost out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key, UInt8

from vmm_edu.features.arrays import AnyArray


def noisy_sound(
    samples: Float[AnyArray, "batch sample"], *, snr_db: float, key: Key[Array, ""]
) -> Float[Array, "batch sample"]:
    r"""Add white noise at a signal-to-noise ratio, $10 \log_{10}$ of the mean squares of sound and noise.

    Args:
        samples: sound, about −1…1; silence stays silent, for nothing times any ratio is nothing.
        snr_db: decibels; 0 makes noise as loud as the sound, smaller is worse, infinity changes nothing.
        key: source of the noise.

    Returns:
        Sound of the same shape; not clipped.

    Raises:
        ValueError: samples without two axes, or a ratio that is NaN or −infinity.
    """
    if samples.ndim != 2:
        raise ValueError(f"expected samples (batch, sample), got {samples.shape}; put one clip as samples[None]")
    x = jnp.asarray(samples)
    loudness = jnp.sqrt((x * x).mean(axis=1, keepdims=True))
    return x + _share(snr_db) * loudness * jax.random.normal(key, x.shape, x.dtype)


def noisy_frames(
    images: UInt8[AnyArray, "batch time height width channel"], *, snr_db: float, key: Key[Array, ""]
) -> UInt8[Array, "batch time height width channel"]:
    """Add Gaussian noise to every pixel at a signal-to-noise ratio.

    The signal is what differs from the clip's mean brightness: a grey wall carries nothing, however bright.

    Args:
        images: 0…255.
        snr_db: decibels, as in `noisy_sound`.
        key: source of the noise.

    Returns:
        Frames of the same shape, rounded and cut off at 0 and 255, which takes away a little of strong noise.

    Raises:
        ValueError: images without five axes, or a ratio that is NaN or −infinity.
    """
    if images.ndim != 5:
        raise ValueError(f"expected images (batch, time, height, width, channel), got {images.shape}")
    x = jnp.asarray(images).astype(jnp.float32)
    contrast = x.std(axis=(1, 2, 3, 4), keepdims=True)
    noisy = x + _share(snr_db) * contrast * jax.random.normal(key, x.shape, x.dtype)
    return jnp.clip(jnp.round(noisy), 0, 255).astype(jnp.uint8)


def frozen_frames(
    images: UInt8[AnyArray, "batch time height width channel"], *, loss: float, key: Key[Array, ""]
) -> tuple[UInt8[Array, "batch time height width channel"], Bool[Array, "batch time"]]:
    """Lose frames at random and show the last one that arrived instead, as a player does on a bad line.

    Args:
        images: 0…255.
        loss: probability that a frame is lost, 0…1; the first always arrives.
        key: source of the losses. A greater loss with the same key loses the same frames and more.

    Returns:
        Frames of the same shape, and which of them arrived.

    Raises:
        ValueError: images without five axes, or a probability outside 0…1.
    """
    if images.ndim != 5:
        raise ValueError(f"expected images (batch, time, height, width, channel), got {images.shape}")
    if not 0 <= loss <= 1:
        raise ValueError(f"expected loss in 0…1, got {loss}")
    x = jnp.asarray(images)
    arrived = (jax.random.uniform(key, x.shape[:2]) >= loss).at[:, 0].set(True)
    last = jax.lax.cummax(jnp.where(arrived, jnp.arange(x.shape[1])[None], 0), axis=1)
    return jnp.take_along_axis(x, last[:, :, None, None, None], axis=1), arrived


def _share(snr_db: float) -> float:
    """Noise amplitude over signal amplitude."""
    if not snr_db > float("-inf"):
        raise ValueError(f"expected snr_db in decibels, got {snr_db}")
    return 10.0 ** (-snr_db / 20)
