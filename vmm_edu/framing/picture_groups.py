"""The packets of a video in, one by one; which of its frames lean on others that the file does not hold out.

A coded frame stores what is new since its neighbours, back to the last keyframe. A file cut out of a longer one, or one
that lost a part, may begin with frames whose neighbours are gone: FFmpeg's decoders for MPEG leave these out or paint
them on grey, and say neither. MPEG-1 and MPEG-2 also number the frames of each group (`temporal_reference`), so there
a gap in the middle of a file shows too.

Reference: ISO/IEC 11172-2:1993, 2.4.3.4; ISO/IEC 13818-2:2013, 6.3.9.
"""

from __future__ import annotations

from typing import Any

from vmm_edu.framing.damage import Damage

NUMBERED = ("mpeg1video", "mpeg2video")
PAINTED = (*NUMBERED, "mpeg4", "h263", "flv", "msmpeg4v2", "msmpeg4", "wmv1", "wmv2")
"""Codecs whose decoders may paint on grey what leans on nothing; those of the others leave it out or mark it."""
GROUP, PICTURE = b"\x00\x00\x01\xb8", b"\x00\x00\x01\x00"
HEAD_BYTES = 1024
"""Headers stand at the begin of a packet; the tables and notes that may come before the last of them are short."""
MOST_NUMBERS = 1024
MOST_KEPT = 100
MIDDLE = "the file begins in the middle of a picture group"


class PictureGroups:
    """Keeps the groups of one reading, from its first packet on, in constant memory.

    Args:
        codec: FFmpeg's name of the decoder.
        damage: Where to tell of frames that lean on nothing.

    Attributes:
        headless: True from a first packet that is no keyframe up to the first frame that needs no other; None before.
        numbered: Whether every packet is of interest, and not the first one only.
    """

    def __init__(self, codec: str, damage: Damage) -> None:
        self.headless: bool | None = None
        self.numbered = codec in NUMBERED
        self._painted, self._damage = codec in PAINTED, damage
        self._group: list[int] | None = None
        self._began: int | None = None
        self._whole = 0
        self._broken: list[int | None] = []

    def packet(self, packet: Any, ticks: int | None) -> None:
        """Takes a packet that is not empty, and its time."""
        if self.headless is None:
            self.headless = not packet.is_keyframe
        if self.numbered:
            self._number(bytes(memoryview(packet)[:HEAD_BYTES]), ticks)

    def shows(self, frame: Any, time_s: float) -> None:
        """Takes a frame while `headless`."""
        if frame.key_frame or not self._painted:
            self.headless = False
        else:
            self._damage.note(MIDDLE)
            self._damage.patched(time_s)
        if frame.key_frame and MIDDLE not in self._damage.notes:
            self._damage.note(f"{MIDDLE}: nothing before {time_s:.3f} s could be decoded")

    def _number(self, head: bytes, ticks: int | None) -> None:
        picture = head.find(PICTURE)
        if not 0 <= picture <= len(head) - 6:
            return
        number = head[picture + 4] << 2 | head[picture + 5] >> 6
        if head.find(GROUP, 0, picture) >= 0:
            self._close()
            self._group, self._began = [number], ticks
        elif self._group is not None:
            self._group.append(number)
            if len(self._group) > MOST_NUMBERS:  # numbers come again from here on
                self._group = None

    def _close(self) -> None:
        if self._group is None:
            return
        # The two fields of a frame share a number. Those shown before the keyframe an editor cuts off, all of them.
        numbers, frames = set(self._group), 1 + sum(a != b for a, b in zip(self._group, self._group[1:], strict=False))
        lowest, highest = min(numbers), max(numbers)
        if frames == len(numbers) == highest - lowest + 1 and lowest in (0, self._group[0]):
            self._whole += 1
        elif len(self._broken) < MOST_KEPT:
            self._broken.append(self._began)

    @property
    def broken(self) -> list[int | None]:
        """The times of the groups that miss a frame; none where most groups seem to: that encoder numbers otherwise."""
        return self._broken if self._whole >= len(self._broken) else []
