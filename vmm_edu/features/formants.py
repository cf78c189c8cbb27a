"""Samples of a voice in; the resonances of the mouth that made them, by linear prediction, out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.spectrum import Windows, checked_samples


class LinearPrediction(NamedTuple):
    """How each sample follows from those before it.

    Attributes:
        coefficients: weights of the last sample, the one before it, and so on.
        error: energy that they leave unexplained, in squared units of the samples.
    """

    coefficients: Float[np.ndarray, "*batch order"]
    error: Float[np.ndarray, "*batch"]


def linear_prediction(samples: Num[AnyArray, "*batch sample"], *, order: int) -> LinearPrediction:
    r"""Predict each sample from the last few, with the weights that leave least unexplained.

    $$\hat{x}_t = \sum_{j=1}^{p} a_j\, x_{t-j}, \qquad \sum_{j=1}^{p} a_j\, r_{|i-j|} = r_i \ \text{for}\ i = 1 … p$$

    with $r_i = \sum_t x_t x_{t+i}$ (the autocorrelation method: nothing before and after). The equations are solved
    one order after the other by Levinson and Durbin's recursion, p² instead of p³ products, in float64: they are too
    nearly singular for less.

    Args:
        samples: pieces of sound, faded in and out by a window.
        order: how many earlier samples p are used.

    Returns:
        Weights and what they leave; silence has weights 0.

    Raises:
        ValueError: an order below 1, or not more samples than that.

    References:
        J. Makhoul, "Linear prediction: a tutorial review", Proceedings of the IEEE 63, 1975,
        doi:10.1109/PROC.1975.9792.
    """
    x = np.asarray(samples, np.float64)
    if order < 1 or x.shape[-1] <= order:
        raise ValueError(f"expected an order of at least 1 and more samples than that, got {order} and {x.shape[-1]}")
    spectrum = np.fft.rfft(x, 2 * x.shape[-1])
    r = np.fft.irfft(np.abs(spectrum) ** 2)[..., : order + 1]
    a = np.zeros((*x.shape[:-1], order))
    error = r[..., 0].copy()
    for i in range(order):
        # What the i weights so far leave of the next correlation decides the new weight.
        missing = r[..., i + 1] - (a[..., :i] * r[..., i:0:-1]).sum(axis=-1)
        k = np.divide(missing, error, out=np.zeros_like(error), where=error > 1e-300)
        a[..., :i] -= k[..., None] * a[..., :i][..., ::-1]
        a[..., i] = k
        error = error * (1 - k**2)
    return LinearPrediction(a, error)


def formants(
    samples: Num[AnyArray, " sample"],
    rate_hz: int | float,
    *,
    window_s: int | float = 0.040,
    hop_s: int | float = 0.010,
    order: int = 12,
    count: int = 3,
    widest_hz: int | float = 400.0,
    pre_emphasis: int | float = 0.0,
) -> Float[np.ndarray, "frame formant"]:
    r"""Find the frequencies at which the mouth resonates, window by window.

    A resonance is a pair of roots of $1 - \sum_j a_j z^{-j}$ near the circle $|z| = 1$: its angle is the frequency,
    its distance from the circle the bandwidth, $-\ln|z| \cdot \text{rate} / π$.

    Args:
        samples: a voice, best at 8 kHz, so that there are few weights and the first formants are what they describe.
        rate_hz: samples per second.
        window_s: length of a window, in seconds.
        hop_s: distance between the starts of two windows, in seconds.
        order: number of weights of `linear_prediction`: two for each resonance, and a few.
        count: how many formants to return.
        widest_hz: roots with a larger bandwidth are no resonances.
        pre_emphasis: share of the sample before that is taken off each sample: 0.97 for real voices, whose source fades
            towards high frequencies; 0 for a source of bare pulses.

    Returns:
        Frequencies in Hz, the lowest first; NaN where a window has fewer.

    Raises:
        ValueError: as `stft` and `linear_prediction`, several sounds, or no formant asked for.

    References:
        J. Makhoul, 1975, doi:10.1109/PROC.1975.9792; the formulas for angle and distance are those of
        B. Atal and S. Hanauer, Journal of the Acoustical Society of America 50, 1971, doi:10.1121/1.1912679.
    """
    if samples.ndim != 1 or count < 1:
        raise ValueError(f"expected samples (sample,) and count ≥ 1, got {samples.shape} and {count}")
    sizes = Windows.at_rate(rate_hz, window_s=window_s, hop_s=hop_s)
    x = np.asarray(checked_samples(samples, sizes), np.float64)
    x = x - pre_emphasis * np.concatenate([[0.0], x[:-1]])
    windows = np.lib.stride_tricks.sliding_window_view(x, sizes.window_samples)[:: sizes.hop_samples]
    weights = linear_prediction(windows * np.hamming(sizes.window_samples), order=order).coefficients
    companion = np.zeros((len(windows), order, order))
    companion[:, 0] = weights
    companion[:, np.arange(1, order), np.arange(order - 1)] = 1
    roots = np.linalg.eigvals(companion).astype(complex)
    with np.errstate(divide="ignore"):
        width_hz = -np.log(np.abs(roots)) * rate_hz / np.pi
    frequency_hz = np.angle(roots) * rate_hz / (2 * np.pi)
    frequency_hz[(frequency_hz <= 0) | (width_hz > widest_hz)] = np.nan
    found = np.sort(frequency_hz, axis=1)[:, :count]  # NaN comes last
    return np.pad(found, ((0, 0), (0, count - found.shape[1])), constant_values=np.nan)
