"""Which moments to keep: a duration and a count, rate or window in, times in seconds out. Arithmetic only, no file."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float64

Seconds = float | int
Hertz = float | int
TIME_SLACK_S = 1e-6
"""Two times closer than a microsecond, FFmpeg's own unit, are the same moment."""


def uniform_times(
    duration_s: Seconds, *, count: int | None = None, rate_hz: Hertz | None = None, start_s: Seconds = 0.0
) -> Float64[np.ndarray, " time"]:
    """Returns evenly spaced moments of a stretch of ``duration_s`` seconds that begins at ``start_s``.

    With ``count`` = n the stretch is cut into n equal parts and the middle of each is taken,
    t_k = start + (k + ½)·duration/n, so that no moment falls on either end. With ``rate_hz`` = r the
    moments are t_k = start + k/r, the first on the start and the last before the end.

    Args:
        duration_s: Length of the stretch in seconds, above 0.
        count: Number of moments, at least 1.
        rate_hz: Moments per second, above 0; give this or ``count``.
        start_s: Where the stretch begins, in seconds.

    Returns:
        Times in seconds, ascending.

    Raises:
        ValueError: Not exactly one of ``count`` and ``rate_hz`` is given, or a value is out of its range.
    """
    _positive("duration_s", duration_s)
    if (count is None) == (rate_hz is None):
        raise ValueError(f"uniform_times: expected one of count and rate_hz, got count={count}, rate_hz={rate_hz}.")
    if count is not None:
        _at_least_one("count", count)
        return start_s + (np.arange(count, dtype=np.float64) + 0.5) * duration_s / count
    rate = _positive("rate_hz", rate_hz)
    steps = max(1, math.ceil((duration_s - TIME_SLACK_S) * rate))
    return start_s + np.arange(steps, dtype=np.float64) / rate


def segment_times(
    duration_s: Seconds, *, segments: int, start_s: Seconds = 0.0, rng: np.random.Generator | None = None
) -> Float64[np.ndarray, " time"]:
    """Returns one moment from each of ``segments`` equal parts: sparse sampling that still spans the whole clip.

    Without ``rng`` it is the middle of each part (for testing); with it, a uniformly drawn moment of each
    part (for training), so that over many draws every moment of the clip is as likely as any other.

    Args:
        duration_s: Length of the clip in seconds, above 0.
        segments: Number of parts, at least 1.
        start_s: Where the clip begins, in seconds.
        rng: Source of the jitter; None for none.

    Returns:
        Times in seconds, ascending, the k-th in [start + k·d/n, start + (k+1)·d/n).

    Raises:
        ValueError: ``duration_s`` or ``segments`` is out of its range.

    Reference:
        Wang et al., Temporal Segment Networks, ECCV 2016, doi:10.1007/978-3-319-46484-8_2. They draw short
        snippets from a grid of frame numbers; these are moments in seconds, to be given to ``read_frames``.
    """
    _positive("duration_s", duration_s)
    _at_least_one("segments", segments)
    inside = np.full(segments, 0.5) if rng is None else rng.random(segments)
    return start_s + (np.arange(segments, dtype=np.float64) + inside) * duration_s / segments


def window_times(
    duration_s: Seconds, *, window_s: Seconds, hop_s: Seconds, start_s: Seconds = 0.0
) -> Float64[np.ndarray, "window 2"]:
    """Returns the start and end of every whole window of ``window_s`` seconds, one each ``hop_s`` seconds.

    Args:
        duration_s: Length of the stretch in seconds, above 0.
        window_s: Length of a window in seconds, above 0.
        hop_s: From the start of one window to the start of the next, in seconds, above 0.
        start_s: Where the stretch begins, in seconds.

    Returns:
        One row (start, end) a window, in seconds. A window that would run past the end is left out,
        so a stretch shorter than a window gives no row.

    Raises:
        ValueError: A length is not above 0.
    """
    _positive("duration_s", duration_s)
    _positive("window_s", window_s)
    _positive("hop_s", hop_s)
    count = max(0, math.floor((duration_s - window_s + TIME_SLACK_S) / hop_s) + 1)
    starts = start_s + np.arange(count, dtype=np.float64) * hop_s
    return np.stack([starts, starts + window_s], axis=1)


def _positive(name: str, value: float | int | None) -> float | int:
    if value is None or not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name}: expected a finite number above 0, got {value}.")
    return value


def _at_least_one(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name}: expected a whole number of at least 1, got {value}.")
