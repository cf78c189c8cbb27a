"""A video made on the spot in; the time to read it against decoding alone and against OpenCV, out.

    python benchmarks/framing.py [--rounds 12] [--frames 300] [--width 320 --height 240]
    python benchmarks/framing.py --minutes 60 --width 1280 --height 720

The second form streams a video of that length instead and prints how much memory that took.

Where the time goes: processor time per frame, decoding alone = 1; x86-64 with AVX-512, PyAV 18.1, OpenCV 4.14, the
least of 14 runs taken in turn on a busy machine.

                                    320×240   1280×720
    decoding alone                     1.00       1.00
    and converting to RGB, unkept      1.27       1.37     the limit of a reader that converts each frame
    iter_frames                        1.42       1.54     and a picture of its own for each frame
    OpenCV, frames thrown away         1.23       1.69     its pictures share one memory
    read_frames                        2.3        3.9      and all pictures copied into one array
    OpenCV, kept as one array          2.9        5.8

Beyond decoding, then, two thirds of the time of iter_frames are libswscale's conversion; the rest is Python's, about
15 µs a frame, and memory that the system hands out page by page because each picture belongs to the caller. Keeping
freed memory (`vmm_edu.framing.rgb`) took 50 times fewer page faults and a fifth less time.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import tempfile
import time
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


def repeat(path: Path, target: Path, minutes: float) -> None:
    """Writes the packets of a video one after another until ``target`` is that long: no frame is coded again."""
    with av.open(str(path)) as source, av.open(str(target), "w") as out:
        given: Any = source.streams.video[0]
        stream = out.add_stream_from_template(given)
        packets = [packet for packet in source.demux(given) if packet.size]
        length = sum(packet.duration or 0 for packet in packets)
        times = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        for k in range(max(1, round(60 * minutes / float(length * given.time_base)))):
            for packet, (pts, dts) in zip(packets, times, strict=True):
                packet.stream, packet.time_base = stream, given.time_base
                packet.pts, packet.dts = pts + k * length, dts + k * length
                out.mux(packet)


def print_memory(path: Path) -> None:
    """Streams a video and prints the memory of the process on the way."""

    def megabytes() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    used, started, last_s, k = [], time.process_time(), 0.0, 0
    for k, (time_s, _) in enumerate(iter_frames(path)):
        last_s = time_s
        if k % 250 == 0:
            used.append(megabytes())
    count, spent_s = k + 1, time.process_time() - started
    print(f"{count} frames, {last_s / 60:.1f} minutes, {path.stat().st_size / 2**20:.0f} MiB of file")
    print(
        f"memory after 10 s {used[1]:.0f} MiB, most after that {max(used[1:]):.0f} MiB, at the end {used[-1]:.0f} MiB"
    )
    print(f"{1e3 * spent_s / count:.2f} ms of processor time per frame")


def main() -> None:
    """Time all candidates that are installed and print the ratios, for every frame and for sixteen of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("rounds", 12), ("frames", 300), ("width", 320), ("height", 240)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--minutes", type=float, default=0.0)
    size = parser.parse_args()
    packages = ("av", "numpy")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pan.mp4"
        write_video(path, frames=size.frames, width=size.width, height=size.height)
        if size.minutes:
            repeat(path, Path(folder) / "long.mp4", size.minutes)
            print_memory(Path(folder) / "long.mp4")
            return
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
