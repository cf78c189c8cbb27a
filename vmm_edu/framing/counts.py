"""A file of frames in, how many of them its container holds and where it is damaged out, found without FFmpeg.

FFmpeg steps over damaged parts of a container and says so only in its log. Walking through the structure
alone, whose parts all state their length, shows how many frames there should have been.
"""

from __future__ import annotations

import os
from typing import Any, BinaryIO, NamedTuple

from vmm_edu.framing.structure import container_family, ebml_number

SEGMENT, CLUSTER, TRACKS, TRACK, TRACK_NUMBER, TRACK_TYPE = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xD7, 0x83
EBML, VOID, CHECKSUM = 0x1A45DFA3, 0xEC, 0xBF
TOP = {0x114D9B74, 0x1549A966, TRACKS, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367, CLUSTER, VOID, CHECKSUM}
SIMPLE_BLOCK, BLOCK_GROUP, BLOCK = 0xA3, 0xA0, 0xA1
IN_CLUSTER = {0xE7, 0xA7, 0xAB, 0x5854, SIMPLE_BLOCK, BLOCK_GROUP, VOID, CHECKSUM}
IN_GROUP = {BLOCK, 0x9B, 0xFA, 0xFB, 0xFD, 0xA4, 0x75A2, 0x75A1, 0x8E, 0xA2, VOID, CHECKSUM}
VIDEO = 1
CHUNK_BYTES = 2**20
FLV_SOUND, FLV_VIDEO, FLV_SCRIPT, FLV_AVC = 8, 9, 18, 7


IN_TRACK = ("tfhd", "tfdt", "trun", "sbgp", "sgpd", "subs", "saiz", "saio", "senc", "uuid")
IN_FRAGMENT = {"mfhd": {}, "pssh": {}, "uuid": {}, "meta": {}, "traf": {name: {} for name in IN_TRACK}}
BESIDE = ("ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot", "sidx", "ssix", "mfra", "emsg", "prft")
FRAGMENTED: dict[str, Any] = {name: {} for name in (*BESIDE, "uuid", "udta", "meta", "pdin", "iods")}
FRAGMENTED["moof"] = IN_FRAGMENT
"""The boxes of an MP4 file in fragments: each fragment lists its own frames."""


class Held(NamedTuple):
    """What a container holds.

    Attributes:
        frames: Coded frames of its one video track; None where that is not known, or there are several tracks.
        damaged_at: The first byte that cannot be what stands there; None if there is none.
    """

    frames: int | None
    damaged_at: int | None


def held_frames(path: str) -> Held:
    """Returns how many frames a Matroska, WebM, FLV or GIF file holds, and of MP4 too whether its boxes are whole."""
    family = container_family(path)
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        if family == "matroska":
            return _Matroska(file, size).walk()
        if family == "flv":
            return _flv(file, size)
        if family == "gif":
            return _gif(file, size)
        if family == "mp4":
            return Held(None, _mp4(file, 0, size, FRAGMENTED))
    return Held(None, None)


