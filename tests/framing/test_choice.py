"""Which stream is read, what is not video, and what each kind of unreadable file says."""

from fractions import Fraction

import av
import numpy as np
import pytest
from framing.media import number_in, numbered, tone, write_media

from vmm_edu.framing import (
    EmptyFileError,
    MediaError,
    MissingFileError,
    NoAudioError,
    NoFramesError,
    NotMediaError,
    NoVideoError,
    TruncatedFileError,
    UnsupportedCodecError,
    iter_frames,
    probe,
    read_audio,
    read_frames,
)


def two_videos(path, sizes, default=None):
    with av.open(str(path), "w") as out:
        streams = []
        for number, (width, height) in enumerate(sizes):
            stream = out.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            if default is not None:
                stream.disposition = av.stream.Disposition.default if number == default else av.stream.Disposition.dub
            streams.append(stream)
        for number, stream in enumerate(streams):
            image = np.full((stream.height, stream.width, 3), 60 * (number + 1), np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")) + stream.encode():
                out.mux(packet)
    return path


def test_the_larger_of_two_videos_is_read_unless_the_other_is_marked_default(tmp_path):
    larger = read_frames(two_videos(tmp_path / "a.mkv", [(64, 48), (128, 96)]))
    assert larger.images.shape[1:3] == (96, 128)
    marked = read_frames(two_videos(tmp_path / "b.mkv", [(64, 48), (128, 96)], default=0))
    assert marked.images.shape[1:3] == (48, 64)


def test_a_cover_picture_is_no_video(tmp_path):
    path = write_media(tmp_path / "song.mp4", codec=None, sound=tone(1.0), cover=True)
    with av.open(str(path)) as raw:
        assert len(raw.streams.video) == 1
    info = probe(path)
    assert (info.has_video, info.has_audio, info.width, info.frame_rate_hz) == (False, True, None, None)
    with pytest.raises(NoVideoError, match="cover picture"):
        read_frames(path)
    assert len(read_audio(path).samples) == 16000


def test_a_video_with_a_cover_picture_is_read(tmp_path):
    path = write_media(tmp_path / "film.mp4", count=5, cover=True)
    assert [number_in(image) for image in read_frames(path).images] == [0, 1, 2, 3, 4]


def test_sound_only(tmp_path):
    path = write_media(tmp_path / "a.wav", codec=None, sound=tone(1.0), sound_codec="pcm_s16le")
    with pytest.raises(NoVideoError, match="audio only"):
        read_frames(path)
    info = probe(path)
    assert (info.duration_s, info.audio_rate_hz, info.audio_channels) == (1.0, 16000, 1)


def test_a_stream_without_a_decoder_is_named_and_leaves_the_others_readable(tmp_path):
    path = write_media(tmp_path / "a.mkv", sound=tone(1.0))
    data = path.read_bytes()
    for codec, broken, reader, other, length in (
        (b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/XYZ", read_frames, read_audio, 16000),
        (b"A_AAC", b"A_XYZ", read_audio, read_frames, 24),
    ):
        assert data.count(codec) == 1
        path.write_bytes(data.replace(codec, broken))
        with pytest.raises(UnsupportedCodecError, match="without a decoder"):
            reader(path)
        assert abs(len(other(path)[0]) - length) < 1100
        assert probe(path).has_video != probe(path).has_audio


def test_rotation_pixel_shape_and_rates_are_reported(tmp_path):
    for turns in range(4):
        info = probe(write_media(tmp_path / f"{turns}.mp4", count=12, rate=12, sideways=turns, sound=tone(1.0)))
        assert (info.width, info.height) == (96, 48)
        assert info.rotation_deg == -90 * turns % 360
        assert (info.duration_s, info.frame_rate_hz, info.frame_count) == (1.0, 12.0, 12)
        assert (info.has_audio, info.audio_rate_hz, info.audio_codec, info.video_codec) == (True, 16000, "aac", "h264")
    assert probe(write_media(tmp_path / "w.mp4", aspect=Fraction(16, 11))).pixel_aspect == pytest.approx(16 / 11)
    turned = probe(write_media(tmp_path / "t.mp4", aspect=Fraction(16, 11), sideways=1))
    assert turned.pixel_aspect == pytest.approx(11 / 16)


def test_a_mirrored_picture_comes_upright(tmp_path):
    plain = write_media(tmp_path / "plain.mp4", count=1)
    upright = read_frames(plain).images[0]
    for name, matrix, undo in (
        ("sideways", (-1, 0, 0, 1), lambda stored: stored[:, ::-1]),
        ("upside", (1, 0, 0, -1), lambda stored: stored[::-1]),
        ("transposed", (0, 1, 1, 0), lambda stored: stored.swapaxes(0, 1)),
    ):
        path = tmp_path / f"{name}.mp4"
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=10, options={"crf": "5"})
            shown = np.ascontiguousarray(undo(numbered(0xA5)))
            stream.height, stream.width, stream.pix_fmt = *shown.shape[:2], "yuv420p"
            a, b, c, d = matrix
            stream.set_display_matrix([a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30])
            for packet in stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")) + stream.encode():
                out.mux(packet)
        assert probe(path).mirrored
        image = read_frames(path).images[0]
        assert image.shape == upright.shape
        assert number_in(image) == 0xA5


def test_the_length_of_a_stream_without_one_is_found(tmp_path):
    path = write_media(tmp_path / "a.mpg", codec="mpeg1video", rate=25, count=50)
    assert probe(path).duration_s == pytest.approx(2.0)
    with av.open(str(path)) as raw:
        assert raw.duration != 2_000_000, "the header is right by now: choose another case"
    assert [number_in(image) for image in read_frames(path, count=5).images] == [5, 15, 25, 35, 45]


def test_each_unreadable_file_has_its_own_error(tmp_path):
    whole = write_media(tmp_path / "whole.mp4", sound=tone(2.0))
    text = tmp_path / "text.mp4"
    text.write_text("Good morning, this is a text and not a film.\n" * 30)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[:3000])
    for path, kind, words in (
        (tmp_path / "none.mp4", MissingFileError, "no file of that name"),
        (tmp_path, MissingFileError, "a folder"),
        (empty, EmptyFileError, "0 bytes"),
        (text, NotMediaError, "not|no reader"),
        (cut, TruncatedFileError, "cut short"),
    ):
        for reader in (read_frames, read_audio, probe, lambda p: next(iter_frames(p))):
            with pytest.raises(kind, match=words) as raised:
                reader(path)
            assert str(path) in str(raised.value)
            assert "expected" in str(raised.value)
            assert type(raised.value) is kind
    with pytest.raises(FileNotFoundError):
        read_frames(tmp_path / "none.mp4")
    assert all(issubclass(kind, MediaError) for kind in (NoVideoError, NoAudioError, NoFramesError))


def test_a_picture_called_text_and_a_text_called_nothing(tmp_path):
    listing = tmp_path / "story.txt"
    listing.write_text("Once upon a time.\n" * 100)
    with pytest.raises(MediaError, match=r"text|reader"):
        read_frames(listing)
    titled = tmp_path / "ümläut 日本.mp4"
    write_media(titled, count=3)
    assert len(read_frames(str(titled)).times_s) == 3


def test_bytes_in_a_title_that_are_no_text_do_no_harm(tmp_path):
    path = tmp_path / "title.mkv"
    with av.open(str(path), "w") as out:
        out.metadata["title"] = "QQQQQQQQ"
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 48, "yuv420p"
        for packet in stream.encode(av.VideoFrame.from_ndarray(numbered(3), format="rgb24")) + stream.encode():
            out.mux(packet)
    path.write_bytes(path.read_bytes().replace(b"QQQQQQQQ", b"\xff\xfe\xc3QQQQQ"))
    assert len(read_frames(path).times_s) == 1
