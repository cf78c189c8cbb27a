"""Media made on the spot, in which every frame shows its own number."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

HEIGHT, WIDTH, CELL = 48, 96, 16
BITS = 12


def numbered(index: int, *, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """A picture that shows ``index`` as bits, dark or bright, in two rows of six cells; the third row is half bright.

    The half-bright row makes the four ways to turn the picture, and its mirror image, tell themselves apart.
    """
    cells = np.array([(index >> bit) & 1 for bit in range(BITS)]).reshape(2, 6)
    image = np.full((HEIGHT, WIDTH), 40, np.uint8)
    image[: 2 * CELL] = np.kron(40 + 170 * cells, np.ones((CELL, CELL))).astype(np.uint8)
    image[2 * CELL :, : WIDTH // 2] = 210
    scaled = np.kron(image, np.ones((height // HEIGHT, width // WIDTH))).astype(np.uint8)
    return np.repeat(scaled[..., None], 3, axis=-1)


def number_in(image: np.ndarray) -> int:
    """The number that a picture shows; -1 if it is not upright or not one of ours."""
    height, width = image.shape[0] / 3, image.shape[1] / 6
    if image.shape[0] > image.shape[1]:
        return -1
    gray = image.astype(float).mean(axis=-1)
    cells = np.array(
        [[gray[int((r + 0.5) * height), int((c + 0.5) * width)] > 125 for c in range(6)] for r in range(3)]
    )
    if cells[2].tolist() != [True] * 3 + [False] * 3:
        return -1
    return int(sum(int(bit) << i for i, bit in enumerate(cells[:2].ravel())))


@contextlib.contextmanager
def usual_priority() -> Iterator[None]:
    """Undoes what SVT-AV1 does where it may (as root): it makes its caller a real-time task, and with it every process
    that the caller starts from then on, which takes the processor away from all others."""
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


def write_media(
    path: Path,
    *,
    codec: str | None = "libx264",
    count: int = 24,
    rate: int = 12,
    pts: list[int] | None = None,
    time_base: Fraction | None = None,
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    numbers: list[int] | None = None,
    height: int = HEIGHT,
    width: int = WIDTH,
    sound: np.ndarray | None = None,
    sound_codec: str = "aac",
    sound_rate: int = 16000,
    sound_start_s: float = 0.0,
    matrix: Any = None,
    aspect: Fraction | None = None,
    container_options: dict[str, str] | None = None,
    sideways: int = 0,
    cover: bool = False,
) -> Path:
    """Writes a file with numbered frames, a sound, or both. ``sound`` is (channel, sample) or (sample,)."""
    muxer = {"fflags": "+bitexact"} | (container_options or {})
    with usual_priority(), av.open(str(path), "w", options=muxer) as out:
        packets = []
        if codec:
            video: Any = out.add_stream(codec, rate=rate, options={"crf": "5"} | (options or {}))
            video.width, video.height = (height, width) if sideways % 2 else (width, height)
            video.pix_fmt = pix_fmt
            if codec in ("mpeg4", "mpeg2video", "mpeg1video", "mjpeg"):
                video.bit_rate = 4_000_000
            if time_base is not None:
                video.codec_context.time_base = video.time_base = time_base
            if matrix is not None:
                video.set_display_matrix(matrix)
            elif sideways:
                video.set_display_rotation(90 * sideways)
            if aspect is not None:
                video.codec_context.sample_aspect_ratio = aspect
        if sound is not None:
            audio: Any = out.add_stream(sound_codec, rate=sound_rate, layout="mono" if sound.ndim == 1 else "stereo")
        if cover:
            picture: Any = out.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = 32, 32, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
        if codec:
            for i in range(count):
                shown = numbered(i if numbers is None else numbers[i], height=height, width=width)
                frame = av.VideoFrame.from_ndarray(np.rot90(shown, -sideways).copy(), format="rgb24")
                frame.pts = i if pts is None else pts[i]
                frame.time_base = time_base or Fraction(1, rate)
                frame = frame.reformat(format=pix_fmt)
                packets += video.encode(frame)
            packets += video.encode()
        if sound is not None:
            packets += encode_sound(audio, sound, sound_rate, sound_start_s)
        if cover:
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), format="rgb24")
            packets += picture.encode(frame.reformat(format="yuvj420p")) + picture.encode()
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            out.mux(packet)
    return path


def encode_sound(stream: Any, sound: np.ndarray, rate: int, start_s: float) -> list[Any]:
    rows = np.atleast_2d(sound).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(rows, format="fltp", layout=stream.layout.name)
    frame.sample_rate, frame.pts, frame.time_base = rate, round(start_s * rate), Fraction(1, rate)
    resampler = av.AudioResampler(format=stream.format.name, layout=stream.layout.name, rate=rate)
    pieces = [piece for resampled in (frame, None) for piece in resampler.resample(resampled)]
    return [packet for piece in (*pieces, None) for packet in stream.encode(piece)]


def tone(seconds: float, *, rate: int = 16000, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
