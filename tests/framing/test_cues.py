import itertools
from fractions import Fraction

import av
import numpy as np
import pytest
from framing.media import numbered, tone, write_media
from hypothesis import given
from hypothesis import strategies as st

from vmm_edu.framing import (
    Cue,
    DamagedFileWarning,
    EmptyFileError,
    MediaError,
    MissingFileError,
    NoTextError,
    NotMediaError,
    read_cues,
    read_frames,
)

SUBRIP = """1
00:00:01,000 --> 00:00:02,500
<i>Look</i>, a <font color="#ff0000">steel</font> thing
comes {\\an8}down.

2
00:00:02,000 --> 00:00:04,000
一件钢铁的东西。
"""
WEBVTT = """WEBVTT - made by hand

STYLE
::cue { color: red }

NOTE not words
at all

first
00:01.000 --> 00:02.500 align:start position:10%
<c.red>Look</c>, a <i>steel</i> thing
comes down.

00:00:02.000 --> 00:00:04.000
<v Ann>一件钢铁的东西。
"""
CUES = (Cue(1.0, 2.5, "Look, a steel thing\ncomes down."), Cue(2.0, 4.0, "一件钢铁的东西。"))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("content", [SUBRIP, WEBVTT, SUBRIP.replace("1\n0", "0").replace("2\n0", "0")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_subtitle_file_gives_its_captions(tmp_path, content, newline, encoding):
    path = tmp_path / "any.name"
    path.write_bytes(content.replace("\n", newline).encode(encoding))
    assert read_cues(path) == CUES


texts = st.lists(
    st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="<>&"), min_size=1), min_size=1, max_size=4
).map(" ".join)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 10**5), texts), min_size=1, max_size=6))
def test_what_is_written_is_read(tmp_path_factory, rows):
    def stamp(milliseconds, point):
        seconds, rest = divmod(milliseconds, 1000)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"

    folder = tmp_path_factory.mktemp("cues")
    rows = {start: (end, text) for start, end, text in rows}  # two at one moment may come in either order
    blocks = [
        f"{stamp(start, '.')} --> {stamp(start + length, '.')}\n{text}\n" for start, (length, text) in rows.items()
    ]
    (folder / "a.vtt").write_text("WEBVTT\n\n" + "\n".join(blocks), encoding="utf-8")
    assert read_cues(folder / "a.vtt") == tuple(
        Cue(start / 1000, (start + length) / 1000, text) for start, (length, text) in sorted(rows.items())
    )


