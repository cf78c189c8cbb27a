"""Frames in, where one shot gives way to the next out: hard cuts and dissolves, and a score against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int, Int64, Real, UInt8

from vmm_edu.framing.histograms import colour_histograms, distance, shares

ISOLATION = 2.0
"""How many times as large as the steps beside it the step of a hard cut is."""
QUIET = 0.01
"""A smaller step is noise of the coding, however still the shot is."""
ABOVE_MOTION = 2.0
"""How many times the usual step a step within a dissolve is."""
EVEN = 0.2
"""What share of a dissolve's largest step its first and last are at least: smaller ones are motion beside it."""
FLASH = 3
"""Frames on each side of a change that must all differ from those on the other: a flash comes back to its shot."""


class Shots(NamedTuple):
    """Where the shots of a video change.

    Attributes:
        first_frames: The first frame of each change, ascending: of a hard cut the first frame of the new shot, of a
            dissolve the first that mixes the two.
        lengths: Over how many frames each change reaches: 1 for a hard cut, the number of mixed frames for a dissolve.
        differences: How far each frame is from the one before it, 0…1; 0 for the first.
    """

    first_frames: Int64[np.ndarray, " boundary"]
    lengths: Int64[np.ndarray, " boundary"]
    differences: Float64[np.ndarray, " time"]


def shot_boundaries(
    images: UInt8[np.ndarray, "time height width 3"] | None = None,
    *,
    descriptors: Real[np.ndarray, "time feature"] | None = None,
    threshold: float = 0.2,
    longest: int = 24,
) -> Shots:
    r"""Finds hard cuts and dissolves by how the description of a frame changes from one frame to the next.

    A description $h_t$ says how a frame looks, not where things are in it, so that it changes little while things
    move. Its step is $d_t = \frac12 \sum_k |h_{t,k} - h_{t-1,k}|$. A hard cut is one large step between small ones. A
    dissolve is a run of steps that are larger than usual for their surroundings, each of which may be small, over which
    the description changes much in total. In both, the frames before and after must differ by ``threshold``: so a
    flash, after which the picture is the same as before, is no boundary.

    Args:
        images: RGB frames, 0…255, described by ``colour_histograms``; or None, with ``descriptors``.
        descriptors: A description of each frame, none negative, such as its HOG vector, in place of ``images``.
        threshold: How far the frames before and after a change are apart at least, above 0, at most 1.
        longest: Frames of the longest dissolve; a longer stretch of change is taken for motion.

    Returns:
        The boundaries, and the steps $d_t$ for a plot.

    Raises:
        ValueError: Not exactly one of ``images`` and ``descriptors`` is given, or a value is out of its range.

    Reference:
        Zhang, Kankanhalli and Smoliar, Automatic partitioning of full-motion video, Multimedia Systems 1993,
        doi:10.1007/BF01210504. Their twin comparison has two fixed thresholds and adds the steps of a run up; here the
        lower one follows the motion around, and both ends of a run are compared.
    """
    if (images is None) == (descriptors is None):
        raise ValueError("shot_boundaries: expected images or descriptors, one of them. Give the frames, or their HOG.")
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold: expected a distance above 0, at most 1, got {threshold}.")
    if longest < 1:
        raise ValueError(f"longest: expected a number of frames of at least 1, got {longest}.")
    if images is not None:
        values = colour_histograms(images) if len(images) else np.zeros((0, 1))
    else:
        values = np.asarray(descriptors)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("descriptors: expected finite numbers from 0 on, got others. Take absolute values, or shift.")
    looks = shares(values)
    steps = np.zeros(len(looks))
    steps[1:] = distance(looks[:-1], looks[1:])
    cuts = _isolated(steps) & (steps >= threshold)
    found = [(t, 1) for t in np.flatnonzero(cuts).tolist() if _apart(looks, t, t) >= threshold]
    for first, last in _runs(_raised(np.where(cuts, np.nan, steps), longest)):
        shut_before, shut_after = first == 1 or cuts[first - 1], last == len(steps) - 1 or cuts[last + 1]
        if shut_before and shut_after:  # changes from one end of a shot to the other are its motion
            continue
        high = first + np.flatnonzero(steps[first : last + 1] >= EVEN * steps[first : last + 1].max())
        first, last = int(high[0]), int(high[-1])
        if last - first <= longest and _apart(looks, first, last) >= threshold:
            found.append((first, max(1, last - first)))
    found.sort()
    firsts, lengths = np.array(found, np.int64).reshape(-1, 2).T
    return Shots(firsts, lengths, steps)


