"""Clips in which a thing is dropped: the main task, material by ear, and sync."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vmm_edu.world import captions, impact, motion, scene, shape
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take, chance, seconds

SHAPES = ("ball", "box")
FINISHES = ("metal", "wood")
SIZES = ("small", "large")
RADIUS_PX = {"small": 6.5, "large": 10.5}
MATERIALS = ("metal", "glass", "wood", "rubber")
COLOURS = ("yellow", "sky", "red", "navy")
FRAMES = 30
SLOT_FRAMES = tuple(range(6, 26, 2))  # Ten slots a sixth of a second apart, 0.5…2.0 s.


@dataclass(frozen=True)
class Fall:
    """A drop and its path: what happens, when and where, whatever it is that falls."""

    drop: motion.Drop
    x: float
    drift_px_s: float


def _fall(rng: np.random.Generator) -> Fall:
    drop = motion.Drop(
        height_px=rng.uniform(24.0, 31.0), release_s=rng.uniform(0.08, 0.25), bounciness=rng.uniform(0.45, 0.7)
    )
    start, end = rng.uniform(17.0, 47.0, size=2)
    drift = np.clip((end - start) / (FRAMES / FRAME_RATE_HZ), -8.0, 8.0)
    return Fall(drop, float(start), float(drift))


def _film(clip: Clip, thing: scene.Thing, fall: Fall) -> Take:
    """The pictures of a fall, silent."""
    place = scene.room(chance(clip, "room"), split=clip.split)
    times_s = np.arange(FRAMES) / FRAME_RATE_HZ
    contacts_s, speeds = fall.drop.contacts(end_s=FRAMES / FRAME_RATE_HZ)
    squashed = motion.squash(times_s, contacts_s, speeds, frame_s=1 / FRAME_RATE_HZ)
    # The frame nearest to a contact shows the contact: at 12 frames a second most would fall between two.
    clearance = np.where(squashed > 0, 0.0, fall.drop.clearance(times_s))
    images = []
    for time_s, height, flat in zip(times_s, clearance, squashed, strict=True):
        x = fall.x + fall.drift_px_s * time_s
        image = scene.shadow(place.image, x=x, floor_y=place.floor_y, radius=thing.radius, clearance=height)
        angle = fall.drift_px_s * time_s / thing.radius if thing.shape == "ball" else 0.0
        images.append(scene.draw(image, thing, x=x, bottom_y=place.floor_y - height, squash=flat, angle_rad=angle))
    return Take(shape.to_pixels(np.stack(images)), events_s={"contact": seconds(contacts_s)})


def _strike(clip: Clip, material: str, size: str, drop: motion.Drop) -> impact.Samples:
    """The sound of a fall: material and size, when the contacts are, and chance."""
    rng = chance(clip, "sound")
    frequency_hz = impact.detune(impact.SIZE_HZ[size], int(rng.choice(impact.DETUNE_STEPS)))
    gain = 0.4 * rng.uniform(0.7, 1.2)
    duration_s = FRAMES / FRAME_RATE_HZ
    times_s, speeds = drop.contacts(end_s=duration_s)
    sound = gain * impact.strokes(material, frequency_hz, times_s, speeds, duration_s=duration_s)
    return np.clip(sound + impact.room_noise(rng, duration_s=duration_s), -1.0, 1.0)


def titles(clips: Sequence[Clip]) -> dict[str, tuple[str, ...]]:
    """The captions of clips of the task "main", by language, without drawing them.

    Args:
        clips: From ``sample("main", …)``.

    Raises:
        ValueError: If a clip has no text.
    """
    if any(clip.task != "main" for clip in clips):
        raise ValueError("expected clips of the task main, which have captions, got others")
    said = [_title(clip) for clip in clips]
    return {language: tuple(one[language] for one in said) for language in captions.WORDS}


def _title(clip: Clip) -> dict[str, str]:
    return captions.caption(chance(clip, "caption"), FINISHES[clip.symbols["text"]["material"]])


def main(clip: Clip) -> Take:
    """A metal or wooden ball or box drops; the sound may come from another one, and the caption may err."""
    seen, heard = clip.symbols["video"], clip.symbols["audio"]
    fall = _fall(chance(clip, "fall"))
    rng = chance(clip, "look")
    finish = FINISHES[seen["material"]]
    palette = {"metal": scene.METALS, "wood": scene.WOODS}[finish]
    thing = scene.Thing(
        shape=SHAPES[seen["shape"]],
        finish=finish,
        radius=RADIUS_PX[SIZES[seen["size"]]] * rng.uniform(0.95, 1.05),
        colour=palette[rng.integers(len(palette))],
        grain=rng.uniform(0.0, 4.0),
    )
    film = _film(clip, thing, fall)
    return Take(
        film.images,
        samples=_strike(clip, FINISHES[heard["material"]], SIZES[heard["size"]], fall.drop),
        text=_title(clip),
        events_s=film.events_s,
    )


def material(clip: Clip) -> Take:
    """A painted ball drops; only its sound tells what it is made of."""
    fall = _fall(chance(clip, "fall"))
    radius = chance(clip, "look").uniform(7.0, 10.0)
    paint = scene.PAINTS[COLOURS[clip.symbols["video"]["colour"]]]
    film = _film(clip, scene.Thing("ball", "paint", radius, paint), fall)
    heard = clip.symbols["audio"]
    samples = _strike(clip, MATERIALS[heard["material"]], SIZES[heard["size"]], fall.drop)
    return Take(film.images, samples=samples, events_s=film.events_s)


def sync(clip: Clip) -> Take:
    """A ball lands in one of ten slots; a stroke is heard in one of them, perhaps another."""
    place = scene.room(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    paint = scene.PAINTS[COLOURS[rng.integers(len(COLOURS))]]
    thing = scene.Thing(SHAPES[0], "paint", rng.uniform(7.0, 9.0), paint)
    x, height = rng.uniform(18.0, 46.0), rng.uniform(16.0, 19.0)
    land = SLOT_FRAMES[clip.symbols["video"]["slot"]]
    drop = motion.Drop(height_px=height, release_s=0.0, bounciness=0.0)
    drop = motion.Drop(height_px=height, release_s=land / FRAME_RATE_HZ - drop.fall_s, bounciness=0.0)
    images = []
    for index, clearance in enumerate(drop.clearance(np.arange(FRAMES) / FRAME_RATE_HZ)):
        since = index - land
        image = scene.shadow(place.image, x=x, floor_y=place.floor_y, radius=thing.radius, clearance=clearance)
        squash = max(0.0, 1.0 - 0.5 * since) if since >= 0 else 0.0
        if 0 <= since < 4:
            image = scene.dust(image, x=x, floor_y=place.floor_y, age_frames=since, width=thing.radius)
        images.append(scene.draw(image, thing, x=x, bottom_y=place.floor_y - clearance, squash=squash))

    rng = chance(clip, "sound")
    struck = ("glass", "wood")[rng.integers(2)]
    frequency_hz = impact.detune(impact.SIZE_HZ["small"], int(rng.choice(impact.DETUNE_STEPS)))
    gain = rng.uniform(0.4, 0.7)
    heard_s = np.array([SLOT_FRAMES[clip.symbols["audio"]["slot"]] / FRAME_RATE_HZ])
    duration_s = FRAMES / FRAME_RATE_HZ
    sound = gain * impact.strokes(struck, frequency_hz, heard_s, np.ones(1), duration_s=duration_s)
    return Take(
        shape.to_pixels(np.stack(images)),
        samples=sound + impact.room_noise(rng, duration_s=duration_s),
        events_s={"seen": seconds(np.array([land / FRAME_RATE_HZ])), "heard": seconds(heard_s)},
    )
