"""When words are said in; which frames, or windows of sound, show them out."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int32

from vmm_edu.features.arrays import AnyArray


class Clock(NamedTuple):
    """How the moments of a sense lie in time, and how many of them a word gets.

    Attributes:
        rate_hz: moments a second.
        middle_s: the middle of moment 0, seconds.
        steps: moments taken of a word, however long it is.
        context_s: by how much each word is widened at both ends, where no width is chosen for its kind.
        shift_s, stretch: how wrongly a word is timed in training (standard deviations), so that neither a moment nor a
            pace is learned by heart.
    """

    rate_hz: float
    middle_s: float
    steps: int
    context_s: float
    shift_s: float = 0.03
    stretch: float = 0.09


LIPS = Clock(rate_hz=25.0, middle_s=0.02, steps=12, context_s=0.0)
SOUND = Clock(rate_hz=100.0, middle_s=0.0125, steps=24, context_s=0.0, shift_s=0.01, stretch=0.05)
SOUND_LEARNED = SOUND._replace(rate_hz=25.0, middle_s=0.0275, steps=12)
"""Four windows make a moment: their middles lie 12.5 to 42.5 ms after the first begins."""


def word_steps(
    times_s: Float[AnyArray, "clip word 2"],
    clock: Clock,
    *,
    moments: int,
    shift_s: Float[AnyArray, "clip word"] | None = None,
    stretch: Float[AnyArray, "clip word"] | None = None,
    context_s: Float[AnyArray, " word"] | None = None,
) -> Int32[Array, "clip word step"]:
    r"""Lay `steps` moments evenly over each word, from `context_s` before it to `context_s` after it.

    A slow word and a quick one get the same number of steps, so step s of every word is the same part of it.

    Args:
        times_s: start and end of each word.
        clock: of the sense.
        moments: how many the clip has; beyond its ends the first and last are taken again.
        shift_s: moves each word, as if it had been timed wrongly; None: not at all.
        stretch: factor on the length of each; None: 1.
        context_s: by how much each kind of word is widened at both ends; None: as the clock says.

    Returns:
        Numbers of moments, 0 … moments − 1.

    Raises:
        ValueError: times that are not (clip, word, 2), or `moments` below 1.
    """
    if times_s.ndim != 3 or times_s.shape[2] != 2 or moments < 1:
        raise ValueError(
            f"expected times_s (clip, word, 2), start and end, and at least 1 moment, got {times_s.shape} and {moments}"
        )
    times = jnp.asarray(times_s, jnp.float32)
    wider = jnp.asarray(clock.context_s if context_s is None else context_s, jnp.float32)
    middle, half = times.mean(axis=2), (times[..., 1] - times[..., 0]) / 2 + jnp.broadcast_to(wider, times.shape[:2])
    middle = middle if shift_s is None else middle + jnp.asarray(shift_s, jnp.float32)
    half = half if stretch is None else half * jnp.asarray(stretch, jnp.float32)
    place = (jnp.arange(clock.steps, dtype=jnp.float32) + 0.5) / clock.steps * 2 - 1
    at_s = middle[..., None] + half[..., None] * place[None, None]
    nearest = jnp.round((at_s - clock.middle_s) * clock.rate_hz).astype(jnp.int32)
    return jnp.clip(nearest, 0, moments - 1)
