"""Codecs, pixel formats and containers beyond those that every other test reads."""

import os
from fractions import Fraction

import av
import numpy as np
import pytest
from framing.media import number_in, tone, write_media

from vmm_edu.framing import probe, read_audio, read_frames

GROUPS = {"bf": "2", "g": "8"}
OPEN_H264 = {"x264-params": "keyint=8:bframes=3:open-gop=1:scenecut=0"}
OPEN_H265 = {"x265-params": "keyint=8:bframes=3:open-gop=1:log-level=none"}
H265 = {"x265-params": "keyint=8:bframes=2:log-level=none:frame-threads=1:pools=none"}
VP9 = {"g": "8", "deadline": "realtime", "cpu-used": "8"}
AV1 = {"preset": "8", "g": "8", "svtav1-params": "lp=1"}
BIG = {"height": 96, "width": 192}
COUNT, RATE = 40, 25
KINDS = {
    "av1.mp4": {"codec": "libsvtav1", "options": AV1, **BIG},
    "av1.webm": {"codec": "libsvtav1", "options": AV1, **BIG},
    "av1_ten_bit.mkv": {"codec": "libsvtav1", "options": AV1, "pix_fmt": "yuv420p10le", **BIG},
    "hevc_ten_bit.mp4": {"codec": "libx265", "options": H265, "pix_fmt": "yuv420p10le"},
    "hevc_full_colour.mkv": {"codec": "libx265", "options": H265, "pix_fmt": "yuv444p"},
    "hevc_full_ten_bit.mov": {"codec": "libx265", "options": H265, "pix_fmt": "yuv444p10le"},
    "hevc_open.ts": {"codec": "libx265", "options": OPEN_H265},
    "hevc_open.mkv": {"codec": "libx265", "options": OPEN_H265},
    "h264_open.ts": {"options": OPEN_H264},
    "h264_open.flv": {"options": OPEN_H264},
    "h264_full_ten_bit.mkv": {"options": GROUPS, "pix_fmt": "yuv444p10le"},
    "h264_rgb.mkv": {"codec": "libx264rgb", "options": {"g": "8"}, "pix_fmt": "rgb24"},
    "h264_half_colour.mp4": {"options": GROUPS, "pix_fmt": "yuv422p"},
    "vp9_full_colour.webm": {"codec": "libvpx-vp9", "options": VP9, "pix_fmt": "yuv444p"},
    "vp8.mkv": {"codec": "libvpx", "options": {"g": "8"}},
    "mpeg2.mpg": {"codec": "mpeg2video", "options": GROUPS},
    "mpeg2_half_colour.mkv": {"codec": "mpeg2video", "options": GROUPS, "pix_fmt": "yuv422p"},
    "mpeg4.mkv": {"codec": "mpeg4", "options": GROUPS},
    "mpeg4.3gp": {"codec": "mpeg4", "options": {"g": "8"}},
    "mjpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "grey.mkv": {"codec": "ffv1", "pix_fmt": "gray"},
    "raw.nut": {"codec": "rawvideo", "pix_fmt": "yuv420p"},
    "alpha.mov": {"codec": "prores_ks", "pix_fmt": "yuva444p10le"},
    "picture.apng": {"codec": "apng", "pix_fmt": "rgb24"},
}


@pytest.mark.parametrize("name", KINDS)
def test_every_frame_comes_once_and_requests_equal_the_sequence(tmp_path, name):
    path = write_media(tmp_path / name, count=COUNT, rate=RATE, **KINDS[name])
    whole = read_frames(path)
    assert [number_in(image) for image in whole.images] == list(range(COUNT))
    np.testing.assert_allclose(whole.times_s, np.arange(COUNT) / RATE, rtol=0, atol=0.0051)
    moments = np.random.default_rng(len(name)).uniform(0, (COUNT - 0.5) / RATE, 6)
    some = read_frames(path, times_s=moments)
    index = np.maximum(np.searchsorted(whole.times_s, moments + 1e-6, side="right") - 1, 0)
    assert np.array_equal(some.images, whole.images[index])
    late = read_frames(path, start_s=1.0, end_s=1.3)
    inside = (whole.times_s >= 1.0) & (whole.times_s < 1.3)
    assert np.array_equal(late.images, whole.images[inside])