def _isolated(steps: Float64[np.ndarray, " time"]) -> Bool[np.ndarray, " time"]:
    """Which steps are large beside both of their neighbours."""
    around = np.pad(steps, 1)
    return steps > ISOLATION * np.maximum(around[:-2], around[2:])


def _raised(steps: Float64[np.ndarray, " time"], longest: int) -> Bool[np.ndarray, " time"]:
    """Which steps are larger than is usual within a few of the longest dissolves around them; a NaN is not."""
    raised = np.zeros(len(steps), bool)
    if len(steps) > 1:
        around = np.pad(steps[1:], 2 * longest, constant_values=np.nan)
        around = np.lib.stride_tricks.sliding_window_view(around, 4 * longest + 1)
        known = np.nan_to_num(np.nanmedian(np.where(np.isnan(around).all(1, keepdims=True), 0, around), axis=1))
        raised[1:] = steps[1:] > np.maximum(QUIET, ABOVE_MOTION * known)
    # One small step does not part a dissolve in two.
    raised[1:-1] |= raised[:-2] & raised[2:] & ~np.isnan(steps[1:-1])
    return raised


def _runs(raised: Bool[np.ndarray, " time"]) -> Iterator[tuple[int, int]]:
    """The first and last place of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.pad(raised.astype(np.int8), 1)))
    for first, stop in edges.reshape(-1, 2).tolist():
        yield first, stop - 1


def _apart(looks: Float64[np.ndarray, "time share"], first: int, last: int) -> float:
    """How far the frames before the step ``first`` are at least from those after the step ``last``."""
    before = looks[max(0, first - FLASH) : first]
    after = looks[last : last + FLASH]
    return float(distance(before[:, None], after[None]).min())


@dataclass(frozen=True)
class BoundaryScore:
    """How well boundaries were found. Scores of several videos add up: ``sum(scores, BoundaryScore(0, 0, 0))``.

    Attributes:
        hits: Boundaries found where there is one.
        found: Boundaries found.
        true: Boundaries there are.
    """

    hits: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """Share of the boundaries found that are there; 1 where none was found."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the boundaries there are that were found; 1 where there is none."""
        return self.hits / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 2·hits ÷ (found + true); 1 where none is there and none was found."""
        return 2 * self.hits / (self.found + self.true) if self.found + self.true else 1.0

    def __add__(self, other: BoundaryScore) -> BoundaryScore:
        """Returns the score over both videos together."""
        return BoundaryScore(self.hits + other.hits, self.found + other.found, self.true + other.true)


def boundary_score(
    found: Int[np.ndarray, " boundary"] | Sequence[int],
    true: Int[np.ndarray, " other"] | Sequence[int],
    *,
    tolerance: int = 0,
) -> BoundaryScore:
    """Compares the boundaries found with those there are, each counted once.

    Args:
        found: First frames of the changes found, in any order.
        true: First frames of the changes there are.
        tolerance: By how many frames a boundary may be off and still be a hit.

    Returns:
        Counts, with precision, recall and F1.

    Raises:
        ValueError: ``tolerance`` is below 0.
    """
    if tolerance < 0:
        raise ValueError(f"tolerance: expected a number of frames from 0 on, got {tolerance}.")
    wanted, given = sorted(map(int, true)), sorted(map(int, found))
    hits = place = 0
    # Both ascend and all tolerances are alike: taking the earliest partner that is near enough gives the most pairs.
    for frame in wanted:
        while place < len(given) and given[place] < frame - tolerance:
            place += 1
        if place < len(given) and given[place] <= frame + tolerance:
            hits, place = hits + 1, place + 1
    return BoundaryScore(hits, len(given), len(wanted))
