"""Clips in which a face says a vowel: what the mouth forms and what is heard need not be the same."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from vmm_edu.world import face, impact, scene, shape, voice
from vmm_edu.world.sound_tasks import VOWELS
from vmm_edu.world.tables import Clip
from vmm_edu.world.take import FRAME_RATE_HZ, Take, chance, seconds

FRAMES = 24
DURATION_S = FRAMES / FRAME_RATE_HZ
TRACTS = tuple(np.linspace(0.94, 1.06, 7).tolist())  # Shorter and longer vocal tracts.
SOFT_PX = 1.1  # Blur of everything but the mouth: fine edges cost a fifth of the file in all-intra frames.
RISE_S = 0.15  # Time in which the mouth opens and the voice swells.


def openness(times_s: np.ndarray, start_s: float, end_s: float) -> np.ndarray:
    """How far mouth and voice are opened, 0…1, at any time: one curve for both, so that they are in step."""
    swell = np.clip((times_s - start_s) / RISE_S, 0.0, 1.0) * np.clip((end_s - times_s) / RISE_S, 0.0, 1.0)
    return np.sin(0.5 * np.pi * swell) ** 2


def drawn_face(clip: Clip) -> face.Face:
    """Whose face a clip of the talker shows, and where: what a face finder would have to find.

    Args:
        clip: of the task "talker".

    Returns:
        The face.
    """
    rng = chance(clip, "look")
    return face.Face(
        x=rng.uniform(29.0, 35.0),
        y=rng.uniform(30.0, 34.0),
        size=rng.uniform(0.95, 1.05),
        skin=face.SKINS[rng.integers(len(face.SKINS))],
        hair=face.HAIRS[rng.integers(len(face.HAIRS))],
    )


def talker(clip: Clip) -> Take:
    """A face opens its mouth to one of three visemes while a voice says one of four vowels."""
    wall = scene.wall(chance(clip, "room"), split=clip.split)
    who = drawn_face(clip)
    rng = chance(clip, "say")
    start_s = rng.uniform(0.25, 0.5)
    end_s = start_s + rng.uniform(0.9, 1.2)
    frame_s = np.arange(FRAMES) / FRAME_RATE_HZ
    formed = face.VISEMES[clip.symbols["video"]["viseme"]]
    heads = [gaussian_filter(face.head(wall, who, blink=blink), (SOFT_PX, SOFT_PX, 0)) for blink in (0.0, 1.0)]
    blinks_at = int(chance(clip, "blink").integers(2, FRAMES - 2))
    images = [
        face.speak(heads[index == blinks_at], who, face.between(face.CLOSED, formed, opened))
        for index, opened in enumerate(openness(frame_s, start_s, end_s))
    ]
    return Take(
        shape.to_pixels(np.stack(images)),
        samples=_voice(clip, start_s, end_s),
        events_s={"voice": seconds(np.array([start_s, end_s]))},
    )


def _voice(clip: Clip, start_s: float, end_s: float) -> impact.Samples:
    """The sound: a vowel, when it is said, and chance."""
    rng = chance(clip, "sound")
    times_s = np.arange(round(DURATION_S * impact.RATE_HZ)) / impact.RATE_HZ
    share = np.clip((times_s - start_s) / (end_s - start_s), 0.0, 1.0)
    # People start a statement a little higher than they end it.
    pitch_hz = rng.uniform(100.0, 160.0) * 2.0 ** (rng.uniform(0.05, 0.25) * (0.5 - share))
    said = voice.speak(
        VOWELS[clip.symbols["audio"]["vowel"]],
        pitch_hz=pitch_hz,
        loudness=openness(times_s, start_s, end_s),
        tract=float(rng.choice(TRACTS)),
    )
    # Equal loudness for all vowels: how loud it is must not tell which one it is.
    level = rng.uniform(0.10, 0.16) / np.sqrt(np.mean(said**2) * DURATION_S / (end_s - start_s))
    return np.clip(level * said, -1.0, 1.0) + impact.room_noise(rng, duration_s=DURATION_S)