class _Matroska:
    """One walk through the nested elements of a Matroska file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._blocks: dict[int, int] = {}
        self._kinds: list[tuple[int, int]] = []
        self._damaged: list[int] = []

    def walk(self) -> Held:
        position = 0
        while position < self._size:
            name, start, end = self._element(position, self._size)
            if name == SEGMENT:
                end = self._segment(start, min(end, self._size))
            elif name not in (EBML, VOID):
                self._damaged.append(position)
                break
            position = end
        videos = [number for number, kind in self._kinds if kind == VIDEO]
        unknown = set(self._blocks) - {number for number, _ in self._kinds}
        frames = self._blocks.get(videos[0], 0) if len(videos) == 1 and not unknown else None
        damaged = min(self._damaged, default=None)
        return Held(frames, 0 if damaged is None and unknown else damaged)

    def _element(self, position: int, limit: int) -> tuple[int, int, int]:
        """Name of the element there, and where its content begins and ends; name 0 where there is none."""
        self._file.seek(position)
        name, name_bytes = ebml_number(self._file, keep_marker=True)
        length, length_bytes = ebml_number(self._file, keep_marker=False)
        start = position + name_bytes + length_bytes
        if not name_bytes or not length_bytes:
            return 0, start, start
        open_end = length == (1 << 7 * length_bytes) - 1
        return name, start, limit if open_end else start + length

    def _segment(self, position: int, limit: int) -> int:
        while position < limit:
            name, start, end = self._element(position, limit)
            if name not in TOP or (end > limit and name != CLUSTER):
                self._damaged.append(position)
                position = self._next_cluster(position + 1)
                continue
            if name == CLUSTER:
                end = self._cluster(start, min(end, limit))
            elif name == TRACKS:
                self._tracks(start, end)
            position = end
        return position

    def _next_cluster(self, position: int) -> int:
        mark = CLUSTER.to_bytes(4, "big")
        while position < self._size:
            self._file.seek(position)
            found = self._file.read(CHUNK_BYTES + 3).find(mark)
            if found >= 0:
                return position + found
            position += CHUNK_BYTES
        return self._size

    def _cluster(self, position: int, limit: int) -> int:
        """Counts the blocks of a cluster; returns where it ends, which one without a length does not say."""
        while position < limit:
            name, start, end = self._element(position, limit)
            if name in TOP - {VOID, CHECKSUM}:
                return position
            if name not in IN_CLUSTER or end > limit:
                if end <= self._size or name not in IN_CLUSTER:
                    self._damaged.append(position)
                return self._next_cluster(position + 1) if end > limit or limit == self._size else limit
            if name == SIMPLE_BLOCK:
                self._count(start)
            elif name == BLOCK_GROUP:
                self._group(start, end)
            position = end
        return limit

    def _group(self, position: int, limit: int) -> None:
        while position < limit:
            name, start, end = self._element(position, limit)
            if name not in IN_GROUP or end > limit:
                self._damaged.append(position)
                return
            if name == BLOCK:
                self._count(start)
            position = end

    def _count(self, position: int) -> None:
        self._file.seek(position)
        number, _ = ebml_number(self._file, keep_marker=False)
        self._blocks[number] = self._blocks.get(number, 0) + 1

    def _tracks(self, position: int, limit: int) -> None:
        while position < limit:
            name, start, end = self._element(position, limit)
            if name == TRACK:
                facts, at = {}, start
                while at < min(end, limit):
                    inner, inner_start, inner_end = self._element(at, limit)
                    if not inner or inner_end > limit:
                        self._damaged.append(at)
                        break
                    if inner in (TRACK_NUMBER, TRACK_TYPE):
                        self._file.seek(inner_start)
                        facts[inner] = int.from_bytes(self._file.read(min(8, inner_end - inner_start)), "big")
                    at = inner_end
                self._kinds.append((facts.get(TRACK_NUMBER, 0), facts.get(TRACK_TYPE, 0)))
            elif not name or end > limit:
                self._damaged.append(position)
                return
            position = end


def _flv(file: BinaryIO, size: int) -> Held:
    head = file.read(9)
    position = int.from_bytes(head[5:9], "big") + 4
    frames, damaged, agreed = 0, None, False
    while position + 15 <= size:
        file.seek(position)
        tag = file.read(13)
        kind, length = tag[0] & 0x1F, int.from_bytes(tag[1:4], "big")
        if kind not in (FLV_SOUND, FLV_VIDEO, FLV_SCRIPT) or position + 15 + length > size:
            return Held(frames, position if damaged is None else damaged)
        if kind == FLV_VIDEO and length:
            enhanced, codec, packet_kind = tag[11] & 0x80, tag[11] & 0x0F, tag[12]
            frames += codec in (1, 3) if enhanced else codec != FLV_AVC or packet_kind == 1
        file.seek(position + 11 + length)
        agrees = int.from_bytes(file.read(4), "big") == 11 + length
        if agreed and not agrees and damaged is None:
            damaged = position
        agreed |= agrees
        position += 15 + length
    return Held(frames, damaged)


def _gif(file: BinaryIO, size: int) -> Held:
    def table_bytes(flags: int) -> int:
        return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0

    head = file.read(13)
    position, frames = 13 + table_bytes(head[10]), 0
    while position < size:
        file.seek(position)
        block = file.read(10)
        if block[:1] == b"\x3b":
            return Held(frames, position if size - position > 1 else None)
        if block[:1] == b"\x21":
            inner = position + 2
        elif block[:1] == b"\x2c" and len(block) == 10:
            inner = position + 11 + table_bytes(block[9])
            frames += 1
        else:
            return Held(frames, position)
        while True:  # the sub-blocks, up to an empty one
            file.seek(inner)
            length = file.read(1)
            inner += 1
            if not length or not length[0]:
                break
            inner += length[0]
        position = inner
    return Held(frames, size)


def _mp4(file: BinaryIO, position: int, end: int, known: dict[str, Any]) -> int | None:
    """The first box that is not whole or that is not known to stand there; None if there is none."""
    while position < end:
        file.seek(position)
        head = file.read(16)
        length, header = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - position
        name = head[4:8].decode("latin-1")
        if name not in known or length < header or position + length > end:
            return position
        if known[name] and (damaged := _mp4(file, position + header, position + length, known[name])) is not None:
            return damaged
        position += length
    return None
