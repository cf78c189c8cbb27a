"""A path in, an opened file with its best video and sound stream and the zero of its clock out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import av.container
import av.error
import av.stream

from vmm_edu.framing.errors import (
    EmptyFileError,
    MediaError,
    MissingFileError,
    NoAudioError,
    NotMediaError,
    NoVideoError,
    TruncatedFileError,
    UnsupportedCodecError,
)
from vmm_edu.framing.structure import container_family, missing_bytes

AnyPath = str | os.PathLike[str]
MEDIA = "a video or sound file (mp4, mov, mkv, webm, avi, …)"
PICTURES = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
DEFAULT_BONUS = 5_000_000
"""What a stream marked as default is worth in FFmpeg's own choice, in pixels or channels."""
# From version 19 on PyAV replaces bad bytes in titles by itself; before, one flipped byte there is an error.
SEEKABLE = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "flv")
"""Containers that find a keyframe by its time; the others are read from the start."""
INDEXED = ("mov,mp4,m4a,3gp,3g2,mj2", "avi")
"""Containers whose index lists every frame; that of the others is a sample, or grows as they are read."""
OPEN_OPTIONS: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}


@dataclass(frozen=True)
class Source:
    """An opened file. ``origin`` is the time in seconds, on the container's clock, that we call 0."""

    path: str
    container: av.container.InputContainer
    video: Any
    audio: Any
    origin: Fraction

    def seconds(self, ticks: int, time_base: Any) -> float:
        """Converts ``ticks`` of ``time_base`` to seconds since the file's start, correctly rounded."""
        scaled = ticks * time_base.numerator * self.origin.denominator
        return (scaled - self.origin.numerator * time_base.denominator) / (
            self.origin.denominator * time_base.denominator
        )

    def ticks(self, time_s: float, time_base: Any) -> int:
        """Converts seconds since the file's start to ticks of ``time_base``, rounded down."""
        return int((Fraction(time_s) + self.origin) / fraction(time_base))


def fraction(value: Any) -> Fraction:
    """Returns PyAV's rational as a Fraction; up to version 18 it is one, from 19 on it is a type of its own."""
    return Fraction(value.numerator, value.denominator)


def check_path(path: AnyPath) -> str:
    """Returns the path as text if a file with something in it is there.

    Raises:
        MissingFileError: There is no file.
        EmptyFileError: It has no bytes.
    """
    name = os.fspath(path)
    if not os.path.isfile(name):
        got = "a folder" if os.path.isdir(name) else "no file of that name"
        raise MissingFileError(name, expected=MEDIA, got=got, advice="Check the spelling and the working folder.")
    if not os.path.getsize(name):
        raise EmptyFileError(name, expected=MEDIA, got="0 bytes", advice="Copy or download the file again.")
    return name


@contextmanager
def open_source(path: AnyPath) -> Iterator[Source]:
    """Opens a file for reading and closes it at the end of the ``with`` block.

    Raises:
        MissingFileError, EmptyFileError, NotMediaError, TruncatedFileError: As their names say.
        MediaError: The system refuses to open the file.
    """
    name = check_path(path)
    try:
        container = av.open(name, **OPEN_OPTIONS)
    except av.error.FFmpegError as error:
        raise _why_not_opened(name, error) from error
    with container:
        if container.format.name == "tty":
            raise NotMediaError(name, expected=MEDIA, got="plain text", advice="Check that it is the file you meant.")
        yield _describe(name, container)


def _describe(name: str, container: av.container.InputContainer) -> Source:
    videos = [s for s in container.streams if s.type == "video" and not s.disposition & PICTURES]
    video = _best(videos, lambda s: s.codec_context.width * s.codec_context.height)
    audio = _best([s for s in container.streams if s.type == "audio"], lambda s: s.codec_context.channels)
    starts = []
    if video is not None and video.start_time is not None:
        starts.append(video.start_time * fraction(video.time_base))
    if audio is not None and audio.start_time is not None:
        # What lies before 0 is the encoder's run-up, which decoders drop.
        starts.append(max(Fraction(0), audio.start_time * fraction(audio.time_base)))
    return Source(name, container, video, audio, min(starts, default=Fraction(container.start_time or 0, av.time_base)))


def _best(streams: list[Any], size: Any) -> Any:
    """The stream that FFmpeg's command line takes: the largest, a default one preferred, the first of equals."""
    readable = [s for s in streams if s.codec_context is not None]
    is_default = av.stream.Disposition.default
    return max(readable, key=lambda s: size(s) + DEFAULT_BONUS * bool(s.disposition & is_default), default=None)


def require_video(source: Source) -> Any:
    """Returns the video stream.

    Raises:
        NoVideoError: There is none, or only a cover picture.
        UnsupportedCodecError: There is one without a decoder.
    """
    if source.video is not None:
        return source.video
    kinds = sorted({s.type for s in source.container.streams})
    videos = [s for s in source.container.streams if s.type == "video"]
    if any(s.codec_context is None for s in videos):
        raise _unsupported(source.path, "video")
    got = "sound with a cover picture" if videos else f"{' and '.join(kinds) or 'no stream at all'} only"
    raise NoVideoError(source.path, expected="a video stream", got=got, advice="For its sound use read_audio.")


def require_audio(source: Source) -> Any:
    """Returns the sound stream.

    Raises:
        NoAudioError: There is none.
        UnsupportedCodecError: There is one without a decoder.
    """
    if source.audio is not None:
        return source.audio
    if any(s.type == "audio" for s in source.container.streams):
        raise _unsupported(source.path, "sound")
    kinds = sorted({s.type for s in source.container.streams})
    raise NoAudioError(
        source.path,
        expected="a sound track",
        got=f"{' and '.join(kinds) or 'no stream at all'} only",
        advice="Use a file with sound, or mask the sense of hearing.",
    )


def _unsupported(name: str, kind: str) -> UnsupportedCodecError:
    return UnsupportedCodecError(
        name,
        expected=f"a {kind} codec that this build of FFmpeg decodes",
        got="one without a decoder",
        advice="Convert the file to MP4 with H.264 and AAC.",
    )


def _why_not_opened(name: str, error: av.error.FFmpegError) -> MediaError:
    family = container_family(name)
    if family is not None and missing_bytes(name):
        return TruncatedFileError(
            name,
            expected=MEDIA,
            got=f"a file that begins as {family} does but ends before its index does ({error.strerror})",
            advice="It was cut short: copy or download it again.",
        )
    if family is not None and isinstance(error, ValueError):
        return MediaError(
            name,
            expected=MEDIA,
            got=f"a file that begins as {family} does but whose index is damaged ({error.strerror})",
            advice="Copy or download it again.",
        )
    if isinstance(error, OSError) and not isinstance(error, ValueError):
        return MediaError(name, expected=MEDIA, got=f"'{error.strerror}'", advice="Check the file's permissions.")
    return NotMediaError(
        name,
        expected=MEDIA,
        got=f"bytes that no reader recognises ({error.strerror})",
        advice="Check that it is the file you meant; a name ending in .mp4 does not make a video.",
    )
