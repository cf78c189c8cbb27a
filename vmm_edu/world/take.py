"""What a task's drawing makes of one clip before it is a file, and where its chance comes from."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, UInt8

from vmm_edu.world.tables import Clip

FRAME_RATE_HZ = 12


@dataclass(frozen=True)
class Take:
    """Pictures, sound and text of one clip.

    Attributes:
        images: Frames, RGB, 0…255, 12 per second.
        samples: Sound, mono, 16 kHz, −1…1, or ``None``.
        text: Sentence in each language, by its code; empty without text.
        events_s: Times of what happens, by name, seconds.
    """

    images: UInt8[np.ndarray, "time height width 3"]
    samples: Float[np.ndarray, " sample"] | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    events_s: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        """Length of the picture track, seconds."""
        return len(self.images) / FRAME_RATE_HZ


def chance(clip: Clip, what: str) -> np.random.Generator:
    """A generator for one aspect of a clip, from its nuisance seed alone: no symbol may move it.

    Aspects have generators of their own, so that drawing more of one leaves the others as they are.
    """
    return np.random.default_rng([clip.seed, zlib.crc32(what.encode())])


def seconds(times_s: Float[np.ndarray, " event"]) -> tuple[float, ...]:
    """Times as plain numbers, rounded to a tenth of a millisecond."""
    return tuple(round(float(time_s), 4) for time_s in times_s)
