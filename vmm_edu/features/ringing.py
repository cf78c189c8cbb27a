"""Samples of a struck thing in; when it is struck, at which pitch it rings and how fast that fades, out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.onsets import onsets

BLOCK_S = 0.005  # One and a half periods of the lowest pitch that a thing here rings at.
SHORTEST, LONGEST = 3, 80  # Blocks of a fall; more say no more.
FALL_DB = 25.0


class Ringing(NamedTuple):
    """How a struck thing sounds.

    Attributes:
        onset_s: when it is struck first, in seconds.
        frequency_hz: the frequency at which it is loudest just after that.
        decay_db_s: how fast its energy falls, in decibels a second.
    """

    onset_s: float
    frequency_hz: float
    decay_db_s: float


def ringing(samples: Num[AnyArray, " sample"], rate_hz: int | float) -> Ringing:
    r"""Describe the first stroke of a sound.

    A mode $e^{-d f t} \sin 2π f t$ loses $20\,d f / \ln 10$ decibels a second. The energy of blocks of 5 ms is
    followed from the loudest of the first ones until it has fallen by 25 dB or the next stroke comes; the decay is
    the slope of the straight line through them. Several modes that fade at different speeds give a slope between
    theirs.

    Args:
        samples: one sound, floating, about −1…1.
        rate_hz: samples per second.

    Returns:
        Onset, pitch and decay.

    Raises:
        ValueError: as `onsets`; no stroke is found, or the sound ends less than 100 ms after it.
    """
    starts_s = onsets(samples, rate_hz)
    if not len(starts_s):
        raise ValueError("expected a stroke, found no onset; give a sound in which something begins")
    x, start, block = np.asarray(samples, np.float64), round(starts_s[0] * rate_hz), round(BLOCK_S * rate_hz)
    spectrum_samples = round(0.1 * rate_hz)
    if start + spectrum_samples > len(x):
        raise ValueError(f"expected at least 0.1 s of sound after the onset at {starts_s[0]:.3f} s; it ends before")
    until_s = next((after - starts_s[0] for after in starts_s[1:]), np.inf)
    blocks = int(min((len(x) - start) / block, until_s * rate_hz / block - 2, LONGEST))
    energy = (x[start : start + blocks * block].reshape(blocks, block) ** 2).mean(axis=1)
    level_db = 10 * np.log10(energy + 1e-12)
    top = int(level_db[: SHORTEST + 1].argmax())
    fallen = np.flatnonzero(level_db < level_db[top] - FALL_DB)
    end = min(max(int(fallen[0]) if len(fallen) else blocks, top + SHORTEST), blocks)
    slope = np.polyfit(np.arange(top, end) * block / rate_hz, level_db[top:end], 1)[0]
    piece = x[start : start + spectrum_samples] * np.hanning(spectrum_samples)
    fine = 1 << (4 * spectrum_samples).bit_length()
    loudest = int(np.abs(np.fft.rfft(piece, fine)).argmax())
    return Ringing(float(starts_s[0]), loudest * rate_hz / fine, float(-slope))
