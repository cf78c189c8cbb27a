"""Clips and their folds in; for each fold the features of all clips, projected by what its training clips show, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Integer, UInt8

from vmm_edu.grid.describing import Projection, fit_projection, mouth_features, sound_features
from vmm_edu.grid.noise import babble, mix, white_noise

DIRECTIONS = {"video": 144, "audio": 40}
EVERY = {"video": 5, "audio": 8}
"""Every fifth frame and every eighth window is enough to find the directions, and neighbours are alike."""
HARDEST_DB, EASIEST_DB = -15.0, 15.0
NOISY_VERSIONS = 6
"""Of the sound in training: half babble, half white, each clip at its own ratio; beside them the clean sound."""
NOISES = ("babble", "white")

Features = Float32[np.ndarray, "fold clip moment feature"]
Versions = Float32[np.ndarray, "fold version clip moment direction"]


class Senses(NamedTuple):
    """What the readers learn from.

    Attributes:
        features: "video" and "audio" → features for each fold, in several versions, the plain one first.
        projections: "video" and "audio" → the projection of each fold.
        heard: log-mel spectra in the same versions, before they are projected.
    """

    features: dict[str, Versions]
    projections: dict[str, list[Projection]]
    heard: Float32[np.ndarray, "version clip window mel"]


def describe_senses(
    mouths: UInt8[np.ndarray, "clip frame row column"],
    sound: Float32[np.ndarray, "clip sample"],
    folds: Integer[np.ndarray, " clip"],
    *,
    rng: np.random.Generator,
    noisy: int = NOISY_VERSIONS,
    held: Bool[np.ndarray, "split clip"] | None = None,
) -> Senses:
    """Describe mouths and sound for training; each fold's projections are fitted to its training clips alone.

    Args:
        mouths: grey, 0…255.
        sound: at 16 kHz.
        folds: in which fold each clip is tested.
        rng: source of the noise.
        noisy: versions of the sound with noise in it.
        held: which clips no projection of a split may be fitted to; None: a split for each fold, and its clips.

    Returns:
        Mouths as they are and mirrored; sound clean and in noise.

    Raises:
        ValueError: numbers of clips that differ, or as the functions it calls.
    """
    if not len(mouths) == len(sound) == len(folds):
        raise ValueError(f"expected as many mouths as sounds and folds, got {len(mouths), len(sound), len(folds)}")
    seen = [mouth_features(mouths, mirror=mirror) for mirror in (False, True)]
    clean = sound_features(sound)
    heard = [clean]
    for version in range(noisy):
        ratios = rng.uniform(HARDEST_DB, EASIEST_DB, len(sound))
        heard.append(noisy_features(sound, folds, kind=NOISES[version % 2], snr_db=ratios, rng=rng))
    out = folds == np.unique(folds)[:, None] if held is None else held
    projections = {
        name: _fit(versions[0], out, directions=DIRECTIONS[name], every=EVERY[name])
        for name, versions in (("video", seen), ("audio", heard))
    }
    features = {
        name: np.stack([np.stack([project(x) for x in versions]) for project in projections[name]])
        for name, versions in (("video", seen), ("audio", heard))
    }
    return Senses(features, projections, np.stack(heard))


def noisy_features(
    sound: Float32[np.ndarray, "clip sample"],
    folds: Integer[np.ndarray, " clip"],
    *,
    kind: str,
    snr_db: int | float | Float[np.ndarray, " clip"],
    rng: np.random.Generator,
) -> Float32[np.ndarray, "clip window mel"]:
    """Describe sound in noise; a clip's babble is made of other clips of its own fold.

    Args:
        sound: at 16 kHz.
        folds: as in `describe_senses`: what babbles in a test was never heard in training.
        kind: "babble" or "white".
        snr_db: signal-to-noise ratio, one or one a clip; infinity: no noise.
        rng: source of the noise.

    Returns:
        Features, not projected.

    Raises:
        ValueError: another kind.
    """
    makers: dict[str, Callable[[], Float32[np.ndarray, "clip sample"]]] = {
        "babble": lambda: babble(sound, folds, rng=rng),
        "white": lambda: white_noise(sound, rng=rng),
    }
    if kind not in makers:
        raise ValueError(f"expected a kind of noise among {', '.join(makers)}, got {kind!r}")
    ratios = np.broadcast_to(np.asarray(snr_db, float), len(sound)).tolist()
    noise = makers[kind]()
    return sound_features(np.stack([mix(x, n, snr_db=ratio) for x, n, ratio in zip(sound, noise, ratios, strict=True)]))


def projected(
    features: Float[np.ndarray, "clip moment feature"], projections: Sequence[Projection]
) -> Float32[np.ndarray, "fold clip moment direction"]:
    """Project features for every fold.

    Args:
        features: of all clips.
        projections: one a fold.

    Returns:
        Features as `read_words` takes them.

    Raises:
        ValueError: another number of features.
    """
    if features.shape[-1] != len(projections[0].mean):
        raise ValueError(f"expected {len(projections[0].mean)} features, got {features.shape[-1]}")
    return np.stack([project(features) for project in projections]).astype(np.float32)


def _fit(
    features: Float[np.ndarray, "clip moment feature"],
    held: Bool[np.ndarray, "split clip"],
    *,
    directions: int,
    every: int,
) -> list[Projection]:
    count = min(directions, features.shape[-1])
    return [fit_projection(features[~out, ::every], directions=count) for out in held]
