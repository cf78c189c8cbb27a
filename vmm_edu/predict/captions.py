"""A video's path in; the words of the caption file beside it out."""

from __future__ import annotations

import os
import re
from pathlib import Path

TIMING = re.compile(r"^(\d+:)?\d+:\d+[.,]\d{3}\s+-->\s+(\d+:)?\d+:\d+[.,]\d{3}")
TAG = re.compile(r"<[^>]*>")


def caption_beside(path: str | os.PathLike[str], *, start_s: float = 0.0, end_s: float | None = None) -> str | None:
    """Read the WebVTT file that has a video's name: `fall.mp4` → `fall.vtt`.

    Args:
        path: the video.
        start_s: only captions shown after this time, in seconds.
        end_s: only captions shown before this time, in seconds; None: to the end.

    Returns:
        The captions of the window, in one line; None where there is no such file.

    Raises:
        ValueError: the file is not WebVTT in UTF-8.
    """
    captions = Path(path).with_suffix(".vtt")
    if not captions.is_file():
        return None
    try:
        text = captions.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"expected {captions} as text in UTF-8, got other bytes; save it again as UTF-8") from error
    return webvtt_words(text, name=str(captions), start_s=start_s, end_s=end_s)


def webvtt_words(text: str, *, name: str, start_s: float = 0.0, end_s: float | None = None) -> str:
    """Take the words out of WebVTT, without times, cue names, notes, styles and tags.

    Args:
        text: content of the file.
        name: how errors call it.
        start_s: only cues shown after this time, in seconds.
        end_s: only cues shown before this time, in seconds; None: to the end.

    Returns:
        The words of the cues, in one line.

    Raises:
        ValueError: it does not begin as WebVTT does.

    Reference:
        W3C, "WebVTT: The Web Video Text Tracks Format", 2019, https://www.w3.org/TR/webvtt1/.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.match(r"WEBVTT(\s|$)", text):
        raise ValueError(f"expected {name} to begin with WEBVTT, got {text[:20]!r}; give the text itself instead")
    words = []
    for block in re.split(r"\n{2,}", text)[1:]:
        lines = block.splitlines()
        timing = next((k for k, line in enumerate(lines[:2]) if TIMING.match(line)), None)
        if timing is None:
            continue
        shown, _, rest = lines[timing].partition("-->")
        if seconds(rest.split()[0]) > start_s and (end_s is None or seconds(shown) < end_s):
            words += lines[timing + 1 :]
    return TAG.sub("", " ".join(words)).strip()


def seconds(timestamp: str) -> float:
    """Read a WebVTT time.

    Args:
        timestamp: mm:ss.mmm, or hh:mm:ss.mmm.

    Returns:
        Seconds.

    Raises:
        ValueError: it is no such time.
    """
    total = 0.0
    for part in timestamp.strip().replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total
