from __future__ import annotations

import pytest

from vmm_edu.predict.captions import caption_beside, seconds, webvtt_words

FILE = """WEBVTT - made by hand

NOTE not words
--> not a time

STYLE
::cue { color: red }

1
00:00.000 --> 00:02.000 align:start
A <i>steel</i> thing
drops.

00:00:02.500 --> 00:00:04.000
<v Ann>一件钢铁的东西。
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("start_s", "end_s", "words"),
    [
        (0.0, None, "A steel thing drops. 一件钢铁的东西。"),
        (0.0, 2.5, "A steel thing drops."),
        (2.0, 4.5, "一件钢铁的东西。"),
        (2.0, 2.5, ""),
        (9.0, None, ""),
    ],
)
def test_words_of_a_window(newline, start_s, end_s, words):
    assert webvtt_words(FILE.replace("\n", newline), name="f.vtt", start_s=start_s, end_s=end_s) == words


def test_what_the_world_writes_is_read(tmp_path):
    from vmm_edu.world import captions

    (tmp_path / "a.vtt").write_text(captions.webvtt("有个钢铁做的物体掉了下来。", duration_s=2.5), encoding="utf-8")
    assert caption_beside(tmp_path / "a.mp4", start_s=0.0, end_s=2.5) == "有个钢铁做的物体掉了下来。"
    assert caption_beside(tmp_path / "b.mp4") is None


def test_a_byte_order_mark_is_no_word(tmp_path):
    (tmp_path / "a.vtt").write_bytes(b"\xef\xbb\xbf" + FILE.encode())
    assert caption_beside(tmp_path / "a.mp4", end_s=1.0) == "A steel thing drops."


def test_times():
    assert seconds("01:02:03.500") == 3723.5
    assert seconds("02:03.250") == 123.25


def test_bad_files(tmp_path):
    (tmp_path / "a.vtt").write_text("1\n00:00:00,000 --> 00:00:01,000\nsubrip\n")
    with pytest.raises(ValueError, match=r"a\.vtt to begin with WEBVTT"):
        caption_beside(tmp_path / "a.mp4")
    (tmp_path / "b.vtt").write_bytes("WEBVTT\n\n钢铁".encode("gbk"))
    with pytest.raises(ValueError, match="UTF-8"):
        caption_beside(tmp_path / "b.mp4")
