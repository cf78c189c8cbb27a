"""A subtitle file, or a film with a text track, in; its captions with the times they are shown at out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import av
import av.error
import av.stream

from vmm_edu.framing.damage import Damage
from vmm_edu.framing.errors import MediaError, NoTextError, NotMediaError, UnsupportedCodecError
from vmm_edu.framing.source import AnyPath, Source, check_path, fraction, open_source

CAPTIONS = "captions (WebVTT, SubRip, or a film with a text track)"
TIME = r"(?:\d+:)?\d+:\d\d[.,]\d{3}"
TIMING = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}.*")
MEANT_AS_TIMING = re.compile(r"\s*\d[\d:.,]*\s*-+>.*")
MARKUP = re.compile(r"\{[^}]*\}")
ASS_FIELDS = 8
"""Commas before the text in a line of ASS, the form to which FFmpeg brings all text tracks."""
HEAD_BYTES = 4096
KINDS = ("webvtt", "srt")


class Cue(NamedTuple):
    """A caption, shown from ``start_s`` to ``end_s`` seconds on the clock of the file's frames.

    Attributes:
        start_s: When it appears, in seconds.
        end_s: When it is gone, in seconds; never before ``start_s``.
        text: Its words, without styles; lines are kept apart by a newline.
    """

    start_s: float
    end_s: float
    text: str


def read_cues(path: AnyPath, *, language: str | None = None) -> tuple[Cue, ...]:
    """Reads the captions of a WebVTT or SubRip file, or of the text track in a film.

    FFmpeg parses them. Styles, positions, voices and the like are left out. Times in a subtitle file are taken as they
    are, those in a film are on the clock of its frames, as in ``read_frames``.

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

    Reference:
        W3C, "WebVTT: The Web Video Text Tracks Format", 2019, https://www.w3.org/TR/webvtt1/.
    """
    name = check_path(path)
    damage = Damage(name, "captions")
    text = _text_of(name)
    if text is not None and (kind := _kind(text)) is not None:
        cues = _sidecar(text, kind, damage)
    else:
        try:
            with open_source(name) as source:
                alone = source.video is None and source.audio is None
                origin = Fraction(0) if alone else source.origin
                cues = list(_decoded(source.container, _text_stream(source, language), origin, damage))
                if alone and not cues and source.container.format.name in KINDS:
                    # By its name FFmpeg takes any text for captions.
                    raise NotMediaError(name, expected=CAPTIONS, got="plain text", advice="Check that it is the file.")
        except NotMediaError as error:
            raise NotMediaError(name, expected=CAPTIONS, got=error.got, advice=error.advice) from error
    damage.warn()
    return tuple(sorted((cue for cue in cues if cue.text), key=lambda cue: cue.start_s))


def _text_of(name: str) -> str | None:
    """The file's text if it is text, lines parted by a plain newline; None if it is not.

    Raises:
        MediaError: It is captions in bytes that are not UTF-8.
    """
    with open(name, "rb") as file:
        head = file.read(HEAD_BYTES)
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        if b"\0" in head and not wide:
            return None
        content = head + file.read()
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        if _kind(head.decode("latin-1")) is None:
            return None
        raise MediaError(
            name, expected="captions in UTF-8", got=f"other bytes, the first at byte {error.start}",
            advice="Open it with the encoding it was written in and save it again as UTF-8.",
        ) from error  # fmt: skip
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _kind(text: str) -> str | None:
    if re.match(r"WEBVTT(\s|$)", text):
        return "webvtt"
    lines = text[:HEAD_BYTES].strip().splitlines()[:2]
    return "srt" if any(TIMING.fullmatch(line) for line in lines) else None


def _sidecar(text: str, kind: str, damage: Damage) -> list[Cue]:
    """Has FFmpeg read a subtitle file, bad blocks left out: at the first of them it would stop for good."""
    kept: list[str] = []
    bad = 0
    for block in re.split(r"\n(?:[ \t]*\n)+", text.strip()):
        lines = block.split("\n")
        at = next((k for k, line in enumerate(lines[:2]) if TIMING.fullmatch(line)), None)
        if at is not None:
            kept.append("\n".join([lines[at].replace(",", "."), *lines[at + 1 :]]))
        elif not block.startswith("NOTE") and any(MEANT_AS_TIMING.fullmatch(line) for line in lines[:2]):
            bad += 1
        elif kind == "srt" and kept:  # an empty line within a caption
            kept[-1] += "\n" + block
    if bad:
        damage.note(f"{bad} caption(s) without times of the form 00:01:02.500 --> 00:01:04.000 are left out")
    kept = [block for block in dict.fromkeys(kept) if "\n" in block]
    if not kept:
        return []
    blocks = kept if kind == "webvtt" else [f"{k + 1}\n{block}" for k, block in enumerate(kept)]
    content = ("WEBVTT\n\n" if kind == "webvtt" else "") + "\n\n".join(blocks) + "\n"
    with av.open(io.BytesIO(content.encode()), format=kind) as container:
        cues = list(_decoded(container, container.streams.subtitles[0], Fraction(0), damage))
    if len(cues) < len(kept):
        damage.note(f"{len(kept) - len(cues)} caption(s) could not be read")
    return cues


def _decoded(container: Any, stream: Any, origin: Fraction, damage: Damage) -> Iterator[Cue]:
    """Every caption of a track as far as it can be read, empty ones included."""
    tick = fraction(stream.time_base)
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError:
            damage.lost(None)
            return
        if packet.pts is None:
            continue
        start_s = float(packet.pts * tick - origin)
        try:
            text = "\n".join(_words(rect.ass) for rect in packet.decode()).strip()
        except av.error.FFmpegError:
            damage.lost(start_s)
            continue
        yield Cue(start_s, float((packet.pts + max(0, packet.duration or 0)) * tick - origin), text)


def _words(line: bytes) -> str:
    """The text of a line of ASS: without styles, which stand in braces, and with its escapes undone."""
    text = line.decode("utf-8", "replace").split(",", ASS_FIELDS)[-1]
    # FFmpeg writes a brace of the text as "\\{{}" and a backslash with an invisible joiner behind it.
    text = MARKUP.sub("", text.replace("\\{{}", "\0")).replace("\0", "{")
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\N{NO-BREAK SPACE}")
    return text.replace("\\\N{WORD JOINER}", "\\")


def _text_stream(source: Source, language: str | None) -> Any:
    """The text track to read.

    Raises:
        NoTextError, UnsupportedCodecError: There is none that can be.
    """
    tracks = [s for s in source.container.streams if s.type == "subtitle"]
    readable = [s for s in tracks if s.codec_context is not None]
    texts = [
        s for s in readable
        if s.codec_context.codec.text_sub and language in (None, s.metadata.get("language"))
    ]  # fmt: skip
    if texts:
        return max(texts, key=lambda s: bool(s.disposition & av.stream.Disposition.default))
    if len(readable) < len(tracks) and language is None:
        raise UnsupportedCodecError(
            source.path,
            expected="captions that this build of FFmpeg decodes",
            got="captions without a decoder",
            advice="Convert them to WebVTT.",
        )
    languages = ", ".join(sorted({s.metadata.get("language", "no stated language") for s in tracks}))
    raise NoTextError(
        source.path,
        expected="captions as text" + ("" if language is None else f" in the language {language!r}"),
        got=f"captions in {languages}{'' if language else ', as pictures'}" if tracks else "no captions",
        advice="Give the .vtt or .srt file that belongs to it.",
    )
