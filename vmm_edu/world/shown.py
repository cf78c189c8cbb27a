"""Clips in which things are shown, moved, lit or whistled: direction, shape, order, glide and XOR."""

from __future__ import annotations

import numpy as np

from vmm_edu.world import impact, scene, shape
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take, chance, seconds

TONES = (48.0, 84.0, 172.0, 208.0)  # Luminance of black, dark, light and white paint.
STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1))  # Right, left, down, up: (columns, rows) per frame.
DIRECTION_FRAMES = SHAPE_FRAMES = GLIDE_FRAMES = LAMP_FRAMES = 24
ORDER_FRAMES = 30
SHAPE_RADIUS = (8.5, 12.5)
GLIDE_LOW_HZ, GLIDE_STEP = 330.0, 2.0 ** (1 / 3)
BELL_HZ, BELL_STEP, BELL_DETUNE = 440.0, 2.0 ** (1 / 3), (-1, 0, 1)
VALUES = 4  # Lamps in the row, and pitches of the bell.
GLIDE_S = 1.2


def direction(clip: Clip) -> Take:
    """A ball drifts over a picture whose opposite edges meet."""
    seen = clip.symbols["video"]
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    paint = scene.PAINTS[("yellow", "navy")[rng.integers(2)]]
    thing = scene.Thing("ball", "paint", rng.uniform(6.0, 7.0), paint)
    middle = scene.TILE // 2
    around = ((0, scene.SIDE - scene.TILE), (0, scene.SIDE - scene.TILE))
    body, coverage = scene.cut_out(thing, x=float(middle), y=float(middle))
    body, coverage = np.pad(body, (*around, (0, 0))), np.pad(coverage, around)
    step_x, step_y = STEPS[seen["direction"]]
    images = []
    for index in range(DIRECTION_FRAMES):
        travelled = index * seen["speed"]
        move = (seen["start_y"] + step_y * travelled - middle, seen["start_x"] + step_x * travelled - middle)
        images.append(shape.over(wall, np.roll(body, move, (0, 1)), np.roll(coverage, move, (0, 1))))
    return Take(shape.to_pixels(np.stack(images)))


def flat_shape(clip: Clip) -> Take:
    """A flat shape drifts slowly over a wall; every shape covers exactly the same number of pixels.

    The picture has one hue, and the paints differ in luminance alone. With 4:2:0 chroma any difference of hue is
    smeared along the outline, and outlines differ in length: a histogram of the decoded colours would tell the shape.
    """
    seen = clip.symbols["video"]
    wall = scene.wall(chance(clip, "room"), split=clip.split) @ scene.LUMA
    rng = chance(clip, "look")
    radius = SHAPE_RADIUS[seen["size"]]
    angle = rng.uniform(-0.25, 0.25)
    start, end = rng.integers(22, 42, size=(2, 2))
    hue = np.array(scene.HUES[rng.integers(len(scene.HUES))])
    dx, dy = shape.grid(scene.SIDE / 2, scene.SIDE / 2, angle_rad=angle)
    distance = shape.distance_to(shape.SHAPES[seen["shape"]], dx, dy, radius)
    mask = shape.nearest_pixels(distance, round(np.pi * radius**2))
    wall += 128.0 - wall.mean()
    images = []
    for share in np.linspace(0.0, 1.0, SHAPE_FRAMES):
        # Whole pixels, so that the area stays what it is.
        x, y = np.rint(start + share * (end - start)).astype(int) - scene.SIDE // 2
        luminance = np.where(np.roll(mask, (y, x), (0, 1)), TONES[seen["colour"]], wall)
        images.append(luminance[..., None] + hue - hue @ scene.LUMA)
    return Take(shape.to_pixels(np.stack(images)))


