"""What OpenCV makes of the files of chapter 01: the numbers that the chapter records are those that it gives."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from vmm_edu import framing, world

cv2 = pytest.importorskip("cv2")

WHEEL = Path(__file__).resolve().parents[2] / "data" / "smoke" / "sampling" / "000002.mp4"
PHONE_PTS = np.concatenate([np.arange(12) * 40, 480 + np.arange(12) * 160])


def write_clip(path, images, pts, time_base, *, turned_deg=0):
    """As the chapter writes it."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=12, options={"crf": "18"})
        stream.height, stream.width = images.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = stream.time_base = time_base
        if turned_deg:
            stream.set_display_rotation(turned_deg)
        for image, ticks in zip(images, pts, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = int(ticks), time_base
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def all_frames(video) -> list[np.ndarray]:
    frames = []
    while (read := video.read())[0]:
        frames.append(read[1][..., ::-1])
    return frames


def nearest(image, images) -> int:
    return int(np.abs(images.astype(float) - image).mean(axis=(1, 2, 3)).argmin())


@pytest.fixture
def images():
    return framing.read_frames(WHEEL).images


def test_the_clip_is_the_one_of_the_chapter():
    wheels = world.load_set(WHEEL.parent)
    assert wheels.paths[2] == WHEEL
    assert wheels.clips[2].symbols["video"] == {"direction": 0, "start_x": 4, "speed": 4}


def test_opencv_counts_and_jumps_by_the_average_rate(images, tmp_path):
    path = write_clip(tmp_path / "phone.mkv", images, PHONE_PTS, Fraction(1, 1000))
    video = cv2.VideoCapture(str(path))
    promised = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    assert len(all_frames(video)) == len(framing.read_frames(path).images) == 24 != promised
    video = cv2.VideoCapture(str(path))
    video.set(cv2.CAP_PROP_POS_MSEC, 1000.0)
    theirs = nearest(video.read()[1][..., ::-1], images)
    ours = nearest(framing.read_frames(path, times_s=[1.0]).images[0], images)
    assert ours == np.flatnonzero(PHONE_PTS <= 1000)[-1] == 15
    assert (promised, theirs) == (28, 12), "the chapter records these numbers"


def test_opencv_says_nothing_of_a_file_that_was_cut_short(images, tmp_path):
    whole = write_clip(tmp_path / "whole.mkv", np.concatenate([images] * 4), np.arange(96), Fraction(1, 12))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    video = cv2.VideoCapture(str(cut))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 96
    read = len(all_frames(video))
    assert read < 96
    with pytest.warns(framing.DamagedFileWarning):
        assert abs(len(framing.read_frames(cut).images) - read) <= 1


def test_opencv_turns_a_phone_clip_and_pyav_leaves_that_to_you(images, tmp_path):
    tall = images[:, :, 8:56]
    path = write_clip(
        tmp_path / "turned.mp4", np.rot90(tall, axes=(1, 2)), np.arange(24), Fraction(1, 12), turned_deg=-90
    )
    assert all_frames(cv2.VideoCapture(str(path)))[0].shape == (64, 48, 3)
    with av.open(str(path)) as file:
        assert next(file.decode(video=0)).to_ndarray(format="rgb24").shape == (48, 64, 3)
    assert framing.read_frames(path).images.shape[1:] == (64, 48, 3)
