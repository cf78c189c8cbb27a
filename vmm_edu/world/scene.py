"""A room with a photographed wall and floor, and the things that are dropped, shown or lit in it. Colours 0…255."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vmm_edu.world import shape, texture

Image = Float[np.ndarray, "64 64 3"]
SIDE = 64
LUMA = np.array([0.299, 0.587, 0.114])
# Walls and floors keep to the middle of the luminance scale; things are clearly lighter or darker.
WALL_TINTS = (
    (132.0, 128.0, 120.0),
    (118.0, 130.0, 136.0),
    (136.0, 126.0, 130.0),
    (122.0, 132.0, 116.0),
    (128.0, 128.0, 132.0),
)
# Luminances 204, 163, 97 and 49: told apart even where chroma is smeared.
PAINTS = {
    "yellow": (242.0, 210.0, 72.0),
    "sky": (104.0, 182.0, 228.0),
    "red": (206.0, 56.0, 48.0),
    "navy": (36.0, 46.0, 112.0),
}
# Hues of one-coloured pictures, as what they add to grey.
HUES = ((30.0, 0.0, -30.0), (-30.0, 5.0, 25.0), (-20.0, 14.0, -20.0), (22.0, -10.0, 8.0), (-22.0, 8.0, 18.0))
METALS = ((196.0, 202.0, 212.0), (222.0, 196.0, 128.0), (206.0, 210.0, 208.0), (190.0, 206.0, 224.0))
WOODS = ((128.0, 80.0, 44.0), (112.0, 72.0, 44.0), (136.0, 92.0, 56.0), (106.0, 62.0, 34.0))


@dataclass(frozen=True)
class Room:
    """An empty room: its picture, and the row on which things stand."""

    image: Image
    floor_y: float


def wall(rng: np.random.Generator, *, split: str) -> Image:
    """A wall that fills the picture: a tint, a photograph's relief in it, and light from one side."""
    tint = np.array(WALL_TINTS[rng.integers(len(WALL_TINTS))], dtype=np.float64)
    relief = texture.patch(rng, split=split, height=SIDE, width=SIDE)
    rows, columns = np.mgrid[:SIDE, :SIDE] / (SIDE - 1) - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    light = 10.0 * (np.cos(angle) * columns + np.sin(angle) * rows)
    return tint + (rng.uniform(-6, 6) + light + rng.uniform(3.5, 5.5) * relief)[..., None]


def room(rng: np.random.Generator, *, split: str) -> Room:
    """A wall and, below it, a floor seen at a slant."""
    image = wall(rng, split=split)
    floor_y = rng.uniform(54.0, 58.0)
    horizon = int(floor_y) - 7
    relief = texture.patch(rng, split=split, height=SIDE, width=SIDE, photo="coffee.png")
    floor = np.array((120.0, 104.0, 90.0)) + rng.uniform(-6, 6) + 5.0 * relief[..., None]
    depth = np.linspace(-8.0, 6.0, SIDE - horizon)
    image[horizon:] = floor[horizon:] + depth[:, None, None]
    image[horizon - 1] -= 22.0  # The skirting line.
    return Room(image, floor_y)


def shadow(image: Image, *, x: float, floor_y: float, radius: float, clearance: float) -> Image:
    """Darken the floor under a thing: wide and faint when it is high up, tight and dark when it stands."""
    spread = 1.0 + clearance / 40
    top = int(floor_y) - 9
    dx, dy = np.arange(SIDE) - x, np.arange(top, SIDE)[:, None] - floor_y + 0.5
    distance = np.hypot(dx / (1.05 * radius * spread), dy / (0.24 * radius * spread))
    coverage = 0.55 / spread**2 * np.clip(1.6 - distance, 0.0, 1.0)
    shaded = image.copy()
    shaded[top:] = shape.over(image[top:], np.array((30.0, 26.0, 24.0)), coverage)
    return shaded


@dataclass(frozen=True)
class Thing:
    """How a thing looks.

    Attributes:
        shape: "ball" or "box"; both cover the same area.
        finish: "metal" (bright, smooth, a highlight), "wood" (dark, striped) or "paint" (even).
        radius: Radius of the ball, pixels.
        colour: Colour of the body, 0…255.
        grain: Offset of the wood's stripes, pixels.
    """

    shape: str
    finish: str
    radius: float
    colour: tuple[float, float, float]
    grain: float = 0.0

    @property
    def half_height(self) -> float:
        """From the middle to the lower edge, pixels."""
        return self.radius if self.shape == "ball" else 0.886 * self.radius


Tile = Float[np.ndarray, "32 32"]
TILE = 32  # A square that holds the largest thing at its flattest.


def _body(thing: Thing, dx: Tile, dy: Tile, angle_rad: float) -> Float[np.ndarray, "32 32 3"]:
    """Colours of the thing's surface, before its outline is cut out."""
    u, v = dx / thing.radius, dy / thing.radius
    if thing.shape == "ball":
        toward_light = np.clip(-0.55 * u - 0.65 * v + 0.5 * np.sqrt(np.clip(1 - u**2 - v**2, 0, 1)), -1, 1)
        light = 0.86 + 0.22 * toward_light
    else:
        light = 1.0 - 0.12 * v
    if thing.finish == "wood":
        cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
        across, along = cosine * dy - sine * dx, cosine * dx + sine * dy
        light = light * (1.0 + 0.3 * np.sin(2 * np.pi * (across + thing.grain + 0.6 * np.sin(along / 3.5)) / 3.6))
    body = light[..., None] * np.array(thing.colour)
    if thing.finish == "wood":
        return body
    gloss = 1.0 if thing.finish == "metal" else 0.35
    if thing.shape == "ball":
        glint = np.exp(-((u + 0.36) ** 2 + (v + 0.40) ** 2) / 0.05)
    else:
        glint = np.exp(-((u + v + 0.35) ** 2) / 0.03)
    return shape.over(body, np.array((255.0, 255.0, 255.0)), gloss * glint)


