"""Clips of a wheel that turns by a whole number of 64ths between frames: the task of sampling (T2)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from vmm_edu.world import scene, shape
from vmm_edu.world.drift_tasks import TORUS
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import Take, chance

SAMPLING_FRAMES = 24
SPOKES = 4
HUB_RADIUS, RIM_WIDTH, SPOKE_WIDTH = 4.5, 2.2, 1.5
_DARK = np.array((52.0, 46.0, 44.0))


def _wheel(wall: scene.Image, *, x: float, y: float, radius: float, position: int) -> scene.Image:
    """The wheel in front of a wall, its red spoke ``position`` 64ths of a turn clockwise from the top."""
    image = wall
    rim = np.abs(np.hypot(*shape.grid(x, y)) - radius) - RIM_WIDTH / 2
    image = shape.over(image, _DARK, shape.soft(rim))
    for spoke in reversed(range(SPOKES)):
        angle = 2 * np.pi * (position / TORUS + spoke / SPOKES)
        image = _spoke(image, x=x, y=y, radius=radius, angle_rad=angle, marked=spoke == 0)
    hub = shape.disc(*shape.grid(x, y), HUB_RADIUS)
    return shape.over(image, np.array(scene.PAINTS["yellow"]), shape.soft(hub))


def _spoke(
    image: scene.Image, *, x: float, y: float, radius: float, angle_rad: float, marked: bool
) -> Float[np.ndarray, "64 64 3"]:
    """One spoke, from the middle to the rim; the marked one is red and broad."""
    right, down = np.sin(angle_rad), -np.cos(angle_rad)
    dx, dy = shape.grid(x + right * radius / 2, y + down * radius / 2, angle_rad=angle_rad)
    half_width = SPOKE_WIDTH * (1.8 if marked else 1.0)
    colour = np.array(scene.PAINTS["red"]) if marked else _DARK
    return shape.over(image, colour, shape.soft(shape.box(dx, dy, half_width, radius / 2)))


def sampling(clip: Clip) -> Take:
    """A wheel with one red spoke turns: "right" is clockwise, as a wheel does that rolls to the right.

    A frame shows the position on the torus of 64 and nothing else, so what is the same in the table is the same on
    the screen: 60 steps clockwise are drawn as 4 counter-clockwise.
    """
    seen = clip.symbols["video"]
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    x, y = rng.uniform(30.0, 33.0, size=2)
    radius = rng.uniform(24.0, 28.0)  # The rim stays inside the picture.
    step = seen["speed"] if seen["direction"] == 0 else -seen["speed"]
    positions = (seen["start_x"] + step * np.arange(SAMPLING_FRAMES)) % TORUS
    drawn = {int(p): _wheel(wall, x=x, y=y, radius=radius, position=int(p)) for p in np.unique(positions)}
    return Take(shape.to_pixels(np.stack([drawn[int(p)] for p in positions])))
