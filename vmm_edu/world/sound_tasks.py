"""Tasks of sound: a struck material, a gliding tone, and a vowel that is seen as well (T9, T16)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from vmm_edu.world.sight_tasks import COLOURS, SIZES
from vmm_edu.world.tables import Columns, Task, flip, uniform

MATERIALS = ("metal", "glass", "wood", "rubber")
VOWELS = ("a", "i", "o", "u")


def material() -> Task:
    """T9a: what the object is made of, heard in decay and modes; the picture shows an independent colour.

    Returns:
        The task.
    """
    return Task(
        name="material",
        sources=(uniform("material", 4), uniform("size", SIZES), uniform("colour", COLOURS)),
        views={
            "video": lambda s: {"colour": s["colour"]},
            "audio": lambda s: {"material": s["material"], "size": s["size"]},
        },
        label=lambda s: s["material"],
        label_names=MATERIALS,
        strata=("material", "size", "colour"),
    )


def glide(*, pitches: int = 4, windows: int = 8) -> Task:
    """T9b: a tone that rises or falls; each rise has the fall that is its exact time reversal.

    The symbol "pitch" is the *lower* end of the glide, the same for a rise and its reversal. Here the sound is
    its pitch in each of a few windows: low, low + 1, … for a rise and backwards for a fall.

    Args:
        pitches: number of lower ends.
        windows: analysis windows in a glide, at least 2.

    Returns:
        The task; seen as "spectrum" (averaged over the clip), "window" (the first one) or "pair" (two in order).

    Raises:
        ValueError: if there are fewer than 2 windows or no pitch.
    """
    if windows < 2 or pitches < 1:
        raise ValueError(f"glide: expected windows ≥ 2 and pitches ≥ 1, got {windows} and {pitches}")

    def track(s: Columns) -> np.ndarray:
        step, falls = np.arange(windows), np.atleast_1d(s["glide"])[:, None]
        return np.atleast_1d(s["pitch"])[:, None] + np.where(falls == 1, windows - 1 - step, step)

    return Task(
        name="glide",
        sources=(uniform("glide", 2), uniform("pitch", pitches)),
        views={"audio": lambda s: {"glide": s["glide"], "pitch": s["pitch"]}},
        label=lambda s: s["glide"],
        label_names=("rises", "falls"),
        seen={
            "spectrum": {"audio": lambda s: np.sort(track(s), axis=1)},
            "window": {"audio": lambda s: track(s)[:, :1]},
            "pair": {"audio": lambda s: track(s)[:, :2]},
        },
        members=lambda s: tuple({**s, "glide": falls} for falls in range(2)),
        parameters={"pitches": pitches, "windows": windows},
    )


def talker(*, noise: Fraction = Fraction(1, 4)) -> Task:
    """T16: which vowel is spoken? o and u look alike; i and u sound alike in noise.

    The confusion table: the mouth shows a, i or round (o and u). The ear takes i for u, and u for i, with
    probability `noise`: both have a low first formant, and noise covers the second.

    Args:
        noise: probability that i and u are taken for each other, 0 in quiet, 1/2 when nothing is left to tell them.

    Returns:
        The task.

    Raises:
        ValueError: if the probability is not in 0…1/2.
    """
    if not 0 <= noise <= Fraction(1, 2):
        raise ValueError(f"talker: expected noise in 0…1/2, got {noise}")
    seen, swapped = np.array((0, 1, 2, 2)), np.array((0, 3, 2, 1))
    return Task(
        name="talker",
        sources=(uniform("vowel", len(VOWELS)), flip("swap", noise)),
        views={
            "video": lambda s: {"viseme": seen[s["vowel"]]},
            "audio": lambda s: {"vowel": np.where(s["swap"], swapped[s["vowel"]], s["vowel"])},
        },
        label=lambda s: s["vowel"],
        label_names=VOWELS,
        strata=("vowel", "swap"),
        parameters={"noise": noise},
    )