def cut_out(
    thing: Thing, *, x: float, y: float, squash: float = 0.0, angle_rad: float = 0.0
) -> tuple[Float[np.ndarray, "32 32 3"], Tile]:
    """Paint a thing on nothing.

    Args:
        thing: What is painted.
        x: Column of its middle in the tile, pixels.
        y: Row of its middle in the tile, pixels.
        squash: 0 for its own form, 1 for a fifth flatter (and wider, at the same area).
        angle_rad: How far its surface has rolled.

    Returns:
        Its colours, and how much of each pixel it covers, 0…1.
    """
    flat = 1.0 - 0.2 * squash
    dx, dy = shape.grid(x, y, size=TILE)
    dx, dy = dx * flat, dy / flat
    if thing.shape == "ball":
        distance = shape.disc(dx, dy, thing.radius)
    else:
        distance = shape.box(dx, dy, thing.half_height, thing.half_height, corner=1.2)
    rim = np.clip(1.0 + distance / 1.2, 0.0, 1.0)
    return _body(thing, dx, dy, angle_rad) * (1.0 - 0.45 * rim[..., None]), shape.soft(distance)


def draw(
    image: Image, thing: Thing, *, x: float, bottom_y: float, squash: float = 0.0, angle_rad: float = 0.0
) -> Image:
    """Lay a thing over the image.

    Args:
        image: What is behind.
        thing: What is drawn.
        x: Column of its middle, pixels.
        bottom_y: Row of its lower edge, pixels.
        squash: As in ``cut_out``.
        angle_rad: As in ``cut_out``.
    """
    y = bottom_y - thing.half_height * (1.0 - 0.2 * squash)
    left, top = int(x) - TILE // 2, int(y) - TILE // 2
    body, coverage = cut_out(thing, x=x - left, y=y - top, squash=squash, angle_rad=angle_rad)
    rows, columns = slice(max(top, 0), top + TILE), slice(max(left, 0), left + TILE)
    image = image.copy()
    behind = image[rows, columns]
    visible = slice(rows.start - top, rows.start - top + behind.shape[0])
    visible = (visible, slice(columns.start - left, columns.start - left + behind.shape[1]))
    image[rows, columns] = shape.over(behind, body[visible], coverage[visible])
    return image


def dust(image: Image, *, x: float, floor_y: float, age_frames: int, width: float) -> Image:
    """Two light puffs that leave the point of contact to both sides."""
    for side in (-1, 1):
        dx, dy = shape.grid(x + side * (width + 2.0 + 2.5 * age_frames), floor_y - 1.0 - 1.5 * age_frames)
        puff = (0.8 - 0.2 * age_frames) * np.exp(-(dx**2 + dy**2) / (2 * (1.8 + 0.6 * age_frames) ** 2))
        image = shape.over(image, np.array((236.0, 228.0, 214.0)), puff)
    return image


def lamp(image: Image, *, x: float, y: float, radius: float, lit: bool) -> Image:
    """A round lamp in a dark rim, with a halo when it is lit."""
    dx, dy = shape.grid(x, y)
    if lit:
        halo = 0.5 * np.exp(-np.clip(np.hypot(dx, dy) - radius, 0, None) / 2.5)
        image = shape.over(image, np.array((255.0, 226.0, 130.0)), halo)
    image = shape.over(image, np.array((40.0, 40.0, 44.0)), shape.soft(shape.disc(dx, dy, radius + 1.2)))
    glass = np.array((255.0, 240.0, 170.0) if lit else (74.0, 72.0, 70.0))
    image = shape.over(image, glass, shape.soft(shape.disc(dx, dy, radius)))
    glint = np.exp(-((dx + 0.35 * radius) ** 2 + (dy + 0.4 * radius) ** 2) / (0.1 * radius**2))
    return shape.over(image, np.array((255.0, 255.0, 255.0)), (0.8 if lit else 0.25) * glint)


def board(image: Image, *, y: float) -> Image:
    """A dark board across the picture, for lamps."""
    _, dy = shape.grid(0.0, y)
    return shape.over(image, np.array((66.0, 60.0, 58.0)), 0.8 * shape.soft(np.abs(dy) - 10.0))


def loudspeaker(image: Image, *, x: float, y: float) -> Image:
    """A loudspeaker in its box."""
    dx, dy = shape.grid(x, y)
    image = shape.over(image, np.array((70.0, 56.0, 46.0)), shape.soft(shape.box(dx, dy, 17.0, 21.0, corner=3.0)))
    for offset, radius in ((5.0, 13.0), (-13.0, 5.0)):
        distance = shape.disc(dx, dy - offset, radius)
        cone = 46.0 + 50.0 * np.cos(np.clip(1 + distance / radius, 0, 1) * np.pi * 1.5) ** 2
        image = shape.over(image, np.repeat(cone[..., None], 3, axis=-1), shape.soft(distance))
    return image
