"""Tasks that are seen: symbols of a video, and what a frame, a bag or a window keeps of them (T3–T6)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from vmm_edu.world.tables import Columns, Source, Task, uniform

SHAPES = ("disc", "square", "triangle", "star")
COLOURS = 4
SIZES = 2


def shots(*, frames: int = 48, dissolve: int = 6) -> Task:
    """T3: how many shot boundaries a clip has; each third of the clip may hold a hard cut or a dissolve, or none.

    Every boundary's frame is a symbol, so a perfect detector has precision, recall and F1 of 1.

    Args:
        frames: length of a clip.
        dissolve: length of a dissolve in frames.

    Returns:
        The task. Symbols: kind_k (0 none, 1 cut, 2 dissolve) and frame_k, the first frame of the change, or −1.

    Raises:
        ValueError: if two dissolves do not fit with a frame of each shot between them.
    """
    room = frames // 2 - dissolve - 2
    if dissolve < 2 or room < 1:
        raise ValueError(f"shots: two dissolves of {dissolve} ≥ 2 frames need at least {2 * (dissolve + 3)} frames")

    def video(s: Columns) -> dict[str, Any]:
        symbols = {}
        for k in (1, 2):
            there = np.minimum(s[f"kind_{k}"], 1)
            start = 1 + (k - 1) * (frames // 2) + s[f"frame_{k}"]
            symbols |= {f"kind_{k}": s[f"kind_{k}"], f"frame_{k}": there * (start + 1) - 1}
        return symbols

    return Task(
        name="shots",
        sources=(uniform("kind_1", 3), uniform("frame_1", room), uniform("kind_2", 3), uniform("frame_2", room)),
        views={"video": video},
        label=lambda s: np.minimum(s["kind_1"], 1) + np.minimum(s["kind_2"], 1),
        label_names=("no boundary", "one boundary", "two boundaries"),
        strata=("kind_1", "kind_2"),
        parameters={"frames": frames, "dissolve": dissolve},
    )


def shape() -> Task:
    """T4: which of four shapes of equal area; colour and size are independent of it.

    Returns:
        The task; seen as "histogram" (of colours: it knows colour and area, not shape).
    """
    return Task(
        name="shape",
        sources=(uniform("shape", 4), uniform("colour", COLOURS), uniform("size", SIZES)),
        views={"video": lambda s: {"shape": s["shape"], "colour": s["colour"], "size": s["size"]}},
        label=lambda s: s["shape"],
        label_names=SHAPES,
        seen={"histogram": {"video": lambda s: np.stack([s["colour"], s["size"]], axis=1)}},
        strata=("shape", "colour", "size"),
    )


def order(
    *, frames: int = 30, window: int = 3, gaps: Sequence[int] = (5, 8, 11, 14, 17, 20), duration: int = 1
) -> Task:
    """T5: did A come before B? Both events look alike from either side of time, so only memory across the gap tells.

    Args:
        frames: length of a clip.
        window: w, the widest window of consecutive frames that must not reveal the order.
        gaps: frames from one onset to the other, each at least duration + window − 1.
        duration: d, frames that an event lasts.

    Returns:
        The task; seen as "bag" (of frames) or "windows" (bag of w-frame windows).

    Raises:
        ValueError: if a gap is too short for the window, or too long for the clip.
    """
    blank, shortest = window - 1, duration + window - 1
    needed = max(gaps, default=0) + duration + 2 * blank
    if window < 1 or duration < 1 or not gaps or min(gaps) < shortest:
        raise ValueError(
            f"order: gaps must be at least duration + window − 1 = {shortest} frames, got {tuple(gaps)} "
            f"with window={window}, duration={duration}; use longer gaps or a shorter window"
        )
    if frames < needed:
        raise ValueError(f"order: a gap of {max(gaps)} needs frames ≥ {needed}, got {frames}; use longer clips")
    return _order_table(frames, window, gaps, duration, blank)


def _order_table(frames: int, window: int, gaps: Sequence[int], duration: int, blank: int) -> Task:
    """The table of `order` for any blank margin, allowed or not (tests show what breaks it)."""
    spots = np.array([(g, t) for g in gaps for t in range(blank, frames - blank - duration - g + 1)])
    weights = [Fraction(1, len(gaps) * int(np.sum(spots[:, 0] == g))) for g, _ in spots]

    def video(s: Columns) -> dict[str, Any]:
        return {"first": s["first"], "gap": spots[s["spot"], 0], "onset": spots[s["spot"], 1]}

    def bag_of_windows(width: int):
        def reduce(s: Columns) -> np.ndarray:
            now, base = np.arange(frames), 2 * duration + 1
            first, onset, gap = (np.atleast_1d(s[name])[:, None] for name in ("first", "onset", "gap"))
            early, late = now - onset, now - onset - gap
            # A frame is blank (0), the k-th frame of A (1…d) or the k-th frame of B (d + 1…2d).
            frame = np.where((early >= 0) & (early < duration), 1 + early + duration * first, 0)
            frame = frame + np.where((late >= 0) & (late < duration), 1 + late + duration * (1 - first), 0)
            ids = sum(frame[:, k : frames - width + 1 + k] * base**k for k in range(width))
            return np.sort(np.asarray(ids), axis=1)

        return reduce

    return Task(
        name="order",
        sources=(uniform("first", 2), Source("spot", tuple(weights))),
        views={"video": video},
        label=lambda s: s["first"],
        label_names=("A first", "B first"),
        seen={"bag": {"video": bag_of_windows(1)}, "windows": {"video": bag_of_windows(window)}},
        members=lambda s: tuple({**s, "first": first} for first in range(2)),
        parameters={"frames": frames, "window": window, "gaps": tuple(gaps), "duration": duration},
    )


def parity(*, taps: int = 7) -> Task:
    """T6: is the number of taps odd? Each of the fixed slots holds a tap or not, a fair coin each.

    Args:
        taps: number of slots, 1…20.

    Returns:
        The task; seen as "missed" (all slots but the last) or "count" (a pooled sum, which suffices: the task
        tests completeness, not order).

    Raises:
        ValueError: if the number of slots is not in 1…20.
    """
    if not 1 <= taps <= 20:
        raise ValueError(f"parity: expected 1…20 taps, got {taps}")
    names = tuple(f"tap_{k}" for k in range(taps))
    return Task(
        name="parity",
        sources=tuple(uniform(name, 2) for name in names),
        views={"video": lambda s: {name: s[name] for name in names}},
        label=lambda s: sum(s[name] for name in names) % 2,
        label_names=("even", "odd"),
        seen={
            "missed": {"video": lambda s: np.stack([s[name] for name in names], axis=1)[:, :-1]},
            "count": {"video": lambda s: sum(s[name] for name in names)},
        },
        strata=names,
        parameters={"taps": taps},
    )
