"""Prepared clips in; two descriptions of each sense, one designed and one learned, for each split of the clips, out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float, Float32, Int, Integer, Key

from vmm_edu.grid.folds import Senses, Versions, describe_senses, projected
from vmm_edu.grid.lattice import Lattice, frame_tags
from vmm_edu.grid.learned import Learned, learn_features, moments_of
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.words import LIPS, SOUND, SOUND_LEARNED, Clock

LIPS_NAME, SOUND_NAME = "lips", "sound"
SENSE = {LIPS_NAME: "video", SOUND_NAME: "audio"}
LEARNED = {name: f"{name} learned" for name in SENSE.values()}
VIEWS = {name: (sense, LEARNED[sense]) for name, sense in SENSE.items()}
CLOCKS: dict[str, Clock] = {
    "video": LIPS,
    "audio": SOUND,
    LEARNED["video"]: LIPS,
    LEARNED["audio"]: SOUND_LEARNED,
}

KeepPart = Callable[[str], Path | None]
"""Name of a part → the file for its parameters."""


class Described(NamedTuple):
    """What readers and taggers learn from.

    Attributes:
        features: HOG as "video", log-mel as "audio", what CNNs have learned as "video learned" and "audio learned";
            (split, version, clip, moment, feature) each, the plain version first.
        senses: the designed ones, with their projections.
        learned: "video" and "audio" → the networks of each split.
    """

    features: dict[str, Versions]
    senses: Senses
    learned: dict[str, Learned]

    def hear(
        self, heard: Float[np.ndarray, "clip window mel"]
    ) -> dict[str, Float32[np.ndarray, "split clip _moment _feature"]]:
        """Describe other sound, such as the same in noise, in both ways.

        Args:
            heard: from `sound_features` or `noisy_features`.

        Returns:
            Name → features for each split.

        Raises:
            ValueError: another number of bands.
        """
        return {
            "audio": projected(heard, self.senses.projections["audio"]),
            LEARNED["audio"]: self.learned["audio"](heard),
        }


def describe(
    prepared: Prepared,
    folds: Int[np.ndarray, " clip"],
    rows: Integer[np.ndarray, "split train"],
    lattice: Lattice,
    *,
    rng: np.random.Generator,
    key: Key[Array, ""],
    keep: KeepPart,
) -> Described:
    """Describe mouths and sound by what was designed, HOG and log-mel, and by what a CNN learns for each split.

    Args:
        prepared: the clips.
        folds: in which fold each is tested; what babbles together is of one fold.
        rows: training clips of each split; neither projections nor networks see any other.
        lattice: whose tags the networks learn to tell.
        rng: source of the noise in training.
        key: source of the networks' chance.
        keep: where the networks are kept.

    Returns:
        All descriptions.

    Raises:
        ValueError: as the functions it calls.
    """
    held = np.stack([~np.isin(np.arange(len(folds)), own) for own in rows])
    senses = describe_senses(prepared.mouths, prepared.sound, folds, rng=rng, held=held)
    shown = {"video": prepared.mouths, "audio": senses.heard}
    learned: dict[str, Learned] = {}
    for (name, seen), own in zip(shown.items(), jax.random.split(key), strict=True):
        clock = CLOCKS[LEARNED[name]]
        # `frame_tags` takes moment 0 to have its middle at half a moment; the sound's lies a little later.
        tags = frame_tags(
            lattice,
            prepared.labels,
            prepared.word_times_s - (clock.middle_s - 0.5 / clock.rate_hz),
            frames=moments_of(seen),
            rate_hz=clock.rate_hz,
        )
        learned[name] = learn_features(seen, tags, rows, count=len(lattice.start), key=own, keep=keep(f"cnn-{name}"))
    versions = {"video": (prepared.mouths, prepared.mouths[..., ::-1]), "audio": tuple(senses.heard)}
    told = {LEARNED[name]: np.stack([learned[name](x) for x in each], axis=1) for name, each in versions.items()}
    return Described(senses.features | told, senses, learned)
