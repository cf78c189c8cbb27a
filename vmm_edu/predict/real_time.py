"""Something that handles a stretch of media in; how many times faster than the media runs it is, out."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def times_real_time(run: Callable[[], object], *, media_s: float, repeats: int = 5) -> float:
    """Time a function against the length of what it handles; above 1 it keeps up with a live stream.

    The first call is not counted: it may compile. The median of the others is taken, which a busy moment cannot move.
    The real-time factor of the speech literature is its inverse.

    Args:
        run: handles `media_s` seconds of media and returns what it made; JAX arrays are waited for.
        media_s: length of the media, in seconds.
        repeats: timed calls, at least 1.

    Returns:
        Seconds of media handled in one second.

    Raises:
        ValueError: a length that is not positive, or no repeat.
    """
    if not media_s > 0 or repeats < 1:
        raise ValueError(f"expected a positive media_s and at least 1 repeat, got {media_s} and {repeats}")
    _finish(run())
    taken_s = []
    for _ in range(repeats):
        started = time.perf_counter()
        _finish(run())
        taken_s.append(time.perf_counter() - started)
    return media_s / max(statistics.median(taken_s), 1e-9)


def _finish(value: object) -> None:
    """JAX returns before it has computed."""
    import jax

    jax.block_until_ready(value)
