"""A face in front of a wall, and a mouth that opens into the form of a vowel. Colours 0…255, lengths in pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmm_edu.world import scene, shape

SKINS = ((232.0, 190.0, 160.0), (206.0, 152.0, 116.0), (164.0, 112.0, 82.0), (222.0, 178.0, 138.0))
HAIRS = ((52.0, 38.0, 32.0), (92.0, 62.0, 40.0), (120.0, 112.0, 108.0), (38.0, 36.0, 44.0))
LIPS = (178.0, 44.0, 52.0)
HOLE, TEETH = (44.0, 14.0, 18.0), (240.0, 236.0, 224.0)
LIP_PX = 2.2


@dataclass(frozen=True)
class Mouth:
    """How far a mouth is opened.

    Attributes:
        half_width: From its middle to a corner, inside the lips.
        half_height: From its middle to the upper lip.
        teeth: How much of the opening the upper teeth fill, 0…1.
    """

    half_width: float
    half_height: float
    teeth: float


CLOSED = Mouth(8.0, 0.3, 0.0)
# Open and wide; spread with teeth; rounded. o and u share the last: that is what makes them one viseme.
VISEMES = (Mouth(8.0, 7.0, 0.15), Mouth(11.0, 2.6, 0.6), Mouth(3.6, 3.6, 0.0))


def between(closed: Mouth, formed: Mouth, openness: float) -> Mouth:
    """The mouth on its way: 0 gives ``closed``, 1 gives ``formed``."""
    a, b = (np.array((m.half_width, m.half_height, m.teeth)) for m in (closed, formed))
    width, height, teeth = a + openness * (b - a)
    return Mouth(float(width), float(height), float(teeth))


@dataclass(frozen=True)
class Face:
    """Whose face it is and where: position of its middle, size factor, skin and hair."""

    x: float
    y: float
    size: float
    skin: tuple[float, float, float]
    hair: tuple[float, float, float]

    @property
    def mouth_y(self) -> float:
        """Row of the middle of the mouth."""
        return self.y + 12.0 * self.size


def _ellipse(x: float, y: float, half_width: float, half_height: float) -> shape.Distance:
    """About the distance to an ellipse: exact on its outline, which is all that an edge needs."""
    dx, dy = shape.grid(x, y)
    u, v = dx / half_width, dy / half_height
    radius = np.hypot(u, v).clip(min=1e-6)
    steepness = np.hypot(u / half_width, v / half_height).clip(min=1e-6) / radius
    return (radius - 1.0) / steepness


def head(image: scene.Image, face: Face, *, blink: float = 0.0) -> scene.Image:
    """Lay a head without a mouth over the image.

    Args:
        image: What is behind.
        face: Whose head, and where.
        blink: 0 for open eyes, 1 for closed ones.
    """
    s = face.size
    image = shape.over(image, np.array(face.hair), shape.soft(_ellipse(face.x, face.y - 4 * s, 23.5 * s, 26 * s)))
    skin = np.array(face.skin)
    image = shape.over(image, 0.86 * skin, shape.soft(_ellipse(face.x, face.y + 26 * s, 9 * s, 14 * s)))
    image = shape.over(image, skin, shape.soft(_ellipse(face.x, face.y + 1 * s, 20 * s, 25 * s)))
    for side in (-1, 1):
        eye_x, eye_y = face.x + side * 8 * s, face.y - 5 * s
        lids = shape.soft(_ellipse(eye_x, eye_y, 3.6 * s, max(2.2 * (1 - blink), 0.5) * s))
        image = shape.over(image, np.array((246.0, 244.0, 240.0)), lids * (1 - blink))
        image = shape.over(image, np.array((40.0, 34.0, 36.0)), shape.soft(shape.disc(*shape.grid(eye_x, eye_y), 1.7)))
        brow = shape.box(*shape.grid(eye_x, eye_y - 5 * s), 4.2 * s, 0.7 * s, corner=0.5)
        image = shape.over(image, np.array(face.hair), 0.8 * shape.soft(brow))
    nose = _ellipse(face.x, face.y + 3.5 * s, 2.6 * s, 2.0 * s)
    return shape.over(image, 0.82 * skin, 0.7 * shape.soft(nose))


def speak(image: scene.Image, face: Face, mouth: Mouth) -> scene.Image:
    """Lay a mouth over a face.

    Args:
        image: A picture with this face's head in it.
        face: Where the mouth is.
        mouth: How far it is opened.
    """
    half_width, half_height = mouth.half_width * face.size, mouth.half_height * face.size
    opening = _ellipse(face.x, face.mouth_y, half_width, half_height)
    lips = _ellipse(face.x, face.mouth_y, half_width + LIP_PX, half_height + LIP_PX)
    image = shape.over(image, np.array(LIPS), shape.soft(lips))
    image = shape.over(image, np.array(HOLE), shape.soft(opening))
    _, dy = shape.grid(0.0, face.mouth_y)
    edge = -half_height + 2 * half_height * mouth.teeth
    return shape.over(image, np.array(TEETH), np.minimum(shape.soft(opening), shape.soft(dy - edge)))
