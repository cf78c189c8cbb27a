"""A video file and the moments wanted in, upright RGB frames with their times out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Real, UInt8

from vmm_edu.framing.rgb import Upright
from vmm_edu.framing.selection import Selection, check_selection, chosen_frames
from vmm_edu.framing.source import AnyPath, check_path
from vmm_edu.framing.times import Hertz, Seconds

MOST_AT_ONCE_BYTES = 2**30


class Frames(NamedTuple):
    """Frames of a video in the order asked for.

    Attributes:
        images: RGB, 0…255, upright.
        times_s: When each frame is first shown, in seconds since the file's start (float64).
    """

    images: UInt8[np.ndarray, "time height width 3"]
    times_s: Float64[np.ndarray, " time"]


def read_frames(
    path: AnyPath,
    *,
    times_s: Real[np.ndarray, " time"] | Sequence[Seconds] | None = None,
    count: int | None = None,
    rate_hz: Hertz | None = None,
    start_s: Seconds = 0.0,
    end_s: Seconds | None = None,
    size: tuple[int, int] | None = None,
) -> Frames:
    """Reads frames of a video file, exact to the frame.

    The clock is the file's own (presentation times, never an average rate), shifted so that the earliest
    of picture and sound is at 0. A frame is shown until the next one begins, so a request for the moment t
    gives the last frame whose time is at most t (within a microsecond): the same frame, bit for bit, that
    decoding from the start would give. The last frame is held until the end of the file; before the first
    frame, which may come after the sound, that first frame is given. With none of ``times_s``, ``count`` and
    ``rate_hz`` every frame of the window is read.

    Args:
        path: The file.
        times_s: Moments in seconds, in any order; the frames come in that order.
        count: Number of moments, spread evenly over the window (see ``uniform_times``).
        rate_hz: Moments per second of the window.
        start_s: Where the window begins, in seconds; the first frame has a time of at least this.
        end_s: Where it ends, in seconds, itself left out; None for the end of the video.
        size: Height and width of the frames in pixels; None keeps those of the (upright) first frame. A frame
            of another size, as some recordings change theirs, is scaled to it.

    Returns:
        The frames. One that is shown at several of the moments is given for each.

    Raises:
        ValueError: The request contradicts itself.
        MediaError: The file cannot give it; the subclass says why (``vmm_edu.framing.errors``).

    Warns:
        DamagedFileWarning: A part of the file could not be read, or leans on frames that the file does not hold (it
            begins in the middle of a picture group, or lost a frame); the rest is returned.
    """
    name = check_path(path)
    _check_size(size)
    selection = check_selection(times_s, count, rate_hz, start_s, end_s)
    order = None
    if selection.times_s is not None:
        order = np.argsort(selection.times_s, kind="stable")
        selection = replace(selection, times_s=selection.times_s[order])
    images = np.empty((0, 0, 0, 3), np.uint8)
    shown_s: list[float] = []
    for time_s, image, about in _pictures(name, selection, size):
        if len(shown_s) == len(images):
            # Memory that is not written to costs nothing, so room is made for all that the header promises; but a
            # header may be wrong, and then as much again is added each time.
            room = max(1, min(about, MOST_AT_ONCE_BYTES // image.size)) if not shown_s else 2 * len(images)
            grown = np.empty((room, *image.shape), np.uint8)
            if shown_s:
                grown[: len(images)] = images
            images = grown
        images[len(shown_s)] = image
        shown_s.append(time_s)
    images, shown = images[: len(shown_s)], np.array(shown_s, np.float64)
    if order is not None and (np.diff(order) < 0).any():
        back = np.argsort(order, kind="stable")
        images, shown = images[back], shown[back]
    return Frames(images, shown)


def iter_frames(
    path: AnyPath,
    *,
    times_s: Real[np.ndarray, " time"] | Sequence[Seconds] | None = None,
    count: int | None = None,
    rate_hz: Hertz | None = None,
    start_s: Seconds = 0.0,
    end_s: Seconds | None = None,
    size: tuple[int, int] | None = None,
) -> Iterator[tuple[float, UInt8[np.ndarray, "height width 3"]]]:
    """Reads the frames that ``read_frames`` would, one at a time: memory stays the same however long the video is.

    The file is open while the iterator lives and is closed when it ends or is abandoned.

    Args:
        path: As in ``read_frames``, like all arguments, but ``times_s`` must ascend.
        times_s: Moments in seconds, ascending.
        count: Number of moments, spread evenly over the window.
        rate_hz: Moments per second of the window.
        start_s: Where the window begins, in seconds.
        end_s: Where it ends, in seconds, itself left out.
        size: Height and width of the frames in pixels.

    Returns:
        An iterator of (time in seconds, RGB image 0…255), each image an array of its own.

    Raises:
        ValueError: The request contradicts itself, or ``times_s`` does not ascend.
        MediaError: As in ``read_frames``; a missing or empty file at once, the others at the first step.

    Warns:
        DamagedFileWarning: As in ``read_frames``, after the last frame.
    """
    name = check_path(path)
    _check_size(size)
    selection = check_selection(times_s, count, rate_hz, start_s, end_s)
    if selection.times_s is not None and (np.diff(selection.times_s) < 0).any():
        raise ValueError("times_s: expected ascending times, got some that go back. Sort them, or use read_frames.")
    return _own_pictures(name, selection, size)


def _own_pictures(
    name: str, selection: Selection, size: tuple[int, int] | None
) -> Iterator[tuple[float, UInt8[np.ndarray, "height width 3"]]]:
    """Each in memory of its own, also where one frame is shown at two of the moments."""
    upright = Upright(size)
    for time_s, frame, _ in chosen_frames(name, selection):
        yield time_s, np.require(upright(frame), requirements=["C", "W"])


def _pictures(
    name: str, selection: Selection, size: tuple[int, int] | None
) -> Iterator[tuple[float, UInt8[np.ndarray, "height width 3"], int]]:
    upright = Upright(size)
    last, image = None, np.empty((0, 0, 3), np.uint8)
    for time_s, frame, about in chosen_frames(name, selection):
        if frame is not last:
            last, image = frame, upright(frame)
        yield time_s, image, about


def _check_size(size: tuple[int, int] | None) -> None:
    if size is not None and (len(size) != 2 or min(size) < 1):
        raise ValueError(f"size: expected (height, width) in pixels, both at least 1, got {size}.")
