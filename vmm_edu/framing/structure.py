"""The first bytes and the outer boxes of a file in, which container it is and how many bytes are missing out.

FFmpeg reads a cut file to where it ends and says so only in its log. The containers themselves state how
long they are, so a few bytes show whether the end is missing.
"""

from __future__ import annotations

import os
from typing import BinaryIO

MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"pnot")
TS_PACKET, PS_TAIL = 188, 2**17
EBML, SEGMENT = 0x1A45DFA3, 0x18538067


def container_family(path: str) -> str | None:
    """Returns "mp4", "matroska", "riff", "gif", "flv", "ogg" or "mpeg" by the file's first bytes; None if unknown."""
    with open(path, "rb") as file:
        head = file.read(377)
    if head[4:8] in MP4_BOXES:
        return "mp4"
    for magic, family in (
        (b"\x1a\x45\xdf\xa3", "matroska"),
        (b"RIFF", "riff"),
        (b"GIF8", "gif"),
        (b"FLV\x01", "flv"),
        (b"OggS", "ogg"),
        (b"\x00\x00\x01\xba", "mpeg"),
    ):
        if head.startswith(magic):
            return family
    return "mpeg" if (head[:1], head[188:189]) == (b"G", b"G") and head[376:377] in (b"G", b"") else None


def missing_bytes(path: str) -> int:
    """Returns how many bytes the outer boxes of the file announce beyond its end; 0 for a whole file.

    MP4 and MOV state the length of each box, Matroska and WebM of the segment, AVI and WAV of the RIFF chunk;
    a GIF ends with a fixed byte and an FLV with the length of its last tag, each of which counts as one byte, and
    an MP4 without its index misses at least one. MPEG streams consist of packets that end somewhere; a cut between two
    of these does not show. Other containers state nothing: 0 is returned.
    """
    size = os.path.getsize(path)
    family = container_family(path)
    with open(path, "rb") as file:
        if family == "mp4":
            return _mp4_end(file, size) - size
        if family == "matroska":
            return max(0, _matroska_end(file, size) - size)
        if family == "riff":
            return max(0, 8 + int.from_bytes(file.read(8)[4:], "little") - size)
        if family == "flv":
            return _flv_end(file, size) - size
        if family == "gif":
            file.seek(max(0, size - 1))
            return int(file.read(1) != b"\x3b")
        if family == "mpeg":
            return _mpeg_end(file, size) - size
    return 0


def _mpeg_end(file: BinaryIO, size: int) -> int:
    """Where the last packet ends: in a transport stream all are of one length, in a program stream each states it."""
    if file.read(1) == b"G":
        return -(-size // TS_PACKET) * TS_PACKET
    file.seek(max(0, size - PS_TAIL))
    tail = file.read()
    pack = tail.rfind(b"\x00\x00\x01\xba")
    if pack < 0:
        return size
    # A pack of MPEG-2 has a header of 14 bytes and some to fill it up, one of MPEG-1 of 12.
    header = tail[pack : pack + 14]
    position = pack + 12
    if len(header) == 14 and header[4] >> 6 == 1:
        position = pack + 14 + (header[13] & 7)
    while tail[position : position + 3] == b"\x00\x00\x01" and tail[position + 3 : position + 4] != b"\xb9":
        position += 6 + int.from_bytes(tail[position + 4 : position + 6], "big")
    return size + max(0, position - len(tail))


def _mp4_end(file: BinaryIO, size: int) -> int:
    """Where the last top-level box says that it ends."""
    position, names = 0, set()
    while position < size:
        file.seek(position)
        header = file.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if len(header) < 8:
            break
        names.add(header[4:8])
        if not header[4:8].isalnum() or length == 0:
            # Either bytes that are no box, of which nothing is known, or a last box that runs to the end of the file.
            position = size
        else:
            position += max(8, length)
    return max(position, size) + (b"moov" not in names)


def _flv_end(file: BinaryIO, size: int) -> int:
    """The file's size if it ends with a whole tag, one more if not."""
    file.seek(max(0, size - 4))
    length = int.from_bytes(file.read(4), "big")
    file.seek(max(0, size - 4 - length))
    return size + (int.from_bytes(file.read(4)[1:], "big") + 11 != length)


def _matroska_end(file: BinaryIO, size: int) -> int:
    """Where the segment says that it ends; the file's own size where that was left open, as a live recorder does."""
    position = 0
    while position < size:
        file.seek(position)
        name, name_bytes = ebml_number(file, keep_marker=True)
        length, length_bytes = ebml_number(file, keep_marker=False)
        if not name_bytes or not length_bytes or length == (1 << 7 * length_bytes) - 1:
            return size
        position += name_bytes + length_bytes + length
        if name == SEGMENT:
            return position
        if name != EBML and position > size:
            return size
    return position


def ebml_number(file: BinaryIO, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length number and how many bytes it took; (0, 0) where there is none."""
    first = file.read(1)
    if not first or not first[0]:
        return 0, 0
    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    if len(rest) < width - 1:
        return 0, 0
    value = first[0] if keep_marker else first[0] & ((1 << (8 - width)) - 1)
    return int.from_bytes(bytes([value]) + rest, "big"), width
