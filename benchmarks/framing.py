"""A video made on the spot in; the time to read it against decoding alone and against OpenCV, out.

python benchmarks/framing.py [--rounds 12] [--frames 300] [--width 320 --height 240]
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from interleave import interleave, print_ratios
from skimage import data, transform

from vmm_edu.framing import iter_frames, read_frames


def write_video(path: Path, *, frames: int, width: int, height: int) -> None:
    """A slow pan over a photograph, H.264 at 25 frames a second, a keyframe every two seconds."""
    wide = np.asarray(transform.resize(data.coffee(), (height, width + 2 * frames), preserve_range=True), np.uint8)
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=25, options={"g": "50", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for k in range(frames):
            view = np.ascontiguousarray(wide[:, 2 * k : 2 * k + width])
            for packet in stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)


def decode_only(path: Path) -> int:
    """The limit: every frame decoded, none converted."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def decode_and_convert(path: Path) -> int:
    """The limit of a conversion to RGB that nobody keeps: one reused reformatter, no array."""
    reformatter = VideoReformatter()
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(reformatter.reformat(frame, format="rgb24").width > 0 for frame in container.decode(video=0))


def main() -> None:
    """Time all candidates that are installed and print the ratios, for every frame and for sixteen of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("rounds", 12), ("frames", 300), ("width", 320), ("height", 240)):
        parser.add_argument(f"--{name}", type=int, default=value)
    size = parser.parse_args()
    packages = ("av", "numpy")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pan.mp4"
        write_video(path, frames=size.frames, width=size.width, height=size.height)
        moments = (np.arange(16) + 0.5) * size.frames / 25 / 16
        every = {
            "ours, read_frames": lambda: read_frames(path),
            "ours, iter_frames": lambda: sum(1 for _ in iter_frames(path)),
            "decoding alone": lambda: decode_only(path),
            "decoding and converting": lambda: decode_and_convert(path),
        }
        sparse = {
            "ours, 16 times": lambda: read_frames(path, times_s=moments),
            "every frame, then 16": lambda: read_frames(path).images[:16],
        }
        if importlib.util.find_spec("cv2"):
            cv2 = importlib.import_module("cv2")
            packages = (*packages, "opencv-python-headless")

            def opencv_every() -> int:
                capture, count = cv2.VideoCapture(str(path)), 0
                while capture.read()[0]:
                    count += 1
                return count

            def opencv_kept() -> np.ndarray:
                capture, kept = cv2.VideoCapture(str(path)), []
                while True:
                    more, frame = capture.read()
                    if not more:
                        return np.stack(kept)
                    kept.append(frame)

            def opencv_sparse() -> None:
                capture = cv2.VideoCapture(str(path))
                for moment in moments:
                    capture.set(cv2.CAP_PROP_POS_MSEC, 1000 * moment)
                    capture.read()

            every |= {"OpenCV, frames thrown away": opencv_every, "OpenCV, kept as one array": opencv_kept}
            sparse["OpenCV, by its clock"] = opencv_sparse
        title = f"{size.frames} frames of {size.width}×{size.height}, H.264"
        print_ratios(f"{title}: all", interleave(every, rounds=size.rounds), packages=packages)
        print_ratios(f"{title}: 16 of them", interleave(sparse, rounds=size.rounds), packages=packages)


if __name__ == "__main__":
    main()
