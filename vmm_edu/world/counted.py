"""Clips in which lamps, a bell and a sentence each give a number from one to four: gate and missing."""

from __future__ import annotations

import numpy as np

from vmm_edu.world import impact, scene, shape, wording
from vmm_edu.world.shown import BELL_DETUNE, BELL_HZ, VALUES, lamp_rows
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take, chance, seconds

FRAMES = 20
STROKE_GAP_S = 0.3


def gate(clip: Clip) -> Take:
    """Lamps show a number, strokes of a bell count another, and a sentence says which of them to believe.

    Raises:
        ValueError: If a sense shows a number beyond the four lamps.
    """
    seen, heard = (_number(clip, sense, absent=False) for sense in ("video", "audio"))
    struck_s = _struck_s(clip, heard)
    return Take(
        _lamps(clip, seen, struck_s),
        samples=_bell(clip, struck_s),
        text=wording.believe(chance(clip, "text"), clip.symbols["text"]["trust"]),
        events_s={"lit": seconds(struck_s[:1]), "heard": seconds(struck_s)},
    )


def missing(clip: Clip) -> Take:
    """Lamps, a bell and a sentence give one number; now and then the picture is black, the sound off, the text empty.

    Raises:
        ValueError: If the clip was drawn from a table with other than four classes, or without text (rule "sum"):
            what is absent there would be drawn as a number.
    """
    if "text" not in clip.symbols:
        raise ValueError("task 'missing' is drawn with the rule 'same' only, got a clip without text")
    seen, heard, read = (_number(clip, sense, absent=True) for sense in ("video", "audio", "text"))
    if any(number not in (0, clip.label + 1) for number in (seen, heard, read)):
        raise ValueError("task 'missing' is drawn with four classes only, got a clip whose table has another number")
    lit_s, struck_s = _struck_s(clip, 1), _struck_s(clip, heard)
    samples = _bell(clip, struck_s) if heard else np.zeros(round(FRAMES / FRAME_RATE_HZ * impact.RATE_HZ))
    return Take(
        _lamps(clip, seen, lit_s) if seen else np.zeros((FRAMES, scene.SIDE, scene.SIDE, 3), np.uint8),
        samples=samples,
        text=wording.name(chance(clip, "text"), read) if read else wording.NOTHING,
        events_s={"lit": seconds(lit_s if seen else lit_s[:0]), "heard": seconds(struck_s)},
    )


def _number(clip: Clip, sense: str, *, absent: bool) -> int:
    """How many things a sense gives, 1…4; 0 for a value that is absent."""
    value = clip.symbols[sense]["value"]
    if not 0 <= value < VALUES + absent:
        raise ValueError(f"task {clip.task!r}: expected {sense} to show a value in 0…{VALUES - 1}, got {value}")
    return value + 1 if value < VALUES else 0


def _struck_s(clip: Clip, strokes: int) -> np.ndarray:
    """When the bell is struck; the first stroke, and with it the lamps, come when chance says."""
    return chance(clip, "when").uniform(0.2, 0.4) + STROKE_GAP_S * np.arange(strokes)


def _lamps(clip: Clip, count: int, lit_s: np.ndarray) -> np.ndarray:
    """So many lamps of a row, dark at first."""
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    rng = chance(clip, "look")
    dark, bright = lamp_rows(wall, (0, count), y=rng.uniform(24.0, 40.0), left=rng.uniform(-2.0, 2.0))
    lit = np.arange(FRAMES) / FRAME_RATE_HZ >= lit_s[0]
    return shape.to_pixels(np.where(lit[:, None, None, None], bright, dark))


def _bell(clip: Clip, struck_s: np.ndarray) -> impact.Samples:
    """A bell struck at these times, each stroke as loud as the others."""
    rng = chance(clip, "sound")
    duration_s = FRAMES / FRAME_RATE_HZ
    frequency_hz = impact.detune(2 * BELL_HZ, int(rng.choice(BELL_DETUNE)))
    bell = impact.strokes("glass", frequency_hz, struck_s, np.ones(len(struck_s)), duration_s=duration_s)
    return rng.uniform(0.4, 0.6) * bell + impact.room_noise(rng, duration_s=duration_s)
