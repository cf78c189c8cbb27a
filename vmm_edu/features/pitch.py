"""Sound samples in; how high the voice is in each window, and how sure that is, out."""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.spectrum import Windows, checked_samples

# A peak this close to the highest one counts: a sound that repeats after one period repeats after two as well.
NEARLY_HIGHEST = 0.9


class Pitch(NamedTuple):
    """Pitch of each window.

    Attributes:
        frequency_hz: how often the sound repeats itself in a second; 0 where it does not.
        clarity: how alike one period and the next are: 1 for a perfect repetition, near 0 for noise.
    """

    frequency_hz: Float[Array, "*batch frame"]
    clarity: Float[Array, "*batch frame"]


def pitch(
    samples: Num[AnyArray, "*batch sample"],
    rate_hz: int | float,
    *,
    window_s: int | float = 0.030,
    hop_s: int | float = 0.010,
    low_hz: int | float = 70.0,
    high_hz: int | float = 400.0,
) -> Pitch:
    r"""Find the shortest delay after which each window of sound looks like itself.

    $$n(τ) = \frac{2 \sum_{t=0}^{N-1} x_t\, x_{t+τ}}{\sum_{t=0}^{N-1} x_t^2 + x_{t+τ}^2}$$

    is 1 for a delay τ of a whole number of periods. The first peak that reaches 0.9 of the highest one is taken, and
    a parabola through it and its neighbours places it between the samples. Window m covers the time from m·hop_s to
    m·hop_s + window_s + 1 / low_hz.

    Args:
        samples: floating, about −1…1; (sample,) or (batch, sample).
        rate_hz: samples per second.
        window_s: how long the piece is that is compared with its later self, in seconds; one period at least.
        hop_s: distance between the starts of two windows, in seconds.
        low_hz: lowest pitch that is looked for.
        high_hz: highest one.

    Returns:
        Pitch and clarity of every window.

    Raises:
        ValueError: as `stft`, and where 0 < low_hz < high_hz ≤ rate_hz / 4 does not hold.

    References:
        P. McLeod and G. Wyvill, "A smarter way to find pitch", International Computer Music Conference 2005,
        https://hdl.handle.net/2027/spo.bbp2372.2005.107. There the two pieces shrink as the delay grows; here both
        keep their length.
    """
    if not (math.isfinite(low_hz) and 0 < low_hz < high_hz <= rate_hz / 4):
        raise ValueError(
            f"expected 0 < low_hz < high_hz ≤ {rate_hz / 4:g} Hz (a quarter of the sampling rate), "
            f"got {low_hz:g} and {high_hz:g}"
        )
    compared = Windows.at_rate(rate_hz, window_s=window_s, hop_s=hop_s)
    shortest, longest = int(rate_hz / high_hz), math.ceil(rate_hz / low_hz)
    needed = compared.window_samples + longest + 1
    whole = Windows(needed, compared.hop_samples, 1 << (needed - 1).bit_length())
    lag, clarity = _best_lags(checked_samples(samples, whole), whole, compared.window_samples, (shortest, longest))
    return Pitch(jnp.where(lag > 0, rate_hz / jnp.where(lag > 0, lag, 1.0), 0.0), clarity)


@functools.partial(jax.jit, static_argnums=(1, 2, 3))
def _best_lags(
    samples: Float[Array, "*batch sample"], whole: Windows, compared: int, lags: tuple[int, int]
) -> tuple[Float[Array, "*batch frame"], Float[Array, "*batch frame"]]:
    starts = np.arange(whole.frames(samples.shape[-1])) * whole.hop_samples
    later = samples[..., starts[:, None] + np.arange(whole.window_samples)[None, :]]
    spectra = [jnp.fft.rfft(part, whole.fft_samples) for part in (later[..., :compared], later)]
    products = jnp.fft.irfft(jnp.conj(spectra[0]) * spectra[1], whole.fft_samples)
    energy = jnp.cumsum(later**2, axis=-1)
    energy = jnp.pad(energy, [(0, 0)] * (energy.ndim - 1) + [(1, 0)])
    shortest, longest = lags
    delays = np.arange(shortest - 1, longest + 2)
    both = energy[..., compared : compared + 1] + energy[..., delays + compared] - energy[..., delays]
    alike = jnp.where(both > 0, 2 * products[..., delays] / jnp.where(both > 0, both, 1.0), 0.0)
    before, here, after = alike[..., :-2], alike[..., 1:-1], alike[..., 2:]
    height = jnp.where((here > before) & (here >= after), here, 0.0)
    highest = height.max(axis=-1, keepdims=True)
    # argmax of booleans is the first True.
    first = jnp.argmax((height >= NEARLY_HIGHEST * highest) & (height > 0), axis=-1)[..., None]
    low, top, high = (jnp.take_along_axis(part, first, axis=-1)[..., 0] for part in (before, here, after))
    bend = low - 2 * top + high
    shift = jnp.where(bend < 0, 0.5 * (low - high) / jnp.where(bend < 0, bend, 1.0), 0.0)
    found = highest[..., 0] > 0
    lag = jnp.where(found, first[..., 0].astype(top.dtype) + shortest + shift, 0.0)
    return lag, jnp.where(found, top, 0.0)
