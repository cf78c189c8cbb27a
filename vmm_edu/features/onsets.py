"""Sound samples in; the moments at which something new begins to sound out."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.sound import log_mel

DECIBELS = 10 / math.log(10)
# Under a window that fades in and out, the energy of a stroke rises fastest when it has come so far.
INTO_WINDOW = 2 / 3


def spectral_flux(
    samples: Num[AnyArray, "*batch sample"],
    rate_hz: int | float,
    *,
    window_s: int | float = 0.016,
    hop_s: int | float = 0.004,
    mels: int = 20,
    quiet_db: int | float = 60.0,
) -> Float[Array, "*batch step"]:
    r"""Measure how much louder each band became from one window to the next, averaged over the bands.

    $$F_m = \frac{1}{B} \sum_b \max(0, L_{m+1,b} - L_{m,b})$$

    with the bands L of `log_mel` in decibels. Bands that fade count 0: an end is no beginning.

    Args:
        samples: floating, about −1…1; (sample,) or (batch, sample).
        rate_hz: samples per second.
        window_s: length of a window, in seconds.
        hop_s: distance between the starts of two windows, in seconds.
        mels: number of bands.
        quiet_db: what lies so far below the loudest band of the sound counts as silence.

    Returns:
        Decibels, at least 0; one number for each pair of neighbouring windows.

    Raises:
        ValueError: as `log_mel`, or `quiet_db` not positive.

    References:
        J. Bello and others, "A tutorial on onset detection in music signals", IEEE Transactions on Speech and Audio
        Processing 13, 2005, doi:10.1109/TSA.2005.851998. There differences of magnitudes, here of decibels.
    """
    if not quiet_db > 0:
        raise ValueError(f"expected a positive quiet_db, got {quiet_db}")
    loudness = DECIBELS * log_mel(samples, rate_hz, window_s=window_s, hop_s=hop_s, mels=mels)
    silence = loudness.max(axis=(-2, -1), keepdims=True) - quiet_db
    heard = jnp.maximum(loudness, silence)
    return jnp.maximum(heard[..., 1:, :] - heard[..., :-1, :], 0).mean(axis=-1)


def onsets(
    samples: Num[AnyArray, " sample"],
    rate_hz: int | float,
    *,
    window_s: int | float = 0.016,
    hop_s: int | float = 0.004,
    rise_db: int | float = 3.0,
    gap_s: int | float = 0.05,
) -> Float[np.ndarray, " onset"]:
    """Find the moments at which something begins to sound: the peaks of `spectral_flux`.

    Args:
        samples: one sound, floating, about −1…1.
        rate_hz: samples per second.
        window_s: length of a window, in seconds.
        hop_s: distance between the starts of two windows, in seconds.
        rise_db: a peak below this is chance.
        gap_s: two onsets are at least so far apart.

    Returns:
        Seconds after the first sample, in order.

    Raises:
        ValueError: as `spectral_flux`, several sounds, or `rise_db` or `gap_s` not positive.
    """
    if samples.ndim != 1:
        raise ValueError(f"expected samples (sample,), got {samples.shape}; find the onsets of one sound at a time")
    if not (rise_db > 0 and gap_s > 0):
        raise ValueError(f"expected positive rise_db and gap_s, got {rise_db} and {gap_s}")
    flux = np.asarray(spectral_flux(samples, rate_hz, window_s=window_s, hop_s=hop_s), np.float64)
    reach = max(1, round(gap_s / hop_s))
    around = np.lib.stride_tricks.sliding_window_view(np.pad(flux, reach), 2 * reach + 1).max(axis=1)
    peaks = np.flatnonzero((flux >= rise_db) & (flux == around))
    hop = round(hop_s * rate_hz) / rate_hz
    return (peaks + 1) * hop + INTO_WINDOW * window_s
