"""Clips in which something out of sight is watched through lamps: phases and streaming (T7, T8)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from vmm_edu.world import scene, shape
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import Take, chance

LAMPS = 4  # One for each phase: rest, roll, fly, bounce, from left to right.
LAMP_RADIUS = 4.2
BOARD_Y = (12.0, 16.0)
CURTAIN = (108.0, 62.0, 58.0)
PLEAT_PX = 16.0
CURTAIN_ROW = 29


def phases(clip: Clip) -> Take:
    """A thing behind a curtain rests, rolls, flies or bounces; in each frame one of four lamps says which.

    The curtain hides the thing, so a frame knows of the phase what its lamp says, and the lamp lies as often as the
    table says. Nothing in the picture but the lamps depends on a symbol.
    """
    seen = clip.symbols["video"]
    rng = chance(clip, "look")
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    y, left, pleat_phase = rng.uniform(*BOARD_Y), rng.uniform(-1.5, 1.5), rng.uniform(0, 2 * np.pi)
    pictures = []
    for lit in range(LAMPS):
        image = scene.board(wall, y=y)
        for index in range(LAMPS):
            x = left + scene.SIDE / LAMPS * (index + 0.5)
            image = scene.lamp(image, x=x, y=y, radius=LAMP_RADIUS, lit=index == lit)
        pictures.append(curtain(image, pleat_phase=pleat_phase))  # In front: no lamp's halo falls on it.
    lamps = [seen[f"lamp_{t}"] for t in range(len(seen))]
    return Take(shape.to_pixels(np.stack(pictures))[lamps])


def curtain(image: scene.Image, *, pleat_phase: float) -> scene.Image:
    """A pleated curtain over the lower part of the picture, from under the lamps to the floor.

    Args:
        image: What is behind.
        pleat_phase: Where the pleats begin, radians.
    """
    columns = np.arange(scene.SIDE) / PLEAT_PX * 2 * np.pi + pleat_phase
    cloth: Float[np.ndarray, "64 3"] = np.array(CURTAIN) * (1.0 + 0.14 * np.sin(columns))[:, None]
    hung = image.copy()
    hung[CURTAIN_ROW:] = cloth[None]
    hung[CURTAIN_ROW - 1] = 0.5 * cloth + 0.5 * image[CURTAIN_ROW - 1]
    return hung
