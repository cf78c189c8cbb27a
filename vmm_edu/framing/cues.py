"""A subtitle file, or a film with a text track, in; its captions with the times they are shown at out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.error
import av.stream

from vmm_edu.framing.damage import Damage
from vmm_edu.framing.errors import MediaError, NoTextError, UnsupportedCodecError
from vmm_edu.framing.source import AnyPath, Source, check_path, open_source

SIDECARS = ("webvtt", "srt")
"""Containers that are text themselves, so that what a reader left out can be counted."""
TIMING = re.compile(rb"^\s*\d+(:\d+)+[.,]?\d*\s*-->", re.MULTILINE)
MARKUP = re.compile(r"\{[^}]*\}")
ASS_FIELDS = 8
"""Commas before the text in a line of ASS, the form to which FFmpeg brings all text tracks."""


class Cue(NamedTuple):
    """A caption, shown from ``start_s`` to ``end_s`` seconds on the clock of the file's frames.

    Attributes:
        start_s: When it appears, in seconds.
        end_s: When it is gone, in seconds.
        text: Its words, without styles; lines are kept apart by a newline.
    """

    start_s: float
    end_s: float
    text: str


def read_cues(path: AnyPath, *, language: str | None = None) -> tuple[Cue, ...]:
    """Reads the captions of a WebVTT or SubRip file, or of the text track in a film.

    Styles, positions, voices and the like are left out. Times in a subtitle file are taken as they are, those in a film
    are on the clock of its frames, as in ``read_frames``.

    Args:
        path: The file; its content counts, not its name.
        language: Take the first text track in this language, by the three letters that the file states ("eng");
            None: the track marked as default, else the first.

    Returns:
        The captions in the order in which they appear; they may overlap. None at all is an empty tuple.

    Raises:
        MediaError: The file cannot give them; the subclass says why (``vmm_edu.framing.errors``). There is no text
            track, or only one of pictures, or the text is not in UTF-8.

    Warns:
        DamagedFileWarning: Some captions could not be read; the rest is returned.
    """
    name = check_path(path)
    damage = Damage(name, "captions")
    found: list[Cue] = []
    packets = 0
    with open_source(name) as source:
        stream = _text_stream(source, language)
        # A subtitle file's clock is that of its film.
        origin_s = 0.0 if source.video is None and source.audio is None else float(source.origin)
        for packet in _packets(source, stream, damage):
            packets += 1
            start_s = float(packet.pts * stream.time_base) - origin_s
            end_s = start_s + float((packet.duration or 0) * stream.time_base)
            try:
                text = "\n".join(_words(rect.ass) for rect in packet.decode()).strip()
            except av.error.FFmpegError:
                if source.container.format.name in SIDECARS:
                    raise _not_utf8(name, start_s) from None
                damage.lost(start_s)
                continue
            if text:
                found.append(Cue(start_s, end_s, text))
        if source.container.format.name in SIDECARS:
            unread = len(TIMING.findall(_as_utf8(Path(name).read_bytes()))) - packets
            if unread > 0:
                damage.note(f"{unread} caption(s) could not be read; is each time in the form 00:01:02.500?")
    damage.warn()
    return tuple(sorted(found, key=lambda cue: cue.start_s))


def _text_stream(source: Source, language: str | None) -> Any:
    tracks = [s for s in source.container.streams if s.type == "subtitle"]
    texts = [s for s in tracks if s.codec_context is not None and s.codec_context.codec.text_sub]
    if language is not None:
        texts = [s for s in texts if s.metadata.get("language") == language]
    if texts:
        return max(texts, key=lambda s: bool(s.disposition & av.stream.Disposition.default))
    if any(s.codec_context is None for s in tracks) and language is None:
        raise UnsupportedCodecError(
            source.path,
            expected="captions that this build of FFmpeg decodes",
            got="captions without a decoder",
            advice="Convert them to WebVTT.",
        )
    kinds = sorted({s.metadata.get("language", "unnamed") for s in tracks})
    raise NoTextError(
        source.path,
        expected="captions as text" + ("" if language is None else f" in the language '{language}'"),
        got=f"captions in {', '.join(kinds)}, or as pictures" if tracks else "no track of captions",
        advice="Give the .vtt or .srt file that belongs to it.",
    )


def _packets(source: Source, stream: Any, damage: Damage) -> Any:
    """Every packet that holds a caption, as far as the file can be read."""
    try:
        for packet in source.container.demux(stream):
            if packet.pts is not None:
                yield packet
    except av.error.FFmpegError:
        damage.lost(None)


def _words(line: bytes) -> str:
    """The text of a line of ASS: no styles, which stand in braces, and its escapes undone."""
    text = line.decode("utf-8", "replace").split(",", ASS_FIELDS)[-1]
    # FFmpeg writes a brace of the text as "\{{}" and a backslash with an invisible joiner behind it.
    text = MARKUP.sub("", text.replace("\\{{}", "\0")).replace("\0", "{")
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\N{NO-BREAK SPACE}")
    return text.replace("\\\N{WORD JOINER}", "\\")


def _as_utf8(content: bytes) -> bytes:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace").encode()
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _not_utf8(name: str, at_s: float) -> MediaError:
    return MediaError(
        name,
        expected="captions in UTF-8",
        got=f"other bytes in the one at {at_s:.3f} s",
        advice="Save it again as UTF-8.",
    )
