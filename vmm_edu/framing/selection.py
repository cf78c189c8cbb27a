"""What the caller asks for and an opened video in, the decoded frames that answer it out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import av
import numpy as np
from jaxtyping import Float, Real

from vmm_edu.framing.completeness import check_end
from vmm_edu.framing.damage import Damage
from vmm_edu.framing.ends import stated_end_s, stated_file_end_s, video_end_s
from vmm_edu.framing.errors import NoFramesError
from vmm_edu.framing.reader import Timed, VideoReader
from vmm_edu.framing.source import Source, fraction
from vmm_edu.framing.times import TIME_SLACK_S, Hertz, Seconds, uniform_times

NEAR_S = 0.25
"""A keyframe closer than this is reached sooner by decoding on than by a seek."""
DENSE_S = 1.0
"""Moments closer than this on average need most frames of the file."""
PATIENCE_S = 2.0
"""Where a file has no index: how far ahead a moment must lie for a first try at a seek."""


@dataclass(frozen=True)
class Selection:
    """Which frames to read: at ascending ``times_s``, or ``count`` or ``rate_hz`` in a window, or all in the window."""

    times_s: Float[np.ndarray, " time"] | None
    count: int | None
    rate_hz: Hertz | None
    start_s: float
    end_s: float | None

    def moments(self, source: Source) -> Float[np.ndarray, " time"] | None:
        """Returns the moments asked for in seconds, or None for every frame.

        Raises:
            NoFramesError: The window begins after the video's end.
        """
        if self.times_s is not None or (self.count is None and self.rate_hz is None):
            return self.times_s
        end_s = video_end_s(source)
        if self.end_s is not None:
            end_s = min(end_s, self.end_s)
        if end_s <= self.start_s:
            raise _none_shown(source.path, f"from {self.start_s:.3f} s on", end_s)
        return uniform_times(end_s - self.start_s, count=self.count, rate_hz=self.rate_hz, start_s=self.start_s)


def check_selection(
    times_s: Real[np.ndarray, " time"] | Sequence[Seconds] | None,
    count: int | None,
    rate_hz: Hertz | None,
    start_s: Seconds,
    end_s: Seconds | None,
) -> Selection:
    """Returns the request in one object.

    Raises:
        ValueError: More than one way to choose is given, or a value is out of its range.
    """
    given = [n for n, v in (("times_s", times_s), ("count", count), ("rate_hz", rate_hz)) if v is not None]
    if len(given) > 1:
        raise ValueError(f"expected at most one of times_s, count and rate_hz, got {' and '.join(given)}.")
    if not (math.isfinite(start_s) and start_s >= 0):
        raise ValueError(f"start_s: expected seconds from 0 on, got {start_s}.")
    if end_s is not None and not (math.isfinite(end_s) and end_s > start_s):
        raise ValueError(f"end_s: expected seconds above start_s = {start_s}, got {end_s}.")
    if count is not None and count < 1:
        raise ValueError(f"count: expected a whole number of at least 1, got {count}.")
    if rate_hz is not None and not (math.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz: expected frames per second above 0, got {rate_hz}.")
    if times_s is None:
        return Selection(None, count, rate_hz, float(start_s), None if end_s is None else float(end_s))
    times = np.asarray(times_s, np.float64)
    if times.ndim != 1 or not times.size or not np.isfinite(times).all() or times.min() < 0:
        raise ValueError(f"times_s: expected a list of at least one time in seconds from 0 on, got {times_s}.")
    if start_s or end_s is not None:
        raise ValueError("start_s and end_s: expected with count, rate_hz or every frame, got them beside times_s.")
    return Selection(times, None, None, 0.0, None)


class Chosen(NamedTuple):
    """A decoded frame that was asked for, its time in seconds, and of about how many, by what the header says."""

    time_s: float
    frame: av.VideoFrame
    about: int


def chosen_frames(path: str, selection: Selection) -> Iterator[Chosen]:
    """Yields the frames asked for, decoding as few others as it can; warns at the end of what was lost.

    Raises:
        NoFramesError: No frame can be decoded, or none is shown at a time asked for.
    """
    damage = Damage(path, "video")
    with VideoReader(path, damage) as reader:
        moments = selection.moments(reader.source)
        if moments is None or len(moments) < 2 or float(np.diff(moments).mean()) < DENSE_S:
            reader.work_ahead()
        about = len(moments) if moments is not None else _about(reader.source, selection)
        given = 0
        for time_s, frame in _window(reader, selection) if moments is None else _shown_at(reader, moments):
            given += 1
            yield Chosen(time_s, frame, about)
        if not given:
            if reader.position_s is not None:
                raise _none_shown(path, f"from {selection.start_s:.3f} s on", reader.end_s)
            raise NoFramesError(
                path,
                expected="a video stream with frames",
                got=damage.describe() or "a video stream without a frame",
                advice="Copy or download the file again.",
            )
    damage.warn()


def _about(source: Source, selection: Selection) -> int:
    """About how many frames a window holds: room for them is made at once."""
    stream, end_s = source.video, stated_end_s(source) or stated_file_end_s(source) or 0.0
    rate = stream.average_rate or stream.guessed_rate
    window_s = min(end_s, end_s if selection.end_s is None else selection.end_s) - selection.start_s
    by_rate = math.ceil(window_s * float(fraction(rate))) + 1 if rate and window_s > 0 else 1
    return min(by_rate, stream.frames) if stream.frames else by_rate


def _window(reader: VideoReader, selection: Selection) -> Iterator[Timed]:
    """Every frame whose time lies in the window."""
    if selection.start_s and reader.can_seek:
        reader.seek(selection.start_s)
    while (timed := reader.read()) is not None:
        if selection.end_s is not None and timed.time_s >= selection.end_s - TIME_SLACK_S:
            return
        if timed.time_s >= selection.start_s - TIME_SLACK_S:
            yield timed
    check_end(reader)


def _shown_at(reader: VideoReader, moments: Float[np.ndarray, " time"]) -> Iterator[Timed]:
    """For each moment the last frame with a time up to it; before the first frame, that one."""
    shown, upcoming = None, reader.read()
    patience_s = PATIENCE_S
    for moment in moments.tolist():
        if upcoming is not None and _worth_a_seek(reader, upcoming.time_s, moment, patience_s):
            before_s = upcoming.time_s
            reader.seek(moment)
            shown, upcoming = None, reader.read()
            if upcoming is not None and upcoming.time_s <= before_s:
                patience_s *= 2
        while upcoming is not None and upcoming.time_s <= moment + TIME_SLACK_S:
            shown, upcoming = upcoming, reader.read()
        if upcoming is None and shown is not None:
            end_s = max(reader.end_s, stated_file_end_s(reader.source) or 0.0)
            if moment > end_s + TIME_SLACK_S:
                raise _none_shown(reader.source.path, f"at {moment:.3f} s", end_s)
        answer = shown if shown is not None else upcoming
        if answer is None:
            return
        yield answer
    if upcoming is None:
        check_end(reader)


def _worth_a_seek(reader: VideoReader, now_s: float, moment: float, patience_s: float) -> bool:
    if moment - now_s < NEAR_S or not reader.can_seek:
        return False
    keyframe_s = reader.keyframe_before(moment)
    return moment - now_s > patience_s if keyframe_s is None else keyframe_s - now_s > NEAR_S


def _none_shown(path: str, when: str, end_s: float) -> NoFramesError:
    return NoFramesError(
        path, expected=f"a frame {when}", got=f"a video that ends at {end_s:.3f} s", advice="Ask for an earlier time."
    )
