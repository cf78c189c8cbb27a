"""Clips in which a lamp flashes in some of a row of fixed slots: parity."""

from __future__ import annotations

import numpy as np

from vmm_edu.world import scene, shape
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take, chance, seconds

FIRST_SLOT, SLOT_FRAMES = 2, 4  # The first slot's frame, and frames from one slot to the next.


def slot_frames(slots: int) -> tuple[int, ...]:
    """The frame of each slot; a clip ends two frames before where the next slot would be."""
    return tuple(FIRST_SLOT + SLOT_FRAMES * k for k in range(slots))


def parity(clip: Clip) -> Take:
    """A lamp on a wall flashes for one frame in each slot that holds a tap; 7 slots make 28 frames."""
    taps = list(clip.symbols["video"].values())
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    x, y = rng.uniform(20.0, 44.0, size=2)
    radius = rng.uniform(7.0, 9.0)
    dark, lit = (scene.lamp(wall, x=x, y=y, radius=radius, lit=on) for on in (False, True))
    frames = slot_frames(len(taps))
    images = np.repeat(dark[None], FIRST_SLOT + SLOT_FRAMES * len(taps) - 2, axis=0)
    tapped = [frame for frame, tap in zip(frames, taps, strict=True) if tap]
    images[tapped] = lit
    return Take(shape.to_pixels(images), events_s={"taps": seconds(np.array(tapped) / FRAME_RATE_HZ)})
