"""Frames of a talking person in; where the face is in every frame, steady to a fraction of a pixel, out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64, Int, UInt8
from skimage import data
from skimage.feature import Cascade

LUMA = (0.2125, 0.7154, 0.0721)
EVERY = 5
"""The cascade looks at every fifth frame: a look costs 6 ms, and 15 of them already fix the place to half a pixel."""
SMALLEST, LARGEST = 0.25, 0.9  # of a face, as shares of the frame's shorter side
TRUSTED = 0.5
"""A face, or a second face, counts if it is seen in at least this share of the frames looked at."""
FARTHEST = 0.25  # of the face's height: a box that far from the others is not the face
ALIKE = 0.65
"""Correlation of eyes and nose with those of the middle frame, blurred: 0.8 or more for a moving head, below 0.5 for
a frame that could not be decoded."""
BAND = (0.15, 0.65, 0.1, 0.9)
"""Top, bottom, left and right of eyes and nose in the face's box: the part that moves with the skull only."""


class FaceTrack(NamedTuple):
    """One face through a clip.

    Attributes:
        centres: (x, y) of the middle of the face's box in pixels, for each frame.
        side: height and width of the box in pixels; one for the clip, as the cascade's own are uncertain by more than
            a head comes nearer in seconds.
    """

    centres: Float64[np.ndarray, "time 2"]
    side: float


def find_faces(image: UInt8[np.ndarray, "height width 3"]) -> Int[np.ndarray, "face 4"]:
    """Find the faces that look into the camera, with scikit-image's cascade of local binary patterns.

    Args:
        image: RGB, 0…255.

    Returns:
        A box per face: row and column of its upper left corner, height, width, in pixels; the largest first.

    Raises:
        ValueError: an image of fewer than 24 pixels, the size of the cascade's window.

    References:
        S. Liao, X. Zhu, Z. Lei, L. Zhang and S. Z. Li, ICB 2007, doi:10.1007/978-3-540-74549-5_87. P. Viola and
        M. Jones, CVPR 2001, doi:10.1109/CVPR.2001.990517.
    """
    shorter = min(image.shape[:2])
    if shorter < 24:
        raise ValueError(f"expected an image of at least 24 × 24 pixels, got {image.shape[0]} × {image.shape[1]}")
    return _boxes(_cascade(), image)


def track_face(images: UInt8[np.ndarray, "time height width 3"]) -> FaceTrack:
    """Follow the one face of a clip.

    The cascade says where the face is, but its boxes tremble by several pixels though the head is still. So how the
    head moves is measured by itself: eyes and nose are laid over those of the middle frame (`drift`). The boxes,
    each moved back by that, give one median place and size for the whole clip.

    Args:
        images: RGB, 0…255, of one person before a camera that stands still.

    Returns:
        Its track.

    Raises:
        ValueError: no frame; no face, or a second one, in half of the frames looked at; a face that leaves its place;
            frames that show something else.
    """
    if not len(images):
        raise ValueError("expected at least one frame, got none")
    looked, cascade = np.arange(0, len(images), EVERY), _cascade()
    found = [_boxes(cascade, images[k]) for k in looked]
    seen = [boxes for boxes in found if len(boxes)]
    if len(seen) < TRUSTED * len(looked):
        raise ValueError(
            f"expected a face that looks into the camera, found one in {len(seen)} of {len(looked)} frames"
        )
    usual = np.median([_middle(boxes[0]) for boxes in seen], axis=0)
    others = sum(any(_far(box, usual) for box in boxes) and len(boxes) > 1 for boxes in found)
    if others >= TRUSTED * len(looked):
        raise ValueError(f"expected one face, found a second one in {others} of {len(looked)} frames")
    kept = [(k, box) for k, boxes in zip(looked, found, strict=True) for box in boxes[:1] if not _far(box, usual)]
    if len(kept) < TRUSTED * len(looked):
        raise ValueError(
            f"expected a face that stays where it is, found one near its usual place in {len(kept)} of "
            f"{len(looked)} frames"
        )
    middles = np.array([_middle(box) for _, box in kept])
    side = float(np.median(middles[:, 2]))
    band = _band(images, np.median(middles, axis=0))
    moved = drift(band)
    strange = np.flatnonzero(_likeness(band, moved) < ALIKE)
    if len(strange):
        raise ValueError(
            f"expected the same face in every frame, found something else in {len(strange)}, the first of them frame "
            f"{strange[0]}; a file that begins in the middle of a picture group shows grey there"
        )
    level = np.median(middles[:, :2] - moved[[k for k, _ in kept]], axis=0)
    return FaceTrack(level + moved, side)


