"""A face's track and the frames in; small grey pictures of the mouth, one a frame, out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64, UInt8

from vmm_edu.features.faces import LUMA, FaceTrack

DOWN = 0.84
"""Where the mouth is in the cascade's box, as a share of its height from the top."""
HEIGHT, WIDTH = 56 / 140, 84 / 140
"""Size of the mouth's window as shares of the face's: 56 × 84 pixels where the face's box has 140."""
SIZE = (32, 48)


def mouth_centres(track: FaceTrack) -> Float64[np.ndarray, "time 2"]:
    """Where the mouth is, by the proportions of a face.

    Args:
        track: of the face.

    Returns:
        (x, y) in pixels for each frame.

    Raises:
        ValueError: never; `track_face` has checked the frames.
    """
    return track.centres + np.array([0.0, (DOWN - 0.5) * track.side])


def mouth_crops(
    images: UInt8[np.ndarray, "time height width 3"], track: FaceTrack, *, size: tuple[int, int] = SIZE
) -> UInt8[np.ndarray, "time row column"]:
    """Cut out the mouth, in a window that grows with the face, and scale it to one size.

    Args:
        images: RGB, 0…255.
        track: of the face, by `track_face`.
        size: rows and columns of the result.

    Returns:
        Grey, 0…255.

    Raises:
        ValueError: a track of another length, or a window that reaches over the edge of the picture.
    """
    if len(images) != len(track.centres):
        raise ValueError(f"expected a place of the face per frame, got {len(track.centres)} for {len(images)} frames")
    centres = mouth_centres(track)
    high, wide = HEIGHT * track.side, WIDTH * track.side
    half = np.array([wide, high]) / 2
    low_corner, high_corner = centres.min(axis=0) - half, centres.max(axis=0) + half
    if (low_corner < -0.5).any() or (high_corner > np.array(images.shape[2:0:-1]) + 0.5).any():
        raise ValueError("expected a mouth inside the picture; the window around it reaches over the edge")
    left, top = np.maximum(np.floor(low_corner).astype(int) - 1, 0)
    right, bottom = np.ceil(high_corner).astype(int) + 1
    grey = images[:, top:bottom, left:right].astype(np.float32) @ np.array(LUMA, np.float32)
    rows = _weights(centres[:, 1] - top - high / 2, high, out=size[0], into=grey.shape[1])
    columns = _weights(centres[:, 0] - left - wide / 2, wide, out=size[1], into=grey.shape[2])
    return np.rint(rows @ grey @ columns.swapaxes(1, 2)).clip(0, 255).astype(np.uint8)


def _weights(
    starts: Float64[np.ndarray, " time"], length: float, *, out: int, into: int
) -> Float[np.ndarray, "time row pixel"]:
    """Each new pixel is a mean of the old ones below a triangle two new pixels wide (two old ones, if that is more).

    Nothing finer than the new pixels is left that could alias, and a shift by part of a pixel shifts the picture.
    """
    step = length / out
    places = starts[:, None] + (np.arange(out) + 0.5) * step
    distance = np.abs(places[:, :, None] - (np.arange(into) + 0.5)) / max(step, 1.0)
    weights = np.maximum(1 - distance, 0)
    return (weights / weights.sum(axis=2, keepdims=True)).astype(np.float32)