def order(clip: Clip) -> Take:
    """A star and a disc flash for one frame each, in either order."""
    seen = clip.symbols["video"]
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    x, y = rng.uniform(20.0, 44.0, size=2)
    radius = rng.uniform(9.0, 11.0)
    dx, dy = shape.grid(x, y, angle_rad=rng.uniform(-0.3, 0.3))
    flashes = []
    for name, paint in (("star", scene.PAINTS["yellow"]), ("disc", scene.PAINTS["navy"])):
        distance = shape.distance_to(name, dx, dy, radius)
        flashes.append(shape.over(wall, np.array(paint, dtype=np.float64), shape.soft(distance)))
    images = np.repeat(wall[None], clip.frames or ORDER_FRAMES, axis=0)
    images[seen["onset"]] = flashes[seen["first"]]
    images[seen["onset"] + seen["gap"]] = flashes[1 - seen["first"]]
    times = {"a": seen["onset"], "b": seen["onset"] + seen["gap"]}
    if seen["first"] == 1:
        times = {"a": times["b"], "b": times["a"]}
    return Take(
        shape.to_pixels(images),
        events_s={name: seconds(np.array([frame / FRAME_RATE_HZ])) for name, frame in times.items()},
    )


def glide(clip: Clip) -> Take:
    """A tone rises, or the very same samples run backwards; the picture, a loudspeaker, stands still."""
    heard = clip.symbols["audio"]
    image = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    image = scene.loudspeaker(image, x=rng.uniform(26.0, 38.0), y=rng.uniform(28.0, 36.0))
    rng = chance(clip, "sound")
    duration_s = GLIDE_FRAMES / FRAME_RATE_HZ
    low_hz = impact.detune(GLIDE_LOW_HZ * GLIDE_STEP ** heard["pitch"], int(rng.choice(impact.DETUNE_STEPS)))
    tone = impact.glide(
        low_hz,
        octaves=1.0,
        start_s=rng.uniform(0.1, duration_s - GLIDE_S - 0.1),
        length_s=GLIDE_S,
        duration_s=duration_s,
    )
    samples = rng.uniform(0.3, 0.6) * tone + impact.room_noise(rng, duration_s=duration_s)
    images = np.repeat(image[None], GLIDE_FRAMES, axis=0)
    return Take(shape.to_pixels(images), samples=samples if heard["glide"] == 0 else samples[::-1].copy())


def bell_hz(value: int, detune_step: int) -> float:
    """Lowest mode of the bell that sounds a value, Hz."""
    return impact.detune(BELL_HZ * BELL_STEP**value, detune_step)


def lamp_rows(wall: scene.Image, counts: tuple[int, ...], *, y: float, left: float) -> list[scene.Image]:
    """Pictures of a row of lamps on a board, so many of them lit from the left in each; `left` shifts it, pixels."""
    pitch = scene.SIDE / VALUES
    panels = []
    for count in counts:
        image = scene.board(wall, y=y)
        for index in range(VALUES):
            x = left + pitch * (index + 0.5)
            image = scene.lamp(image, x=x, y=y, radius=min(5.0, 0.33 * pitch), lit=index < count)
        panels.append(image)
    return panels


def xor(clip: Clip) -> Take:
    """Some of a row of lamps light up while a bell sounds one of as many pitches."""
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    y, left = rng.uniform(24.0, 40.0), rng.uniform(-2.0, 2.0)
    strike_s = rng.uniform(0.35, 0.6)
    duration_s = LAMP_FRAMES / FRAME_RATE_HZ
    panels = lamp_rows(wall, (0, clip.symbols["video"]["value"] + 1), y=y, left=left)
    lit = np.arange(LAMP_FRAMES) / FRAME_RATE_HZ >= strike_s
    rng = chance(clip, "sound")
    frequency_hz = bell_hz(clip.symbols["audio"]["value"], int(rng.choice(BELL_DETUNE)))
    struck_s = np.array([strike_s])
    bell = impact.strokes("glass", frequency_hz, struck_s, np.ones(1), duration_s=duration_s)
    return Take(
        shape.to_pixels(np.where(lit[:, None, None, None], panels[1], panels[0])),
        samples=rng.uniform(0.4, 0.7) * bell + impact.room_noise(rng, duration_s=duration_s),
        events_s={"lit": seconds(struck_s), "heard": seconds(struck_s)},
    )