@pytest.mark.parametrize("name", ["hevc_open.ts", "hevc_open.mkv", "h264_open.ts", "mpeg2.mpg", "h264_open.flv"])
def test_a_far_request_is_the_frame_of_the_sequence(tmp_path, name):
    path = write_media(tmp_path / name, count=200, rate=RATE, **KINDS[name])
    whole = read_frames(path)
    for k in range(150, 160):
        frames = read_frames(path, times_s=[0.1, (k + 0.5) / RATE])
        assert [number_in(image) for image in frames.images] == [2, k]
        assert np.array_equal(frames.images[1], whole.images[k])


@pytest.mark.parametrize(
    "kind",
    [
        {"pix_fmt": "yuv444p10le"},
        {"codec": "libx265", "pix_fmt": "yuv444p10le", "options": H265},
        {"codec": "ffv1", "pix_fmt": "yuv444p16le"},
        {"codec": "prores_ks", "pix_fmt": "yuv422p10le"},
    ],
)
def test_deep_colours_become_the_8_bits_they_stand_for(tmp_path, kind):
    wanted = np.zeros((48, 96, 3), np.uint8)
    wanted[:, :32, 0], wanted[:, 32:64, 1], wanted[:, 64:, 2] = 200, 120, 240
    # Now and then FFmpeg cannot put x265's headers into a MOV's box; a transport stream takes them as they come.
    path = (tmp_path / "c").with_suffix({"ffv1": ".mkv", "libx265": ".ts"}.get(kind.get("codec", ""), ".mov"))
    with av.open(str(path), "w") as out:
        stream = out.add_stream(kind.get("codec", "libx264"), rate=10, options={"crf": "1"} | kind.get("options", {}))
        stream.width, stream.height, stream.pix_fmt = 96, 48, kind["pix_fmt"]
        frame = av.VideoFrame.from_ndarray(wanted, format="rgb24").reformat(format=kind["pix_fmt"])
        for packet in stream.encode(frame) + stream.encode():
            out.mux(packet)
    inner = np.r_[2:30, 34:62, 66:94]  # beside the borders, which half the colour resolution smears
    image = read_frames(path).images[0]
    assert image.dtype == np.uint8
    assert abs(image[:, inner].astype(int) - wanted[:, inner]).max() < 12


def test_pixels_that_are_not_square_are_reported_and_left_as_they_are(tmp_path):
    for suffix in ("mp4", "mkv", "mov"):
        path = write_media(tmp_path / f"a.{suffix}", count=3, aspect=Fraction(16, 15))
        assert probe(path).pixel_aspect == pytest.approx(16 / 15)
        assert (probe(path).width, probe(path).height) == (96, 48)
        assert read_frames(path).images.shape[1:3] == (48, 96)


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.ogg", "libopus", 48000),
        ("a.mka", "libopus", 48000),
        ("a.flac", "flac", 22050),
        ("a.m4a", "aac", 44100),
        ("a.mp3", "libmp3lame", 44100),
        ("a.wav", "pcm_s24le", 16000),
        ("a.aiff", "pcm_s16be", 16000),
        ("a.ac3", "ac3", 48000),
    ],
)
def test_sound_of_any_codec_is_mono_at_the_wanted_rate(tmp_path, name, codec, rate):
    sound = tone(1.5, rate=rate)
    path = write_media(tmp_path / name, codec=None, sound=np.stack([sound, sound]), sound_codec=codec, sound_rate=rate)
    audio = read_audio(path)
    assert abs(len(audio.samples) / 16000 - 1.5) < 0.08
    spectrum = abs(np.fft.rfft(audio.samples[4000:20000]))
    assert spectrum.argmax() == 440
    assert np.sqrt((audio.samples[4000:20000] ** 2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.06)


def test_coding_av1_leaves_this_process_as_it_was(tmp_path):
    scheduler = getattr(os, "sched_getscheduler", lambda process: 0)
    before = scheduler(0)
    write_media(tmp_path / "av1.mp4", count=2, **KINDS["av1.mp4"])
    assert scheduler(0) == before
