"""A file in, what is inside it out: its streams, size, rates and length, without decoding more than one frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import av.error

from vmm_edu.framing.ends import file_end_s
from vmm_edu.framing.rgb import Turn, orientation
from vmm_edu.framing.source import AnyPath, Source, fraction, open_source

PACKETS_FOR_RATE = 100


@dataclass(frozen=True)
class MediaInfo:
    """What a media file says about itself; the facts of a missing stream are None.

    Attributes:
        width: Of the upright picture, in pixels.
        height: Of the upright picture, in pixels.
        duration_s: Length in seconds, picture and sound together.
        frame_rate_hz: Mean frames per second, from the times of the frames; frames need not be evenly spaced.
        frame_count: Number of frames that the header claims, None if it claims none. Only reading them counts them.
        rotation_deg: By how much the stored picture is turned clockwise to be upright: 0, 90, 180 or 270.
            ``read_frames`` has done so.
        has_audio: Whether there is a sound track that can be decoded.
        audio_rate_hz: Samples per second of the sound track.
        has_video: Whether there is a video stream that can be decoded; a cover picture is none.
        mirrored: Whether the stored picture is also mirrored to be upright; ``read_frames`` has done so.
        pixel_aspect: Width of a pixel divided by its height, as shown upright. ``read_frames`` gives the pixels as they
            are: multiply the width by this for a picture in proportion.
        video_codec: FFmpeg's name of the decoder.
        audio_codec: FFmpeg's name of the decoder.
        audio_channels: Channels of the sound track.
        container: FFmpeg's name of the container.
    """

    width: int | None
    height: int | None
    duration_s: float | None
    frame_rate_hz: float | None
    frame_count: int | None
    rotation_deg: int
    has_audio: bool
    audio_rate_hz: int | None
    has_video: bool
    mirrored: bool
    pixel_aspect: float
    video_codec: str | None
    audio_codec: str | None
    audio_channels: int | None
    container: str


def probe(path: AnyPath) -> MediaInfo:
    """Returns what is in a video or sound file.

    Args:
        path: The file.

    Raises:
        MediaError: The file is not there or cannot be opened; the subclass says why.
    """
    with open_source(path) as source:
        video, audio = source.video, source.audio
        duration_s = file_end_s(source)
        turn, rate_hz, aspect = Turn(False, False, False), None, 1.0
        width = height = None
        if video is not None:
            turn, rate_hz = _look_at_start(source)
            width, height = video.codec_context.width or None, video.codec_context.height or None
            ratio = video.sample_aspect_ratio
            aspect = float(fraction(ratio)) if ratio else 1.0
            if turn.sideways:
                width, height, aspect = height, width, 1 / aspect
        return MediaInfo(
            width=width,
            height=height,
            duration_s=duration_s,
            frame_rate_hz=rate_hz,
            frame_count=video.frames or None if video is not None else None,
            rotation_deg=turn.clockwise_deg,
            has_audio=audio is not None,
            audio_rate_hz=audio.codec_context.sample_rate or None if audio is not None else None,
            has_video=video is not None,
            mirrored=turn.mirrored,
            pixel_aspect=aspect,
            video_codec=video.codec_context.name if video is not None else None,
            audio_codec=audio.codec_context.name if audio is not None else None,
            audio_channels=audio.codec_context.channels or None if audio is not None else None,
            container=source.container.format.name,
        )


def _look_at_start(source: Source) -> tuple[Turn, float | None]:
    """Decodes the first frame for its orientation and takes the frame rate from header or first packets.

    An average in a header may be the tick rate of the container; the number of frames over their length is not,
    nor are the times of the frames themselves.
    """
    stream = source.video
    rate_hz = None
    if stream.frames > 1 and stream.duration:
        rate_hz = float(stream.frames / (stream.duration * fraction(stream.time_base)))
        stated = stream.average_rate
        if stated and abs(float(fraction(stated)) / rate_hz - 1) < 1e-3:
            rate_hz = float(fraction(stated))  # the same without the rounding of the length
    found: Turn | None = None
    ticks: set[int] = set()
    try:
        for packet in source.container.demux(stream):
            if packet.pts is not None:
                ticks.add(packet.pts)
            if found is None:
                found = next((orientation(frame) for frame in _decode(stream, packet)), None)
            if found is not None and (rate_hz is not None or len(ticks) >= PACKETS_FOR_RATE):
                break
    except av.error.FFmpegError:
        pass  # a damaged file still has a header; reading it will say what is lost
    if rate_hz is None and len(ticks) > 1:
        rate_hz = float((len(ticks) - 1) / ((max(ticks) - min(ticks)) * fraction(stream.time_base)))
    return found or Turn(False, False, False), rate_hz


def _decode(stream: Any, packet: Any) -> list[av.VideoFrame]:
    try:
        return stream.codec_context.decode(packet if packet.size else None)
    except av.error.FFmpegError:
        return []
