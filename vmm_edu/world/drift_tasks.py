"""Tasks of motion on a torus: where an object is in each frame, and which way it drifts (T1, T2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vmm_edu.world.tables import Columns, Task, uniform

DIRECTIONS = ("right", "left", "down", "up")
TORUS = 64

_STEP_X = np.array((1, -1, 0, 0))
_STEP_Y = np.array((0, 0, 1, -1))


def _positions(x: Any, y: Any, direction: Any, speed: Any, times: np.ndarray, torus: int) -> np.ndarray:
    """One integer per visited place, (batch, time): where the object is at each frame number."""
    along = np.atleast_1d(speed)[:, None] * times
    columns = (np.atleast_1d(x)[:, None] + _STEP_X[np.atleast_1d(direction)][:, None] * along) % torus
    rows = (np.atleast_1d(y)[:, None] + _STEP_Y[np.atleast_1d(direction)][:, None] * along) % torus
    return columns * torus + rows


def direction(*, frames: int = 24, speeds: Sequence[int] = (1, 2, 3, 5)) -> Task:
    """T1: which way an object drifts on a torus of 64 × 64 pixels, from a uniform start.

    Args:
        frames: length of a clip, at least 2.
        speeds: pixels a frame, each in 1…31, equally likely.

    Returns:
        The task; seen as "frame", "bag" (of frames) or "pair" (two frames in order).

    Raises:
        ValueError: if a speed is not in 1…31 or there are fewer than 2 frames.
    """
    if frames < 2:
        raise ValueError(f"direction: expected at least 2 frames, got {frames}")
    if not speeds or not all(0 < v < TORUS / 2 for v in speeds):
        raise ValueError(f"direction: expected speeds in 1…{TORUS // 2 - 1} pixels a frame, got {tuple(speeds)}")
    pace = np.array(speeds)

    def video(s: Columns) -> dict[str, Any]:
        return {
            "direction": s["direction"],
            "start_x": s["start_x"],
            "start_y": s["start_y"],
            "speed": pace[s["speed"]],
        }

    def places(times: Sequence[int]):
        steps = np.array(times)
        return lambda s: _positions(s["start_x"], s["start_y"], s["direction"], s["speed"], steps, TORUS)

    def members(s):
        travel = (frames - 1) * int(pace[s["speed"]])
        there = [{**s, "direction": d} for d in range(4)]
        back = [
            {
                **one,
                "direction": one["direction"] ^ 1,
                "start_x": (one["start_x"] + int(_STEP_X[one["direction"]]) * travel) % TORUS,
                "start_y": (one["start_y"] + int(_STEP_Y[one["direction"]]) * travel) % TORUS,
            }
            for one in there
        ]
        return (*there, *back)

    every_frame = places(range(frames))
    return Task(
        name="direction",
        sources=(
            uniform("direction", 4),
            uniform("start_x", TORUS),
            uniform("start_y", TORUS),
            uniform("speed", len(speeds)),
        ),
        views={"video": video},
        label=lambda s: s["direction"],
        label_names=DIRECTIONS,
        seen={
            "frame": {"video": places((0,))},
            "bag": {"video": lambda s: np.sort(every_frame(s), axis=1)},
            "pair": {"video": places((0, 1))},
        },
        members=members,
        parameters={"frames": frames, "speeds": tuple(speeds)},
    )


def sampling(*, stride: int = 1, speeds: Sequence[int] = (4,), torus: int = TORUS, frames: int = 24) -> Task:
    """T2: left or right, when only every `stride`-th frame is kept.

    With one known speed v the direction is lost if and only if 2·stride·v is a multiple of the torus; with unknown
    speeds, v and torus − v (after the stride) are confusable.

    Args:
        stride: frames from one kept frame to the next, at least 1.
        speeds: pixels a frame, each in 1…torus − 1, equally likely.
        torus: width after which a position repeats, pixels, at most 64.
        frames: length of a clip; at least two frames must be kept.

    Returns:
        The task; seen "all" (every frame) or "sampled" (the kept ones).

    Raises:
        ValueError: if a number is out of range or fewer than two frames are kept.
    """
    if not 1 < torus <= TORUS or not speeds or not all(0 < v < torus for v in speeds):
        raise ValueError(f"sampling: expected a torus of 2…{TORUS} and speeds in 1…torus − 1, got {torus}, {speeds}")
    if not 0 < stride < frames:
        raise ValueError(f"sampling: expected a stride in 1…frames − 1 = {frames - 1}, got {stride}")
    pace, kept = np.array(speeds), np.arange(0, frames, stride)
    return Task(
        name="sampling",
        sources=(uniform("direction", 2), uniform("start_x", torus), uniform("speed", len(speeds))),
        views={"video": lambda s: {"direction": s["direction"], "start_x": s["start_x"], "speed": pace[s["speed"]]}},
        label=lambda s: s["direction"],
        label_names=DIRECTIONS[:2],
        seen={
            "sampled": {
                "video": lambda s: _positions(
                    s["start_x"], np.zeros_like(s["start_x"]), s["direction"], s["speed"], kept, torus
                )
            }
        },
        members=lambda s: tuple({**s, "direction": d} for d in range(2)),
        parameters={"stride": stride, "speeds": tuple(speeds), "torus": torus, "frames": frames},
    )
