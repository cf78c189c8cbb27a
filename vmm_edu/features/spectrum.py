"""Sound samples in; the short-time Fourier transform, one spectrum per window, out."""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, Num

from vmm_edu.features.arrays import AnyArray, check_values

LOUDEST = 8.0


class Windows(NamedTuple):
    """Sizes, in samples, that follow from times in seconds.

    Attributes:
        window_samples: length of a window.
        hop_samples: distance between the starts of two windows.
        fft_samples: length of the Fourier transform, the power of two that holds a window.
    """

    window_samples: int
    hop_samples: int
    fft_samples: int

    @classmethod
    def at_rate(cls, rate_hz: int | float, *, window_s: int | float, hop_s: int | float) -> Windows:
        """Work out the sizes.

        Args:
            rate_hz: samples per second.
            window_s: length of a window, in seconds.
            hop_s: distance between the starts of two windows, in seconds.

        Returns:
            The sizes, rounded to whole samples.

        Raises:
            ValueError: a rate that is not positive, a window under 2 samples or a hop under 1.
        """
        if not (math.isfinite(rate_hz) and rate_hz > 0):
            raise ValueError(f"expected a positive sampling rate in Hz, got {rate_hz}")
        window, hop = round(window_s * rate_hz), round(hop_s * rate_hz)
        if window < 2 or hop < 1:
            raise ValueError(
                f"expected window_s of at least 2 samples and hop_s of at least 1, got {window_s} s and {hop_s} s, "
                f"which are {window} and {hop} samples at {rate_hz:g} Hz"
            )
        return cls(window, hop, 1 << (window - 1).bit_length())

    def frames(self, samples: int) -> int:
        """Count the windows that fit.

        Args:
            samples: length of the sound.

        Returns:
            Number of whole windows, at least 1.

        Raises:
            ValueError: the sound is shorter than one window.
        """
        if samples < self.window_samples:
            raise ValueError(
                f"expected at least one window of {self.window_samples} samples, got {samples}; "
                "pad with silence or choose a shorter window_s"
            )
        return 1 + (samples - self.window_samples) // self.hop_samples


def stft(
    samples: Num[AnyArray, "*batch sample"],
    rate_hz: int | float,
    *,
    window_s: int | float = 0.025,
    hop_s: int | float = 0.010,
) -> Complex[Array, "*batch frame frequency"]:
    r"""Split sound into overlapping windows and find which frequencies each one holds.

    $$X_{m,k} = \sum_{n=0}^{N-1} w_n\, x_{mH+n}\, e^{-2πi kn/K}, \qquad w_n = \tfrac12 - \tfrac12\cos(2πn/N)$$

    with N samples in a window, hop H and K = the next power of two. Window m covers the time from m·hop_s to
    m·hop_s + window_s: nothing is padded at either end, and samples after the last whole window are not used.

    Args:
        samples: floating, about −1…1; (sample,) or (batch, sample).
        rate_hz: samples per second.
        window_s: length of a window, in seconds.
        hop_s: distance between the starts of two windows, in seconds.

    Returns:
        Complex amplitudes at the frequencies k · rate_hz / K, k = 0…K/2.

    Raises:
        ValueError: integer samples, NaN, samples far outside −1…1, a sound shorter than one window, a rate that is
            not positive, a window or a hop that is too short. Values are not looked at while JAX traces.

    References:
        J. Allen and L. Rabiner, "A unified approach to short-time Fourier analysis and synthesis", Proceedings of
        the IEEE 65, 1977, doi:10.1109/PROC.1977.10770.
    """
    sizes = Windows.at_rate(rate_hz, window_s=window_s, hop_s=hop_s)
    values = checked_samples(samples, sizes)
    return _spectra(values, sizes)


def power_spectrum(
    samples: Num[AnyArray, "*batch sample"],
    rate_hz: int | float,
    *,
    window_s: int | float = 0.025,
    hop_s: int | float = 0.010,
) -> Float[Array, "*batch frame frequency"]:
    r"""Square the short-time spectrum, free of the length of the window: $P = |X|^2 / \sum_n w_n^2$.

    White noise of variance σ² has P = σ² on average, at every frequency.

    Args:
        samples: floating, about −1…1; (sample,) or (batch, sample).
        rate_hz: samples per second.
        window_s: length of a window, in seconds.
        hop_s: distance between the starts of two windows, in seconds.

    Returns:
        Power per frequency, in squared units of the samples.

    Raises:
        ValueError: as `stft`.
    """
    sizes = Windows.at_rate(rate_hz, window_s=window_s, hop_s=hop_s)
    return _power(checked_samples(samples, sizes), sizes)


def hann(window_samples: int) -> Float[np.ndarray, " sample"]:
    """Make a window that fades in and out: half a cosine wave, periodic.

    Args:
        window_samples: its length.

    Returns:
        float64 weights 0…1; the first is 0.
    """
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window_samples) / window_samples)


def checked_samples(samples: Num[AnyArray, "*batch sample"], sizes: Windows) -> Float[Array, "*batch sample"]:
    """Check sound and make it a JAX array.

    Args:
        samples: floating, about −1…1; (sample,) or (batch, sample).
        sizes: the windows it will be cut into.

    Returns:
        The same samples as float32, or float64 where JAX has 64 bits switched on and the samples have them.

    Raises:
        ValueError: as `stft`.
    """
    if samples.ndim not in (1, 2):
        raise ValueError(
            f"expected samples (sample,) or (batch, sample), got {samples.shape}; mix channels to one first"
        )
    if not jnp.issubdtype(samples.dtype, jnp.floating):
        raise ValueError(f"expected floating samples within −1…1, got {samples.dtype}; divide 16-bit samples by 32768")
    sizes.frames(samples.shape[-1])
    # Decoded sound overshoots 1 a little; only a forgotten scaling reaches this far.
    check_values(samples, name="samples", low=-LOUDEST, high=LOUDEST, remedy="scale to −1…1 (16 bit: divide by 32768)")
    values = jnp.asarray(samples)
    return values.astype(jnp.float32) if values.dtype.itemsize < 4 else values


@functools.partial(jax.jit, static_argnums=1)
def _spectra(samples: Float[Array, "*batch sample"], sizes: Windows) -> Complex[Array, "*batch frame frequency"]:
    starts = np.arange(sizes.frames(samples.shape[-1])) * sizes.hop_samples
    index = starts[:, None] + np.arange(sizes.window_samples)[None, :]
    window = jnp.asarray(hann(sizes.window_samples), samples.dtype)
    windows = samples[..., index]
    return jnp.fft.rfft(windows * jnp.broadcast_to(window, windows.shape), sizes.fft_samples)


@functools.partial(jax.jit, static_argnums=1)
def _power(samples: Float[Array, "*batch sample"], sizes: Windows) -> Float[Array, "*batch frame frequency"]:
    """One program for each shape, instead of one for each operation."""
    spectra, window = _spectra(samples, sizes), hann(sizes.window_samples)
    return (spectra.real**2 + spectra.imag**2) / float(window @ window)
