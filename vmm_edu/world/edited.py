"""Clips that are edited together from shots, by hard cuts and dissolves: the task of shot boundaries (T3)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from vmm_edu.world import scene, shape, texture
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take, chance, seconds

SHOTS_FRAMES, DISSOLVE_FRAMES = 48, 6
CONTRAST = 11.0
# A shot keeps its mean colour to the end; any two of these differ by more than 40 levels.
TINTS = (
    (158.0, 100.0, 70.0),
    (70.0, 118.0, 84.0),
    (86.0, 104.0, 160.0),
    (194.0, 176.0, 130.0),
    (112.0, 112.0, 116.0),
    (196.0, 150.0, 172.0),
)
PANS = (-1, 0, 1)


def boundaries(clip: Clip) -> tuple[tuple[str, int, int], ...]:
    """The boundaries of a clip of this task: ("cut" or "dissolve", first changed frame, first frame of the new shot).

    Raises:
        ValueError: If the clip is of another task.
    """
    if clip.task != "shots":
        raise ValueError(f"expected a clip of task 'shots', got one of {clip.task!r}")
    seen = clip.symbols["video"]
    kinds = ("none", "cut", "dissolve")
    found = [(kinds[seen[f"kind_{k}"]], seen[f"frame_{k}"]) for k in (1, 2)]
    length = {"cut": 0, "dissolve": DISSOLVE_FRAMES}
    return tuple((kind, frame, frame + length[kind]) for kind, frame in found if kind != "none")


def _shot(rng: np.random.Generator, *, split: str, photo: str, tint: int) -> Float[np.ndarray, "48 64 64 3"]:
    """A camera that pans slowly over a photograph, for as long as the clip lasts."""
    relief = texture.patch(rng, split=split, height=scene.SIDE, width=scene.SIDE, photo=photo)
    # The picture and its mirror image side by side close to a ring without a seam.
    ring = np.concatenate([relief, relief[:, ::-1]], axis=1)
    pan = PANS[rng.integers(len(PANS))]
    views = [np.roll(ring, pan * index, axis=1)[:, : scene.SIDE] for index in range(SHOTS_FRAMES)]
    even = np.stack([view - view.mean() for view in views])
    return np.array(TINTS[tint]) + CONTRAST * even[..., None]


def shots(clip: Clip) -> Take:
    """Up to three shots of different photographs; in each half of the clip a cut, a dissolve or nothing.

    Frame f of a boundary is the first that is not of the old shot alone. A cut's is the new shot's first; in a dissolve
    frames f…f + 5 are mixtures with 1/7…6/7 of the new shot.
    """
    rng = chance(clip, "look")
    photos = rng.permutation(sorted(texture.PHOTOS))[:3]
    tints = rng.permutation(len(TINTS))[:3]
    looks = list(zip(photos.tolist(), tints.tolist(), strict=True))
    pictures = [_shot(rng, split=clip.split, photo=photo, tint=tint) for photo, tint in looks]
    found, images = boundaries(clip), pictures[0]
    for picture, (_, first, new) in zip(pictures[1:], found, strict=False):
        share = np.clip((np.arange(SHOTS_FRAMES) - first + 1) / (new - first + 1), 0.0, 1.0)
        images = images + share[:, None, None, None] * (picture - images)
    events_s = {
        kind: seconds(np.array([first for what, first, _ in found if what == kind]) / FRAME_RATE_HZ)
        for kind in ("cut", "dissolve")
    }
    return Take(shape.to_pixels(images), events_s={kind: times for kind, times in events_s.items() if times})
