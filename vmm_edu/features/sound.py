"""Sound samples in; log-mel spectra or mel-frequency cepstral coefficients out."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.spectrum import Windows, power_spectrum


def log_mel(
    samples: Num[AnyArray, "*batch sample"],
    rate_hz: int | float,
    *,
    window_s: int | float = 0.025,
    hop_s: int | float = 0.010,
    mels: int = 40,
    low_hz: int | float = 0.0,
    high_hz: int | float | None = None,
    floor: int | float = 1e-10,
) -> Float[Array, "*batch frame mel"]:
    r"""Describe sound by how loud it is in bands as wide as the ear's, window by window.

    $$L_{m,b} = \ln \max\Big(\sum_k M_{b,k} P_{m,k},\ \text{floor}\Big)$$

    with the power spectrum P of `power_spectrum` and the triangular bands M of `mel_filters`. Window m covers the
    time from m·hop_s to m·hop_s + window_s; nothing is padded.

    Args:
        samples: floating, about −1…1; (sample,) or (batch, sample).
        rate_hz: samples per second.
        window_s: length of a window, in seconds.
        hop_s: distance between the starts of two windows, in seconds.
        mels: number of bands.
        low_hz: lower end of the lowest band.
        high_hz: upper end of the highest band; None: half the sampling rate.
        floor: power below which all is silence. Silence gives ln(floor), not −∞, and gradient 0.

    Returns:
        Natural logarithms of power; 10 / ln 10 = 4.34 times that is decibels.

    Raises:
        ValueError: integer samples, NaN, samples far outside −1…1, a sound shorter than one window, a floor that is
            not positive, or bands that do not fit (see `mel_filters`). Values are not looked at while JAX traces.

    References:
        S. Davis and P. Mermelstein, IEEE Transactions on Acoustics, Speech, and Signal Processing 28, 1980,
        doi:10.1109/TASSP.1980.1163420.
    """
    if not floor > 0:
        raise ValueError(f"expected a positive floor, got {floor}; the logarithm of 0 is −∞")
    sizes = Windows.at_rate(rate_hz, window_s=window_s, hop_s=hop_s)
    filters = mel_filters(rate_hz, fft_samples=sizes.fft_samples, mels=mels, low_hz=low_hz, high_hz=high_hz)
    power = power_spectrum(samples, rate_hz, window_s=window_s, hop_s=hop_s)
    return _log_bands(power, filters.T.astype(power.dtype), floor)


@functools.partial(jax.jit, static_argnums=2)
def _log_bands(
    power: Float[Array, "*batch frame frequency"], filters: Float[AnyArray, "frequency mel"], floor: int | float
) -> Float[Array, "*batch frame mel"]:
    return jnp.log(jnp.maximum(jnp.matmul(power, filters, precision="highest"), floor))


def mel_filters(
    rate_hz: int | float,
    *,
    fft_samples: int,
    mels: int = 40,
    low_hz: int | float = 0.0,
    high_hz: int | float | None = None,
) -> Float[np.ndarray, "mel frequency"]:
    r"""Make triangular bands that are equally wide on the mel scale, on which steps sound equal.

    The corners of the triangles are equally spaced in $\text{mel} = 2595 \log_{10}(1 + f / 700)$; band b rises from 0
    at corner b to 1 at corner b + 1 and falls to 0 at corner b + 2, linearly in Hz.

    Args:
        rate_hz: samples per second.
        fft_samples: length of the Fourier transform.
        mels: number of bands.
        low_hz: first corner.
        high_hz: last corner; None: half the sampling rate.

    Returns:
        float64 weights 0…1 at the frequencies k · rate_hz / fft_samples, k = 0 … fft_samples // 2.

    Raises:
        ValueError: no band, corners not ordered 0 ≤ low_hz < high_hz ≤ rate_hz / 2, or bands so narrow that one falls
            between two frequencies of the transform.

    References:
        D. O'Shaughnessy, "Speech Communication: Human and Machine", Addison-Wesley 1987, gives the formula, which
        HTK made common. Slaney's variant (linear below 1 kHz, bands of equal area) is another one.
    """
    high = rate_hz / 2 if high_hz is None else high_hz
    if mels < 1:
        raise ValueError(f"expected at least 1 mel band, got {mels}")
    if not 0 <= low_hz < high <= rate_hz / 2:
        raise ValueError(
            f"expected 0 ≤ low_hz < high_hz ≤ {rate_hz / 2:g} Hz (half the sampling rate), got {low_hz:g} and {high:g}"
        )
    corner = mel_to_hz(np.linspace(hz_to_mel(low_hz), hz_to_mel(high), mels + 2))
    frequency = np.arange(fft_samples // 2 + 1) * rate_hz / fft_samples
    left, top, right = corner[:-2, None], corner[1:-1, None], corner[2:, None]
    rising, falling = (frequency - left) / (top - left), (right - frequency) / (right - top)
    filters = np.maximum(0, np.minimum(rising, falling))
    empty = np.flatnonzero(filters.sum(axis=1) == 0)
    if empty.size:
        raise ValueError(
            f"expected bands that each hold a frequency of the transform, got {empty.size} empty of {mels}; "
            "use fewer mels or a longer window_s"
        )
    return filters


def hz_to_mel(frequency_hz: Num[AnyArray, "*shape"] | int | float) -> Float[np.ndarray, "*shape"]:
    r"""Convert frequency to pitch: $2595 \log_{10}(1 + f / 700)$.

    Args:
        frequency_hz: one or many, at least 0.

    Returns:
        float64 mel, in the same shape.

    Raises:
        ValueError: a negative frequency.
    """
    return np.asarray(2595 * np.log10(1 + _not_negative(frequency_hz, "frequencies") / 700))


def mel_to_hz(mel: Num[AnyArray, "*shape"] | int | float) -> Float[np.ndarray, "*shape"]:
    r"""Convert pitch to frequency: $700\,(10^{\text{mel} / 2595} - 1)$.

    Args:
        mel: one or many, at least 0.

    Returns:
        float64 Hz, in the same shape.

    Raises:
        ValueError: a negative pitch.
    """
    return np.asarray(700 * (10 ** (_not_negative(mel, "mel values") / 2595) - 1))


def mfcc(
    log_mels: Float[AnyArray, "*batch frame mel"], *, coefficients: int = 13
) -> Float[Array, "*batch frame coefficient"]:
    r"""Describe the outline of each spectrum by few numbers: the orthonormal cosine transform of its log-mel bands.

    $$C_q = s_q \sum_{b=0}^{B-1} L_b \cos\big(π q (b + \tfrac12) / B\big), \quad s_0 = \sqrt{1/B},\ s_q = \sqrt{2/B}$$

    Args:
        log_mels: from `log_mel`.
        coefficients: how many to keep, from the smoothest on; coefficient 0 is loudness.

    Returns:
        Mel-frequency cepstral coefficients. No liftering.

    Raises:
        ValueError: `coefficients` not within 1 … number of bands.

    References:
        S. Davis and P. Mermelstein, 1980, doi:10.1109/TASSP.1980.1163420.
    """
    mels = log_mels.shape[-1]
    if not 1 <= coefficients <= mels:
        raise ValueError(f"expected coefficients within 1 … {mels} (the bands of log_mels), got {coefficients}")
    order, band = np.arange(coefficients)[:, None], np.arange(mels)[None, :]
    cosines = np.cos(np.pi * order * (band + 0.5) / mels) * np.where(order == 0, np.sqrt(1 / mels), np.sqrt(2 / mels))
    values = jnp.asarray(log_mels)
    return jnp.matmul(values, jnp.asarray(cosines.T, values.dtype), precision="highest")


def _not_negative(values: AnyArray | int | float, name: str) -> Float[np.ndarray, "*shape"]:
    numbers = np.asarray(values, float)
    if (numbers < 0).any():
        raise ValueError(f"expected {name} of at least 0, got {numbers.min():g}")
    return numbers
