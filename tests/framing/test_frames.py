import gc
import os
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from framing.media import HEIGHT, WIDTH, number_in, write_media
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.framing import NoFramesError, iter_frames, read_frames, uniform_times
from vmm_edu.framing.reader import VideoReader

GROUPS = {"bf": "2", "g": "8"}
OPEN_H264 = {"x264-params": "keyint=8:bframes=3:open-gop=1:scenecut=0"}
OPEN_H265 = {"x265-params": "keyint=8:bframes=3:open-gop=1:log-level=none"}
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}
COUNT, RATE = 40, 25
KINDS = {
    "bframes.mp4": {"options": GROUPS},
    "open.mp4": {"options": OPEN_H264},
    "open_hevc.mp4": {"codec": "libx265", "options": OPEN_H265},
    "one_group.mp4": {"options": {"g": "999"}},
    "fragmented.mp4": {"options": GROUPS, "container_options": FRAGMENTS},
    "faststart.mov": {"options": GROUPS, "container_options": {"movflags": "faststart"}},
    "h264.mkv": {"options": GROUPS},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "8", "deadline": "realtime", "cpu-used": "8"}},
    "vp8_hidden.webm": {"codec": "libvpx", "options": {"g": "8", "auto-alt-ref": "1", "lag-in-frames": "10"}},
    "ffv1.mkv": {"codec": "ffv1"},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "8"}},
    "bframes.avi": {"codec": "mpeg4", "options": GROUPS},
    "h264.avi": {"options": GROUPS},
    "h264.ts": {"options": GROUPS},
    "mpeg2.ts": {"codec": "mpeg2video", "options": GROUPS},
    "mpeg1.mpg": {"codec": "mpeg1video", "options": GROUPS},
    "h264.flv": {"options": GROUPS},
    "plain.gif": {"codec": "gif", "pix_fmt": "rgb8"},
    "ten_bit.mp4": {"pix_fmt": "yuv420p10le", "options": GROUPS},
    "full_colour.mp4": {"pix_fmt": "yuv444p", "options": GROUPS},
    "prores.mov": {"codec": "prores_ks", "pix_fmt": "yuv422p10le"},
    "mjpeg.mov": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
}


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    return cache(lambda name: write_media(folder / name, count=COUNT, rate=RATE, **KINDS[name]))


def shown_at(times, moments):
    return np.maximum(np.searchsorted(times, np.asarray(moments) + 1e-6, side="right") - 1, 0)


def numbers_in(frames):
    return [number_in(image) for image in frames.images]


@pytest.mark.parametrize("name", KINDS)
def test_every_frame_comes_once_in_order_and_at_its_time(media, name):
    frames = read_frames(media(name))
    assert numbers_in(frames) == list(range(COUNT))
    assert frames.images.shape == (COUNT, HEIGHT, WIDTH, 3)
    # Matroska and FLV round to milliseconds, GIF to hundredths; nothing is off by a tenth of a frame more.
    np.testing.assert_allclose(frames.times_s, np.arange(COUNT) / RATE, rtol=0, atol=0.0051)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_a_request_for_times_equals_decoding_from_the_start(media, name, data):
    path = media(name)
    whole = read_frames(path)
    moments = data.draw(st.lists(st.floats(0, (COUNT - 0.5) / RATE), min_size=1, max_size=5))
    frames = read_frames(path, times_s=moments)
    index = shown_at(whole.times_s, moments)
    assert np.array_equal(frames.images, whole.images[index])
    assert np.array_equal(frames.times_s, whole.times_s[index])


@pytest.mark.parametrize("name", ["bframes.mp4", "open.mp4", "h264.mkv", "h264.ts", "mpeg4.avi", "vp9.webm"])
def test_far_moments_are_reached_by_a_seek_and_decode_less(tmp_path, name, monkeypatch):
    path = write_media(tmp_path / name, count=400, rate=RATE, **KINDS[name])
    whole = read_frames(path)
    decoded, read = [], VideoReader.read
    monkeypatch.setattr(VideoReader, "read", lambda self: (decoded.append(1), read(self))[1])
    moments = [0.5, 5.03, 15.5]
    frames = read_frames(path, times_s=moments)
    index = shown_at(whole.times_s, moments)
    assert np.array_equal(frames.images, whole.images[index])
    assert len(decoded) < 150


