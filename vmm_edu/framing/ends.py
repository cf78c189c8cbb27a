"""An opened file in, when its streams end out: as the header states it, else as the packets show."""

from __future__ import annotations

from fractions import Fraction

import av
import av.error

from vmm_edu.framing.source import Source, fraction, open_source, require_video

GUESSED = ("mpeg", "mpegts")
"""Containers without a length: FFmpeg guesses it from the first and last times, and may miss many frames."""
TAIL_S = 10.0


def video_end_s(source: Source) -> float:
    """Returns when the video ends, in seconds: stated for the stream, else stated for the file, else found.

    Raises:
        NoVideoError, UnsupportedCodecError: There is no video.
    """
    require_video(source)
    stated = stated_end_s(source)
    if stated is None:
        stated = stated_file_end_s(source)
    return scan_end_s(source, source.video.index) if stated is None else stated


def file_end_s(source: Source) -> float | None:
    """Returns when the later of picture and sound ends, in seconds; None for a file without any time."""
    stated = stated_file_end_s(source)
    if stated is not None:
        return stated
    streams = [s for s in (source.video, source.audio) if s is not None]
    return max((scan_end_s(source, stream.index) for stream in streams), default=0.0) or None


def stated_end_s(source: Source) -> float | None:
    """Returns when the video ends by what the header says of it; None where it says nothing that must hold."""
    stream, container = source.video, source.container
    if container.format.name in GUESSED:
        return None
    if stream.duration:
        return source.seconds((stream.start_time or 0) + stream.duration, stream.time_base)
    hours, _, rest = stream.metadata.get("DURATION", "").partition(":")
    minutes, _, seconds = rest.partition(":")
    try:
        return float(Fraction(hours) * 3600 + Fraction(minutes) * 60 + Fraction(seconds) - source.origin)
    except ValueError:
        return stated_file_end_s(source) if source.audio is None else None


def stated_file_end_s(source: Source) -> float | None:
    """Returns when the file ends by its header, in seconds; None if the header does not say."""
    container = source.container
    if container.format.name in GUESSED or not container.duration or container.duration < 0:
        return None
    # FLV states the time of its end, the others their length.
    start = 0 if container.format.name == "flv" else container.start_time or 0
    return source.seconds(start + container.duration, Fraction(1, av.time_base))


def scan_end_s(source: Source, index: int) -> float:
    """Returns when the stream of that number ends, in seconds, by its last packets, in the file opened once more."""
    end_s = 0.0
    with open_source(source.path) as other:
        stream = other.container.streams[index]
        try:
            length_s = (other.container.duration or 0) / av.time_base
            if length_s > 2 * TAIL_S:
                other.container.seek(other.ticks(length_s - TAIL_S, fraction(stream.time_base)), stream=stream)
            for packet in other.container.demux(stream):
                ticks = packet.dts if packet.pts is None else packet.pts
                if packet.size and ticks is not None:
                    end_s = max(end_s, other.seconds(ticks + (packet.duration or 0), stream.time_base))
        except av.error.FFmpegError:
            return end_s  # the read that follows meets the same error and reports it
    return end_s
