"""The oracle's eye: which known outline, colour or moment a clip's frames hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped, UInt8
from skimage.measure import label

from vmm_edu.world import scene, shape

Frames = UInt8[np.ndarray, "time height width 3"]
Mask = Bool[np.ndarray, "height width"]
LOWEST_HANGING_ROW = 34  # Dropped things hang above this row and come to lie below it.


def paint_masks(images: Frames, paints: Sequence[str]) -> Bool[np.ndarray, "paint time height width"]:
    """Where each paint is seen: pixels with clear colour, by the direction of their chroma."""
    chroma = images - (images @ scene.LUMA)[..., None]
    colours = np.array([scene.PAINTS[name] for name in scene.PAINTS], dtype=np.float64)
    axes = colours - (colours @ scene.LUMA)[:, None]
    strength = np.linalg.norm(axes, axis=1)
    share = chroma @ (axes / strength[:, None]).T / np.linalg.norm(chroma, axis=-1).clip(min=1e-9)[..., None]
    nearest = share.argmax(axis=-1)
    vivid = np.linalg.norm(chroma, axis=-1) > 0.4 * strength[nearest]
    names = list(scene.PAINTS)
    return np.stack([vivid & (share.max(axis=-1) > 0.9) & (nearest == names.index(name)) for name in paints])


def paint(images: Frames, paints: Sequence[str]) -> str:
    """The paint that covers most of the frames."""
    return paints[int(paint_masks(images, paints).sum(axis=(1, 2, 3)).argmax())]


def _parts(mask: Mask) -> Shaped[np.ndarray, "height width"]:
    """Connected parts, numbered from 1; 0 elsewhere."""
    return np.asarray(label(mask))


def largest_part(mask: Mask) -> Mask:
    """The largest connected part of a mask.

    Raises:
        ValueError: If the mask is empty.
    """
    labels = _parts(mask)
    if not labels.any():
        raise ValueError("expected an object in the frames, got none")
    return labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])


def radius(mask: Mask) -> float:
    """Radius of the disc of a mask's area, pixels: all outlines are drawn to equal areas."""
    return float(np.sqrt(mask.sum() / np.pi))


def best_outline(mask: Mask, outlines: Iterable[tuple[str, float]]) -> str:
    """The outline that overlaps a mask best, at its centre of mass and of its area.

    Args:
        mask: Pixels of an object.
        outlines: (shape, turn in radians) to try.

    Returns:
        The best one's shape.
    """
    y, x = np.argwhere(mask).mean(axis=0).tolist()
    size = radius(mask)

    def overlap(outline: tuple[str, float]) -> float:
        name, angle = outline
        coverage = shape.soft(shape.distance_to(name, *shape.grid(x, y, angle_rad=angle), size))
        return float(np.minimum(mask, coverage).sum() / np.maximum(mask, coverage).sum())

    return max(outlines, key=overlap)[0]


def hanging(images: Frames) -> Mask:
    """Pixels of a dropped object in the first frame: what is gone from there when it lies on the floor."""
    difference = np.abs(images[0] - np.median(images[-10:], axis=0)).sum(axis=-1)
    difference[LOWEST_HANGING_ROW:] = 0.0
    return largest_part(difference > 40)


def standing_out(image: UInt8[np.ndarray, "height width 3"]) -> Mask:
    """The largest part that is darker or lighter than walls are."""
    return largest_part(np.abs(image @ scene.LUMA - 128.0) > 31.0)


def luminance(image: UInt8[np.ndarray, "height width 3"], mask: Mask) -> float:
    """Mean luminance under a mask, 0…255."""
    return float((image[mask] @ scene.LUMA).mean())


def torus_track(masks: Bool[np.ndarray, "time height width"]) -> Float[np.ndarray, "time 2"]:
    """Where an object is on the torus in each frame, (x, y) in 0…1 of a turn, by circular means."""
    turns = []
    for axis in (1, 2):
        profile = masks.sum(axis=axis)
        phase = np.exp(2j * np.pi * np.arange(profile.shape[1]) / profile.shape[1])
        turns.append(np.angle(profile @ phase) / (2 * np.pi) % 1.0)
    return np.stack(turns, axis=1)


