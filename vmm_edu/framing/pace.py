"""The times of a video's packets and frames in, one by one; where its clock leaps out."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from vmm_edu.framing.source import Source

REGULAR = 0.9
"""Share of equal steps from which on a video is taken to have a constant rate."""
LEAP = 1.6
"""How many usual steps a leap is at least: a field shown once more, as films on television have it, is half a step."""
MOST_KEPT = 100


class Leap(NamedTuple):
    """A step of the clock that leaves out frames: from when to when, in seconds."""

    from_s: float
    to_s: float


class Pace:
    """Keeps the steps of one reading in constant memory."""

    def __init__(self) -> None:
        self._due: int | None = None
        self._last_s: float | None = None
        self._steps: Counter[int] = Counter()
        self._longest: list[Leap] = []
        self.unstored: list[Leap] = []

    def stored(self, ticks: int | None, duration: int | None, source: Source, time_base: Any) -> None:
        """Takes the decoding time and length of a packet. Where one begins after the end of the last, some are gone."""
        if ticks is None or not duration:
            return
        if self._due is not None and ticks - self._due > duration / 2 and len(self.unstored) < MOST_KEPT:
            self.unstored.append(Leap(source.seconds(self._due, time_base), source.seconds(ticks, time_base)))
        self._due = ticks + duration

    def shown(self, time_s: float) -> None:
        """Takes the time of a frame."""
        if self._last_s is not None:
            step_ms = round(1000 * (time_s - self._last_s))
            self._steps[step_ms if len(self._steps) < MOST_KEPT or step_ms in self._steps else -1] += 1
            self._longest = sorted([*self._longest, Leap(self._last_s, time_s)], key=lambda leap: leap[0] - leap[1])
            del self._longest[MOST_KEPT // 10 :]
        self._last_s = time_s

    @property
    def usual_s(self) -> float | None:
        """The step between frames, in seconds, of a video with a constant rate; None for one without."""
        if not self._steps:
            return None
        middle, _ = self._steps.most_common(1)[0]
        near = sum(self._steps[step] for step in (middle - 1, middle, middle + 1))
        return middle / 1000 if middle > 0 and near >= REGULAR * self._steps.total() else None

    @property
    def leaps(self) -> list[Leap]:
        """Steps that are far longer than the usual one, in the order of time; none where there is no usual one."""
        usual_s = self.usual_s
        if usual_s is None:
            return []
        return sorted(leap for leap in self._longest if leap.to_s - leap.from_s > LEAP * usual_s)