def drift(patches: Float64[np.ndarray, "time height width"]) -> Float64[np.ndarray, "time 2"]:
    """Measure how far what is shown has moved, against the middle frame.

    The peak of the cross-correlation of each patch with the middle one, both faded out to their edges, by the
    Fourier transform; between pixels the peak is that of a parabola. Nothing is looked for farther than a quarter of
    the patch away.

    Args:
        patches: brightness, of the same window of every frame.

    Returns:
        (x, y) in pixels, 0 for the middle frame; right and down are positive.

    Raises:
        ValueError: no patch, or patches of fewer than 8 pixels.
    """
    time, height, width = patches.shape
    if not time or min(height, width) < 8:
        raise ValueError(f"expected patches of at least 8 × 8 pixels, got {patches.shape}")
    fade = np.hanning(height)[:, None] * np.hanning(width)
    flat = patches - patches.mean(axis=(1, 2), keepdims=True)
    spectra = np.fft.rfft2(flat * fade)
    product = spectra * spectra[time // 2].conj()
    # Halfway between the plain correlation, whose peak is flat, and the phase alone, which listens to noise.
    scores = np.fft.irfft2(product / np.sqrt(np.abs(product) + 1e-12), s=(height, width))
    scores = np.roll(scores, (height // 2, width // 2), axis=(1, 2))
    near = scores[:, height // 4 : height - height // 4, width // 4 : width - width // 4]
    rows, columns = np.unravel_index(near.reshape(time, -1).argmax(axis=1), near.shape[1:])
    rows, columns = rows + height // 4, columns + width // 4
    all_frames = np.arange(time)
    peak = scores[all_frames, rows, columns]
    y = rows + _vertex(scores[all_frames, rows - 1, columns], peak, scores[all_frames, rows + 1, columns])
    x = columns + _vertex(scores[all_frames, rows, columns - 1], peak, scores[all_frames, rows, columns + 1])
    return np.stack([x - width // 2, y - height // 2], axis=1)


def _likeness(
    patches: Float64[np.ndarray, "time height width"], moved: Float64[np.ndarray, "time 2"]
) -> Float64[np.ndarray, " time"]:
    """Correlation of each patch, moved back and coarsened to blocks of 8 × 8 pixels, with the middle one."""
    time, height, width = patches.shape
    back = [np.roll(p, (-round(y), -round(x)), axis=(0, 1)) for p, (x, y) in zip(patches, moved, strict=True)]
    blocks = np.stack(back)[:, : height // 8 * 8, : width // 8 * 8].reshape(time, height // 8, 8, width // 8, 8)
    flat = blocks.mean(axis=(2, 4)).reshape(time, -1)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat @ flat[time // 2] / (np.linalg.norm(flat, axis=1) * np.linalg.norm(flat[time // 2]) + 1e-9)


def _vertex(before: Any, peak: Any, after: Any) -> Float64[np.ndarray, " time"]:
    """Where a parabola through three neighbours is highest, −0.5…0.5 from the middle one."""
    bend = before - 2 * peak + after
    return np.where(bend < 0, 0.5 * (before - after) / np.where(bend < 0, bend, -1), 0.0).clip(-0.5, 0.5)


def _cascade() -> Any:
    return Cascade(data.lbp_frontal_face_cascade_filename())


def _boxes(cascade: Any, image: UInt8[np.ndarray, "height width 3"]) -> Int[np.ndarray, "face 4"]:
    shorter = min(image.shape[:2])
    smallest, largest = max(24, int(SMALLEST * shorter)), max(25, int(LARGEST * shorter))
    found = cascade.detect_multi_scale(
        img=image, scale_factor=1.2, step_ratio=1, min_size=(smallest, smallest), max_size=(largest, largest)
    )
    boxes = np.array([(f["r"], f["c"], f["height"], f["width"]) for f in found], int).reshape(-1, 4)
    return boxes[np.argsort(-boxes[:, 2], kind="stable")]


def _middle(box: Int[np.ndarray, " 4"]) -> Float64[np.ndarray, " 3"]:
    """(x, y, side) of a box."""
    row, column, height, width = map(float, box)
    return np.array([column + width / 2, row + height / 2, height])


def _far(box: Int[np.ndarray, " 4"], usual: Float64[np.ndarray, " 3"]) -> bool:
    return bool(np.hypot(*(_middle(box)[:2] - usual[:2])) > FARTHEST * usual[2])


def _band(
    images: UInt8[np.ndarray, "time height width 3"], face: Float64[np.ndarray, " 3"]
) -> Float64[np.ndarray, "time row column"]:
    """Brightness of eyes and nose, cut at one place from all frames."""
    x, y, side = face
    top, bottom = (int(np.clip(y + (share - 0.5) * side, 0, images.shape[1])) for share in BAND[:2])
    left, right = (int(np.clip(x + (share - 0.5) * side, 0, images.shape[2])) for share in BAND[2:])
    return images[:, top:bottom, left:right] @ np.array(LUMA)