def test_the_worlds_own_reader_agrees(tmp_path):
    from vmm_edu.world import captions

    path = tmp_path / "a.vtt"
    path.write_text(captions.webvtt("有个钢铁做的物体掉了下来。", duration_s=2.5), encoding="utf-8")
    assert read_cues(path) == (Cue(0.0, 2.5, captions.read_webvtt(path)),)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<v.loud Ann Lee>Hi</v> <00:00.500>late", "Hi late"),
        ("{ braces } \\N and \\ more {", "{ braces } \\N and \\ more {"),
        ("b --> c", "b --> c"),
        ("1, 2, 3,,,,,,,,, 4", "1, 2, 3,,,,,,,,, 4"),
    ],
)
def test_marks_are_left_out_and_words_are_not(tmp_path, text, read):
    path = tmp_path / "a.vtt"
    path.write_text(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{text}\n")
    assert read_cues(path) == (Cue(0.0, 1.0, read),)


@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_a_bad_caption_costs_itself_only_and_is_told(tmp_path, kind):
    path = tmp_path / "a.vtt"
    blocks = [
        "00:00:01.000 --> 00:00:02.000\na",
        "00:02 --> 00:03\nb",
        "00:03.000 -> 00:04.000\nc",
        "00:00:05.000 --> 00:00:06.000\nd",
    ]
    path.write_text(("WEBVTT\n\n" if kind == "vtt" else "") + "\n\n".join(blocks))
    with pytest.warns(DamagedFileWarning, match="2 caption"):
        cues = read_cues(path)
    assert cues == (Cue(1.0, 2.0, "a"), Cue(5.0, 6.0, "d"))


def test_odd_but_valid_files(tmp_path):
    def read(text):
        (tmp_path / "a.vtt").write_text(text)
        return read_cues(tmp_path / "a.vtt")

    assert read("WEBVTT\n") == ()
    assert read("WEBVTT\n\n00:02.000 --> 00:03.000\n\n\n00:04.000 --> 00:05.000\nb\n") == (Cue(4.0, 5.0, "b"),)
    assert read("WEBVTT\n\n00:02.000 --> 00:01.000\na\n") == (Cue(2.0, 2.0, "a"),)
    twice = "00:02.000 --> 00:03.000\na\n\n"
    assert read("WEBVTT\n\n" + twice + twice) == (Cue(2.0, 3.0, "a"),)
    assert [cue.text for cue in read("WEBVTT\n\n00:04.000 --> 00:05.000\nb\n\n00:01.000 --> 00:05.000\na")] == [
        "a",
        "b",
    ]
    assert read("1\n00:00:01,000 --> 00:00:02,000\na\n\nb\n") == (Cue(1.0, 2.0, "a\nb"),)


def film(path, *, codec, first_s=0.0, tracks=(("eng", CUES),)):
    """A film of five seconds whose clock begins at ``first_s``, with text tracks that count from there."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 96, 48, "yuv420p"
        video.codec_context.time_base = Fraction(1, 10)
        texts = []
        for language, _ in tracks:
            stream = out.add_stream(codec)
            stream.metadata["language"] = language
            stream.codec_context.subtitle_header = b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\n\n[Events]\n"
            stream.time_base = Fraction(1, 1000)
            texts.append(stream)
        packets = []
        for k in range(50):
            frame = av.VideoFrame.from_ndarray(numbered(k), format="rgb24")
            frame.pts, frame.time_base = k + round(10 * first_s), Fraction(1, 10)
            packets += video.encode(frame)
        packets += video.encode()
        for stream, (_, cues) in zip(texts, tracks, strict=True):
            for number, cue in enumerate(cues):
                line = f"{number},0,Default,,0,0,0,,{cue.text}".replace("\n", "\\N").encode()
                at, length = round(1000 * (cue.start_s + first_s)), round(1000 * (cue.end_s - cue.start_s))
                shown = av.subtitles.subtitle.SubtitleSet.create(line, 0, length, at)
                packet = stream.codec_context.encode_subtitle(shown)
                packet.stream, packet.time_base = stream, Fraction(1, 1000)
                packet.pts = packet.dts = at
                packet.duration = length
                packets.append(packet)
        for packet in sorted(packets, key=lambda p: p.dts * Fraction(str(p.time_base))):
            out.mux(packet)
    return path


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mkv", "subrip"), ("b.mkv", "ass"), ("c.mkv", "webvtt"), ("a.mp4", "mov_text")]
)
@pytest.mark.parametrize("first_s", [0.0, 7.5])
def test_the_track_in_a_film_is_on_the_clock_of_its_frames(tmp_path, name, codec, first_s):
    shown = CUES
    if codec == "mov_text":  # holds one caption at a time
        shown = (CUES[0], CUES[1]._replace(start_s=3.0))
    path = film(tmp_path / name, codec=codec, first_s=first_s, tracks=(("eng", shown),))
    cues = read_cues(path)
    assert [cue.text for cue in cues] == [cue.text for cue in shown]
    times = [[cue.start_s, cue.end_s] for cue in cues]
    expected = [[cue.start_s, cue.end_s] for cue in shown]
    np.testing.assert_allclose(times, expected, atol=1e-9)
    assert read_frames(path).times_s[0] == 0


def test_a_language_is_chosen(tmp_path):
    tracks = (("eng", CUES[:1]), ("chi", CUES[1:]))
    path = film(tmp_path / "a.mkv", codec="subrip", tracks=tracks)
    assert read_cues(path) == read_cues(path, language="eng") == CUES[:1]
    assert read_cues(path, language="chi") == CUES[1:]
    with pytest.raises(NoTextError, match=r"'fre'.*chi, eng"):
        read_cues(path, language="fre")


def test_a_caption_that_is_no_text_in_a_film_costs_itself_only(tmp_path):
    path = film(tmp_path / "a.mkv", codec="subrip")
    path.write_bytes(path.read_bytes().replace("一件".encode(), b"\xff\xfe\xff\xfe\xff\xfe"))
    with pytest.warns(DamagedFileWarning, match=r"1 packet.*at 2\.000 s"):
        assert read_cues(path) == CUES[:1]


def test_a_file_without_captions_says_so(tmp_path):
    with pytest.raises(NoTextError, match="no captions"):
        read_cues(write_media(tmp_path / "a.mp4", count=3, sound=tone(0.2)))
    (tmp_path / "a.vtt").write_bytes(WEBVTT.encode("gb18030"))
    with pytest.raises(MediaError, match="UTF-8"):
        read_cues(tmp_path / "a.vtt")
    (tmp_path / "notes.txt").write_text("Once upon a time.\n" * 100)
    with pytest.raises(NotMediaError, match="expected captions"):
        read_cues(tmp_path / "notes.txt")
    (tmp_path / "zero.srt").touch()
    with pytest.raises(EmptyFileError):
        read_cues(tmp_path / "zero.srt")
    with pytest.raises(MissingFileError):
        read_cues(tmp_path / "none.srt")


def test_the_captions_of_a_real_film(shared):
    cues = read_cues(shared / "framing" / "nasa_13013.mp4")
    assert cues[0].text.startswith("NAR: This is the optical")
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in itertools.pairwise(cues))
