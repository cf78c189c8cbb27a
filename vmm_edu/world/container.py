"""Frames and samples in, one MP4 file (H.264 + AAC) out, written so that no frame tells of its neighbours."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import av
import av.error
import numpy as np
from jaxtyping import Float, UInt8

# Every frame is coded alone and at one quantiser. With x264's own defaults (crf, long groups of pictures)
# the residue of motion compensation tells a linear probe which way an object moves from one decoded frame.
NO_LEAK: Mapping[str, str] = MappingProxyType(
    {"qp": "20", "g": "1", "bf": "0", "threads": "1", "x264-params": "aq-mode=0:mbtree=0:scenecut=0"}
)
AUDIO_BITS_PER_S = 32_000


def temporary_beside(path: Path) -> Path:
    """Return a name in the folder of ``path`` for a file that is not finished yet (it ends in ``.tmp``)."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 so that ``path`` either holds all of it or is untouched.

    Raises:
        OSError: If the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_mp4(
    path: str | os.PathLike[str],
    images: UInt8[np.ndarray, "time height width 3"],
    *,
    rate_hz: int = 12,
    samples: Float[np.ndarray, " sample"] | None = None,
    audio_rate_hz: int = 16_000,
    video_options: Mapping[str, str] = NO_LEAK,
) -> None:
    """Write an MP4 file; ``path`` is replaced only when the new file is complete.

    The same input gives the same bytes on one build of FFmpeg. AAC pads the sound to whole blocks:
    cut what is read back to the length of the video.

    Args:
        path: File to write; missing parent folders are made.
        images: Frames, RGB, 0…255. Height and width must be even (4:2:0 chroma).
        rate_hz: Frames per second.
        samples: Sound, mono, −1…1, or ``None`` for a file without a sound track.
        audio_rate_hz: Samples per second.
        video_options: Options of x264. The default keeps every frame free of its neighbours.

    Raises:
        ValueError: If there is no frame, a side is odd, or the sound is not finite or leaves −1…1.
        OSError: If the folder cannot be written.
    """
    path = Path(path)
    time, height, width, _ = images.shape
    if time == 0:
        raise ValueError(
            f"{path}: expected at least one frame, got none; pass images of shape (time, height, width, 3)"
        )
    if height % 2 or width % 2:
        raise ValueError(f"{path}: expected an even height and width, got {height} × {width}; crop or pad by one pixel")
    if samples is not None and not np.all(np.abs(samples) <= 1):
        raise ValueError(
            f"{path}: expected finite samples in −1…1, got a value outside; divide by the largest magnitude"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        with av.open(os.fspath(temporary), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
            video = container.add_stream("libx264", rate=rate_hz, options=dict(video_options))
            video.width, video.height, video.pix_fmt = width, height, "yuv420p"
            audio = None
            if samples is not None:
                audio = container.add_stream("aac", rate=audio_rate_hz, layout="mono")
                audio.bit_rate = AUDIO_BITS_PER_S
            for index, image in enumerate(images):
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, rate_hz)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            if audio is not None and samples is not None:
                sound = av.AudioFrame.from_ndarray(samples.astype(np.float32)[None], format="fltp", layout="mono")
                sound.sample_rate, sound.pts, sound.time_base = audio_rate_hz, 0, Fraction(1, audio_rate_hz)
                container.mux(audio.encode(sound))
                container.mux(audio.encode(None))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


class Media(NamedTuple):
    """What a finished file holds: frames 0…255 and, where there is a sound track, mono samples −1…1."""

    images: UInt8[np.ndarray, "time height width 3"]
    samples: Float[np.ndarray, " sample"] | None


def read_mp4(path: str | os.PathLike[str]) -> Media:
    """Read back a file that ``write_mp4`` wrote, the sound cut to the length of the pictures.

    It keeps to what such files hold and shares nothing with ``vmm_edu.framing``, so that neither can hide
    a mistake of the other.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not a video, or its end is missing.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; render the clip first")
    try:
        with av.open(os.fspath(path)) as container:
            video, audio = container.streams.video[0], next(iter(container.streams.audio), None)
            images, blocks = [], []
            for packet in container.demux([stream for stream in (video, audio) if stream is not None]):
                for frame in packet.decode():
                    if isinstance(frame, av.VideoFrame):
                        images.append(frame.to_ndarray(format="rgb24"))
                    elif isinstance(frame, av.AudioFrame):
                        blocks.append(frame.to_ndarray()[0])
            rate_hz = float(video.average_rate or 0)
            audio_rate_hz = audio.rate if audio is not None else 0
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError(
            f"{path}: expected an MP4 file with pictures, got one that cannot be read; render it again"
        ) from error
    if not images or not rate_hz:
        raise ValueError(f"{path}: expected at least one frame, got none; render it again")
    samples = None
    if audio is not None:
        samples = np.concatenate(blocks).astype(np.float64)[: round(len(images) / rate_hz * audio_rate_hz)]
    return Media(np.stack(images), samples)
