"""A video's path in; the words of the subtitle file beside it out."""

from __future__ import annotations

import os
from pathlib import Path

from vmm_edu.framing import read_cues

SUFFIXES = (".vtt", ".srt")


def caption_beside(path: str | os.PathLike[str], *, start_s: float = 0.0, end_s: float | None = None) -> str | None:
    """Read the WebVTT or SubRip file that has a video's name: `fall.mp4` → `fall.vtt`, else `fall.srt`.

    Args:
        path: the video.
        start_s: only captions shown after this time, in seconds.
        end_s: only captions shown before this time, in seconds; None: to the end.

    Returns:
        The captions of the window, in one line; None where there is no such file.

    Raises:
        MediaError: the file holds no captions, or is not in UTF-8.
    """
    beside = next((file for suffix in SUFFIXES if (file := Path(path).with_suffix(suffix)).is_file()), None)
    if beside is None:
        return None
    shown = [cue.text for cue in read_cues(beside) if cue.end_s > start_s and (end_s is None or cue.start_s < end_s)]
    return " ".join(" ".join(shown).split())
