"""A count of what could not be read, told once, at the end, in one warning."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from vmm_edu.framing.errors import DamagedFileWarning

SHOWN = 5
READING = ("vmm_edu.framing", "jaxtyping", "beartype")
"""Callers in between that the reader of a warning does not know."""


@dataclass
class Damage:
    """What went wrong while one file was read; ``notes`` are whole sentences about the file as such."""

    path: str
    kind: str
    lost_s: list[float | None] = field(default_factory=list)
    patched_s: set[float] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def lost(self, at_s: float | None) -> None:
        """Counts one packet that could not be decoded; ``at_s`` is its time in seconds if it is known."""
        if at_s is None or at_s not in self.lost_s:  # a packet read once more after a seek is lost once
            self.lost_s.append(at_s)

    def patched(self, at_s: float) -> None:
        """Counts one frame whose missing parts the decoder made up."""
        self.patched_s.add(at_s)

    def note(self, sentence: str) -> None:
        """Keeps a sentence about the file, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def describe(self) -> str:
        """Returns what was lost, in one line; empty if nothing was."""
        parts = []
        if self.lost_s:
            parts.append(f"{len(self.lost_s)} packet(s) could not be decoded{_places(self.lost_s)}")
        if self.patched_s:
            parts.append(f"{len(self.patched_s)} frame(s) are incomplete{_places(sorted(self.patched_s))}")
        return "; ".join(parts + self.notes)

    def warn(self) -> None:
        """Warns with DamagedFileWarning if anything was lost, at the line that asked this package to read."""
        text = self.describe()
        if not text:
            return
        level, frame = 1, inspect.currentframe()
        while frame is not None and frame.f_globals.get("__name__", "").startswith(READING):
            level, frame = level + 1, frame.f_back
        message = f"{self.path}: {self.kind}: {text}. The rest is returned."
        warnings.warn(message, DamagedFileWarning, stacklevel=level)


def _places(times_s: Sequence[float | None]) -> str:
    known = [f"{t:.3f} s" for t in times_s if t is not None]
    if not known:
        return ""
    return " at " + ", ".join(known[:SHOWN]) + (", …" if len(known) > SHOWN else "")