@pytest.mark.parametrize("name", ["open.mp4", "open_hevc.mp4", "mpeg2.ts", "h264.mkv"])
def test_every_place_in_a_picture_group_can_be_sought(tmp_path, name):
    """Frames shown just before a keyframe may be stored after it and lean on the group before."""
    path = write_media(tmp_path / name, count=200, rate=RATE, **KINDS[name])
    whole = read_frames(path)
    for k in range(150, 167):
        frames = read_frames(path, times_s=[0.1, (k + 0.5) / RATE])
        assert numbers_in(frames) == [2, k]
        assert np.array_equal(frames.images[1], whole.images[k])
        assert np.array_equal(read_frames(path, start_s=k / RATE, end_s=(k + 2) / RATE).images[0], whole.images[k])


def test_the_times_that_were_given_ask_for_the_same_frames(media):
    whole = read_frames(media("h264.mkv"))
    assert np.array_equal(read_frames(media("h264.mkv"), times_s=whole.times_s).images, whole.images)


def test_times_in_any_order_and_twice(media):
    frames = read_frames(media("bframes.mp4"), times_s=[1.0, 0.0, 1.5, 1.0])
    assert numbers_in(frames) == [25, 0, 37, 25]


def test_a_count_and_a_rate_are_the_moments_of_uniform_times(media):
    path = media("bframes.mp4")
    for request in ({"count": 7}, {"rate_hz": 4}):
        moments = uniform_times(COUNT / RATE, **request)
        assert np.array_equal(read_frames(path, **request).images, read_frames(path, times_s=moments).images)
    window = read_frames(path, count=4, start_s=0.4, end_s=1.2)
    assert numbers_in(window) == [12, 17, 22, 27]
    assert len(read_frames(path, count=3, end_s=1e6).times_s) == 3


@pytest.mark.parametrize("name", ["bframes.mp4", "open.mp4", "h264.mkv", "h264.ts", "plain.gif", "bframes.avi"])
def test_a_window_holds_the_frames_whose_times_lie_in_it(media, name):
    path = media(name)
    whole = read_frames(path)
    frames = read_frames(path, start_s=0.79, end_s=1.3)
    inside = (whole.times_s >= 0.79) & (whole.times_s < 1.3)
    assert np.array_equal(frames.times_s, whole.times_s[inside])
    assert np.array_equal(frames.images, whole.images[inside])


def test_variable_rate_is_read_by_times_not_by_an_average(tmp_path):
    ticks = [0, 10, 15, 100, 101, 250, 300]
    path = write_media(tmp_path / "v.mkv", count=7, pts=ticks, time_base=Fraction(1, 100), options=GROUPS)
    frames = read_frames(path)
    np.testing.assert_allclose(frames.times_s, np.array(ticks) / 100)
    moments = [0.05, 0.149, 0.15, 0.99, 1.005, 2.49, 2.5, 2.99]
    assert numbers_in(read_frames(path, times_s=moments)) == [0, 1, 2, 2, 3, 4, 5, 5]


def test_a_clock_that_starts_late_is_shifted_to_zero(tmp_path):
    path = write_media(tmp_path / "late.mkv", count=10, rate=10, pts=list(range(50, 60)), time_base=Fraction(1, 10))
    frames = read_frames(path)
    assert frames.times_s[0] == 0
    assert numbers_in(read_frames(path, times_s=[0.35])) == [3]


def test_before_a_late_picture_the_first_frame_is_given_with_its_own_time(tmp_path):
    pts = list(range(6, 18))
    sound = np.zeros(32000)
    path = write_media(tmp_path / "late.mp4", count=12, pts=pts, time_base=Fraction(1, 12), sound=sound)
    frames = read_frames(path, times_s=[0.1, 0.6])
    assert numbers_in(frames) == [0, 1]
    np.testing.assert_allclose(frames.times_s, [0.5, 7 / 12], atol=1e-6)


