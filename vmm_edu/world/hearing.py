"""The oracle's ear: which known modes, pitch or slot a sound holds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from vmm_edu.world import impact, voice

WINDOW = 4000  # A quarter of a second: shorter than any flight between two contacts.
DELAY = 48  # Three milliseconds after the onset every mode has begun, whatever the coder smeared.


def onset(samples: impact.Samples) -> int:
    """Index of the first sample that reaches a quarter of the loudest.

    Raises:
        ValueError: If the sound is too faint to hold a stroke.
    """
    loudness = np.abs(samples)
    if loudness.size == 0 or loudness.max() < 0.03:
        raise ValueError("expected a stroke, got silence")
    return int(np.argmax(loudness >= 0.25 * loudness.max()))


def count_strokes(samples: impact.Samples, *, block_s: float = 0.01, rise: float = 2.0) -> int:
    """How many equally loud strokes a sound holds; 0 for silence.

    A stroke is where the loudest sample of a block is `rise` times that of both blocks before, and not faint: a ring
    only fades between two strokes.
    """
    if samples.size == 0 or np.abs(samples).max() < 0.03:
        return 0
    block = round(block_s * impact.RATE_HZ)
    blocks = np.abs(samples[: len(samples) // block * block]).reshape(-1, block).max(axis=1)
    before = np.maximum(np.append([0.0], blocks[:-1]), np.append([0.0, 0.0], blocks[:-2]))
    begins = (blocks > rise * before) & (blocks > 0.25 * blocks.max())
    return int(np.sum(begins & ~np.append([False], begins[:-1])))


@lru_cache(maxsize=256)
def _basis(material: str, frequency_hz: float) -> Float[np.ndarray, "sample mode"]:
    """Orthonormal columns that span every sound of a material at a pitch, whatever its phases and strengths."""
    modes = impact.MATERIALS[material]
    t = np.arange(WINDOW) / impact.RATE_HZ
    columns = []
    for ratio, damping in zip(modes.ratios, modes.dampings, strict=True):
        f = ratio * frequency_hz
        columns += [np.exp(-damping * f * t) * wave(2 * np.pi * f * t) for wave in (np.sin, np.cos)]
    return np.linalg.qr(np.stack(columns, axis=1))[0]


def best_modes(samples: impact.Samples, candidates: Iterable[tuple[str, float]]) -> tuple[str, float]:
    """The (material, frequency in Hz) whose damped modes explain most of a stroke's energy."""
    start = onset(samples) + DELAY
    stroke = np.zeros(WINDOW)
    cut = samples[start : start + WINDOW]
    stroke[: len(cut)] = cut
    return max(candidates, key=lambda candidate: float(np.sum((stroke @ _basis(*candidate)) ** 2)))


def material_and_size(samples: impact.Samples, materials: Iterable[str]) -> tuple[str, str]:
    """Name the material and the size ("small", "large") of a struck object."""
    size_of = {
        impact.detune(frequency_hz, step): size
        for size, frequency_hz in impact.SIZE_HZ.items()
        for step in impact.DETUNE_STEPS
    }
    found, frequency_hz = best_modes(samples, [(name, f) for name in materials for f in size_of])
    return found, size_of[frequency_hz]


def glide(samples: impact.Samples, *, octaves: float = 1.0, window: int = 1024, hop: int = 256) -> tuple[bool, float]:
    """Say whether a glide rises, and its lower end in Hz.

    Frequency grows evenly in octaves under an envelope that is even in time, so the line through the loudest
    frequency of each window, weighted by energy, stands at the middle of the glide where the energy does.
    """
    windows = np.lib.stride_tricks.sliding_window_view(samples, window)[::hop] * np.hanning(window)
    power = np.abs(np.fft.rfft(windows, 4 * window)) ** 2
    energy = power.sum(axis=1)
    octave = np.log2(np.maximum(power.argmax(axis=1), 1) * impact.RATE_HZ / (4 * window))
    loud = energy > 0.05 * energy.max()
    time = np.arange(len(energy))
    slope, _ = np.polyfit(time[loud], octave[loud], 1, w=np.sqrt(energy[loud]))
    middle = np.average(octave[loud], weights=energy[loud])
    return bool(slope > 0), float(2 ** (middle - octaves / 2))


@lru_cache(maxsize=64)
def _envelope(vowel: str, tract: float, bins: int) -> Float[np.ndarray, " bin"]:
    """Log magnitude of a vowel's filter up to half the rate."""
    clock = np.arange(1, voice.RESPONSE + 1) / impact.RATE_HZ
    response = voice.formant_response(tuple(tract * f for f in voice.FORMANTS_HZ[vowel]), clock)
    return np.log(np.abs(np.fft.rfft(response, 2 * bins))[:bins] + 1e-3)


def vowel(samples: impact.Samples, tracts: Iterable[float], *, highest_hz: float = 3600.0) -> str:
    """Name the vowel whose formants fit the harmonics of a voice best, at some length of the vocal tract.

    Harmonics are the peaks of the spectrum; between them a voice has no energy and says nothing.
    """
    loud = np.abs(samples) > 0.3 * np.abs(samples).max()
    first, last = np.flatnonzero(loud)[[0, -1]]
    power = np.abs(np.fft.rfft(samples[first:last] * np.hanning(last - first), 2 * 8192))[:8192]
    step_hz = impact.RATE_HZ / (2 * 8192)
    # Peaks at least 80 Hz apart, so that one harmonic is one peak; the pitch is above 90 Hz.
    reach = round(40 / step_hz)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(power, reach), 2 * reach + 1)
    peaks = np.flatnonzero((power == windows.max(axis=1)) & (np.arange(8192) * step_hz < highest_hz))[1:]
    heard = np.log(power[peaks] + 1e-3 * power.max())

    def misfit(candidate: tuple[str, float]) -> float:
        difference = heard - _envelope(*candidate, 8192)[peaks]
        return float(np.var(difference))

    return min(((name, tract) for name in voice.FORMANTS_HZ for tract in tracts), key=misfit)[0]
