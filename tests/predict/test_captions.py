from __future__ import annotations

import pytest

from vmm_edu.framing import MediaError, NotMediaError
from vmm_edu.predict.captions import caption_beside

WEBVTT = """WEBVTT - made by hand

NOTE not words

1
00:00.000 --> 00:02.000 align:start
A <i>steel</i> thing
drops.

00:00:02.500 --> 00:00:04.000
<v Ann>一件钢铁的东西。
"""
SUBRIP = """1
00:00:00,000 --> 00:00:02,000
A <i>steel</i> thing
drops.

2
00:00:02,500 --> 00:00:04,000
一件钢铁的东西。
"""


@pytest.mark.parametrize(("suffix", "content"), [(".vtt", WEBVTT), (".srt", SUBRIP)])
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
def test_words_of_a_window(tmp_path, suffix, content, start_s, end_s, words):
    (tmp_path / f"a{suffix}").write_text(content, encoding="utf-8")
    assert caption_beside(tmp_path / "a.mp4", start_s=start_s, end_s=end_s) == words


def test_webvtt_goes_before_subrip_and_nothing_is_none(tmp_path):
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nof the first\n")
    (tmp_path / "a.srt").write_text(SUBRIP, encoding="utf-8")
    assert caption_beside(tmp_path / "a.mp4") == "of the first"
    assert caption_beside(tmp_path / "b.mp4") is None


def test_what_the_world_writes_is_read(tmp_path):
    from vmm_edu.world import captions

    (tmp_path / "a.vtt").write_text(captions.webvtt("有个钢铁做的物体掉了下来。", duration_s=2.5), encoding="utf-8")
    assert caption_beside(tmp_path / "a.mp4", start_s=0.0, end_s=2.5) == "有个钢铁做的物体掉了下来。"


def test_bad_files(tmp_path):
    (tmp_path / "a.vtt").write_text("Once upon a time.\n" * 100)
    with pytest.raises(NotMediaError, match=r"a\.vtt: expected captions"):
        caption_beside(tmp_path / "a.mp4")
    (tmp_path / "b.vtt").write_bytes("WEBVTT\n\n钢铁".encode("gbk"))
    with pytest.raises(MediaError, match="UTF-8"):
        caption_beside(tmp_path / "b.mp4")
