"""A reader at the end of its file in, notes about what should have come but did not out."""

from __future__ import annotations

import av
import av.error

from vmm_edu.framing.counts import held_frames
from vmm_edu.framing.ends import scan_end_s, stated_end_s, stated_file_end_s
from vmm_edu.framing.reader import VideoReader
from vmm_edu.framing.source import INDEXED, OPEN_OPTIONS, SEEKABLE
from vmm_edu.framing.structure import missing_bytes

ONE_TO_ONE = ("h264", "hevc", "vp9", "libdav1d", "mpeg4", "mpeg2video", "mpeg1video", "mjpeg")
EVENLY_PACED = ("mpegts", "mpeg")
"""Containers made for broadcasting, at a constant rate: a longer step there is a loss."""


def check_end(reader: VideoReader) -> None:
    """Notes when a read to the end came to less than the file announces."""
    if reader.position_s is None:
        return
    slack_s = max(0.1, 2 * (reader.end_s - reader.position_s))
    stated_s, end_s, what = stated_end_s(reader.source), reader.end_s, "the video ends"
    if stated_s is None and reader.source.audio is not None:
        # The header tells only when the last stream ends: that may be the sound.
        stated_s, what = stated_file_end_s(reader.source), "the file ends"
        if stated_s is not None and stated_s - end_s > slack_s:
            end_s = max(end_s, scan_end_s(reader.source, reader.source.audio.index))
    if missing_bytes(reader.source.path):
        reader.damage.note(f"the file is cut short and the video ends at {reader.end_s:.3f} s")
    elif stated_s is not None and stated_s - end_s > slack_s:
        reader.damage.note(f"{what} at {end_s:.3f} s though the header says {stated_s:.3f} s")
    elif silent := _silent_losses(reader):
        reader.damage.note(f"{silent} packet(s) gave no frame")
    elif broken := reader.groups.broken:
        known = [reader.source.seconds(ticks, reader.stream.time_base) for ticks in broken if ticks is not None]
        where = f", the first from {known[0]:.3f} s on" if known else ""
        reader.damage.note(f"{len(broken)} picture group(s) miss a frame{where}: what follows it there shows ghosts")
    elif reader.whole and not reader.damage.describe():
        _check_count(reader)


def _silent_losses(reader: VideoReader) -> int:
    """After a read from start to end: how many packets gave neither frame nor error; 0 where that is not known."""
    container = reader.source.container.format.name
    if not reader.whole or container not in SEEKABLE or not _one_to_one(reader):
        return 0
    expected = max(reader.packets_in, reader.stream.frames if reader.by_decoding else 0)
    return max(0, expected - reader.given - len(reader.damage.lost_s))


def _one_to_one(reader: VideoReader) -> bool:
    """Whether each packet gives a frame: VP8 has some that are never to be shown, interlaced video halves of frames."""
    return reader.stream.codec_context.name in ONE_TO_ONE and not reader.interlaced


def _check_count(reader: VideoReader) -> None:
    """Compares what came with what the container holds, by its structure, its index or its clock."""
    read = reader.packets_seen
    container, pace = reader.source.container.format.name, reader.pace
    held = held_frames(reader.source.path)
    missing = (held.frames or 0) - read
    if container in INDEXED and reader.stream.frames > read:
        missing = reader.stream.frames - max(read, _indexed(reader))
    leaps = pace.leaps
    if missing > 0:
        where = f", the longest step being from {leaps[0].from_s:.3f} to {leaps[0].to_s:.3f} s" if leaps else ""
        reader.damage.note(f"{missing} of {read + missing} frame(s) were not found{where}")
    elif held.damaged_at is not None:
        reader.damage.note(f"the file is damaged at byte {held.damaged_at}: frames may be missing")
    elif container in INDEXED and pace.unstored:
        leap = pace.unstored[0]
        reader.damage.note(f"the file holds nothing from {leap.from_s:.3f} to {leap.to_s:.3f} s")
    elif leaps and (container in EVENLY_PACED or (_one_to_one(reader) and read > reader.given)):
        reader.damage.note(
            f"{len(leaps)} step(s) leave out frames, the first from {leaps[0].from_s:.3f} to {leaps[0].to_s:.3f} s"
        )


def _indexed(reader: VideoReader) -> int:
    """How many packets the index lists, those that an edit leaves out included."""
    count = 0
    try:
        with av.open(reader.source.path, options={"ignore_editlist": "1"}, **OPEN_OPTIONS) as container:
            for packet in container.demux(container.streams[reader.stream.index]):
                count += packet.size > 0
    except av.error.FFmpegError:
        return count
    return count
