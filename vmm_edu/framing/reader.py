"""An opened video in, its decoded frames one by one in the order shown out, from the start or from any moment."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack
from types import TracebackType
from typing import Any, NamedTuple

import av
import av.error

from vmm_edu.framing.damage import Damage
from vmm_edu.framing.pace import Pace
from vmm_edu.framing.picture_groups import PictureGroups
from vmm_edu.framing.source import INDEXED, SEEKABLE, AnyPath, Source, fraction, open_source, require_video
from vmm_edu.framing.times import TIME_SLACK_S

NOT_FROM_KEYFRAMES = ("gif", "apng")
"""Codecs whose every packet is called a keyframe though it paints over the picture before it."""
MOST_ERRORS_IN_A_ROW = 32


class Timed(NamedTuple):
    """A decoded frame and when it is first shown, in seconds since the file's start."""

    time_s: float
    frame: av.VideoFrame


class VideoReader:
    """Reads one video stream. A context manager: the file is closed when the block ends.

    After ``work_ahead`` the decoder works on several frames at once, which is fastest when most frames are wanted;
    otherwise each frame is decoded by itself, which is fastest after a seek. At the first sign of damage the
    reader starts again with one thread: only then is each error tied to its packet, no frame lost that comes
    out beside it, and what the decoder makes up for the missing parts always the same.
    """

    def __init__(self, path: AnyPath, damage: Damage) -> None:
        self._path, self.damage = path, damage
        self._ahead = self._careful = False
        self._stack = ExitStack()
        self._open()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self._stack.close()

    def _open(self) -> None:
        self._stack.close()
        self.source: Source = self._stack.enter_context(open_source(self._path))
        self.stream: Any = require_video(self.source)
        # AVI keeps no display times, and those FFmpeg derives for it come out of order. But it holds one chunk for
        # each moment, so the n-th frame to come out is shown when the n-th chunk went in.
        self.by_decoding = self.source.container.format.name == "avi"
        self._set_threads()
        self._start_at(None)

    def work_ahead(self) -> None:
        """Lets the decoder work on several frames at once; to be called before the first frame is read."""
        self._ahead = True
        self._set_threads()

    def _set_threads(self) -> None:
        self.stream.thread_type = "AUTO" if self._ahead and not self.by_decoding else "SLICE"
        if self._careful:
            self.stream.codec_context.thread_count = 1

    def _start_at(self, seek_s: float | None) -> None:
        self._seek_s = seek_s
        self._packets = self.source.container.demux(self.stream)
        self._frames: deque[av.VideoFrame] = deque()
        self._first_s = float("-inf")
        self._ended, self._errors_in_a_row = False, 0
        # Frames given, packets that are to be shown, and packets with those that an edit of the file leaves out.
        self.given = self.packets_in = self.packets_seen = 0
        self.pace = Pace()
        self.groups = PictureGroups(self.stream.codec_context.name, self.damage)
        self.interlaced = False
        self._first_chunk: int | None = None
        self._delay: int | None = None
        self._peeked: Timed | None = None
        self.position_s: float | None = None
        self._last_ticks = 0

    @property
    def can_seek(self) -> bool:
        """Whether frames after a seek are sure to equal those of a read from the start."""
        codec = self.stream.codec_context
        if codec.name in NOT_FROM_KEYFRAMES or (self.by_decoding and codec.has_b_frames):
            return False
        return self.source.container.format.name in SEEKABLE

    def keyframe_before(self, time_s: float) -> float | None:
        """Returns when the last keyframe up to ``time_s`` is decoded, by the file's index; None if it has none."""
        entries = self.stream.index_entries
        ticks = self.source.ticks(time_s, self.stream.time_base)
        if self.source.container.format.name not in INDEXED or not len(entries) or entries[-1].timestamp < ticks:
            return None
        at = entries.search_timestamp(ticks, backward=True)
        return self.source.seconds(entries[at].timestamp, self.stream.time_base) if at >= 0 else None

    def seek(self, time_s: float) -> None:
        """Goes to a keyframe so that the next frame read is shown at ``time_s`` or before, or is the first of all."""
        earlier_s = 0.0
        while earlier_s < 64:
            if time_s - earlier_s <= 0 or not self._land(time_s - earlier_s):
                break
            first = self.read()
            if first is not None and first.time_s <= time_s + TIME_SLACK_S:
                self._seek_s, self._peeked = time_s, first
                return
            earlier_s = max(1.0, earlier_s * 4)
        self._open()

    def _land(self, time_s: float) -> bool:
        """Seeks and reads up to the first keyframe, which is decoded; False where that does not work."""
        try:
            self.source.container.seek(self.source.ticks(time_s, self.stream.time_base), stream=self.stream)
            self._start_at(time_s)
            for packet in self._packets:
                ticks = packet.dts if self.by_decoding or packet.pts is None else packet.pts
                if packet.is_keyframe and packet.size and ticks is not None:
                    # Frames shown before their keyframe lean on the picture group before it, which was not read.
                    self._first_s = self.source.seconds(ticks, self.stream.time_base)
                    self._decode(packet)
                    return True
        except av.error.FFmpegError:
            return False
        return False

    def read(self) -> Timed | None:
        """Returns the next frame, or None after the last.

        A frame that repeats or goes back behind the time of the one before it, as damaged files have them,
        gets that frame's time.
        """
        if self._peeked is not None:
            peeked, self._peeked = self._peeked, None
            return peeked
        while True:
            while not self._frames and not self._ended:
                if not self._pull():
                    self._start_again()
            if not self._frames:
                return None
            frame = self._frames.popleft()
            time_s = self._time_of(frame)
            if time_s < self._first_s - TIME_SLACK_S:
                continue
            if frame.is_corrupt and not self._careful:
                self._start_again()
                continue
            self.given += 1
            self.interlaced |= bool(frame.interlaced_frame)
            if self.position_s is not None and time_s < self.position_s:
                self.damage.note(f"the clock runs backwards at {self.position_s:.3f} s")
                time_s = self.position_s
            self.pace.shown(time_s)
            self.position_s = time_s
            self._last_ticks = frame.duration
            if frame.is_corrupt:
                self.damage.patched(time_s)
            if self.groups.headless:
                self.groups.shows(frame, time_s)
            return Timed(time_s, frame)

    def _start_again(self) -> None:
        given, seek_s = self.given, self._seek_s
        self._careful = True
        self.damage.lost_s.clear()
        self.damage.patched_s.clear()
        self._open()
        if seek_s is not None:
            self.seek(seek_s)
        while self.given < given and self.read() is not None:
            pass

    def _pull(self) -> bool:
        """Moves one packet from the file into the decoder; False if that failed and may be tried again unhurried."""
        try:
            packet = next(self._packets)
        except StopIteration:
            self._ended = True
            return True
        except av.error.FFmpegError:
            self._packets = self.source.container.demux(self.stream)
            return self._failed(None)
        return self._decode(packet)

    def _decode(self, packet: Any) -> bool:
        at = packet.dts if packet.pts is None else packet.pts
        flushing = not packet.size
        if self._first_chunk is None:
            self._first_chunk = packet.dts
        self.packets_in += not (flushing or packet.is_discard)
        self.packets_seen += not flushing
        if not flushing:
            self.pace.stored(packet.dts, packet.duration, self.source, self.stream.time_base)
            if self.groups.numbered or self.groups.headless is None:
                self.groups.packet(packet, at)
        while True:
            try:
                self._frames.extend(self.stream.codec_context.decode(None if flushing else packet))
                self._errors_in_a_row = 0
            except av.error.EOFError:
                pass
            except av.error.FFmpegError:
                if not self._failed(None if at is None else self.source.seconds(at, self.stream.time_base)):
                    return False
                if flushing and not self._ended:
                    continue
            if packet.is_corrupt and not flushing:
                self.damage.note("a packet is cut off")
            return True

    def _failed(self, at_s: float | None) -> bool:
        if not self._careful:
            return False
        self.damage.lost(at_s)
        self._errors_in_a_row += 1
        # A reader that stands still is at its end; packets that fail one after the other still move on.
        if at_s is None and self._errors_in_a_row >= MOST_ERRORS_IN_A_ROW:
            self._ended = True
        return True

    @property
    def whole(self) -> bool:
        """Whether the file was read from start to end."""
        return self._ended and self._seek_s is None

    def _time_of(self, frame: av.VideoFrame) -> float:
        ticks = frame.dts if self.by_decoding or frame.pts is None else frame.pts
        if ticks is not None and self.by_decoding:
            if self._delay is None:
                self._delay = ticks - (self._first_chunk or 0)
            ticks -= self._delay
        if ticks is None:
            return 0.0 if self.position_s is None else self.end_s
        return self.source.seconds(ticks, self.stream.time_base)

    @property
    def end_s(self) -> float:
        """When the frame read last stops being shown, in seconds, as far as the file tells."""
        rate = self.stream.guessed_rate or self.stream.average_rate
        shown_s = self._last_ticks * fraction(self.stream.time_base) or (1 / fraction(rate) if rate else 0)
        return (self.position_s or 0.0) + float(shown_s)
