"""Vowels and a pitch in; a voice out: a train of pulses (the source) through formants (the filter)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from vmm_edu.world.impact import RATE_HZ, Samples

# Mean formants of men, Hz: Peterson and Barney (1952), table II, for the vowels of "hod", "heed", "hawed", "who'd".
FORMANTS_HZ: dict[str, tuple[float, float, float]] = {
    "a": (730.0, 1090.0, 2440.0),
    "i": (270.0, 2290.0, 3010.0),
    "o": (570.0, 840.0, 2410.0),
    "u": (300.0, 870.0, 2240.0),
}
BANDWIDTHS_HZ = (70.0, 90.0, 130.0)
# A parallel bank needs a strength for each formant; neighbours of opposite sign leave no dip between their peaks.
STRENGTHS = (1.0, -0.5, 0.25)
RESPONSE = round(0.040 * RATE_HZ)  # After 40 ms the slowest formant is 77 dB down.


def formant_response(
    formants_hz: tuple[float, ...], times_s: Float[np.ndarray, "*pulse sample"]
) -> Float[np.ndarray, "*pulse sample"]:
    r"""What one pulse makes the mouth ring: $\sum_k a_k e^{-\pi B_k t} \sin 2\pi F_k t$ for $t \ge 0$, else 0.

    Args:
        formants_hz: $F_1, F_2, F_3$.
        times_s: Time since the pulse, seconds.
    """
    t = np.clip(times_s, 0.0, None)
    sound = np.zeros(times_s.shape)
    for f, bandwidth, strength in zip(formants_hz, BANDWIDTHS_HZ, STRENGTHS, strict=True):
        sound += strength * np.exp(-np.pi * bandwidth * t) * np.sin(2 * np.pi * f * t)
    return np.where(times_s > 0, sound, 0.0)


def pulse_times(pitch_hz: Samples) -> Float[np.ndarray, " pulse"]:
    """When the vocal folds close: the moments at which the running phase of the pitch completes a turn, seconds.

    Args:
        pitch_hz: Pitch at every sample.
    """
    turns = np.cumsum(pitch_hz) / RATE_HZ
    whole = np.arange(1, int(turns[-1]) + 1)
    return np.interp(whole, turns, np.arange(1, len(turns) + 1) / RATE_HZ)


def speak(
    vowels: str,
    *,
    pitch_hz: Samples,
    loudness: Samples,
    tract: float = 1.0,
    share: Float[np.ndarray, "vowel sample"] | None = None,
) -> Samples:
    """A voice that says vowels, each pulse with the formants of its moment; mono at 16 kHz, at most about 1.

    Args:
        vowels: Letters among a, i, o, u; more than one glide into each other as ``share`` says.
        pitch_hz: Pitch at every sample, above 0.
        loudness: Strength 0…1 at every sample; the result has this length.
        tract: Factor on all formants: above 1 for a shorter vocal tract.
        share: How much of each vowel is spoken at every sample, 0…1, adding up to 1; needed for more than one.

    Raises:
        ValueError: If a vowel is unknown, a length differs, or ``share`` is missing.

    Reference:
        G. E. Peterson, H. L. Barney (1952), doi:10.1121/1.1906875 (formants); D. H. Klatt (1980),
        doi:10.1121/1.383940 (formants in parallel). Here the source is a bare pulse, so the voice is buzzy.
    """
    if not vowels or not set(vowels) <= set(FORMANTS_HZ):
        raise ValueError(f"vowels: expected letters among {', '.join(FORMANTS_HZ)}, got {vowels!r}")
    if share is None and len(vowels) > 1:
        raise ValueError(f"share: say when each of the {len(vowels)} vowels is spoken")
    share = np.ones((1, len(loudness))) if share is None else share
    if share.shape != (len(vowels), len(loudness)) or len(pitch_hz) != len(loudness):
        raise ValueError(
            f"expected pitch_hz, loudness and share {(len(vowels), len(loudness))} of one length, "
            f"got {len(pitch_hz)}, {len(loudness)} and {share.shape}"
        )
    targets = np.log([FORMANTS_HZ[vowel] for vowel in vowels])
    sound = np.zeros(len(loudness) + RESPONSE)
    for time_s in pulse_times(pitch_hz):
        now = min(int(time_s * RATE_HZ), len(loudness) - 1)
        if loudness[now] <= 0:
            continue
        f1, f2, f3 = tract * np.exp(share[:, now] @ targets)
        clock = np.arange(now, now + RESPONSE) / RATE_HZ - time_s
        sound[now : now + RESPONSE] += loudness[now] * formant_response((f1, f2, f3), clock)
    return sound[: len(loudness)]
