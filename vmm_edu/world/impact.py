"""Sounds: objects that ring when struck, and tones that glide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Samples = Float[np.ndarray, " sample"]
RATE_HZ = 16_000


@dataclass(frozen=True)
class Modes:
    """How a material rings: mode frequencies over the lowest, their strengths, and damping per cycle."""

    ratios: tuple[float, ...]
    strengths: tuple[float, ...]
    dampings: tuple[float, ...]


# A free bar has modes 1, 2.76, 5.40, 8.93; wood and rubber keep fewer and lose them faster.
MATERIALS: dict[str, Modes] = {
    "metal": Modes((1.0, 2.76, 5.40, 8.93), (1.0, 0.7, 0.5, 0.3), (0.004, 0.003, 0.0025, 0.002)),
    "glass": Modes((1.0, 2.76, 5.40, 8.93), (1.0, 0.8, 0.6, 0.4), (0.022, 0.018, 0.016, 0.014)),
    "wood": Modes((1.0, 2.57, 4.95), (1.0, 0.5, 0.25), (0.08, 0.08, 0.08)),
    "rubber": Modes((1.0, 1.5), (1.0, 0.5), (0.28, 0.28)),
}
# A small object sounds an octave above a large one; each has a little freedom, in steps of an eighth of a tone.
SIZE_HZ = {"small": 600.0, "large": 300.0}
DETUNE_STEPS = tuple(range(-3, 4))


def detune(frequency_hz: float, step: int) -> float:
    """Frequency moved by ``step`` times 1/48 octave, Hz."""
    return frequency_hz * 2.0 ** (step / 48)


def ring(modes: Modes, frequency_hz: float, times_s: Samples) -> Samples:
    r"""A struck object: $\sum_k a_k e^{-d_k f_k t} \sin 2\pi f_k t$.

    Args:
        modes: Ratios $r_k$, strengths $a_k$ and dampings $d_k$.
        frequency_hz: Lowest mode $f_0$; $f_k = r_k f_0$.
        times_s: Time since the stroke, 0 or more, seconds.

    Returns:
        Sound with strengths that add up to 1.
    """
    sound = np.zeros(len(times_s))
    for ratio, strength, damping in zip(modes.ratios, modes.strengths, modes.dampings, strict=True):
        f = ratio * frequency_hz
        sound += strength * np.exp(-damping * f * times_s) * np.sin(2 * np.pi * f * times_s)
    return sound / sum(modes.strengths)


def strokes(
    material: str,
    frequency_hz: float,
    times_s: Float[np.ndarray, " contact"],
    speeds: Float[np.ndarray, " contact"],
    *,
    duration_s: float,
) -> Float[np.ndarray, " sample"]:
    """An object struck at each time, rounded to a sample, as loudly as the speed says; mono at 16 kHz.

    It stays within −1…1 for speeds that sum to 1.

    Raises:
        ValueError: If the material is unknown.
    """
    if material not in MATERIALS:
        raise ValueError(f"expected a material among {', '.join(MATERIALS)}, got {material!r}")
    length = round(duration_s * RATE_HZ)
    stroke = ring(MATERIALS[material], frequency_hz, np.arange(length) / RATE_HZ)
    sound = np.zeros(length)
    for time_s, speed in zip(times_s, speeds, strict=True):
        start = min(round(time_s * RATE_HZ), length)
        sound[start:] += speed * stroke[: length - start]
    return sound


def glide(
    low_hz: float, *, octaves: float, start_s: float, length_s: float, duration_s: float
) -> Float[np.ndarray, " sample"]:
    """A tone that rises by ``octaves`` from ``low_hz`` under an envelope that is even in time; mono at 16 kHz."""
    clock = (np.arange(round(duration_s * RATE_HZ)) + 0.5) / RATE_HZ - start_s
    share = np.clip(clock / length_s, 0.0, 1.0)
    # Phase of a frequency that doubles steadily: the integral of low · 2^(octaves·t/length).
    rate = octaves * np.log(2) / length_s
    phase = 2 * np.pi * low_hz * np.expm1(rate * share * length_s) / rate
    return np.sin(np.pi * share) ** 2 * np.sin(phase)


def room_noise(rng: np.random.Generator, *, duration_s: float, level: float = 0.0015) -> Float[np.ndarray, " sample"]:
    """A faint hiss, so that silence is never digital zero; mono at 16 kHz."""
    return level * rng.standard_normal(round(duration_s * RATE_HZ))
