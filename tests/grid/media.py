"""A folder laid out as GRID is, made on the spot: a photograph whose head moves as is known and opens its mouth."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from scipy.ndimage import shift as shift_image
from skimage import data
from skimage.transform import resize

HEIGHT, WIDTH, FRAMES, RATE_HZ, SOUND_HZ = 288, 360, 75, 25, 44100
SECONDS = FRAMES / RATE_HZ


def portrait() -> np.ndarray:
    """Scikit-image's astronaut, her face about 140 pixels high, in the size of GRID's frames; float 0…255."""
    return resize(data.astronaut()[20:220, 110:360], (HEIGHT, WIDTH, 3)) * 255


def head_path(seed: int) -> np.ndarray:
    """(x, y) of the head in each frame, against the photograph: smooth, a few pixels."""
    rng = np.random.default_rng(seed)
    t = np.arange(FRAMES) / FRAMES
    waves = [np.sin(2 * np.pi * (t * rng.uniform(0.3, 1.2) + rng.uniform())) * rng.uniform(1, 3) for _ in range(2)]
    return np.stack(waves, axis=1)


def talking(seed: int = 0, *, mouth: tuple[int, int] = (180, 162), moving: bool = True) -> np.ndarray:
    """75 frames: the head moves, and a dark mouth opens and closes while words are said."""
    base, path = portrait(), head_path(seed) if moving else np.zeros((FRAMES, 2))
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    frames = np.empty((FRAMES, HEIGHT, WIDTH, 3), np.uint8)
    for k, (x, y) in enumerate(path):
        image = shift_image(base, (y, x, 0), order=1, mode="nearest")
        open_px = 1 + 9 * abs(np.sin(k * 0.7 + seed)) * (18 <= k < 50)
        inside = ((rows - mouth[0] - y) / open_px) ** 2 + ((columns - mouth[1] - x) / 18) ** 2 < 1
        image[inside] = 40
        frames[k] = np.rint(image).clip(0, 255)
    return frames


def voice(seed: int = 0, *, seconds: float = 2.95) -> np.ndarray:
    """A tone that is loud while words are said."""
    t = np.arange(round(seconds * SOUND_HZ)) / SOUND_HZ
    return (0.3 * np.sin(2 * np.pi * (200 + 50 * seed) * t) * ((t > 0.7) & (t < 2.0))).astype(np.float32)


def write_mpeg(path: Path, frames: np.ndarray, sound: np.ndarray | None, *, rate: int = RATE_HZ) -> Path:
    """An MPEG-1 file with MP2 sound, as the corpus has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="mpeg") as container:
        video = container.add_stream("mpeg1video", rate=rate)
        video.height, video.width = frames.shape[1:3]
        video.pix_fmt, video.bit_rate = "yuv420p", 3_000_000
        audio = container.add_stream("mp2", rate=SOUND_HZ, layout="mono") if sound is not None else None
        packets = []
        for k, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = k, Fraction(1, rate)
            packets += video.encode(frame)
        packets += video.encode(None)
        if audio is not None and sound is not None:
            samples = np.rint(sound * 32767).astype(np.int16)
            for start in range(0, len(samples) - 1151, 1152):
                block = av.AudioFrame.from_ndarray(samples[None, start : start + 1152], format="s16", layout="mono")
                block.rate, block.pts, block.time_base = SOUND_HZ, start, Fraction(1, SOUND_HZ)
                packets += audio.encode(block)
            packets += audio.encode(None)
        for packet in sorted(packets, key=lambda p: float((p.dts or 0) * p.time_base)):
            container.mux(packet)
    return path


def write_alignment(path: Path, words: tuple[str, ...]) -> Path:
    """Silence, six words of 0.2 s from 0.72 s on, silence, in the corpus's units and with its line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["0 18000 sil"]
    lines += [f"{18000 + 5000 * k} {23000 + 5000 * k} {word}" for k, word in enumerate(words)]
    path.write_bytes("\r\n".join([*lines, "48000 74500 sil", ""]).encode())
    return path
