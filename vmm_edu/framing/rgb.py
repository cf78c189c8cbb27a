"""A decoded frame of any pixel format in, an upright RGB picture out."""

from __future__ import annotations

import struct
from typing import NamedTuple

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from jaxtyping import UInt8

MOST_KEPT_BYTES = 31 * 2**20


class Upright:
    """Turns decoded frames into RGB pictures of one size.

    One reformatter serves all frames: setting one up costs more than a conversion.

    Args:
        size: Height and width of the pictures in pixels; None takes those of the first frame.
    """

    def __init__(self, size: tuple[int, int] | None) -> None:
        self._size = size
        # The C library hands memory of large pictures back to the system with each one freed and has to ask for it
        # again, page by page, which takes a fifth of the time. Glibc keeps pieces up to the size of the largest it ever
        # saw freed, if that was below 32 MiB: this one, never touched, costs nothing. Elsewhere it does no harm.
        np.empty(MOST_KEPT_BYTES, np.uint8)
        self._reformatter = VideoReformatter()
        self._turn: Turn | None = None
        self._rotation = 0

    def __call__(self, frame: av.VideoFrame) -> UInt8[np.ndarray, "height width 3"]:
        """Returns the picture, a view of memory that nothing else uses."""
        # Side data and its frame refer to each other, which keeps the frame's memory until Python looks for cycles:
        # it is read once, not for each frame.
        if self._turn is None or frame.rotation != self._rotation:
            self._turn, self._rotation = orientation(frame), frame.rotation
        turn = self._turn
        if self._size is None:
            self._size = (frame.width, frame.height) if turn.sideways else (frame.height, frame.width)
        height, width = self._size[::-1] if turn.sideways else self._size
        # One thread: the decoder already keeps the other cores busy.
        rgb = self._reformatter.reformat(
            frame, width=width, height=height, format="rgb24", interpolation=Interpolation.BILINEAR, threads=1
        )
        plane = rgb.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        image = rows[:height, : 3 * width].reshape(height, width, 3)
        if turn.sideways:
            image = image.swapaxes(0, 1)
        return image[:: -1 if turn.upside_down else 1, :: -1 if turn.leftside_right else 1]


class Turn(NamedTuple):
    """How a stored picture becomes upright: exchange rows and columns, then reverse the rows, the columns, or both."""

    sideways: bool
    upside_down: bool
    leftside_right: bool

    @property
    def mirrored(self) -> bool:
        """Whether this is no mere rotation: the stored picture is first mirrored left to right, then turned."""
        return (self.sideways + self.upside_down + self.leftside_right) % 2 == 1

    @property
    def clockwise_deg(self) -> int:
        """By how much the (mirrored) picture is turned clockwise: 0, 90, 180 or 270."""
        if self.sideways:
            return 90 if self.leftside_right else 270
        return 180 if self.upside_down else 0


def orientation(frame: av.VideoFrame) -> Turn:
    """Returns how the frame is turned, from the display matrix beside it; a camera held askew is taken as upright.

    The matrix sends the stored point (x, y), y downwards, to (a·x + c·y, b·x + d·y).
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return Turn(False, False, False)
    a, b, _, c, d = struct.unpack("=5i", bytes(matrix)[:20])
    if abs(b) > abs(a):
        return Turn(True, b < 0, c < 0)
    return Turn(False, d < 0, a < 0)
