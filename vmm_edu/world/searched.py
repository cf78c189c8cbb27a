"""Clips that a caption finds: a painted shape drifts by while something rings, and a sentence names all three."""

from __future__ import annotations

import numpy as np

from vmm_edu.world import impact, scene, shape, wording
from vmm_edu.world.dropped import COLOURS, MATERIALS
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take, chance, seconds

FRAMES = 24
RADIUS_PX = (9.0, 12.0)


def retrieval(clip: Clip) -> Take:
    """A flat shape in one of four paints crosses a wall; a stroke on one of four materials is heard."""
    seen = clip.symbols["video"]
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    radius, angle = rng.uniform(*RADIUS_PX), rng.uniform(-0.25, 0.25)
    start, end = rng.uniform(20.0, 44.0, size=(2, 2))
    paint = np.array(scene.PAINTS[COLOURS[seen["colour"]]])
    images = []
    for share in np.linspace(0.0, 1.0, FRAMES):
        x, y = (start + share * (end - start)).tolist()
        dx, dy = shape.grid(x, y, angle_rad=angle)
        distance = shape.distance_to(shape.SHAPES[seen["shape"]], dx, dy, radius)
        images.append(shape.over(wall, paint, shape.soft(distance)))

    rng = chance(clip, "sound")
    duration_s = FRAMES / FRAME_RATE_HZ
    size_hz = impact.SIZE_HZ[("small", "large")[rng.integers(2)]]
    frequency_hz = impact.detune(size_hz, int(rng.choice(impact.DETUNE_STEPS)))
    gain, struck_s = rng.uniform(0.4, 0.7), np.array([rng.uniform(0.2, 1.2)])
    stroke = impact.strokes(
        MATERIALS[clip.symbols["audio"]["material"]], frequency_hz, struck_s, np.ones(1), duration_s=duration_s
    )
    return Take(
        shape.to_pixels(np.stack(images)),
        samples=gain * stroke + impact.room_noise(rng, duration_s=duration_s),
        text=wording.describe(chance(clip, "caption"), **clip.symbols["text"]),
        events_s={"heard": seconds(struck_s)},
    )