def test_the_last_frame_is_held_to_the_end_of_the_file_and_no_longer(tmp_path):
    path = write_media(tmp_path / "a.mp4", count=12, rate=12, sound=np.zeros(32000))
    assert numbers_in(read_frames(path, times_s=[1.9])) == [11]
    with pytest.raises(NoFramesError, match=r"ends at 2\.000 s"):
        read_frames(path, times_s=[0.5, 2.1])
    with pytest.raises(NoFramesError, match="ends at"):
        read_frames(path, start_s=5)
    with pytest.raises(NoFramesError, match="ends at"):
        read_frames(path, start_s=5, count=2)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_picture_comes_upright(tmp_path, turns):
    path = write_media(tmp_path / "t.mp4", count=5, sideways=turns)
    with av.open(str(path)) as raw:
        assert next(raw.decode(video=0)).width == (HEIGHT if turns % 2 else WIDTH)
    assert numbers_in(read_frames(path)) == [0, 1, 2, 3, 4]
    small = read_frames(path, size=(24, 48))
    assert small.images.shape == (5, 24, 48, 3)
    assert numbers_in(small) == [0, 1, 2, 3, 4]


def test_size_keeps_the_brightness_and_changes_of_size_in_a_file_are_scaled(media):
    whole = read_frames(media("bframes.mp4"))
    small = read_frames(media("bframes.mp4"), size=(12, 24))
    assert small.images.shape == (COUNT, 12, 24, 3)
    assert abs(small.images.mean(axis=(1, 2, 3)) - whole.images.mean(axis=(1, 2, 3))).max() < 1.5


def test_colour_survives(tmp_path):
    wanted = np.zeros((48, 96, 3), np.uint8)
    wanted[:, :32, 0], wanted[:, 32:64, 1], wanted[:, 64:, 2] = 200, 200, 200
    path = tmp_path / "c.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 96, 48, "yuv444p"
        for packet in stream.encode(av.VideoFrame.from_ndarray(wanted, format="rgb24")) + stream.encode():
            out.mux(packet)
    assert abs(read_frames(path).images[0].astype(int) - wanted).max() < 8


def test_the_iterator_gives_what_read_frames_gives(media):
    path = media("bframes.mp4")
    for request in ({}, {"count": 5}, {"times_s": [0.1, 0.2, 1.5]}, {"rate_hz": 3, "start_s": 0.5}):
        frames = read_frames(path, **request)
        pairs = list(iter_frames(path, **request))
        assert np.array_equal(frames.images, [image for _, image in pairs])
        assert frames.times_s.tolist() == [time_s for time_s, _ in pairs]


def test_each_image_of_the_iterator_is_the_callers_own(media):
    kept = []
    for _, image in iter_frames(media("bframes.mp4"), times_s=[0.5, 0.5, 0.54]):
        kept.append((image, number_in(image)))
        image[:] = 0
    assert [number for _, number in kept] == [12, 12, 13]
    assert all(image.flags.c_contiguous and not image.any() for image, _ in kept)


def test_an_abandoned_iterator_closes_its_file(media):
    def open_files():
        links = [Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd")]
        return sum(link.is_symlink() and os.readlink(link).endswith(".mp4") for link in links)

    if not Path("/proc/self/fd").exists():
        pytest.skip("no list of open files on this system")
    frames = iter_frames(media("bframes.mp4"))
    next(frames)
    assert open_files() == 1
    del frames
    gc.collect()
    assert open_files() == 0
    frames = iter_frames(media("bframes.mp4"))
    next(frames)
    frames.close()
    assert open_files() == 0
    assert next(frames, None) is None


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        ({"count": 3, "rate_hz": 2}, "at most one"),
        ({"count": 0}, "count"),
        ({"rate_hz": -1.0}, "rate_hz"),
        ({"times_s": []}, "times_s"),
        ({"times_s": [-0.1]}, "times_s"),
        ({"times_s": [float("nan")]}, "times_s"),
        ({"times_s": [0.1], "start_s": 0.5}, "beside times_s"),
        ({"start_s": -1.0}, "start_s"),
        ({"start_s": 1.0, "end_s": 1.0}, "end_s"),
        ({"size": (0, 10)}, "size"),
    ],
)
def test_requests_that_contradict_themselves(media, request_, word):
    with pytest.raises(ValueError, match=word):
        read_frames(media("bframes.mp4"), **request_)
    with pytest.raises(ValueError, match=word):
        iter_frames(media("bframes.mp4"), **request_)


def test_the_iterator_wants_ascending_times(media):
    with pytest.raises(ValueError, match="ascending"):
        iter_frames(media("bframes.mp4"), times_s=[1.0, 0.5])
