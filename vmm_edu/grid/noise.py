"""Speech and noise in; the two mixed at a given ratio out, and noise to mix it with: white, or other people talking."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32, Integer

VOICES = 4
"""Other clips in a babble: single words can no longer be followed, and it still sounds like people."""

Sound = Float[np.ndarray, "*clip sample"]


def mix(speech: Sound, noise: Sound, *, snr_db: int | float) -> Float32[np.ndarray, "*clip sample"]:
    r"""Add noise so that the speech is `snr_db` decibels stronger than it, then give the sum the speech's own power.

    $$10 \log_{10} \frac{\overline{x^2}}{\overline{(a n)^2}} = \text{snr\_db}$$

    fixes the factor a of the noise n; means are taken over the whole clip, pauses included, so while somebody speaks
    the ratio is a little better than its name. With the speech's own power, loudness does not tell how noisy it is.

    Args:
        speech: floating; (sample,) or (clip, sample).
        noise: as `speech`.
        snr_db: signal-to-noise ratio; 0: both are equally strong, −10: the noise has ten times the power. Infinity:
            no noise.

    Returns:
        The mixture. A silent clip stays silent.

    Raises:
        ValueError: shapes that differ, noise that is silent where the speech is not, or a ratio that is NaN or −∞.
    """
    if speech.shape != noise.shape or not speech.shape[-1:]:
        raise ValueError(
            f"expected noise of the shape of the speech, {speech.shape}, got {noise.shape}; cut or tile it"
        )
    if np.isnan(snr_db) or snr_db == -np.inf:
        raise ValueError(f"expected snr_db as a number of decibels, got {snr_db}; for noise alone leave the speech out")
    power, noise_power = ((part.astype(np.float64) ** 2).mean(axis=-1, keepdims=True) for part in (speech, noise))
    if (noise_power[power > 0] == 0).any():
        raise ValueError("expected noise that can be heard, got a silent row; draw it anew")
    factor = np.sqrt(power / np.where(noise_power > 0, noise_power, 1) * 10 ** (-snr_db / 10))
    # The two are independent, so their powers add.
    return ((speech + factor * noise) / np.sqrt(1 + 10 ** (-snr_db / 10))).astype(np.float32)


def white_noise(speech: Sound, *, rng: np.random.Generator) -> Float32[np.ndarray, "*clip sample"]:
    """Draw noise that is equally strong at all frequencies.

    Args:
        speech: what it is for: its shape counts.
        rng: source of the noise.

    Returns:
        Independent normal samples of power 1.

    Raises:
        ValueError: none of its own.
    """
    return rng.standard_normal(speech.shape, dtype=np.float32)


def babble(
    speech: Float[np.ndarray, "clip sample"],
    groups: Integer[np.ndarray, " clip"],
    *,
    rng: np.random.Generator,
    voices: int = VOICES,
) -> Float32[np.ndarray, "clip sample"]:
    """Let other people talk: for each clip the sum of a few others of its own group, each begun at a random moment.

    With a group per fold, what babbles in training is never heard in a test, and no clip babbles against itself.

    Args:
        speech: the clips.
        groups: which clips may babble together.
        rng: source of the choices.
        voices: how many talk in each.

    Returns:
        The babble of each clip; every voice has the same power.

    Raises:
        ValueError: `voices` below 1, or a group with too few others.
    """
    sizes = np.unique(groups, return_counts=True)[1]
    if voices < 1 or groups.shape != speech.shape[:1] or sizes.min() <= voices:
        raise ValueError(
            f"expected at least 1 voice, a group for each of {len(speech)} clips and more clips than voices in each "
            f"group, got {voices} voices and groups of {sizes.tolist()}"
        )
    even = speech / np.sqrt((speech.astype(np.float64) ** 2).mean(axis=1, keepdims=True) + 1e-12)
    heard = np.zeros(speech.shape, np.float32)
    for clip, group in enumerate(groups):
        others = np.setdiff1d(np.flatnonzero(groups == group), [clip])
        for other in rng.choice(others, voices, replace=False):
            heard[clip] += np.roll(even[other], rng.integers(speech.shape[1])).astype(np.float32)
    return heard
