"""A GRID alignment in; when each of its words begins and ends, in seconds, out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

UNITS_PER_S = 25_000
"""The files count samples of a sound at 25 kHz; a frame lasts 1000 of them."""
SILENCES = ("sil", "sp")


class Word(NamedTuple):
    """One word and its place in time.

    Attributes:
        word: as written in the file; `sil` and `sp` are silence and a short pause.
        start_s: where it begins, in seconds since the clip's start.
        end_s: where it ends.
    """

    word: str
    start_s: float
    end_s: float


def read_alignment(path: str | os.PathLike[str]) -> tuple[Word, ...]:
    """Read one alignment file: lines of start, end and word.

    Args:
        path: the file, `….align`.

    Returns:
        Every line, silences included; `spoken` leaves them out.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line that is not two whole numbers and a word, a word that ends before it begins or begins before
            the last one has ended, or no line at all.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"expected the alignment {path}, found none; fetch the corpus's alignments too")
    try:
        lines = path.read_text(encoding="ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"expected text in {path}, got something else; fetch it again") from error
    words: list[Word] = []
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        if not parts:
            continue
        where = f"line {number} of {path.name}"
        if len(parts) != 3 or not (parts[0].isdigit() and parts[1].isdigit()):
            raise ValueError(f"expected 'start end word' in {where}, got {line.strip()!r}; fetch the file again")
        start_s, end_s = int(parts[0]) / UNITS_PER_S, int(parts[1]) / UNITS_PER_S
        if end_s <= start_s:
            raise ValueError(f"expected a word that ends after it begins in {where}, got {line.strip()!r}")
        if words and start_s < words[-1].end_s:
            raise ValueError(
                f"expected a word that begins when the last one has ended in {where}, got {line.strip()!r}"
            )
        words.append(Word(parts[2].lower(), start_s, end_s))
    if not words:
        raise ValueError(f"expected words in {path.name}, got an empty file; fetch it again")
    return tuple(words)


def spoken(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Leave the silences out.

    Args:
        words: of an alignment.

    Returns:
        Those that are said.

    Raises:
        ValueError: never.
    """
    return tuple(word for word in words if word.word not in SILENCES)