def drift(masks: Bool[np.ndarray, "time height width"]) -> tuple[int, int, int, int]:
    """Steps per frame to the right and down, and the first position (x, y), of an object on the torus; pixels."""
    side = masks.shape[1]
    track = torus_track(masks)
    moves = np.exp(2j * np.pi * np.diff(track, axis=0)).mean(axis=0)
    step = np.rint(np.angle(moves) / (2 * np.pi) * side).astype(int)
    starts = track - np.arange(len(track))[:, None] * step / side
    start = np.rint(np.angle(np.exp(2j * np.pi * starts).mean(axis=0)) / (2 * np.pi) * side).astype(int) % side
    return int(step[0]), int(step[1]), int(start[0]), int(start[1])


def _middle(masks: Bool[np.ndarray, "time height width"], what: str) -> Float[np.ndarray, "time 2"]:
    """Centre of mass (x, y) of each mask, pixels."""
    counts = masks.sum(axis=(1, 2))
    if not counts.all():
        raise ValueError(f"expected {what} in every frame, got none in frame {int(np.argmin(counts))}")
    rows, columns = np.mgrid[: masks.shape[1], : masks.shape[2]]
    return np.stack([(masks * axis).sum(axis=(1, 2)) / counts for axis in (columns, rows)], axis=1)


def turning(images: Frames, *, mark: str, hub: str, positions: int) -> tuple[int, int]:
    """Steps clockwise per frame and the first position from the top, of a marked wheel with so many positions."""
    marks, hubs = paint_masks(images, (mark, hub))
    x, y = (_middle(marks, "a marked spoke") - _middle(hubs, "a hub").mean(axis=0)).T
    turns = np.exp(1j * np.arctan2(x, -y))
    step = round(float(np.angle((turns[1:] / turns[:-1]).mean())) / (2 * np.pi) * positions)
    back = np.exp(-2j * np.pi * step * np.arange(len(turns)) / positions)
    return step, round(float(np.angle((turns * back).mean())) / (2 * np.pi) * positions) % positions


def tint_changes(images: Frames) -> Int[np.ndarray, " change"]:
    """Frames whose mean colour is not that of the frame before."""
    tints = images.mean(axis=(1, 2))
    return 1 + np.flatnonzero(np.linalg.norm(np.diff(tints, axis=0), axis=1) > 2.0)


def flashes(images: Frames) -> tuple[int, int, bool]:
    """The two frames that differ most from the rest, in order, and whether the earlier one is brighter."""
    change = images - np.median(images, axis=0)
    first, second = sorted(np.abs(change).sum(axis=(1, 2, 3)).argsort()[-2:].tolist())
    return first, second, bool(change[first].sum() > change[second].sum())


def landing(masks: Bool[np.ndarray, "time height width"]) -> int:
    """The first frame in which the lower edge of the object is as low as in the last."""
    rows = np.arange(masks.shape[1])
    # A row counts when it holds a few pixels: single ones are the coder's.
    bottom = np.where(masks.sum(axis=2) >= 3, rows, -1).max(axis=1)
    return int(np.argmax(bottom >= bottom[-1] - 1))


def lit_lamp(image: UInt8[np.ndarray, "height width 3"], lamps: int) -> int:
    """Which lamp of an evenly spaced row shines, from the left.

    Raises:
        ValueError: If no lamp does.
    """
    shining = largest_part(image @ scene.LUMA > 195)
    return int(np.argwhere(shining)[:, 1].mean() / image.shape[1] * lamps)


def lit_lamps(image: UInt8[np.ndarray, "height width 3"]) -> int:
    """How many lamps shine."""
    return int(np.sum(np.bincount(_parts(image @ scene.LUMA > 195).ravel())[1:] > 25))


def mouth_form(images: Frames) -> tuple[float, float]:
    """Width and height of the lips when they differ most from the first frame, pixels.

    Raises:
        ValueError: If no lips are seen in a frame.
    """
    lips = images[..., 0].astype(int) - images[..., 1] > 75
    if not lips.any(axis=(1, 2)).all():
        raise ValueError("expected lips in every frame, got none in some")
    extents = np.array([np.ptp(np.argwhere(largest_part(mask)), axis=0) + 1.0 for mask in lips])
    formed = np.abs(extents - extents[0]).sum(axis=1).argsort()[-5:]
    height, width = np.median(extents[formed], axis=0).tolist()
    return width, height
