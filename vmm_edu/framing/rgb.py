"""A decoded frame of any pixel format in, an upright RGB picture out."""

from __future__ import annotations

import struct

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from jaxtyping import UInt8


class Upright:
    """Turns decoded frames into RGB pictures of one size.

    One reformatter serves all frames: setting one up costs more than a conversion.

    Args:
        size: Height and width of the pictures in pixels; None takes those of the first frame.
    """

    def __init__(self, size: tuple[int, int] | None) -> None:
        self._size = size
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> UInt8[np.ndarray, "height width 3"]:
        """Returns the picture, a view of memory that nothing else uses."""
        turns, mirrored = orientation(frame)
        sideways = turns % 2 == 1
        if self._size is None:
            self._size = (frame.width, frame.height) if sideways else (frame.height, frame.width)
        height, width = self._size[::-1] if sideways else self._size
        rgb = self._reformatter.reformat(
            frame, width=width, height=height, format="rgb24", interpolation=Interpolation.BILINEAR
        )
        plane = rgb.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        image = rows[:height, : 3 * width].reshape(height, width, 3)
        if mirrored:
            image = image[:, ::-1]
        return np.rot90(image, turns) if turns else image


def orientation(frame: av.VideoFrame) -> tuple[int, bool]:
    """Returns how a stored picture becomes upright: mirror it left to right if True, then turn it.

    The first number counts quarter turns counter-clockwise, 0…3. A camera that was held at another angle
    is rounded to the nearest quarter.
    """
    quarter = round(frame.rotation / 90) % 4
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return quarter, False
    a, b, _, c, d = struct.unpack("=5i", bytes(matrix)[:20])
    return quarter, a * d - b * c < 0
