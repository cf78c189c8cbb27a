"""Frames in, how much moves from each to the next out, and from that the frames that show the most of it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Int64, UInt8


def motion_energy(images: UInt8[np.ndarray, "time height width 3"]) -> Float64[np.ndarray, " time"]:
    r"""Returns how much each frame differs from the one before it: $e_t = \operatorname{mean}|I_t - I_{t-1}| / 255$.

    It says that something changed and how much, not what moved where: a passing cloud counts as a wave of a hand does.

    Args:
        images: RGB frames, 0…255.

    Returns:
        Mean absolute change of a value, 0…1; 0 for the first frame.

    Raises:
        ValueError: Frames without a pixel.
    """
    if not images.shape[1] * images.shape[2]:
        raise ValueError(f"images: expected frames with pixels, got shape {images.shape}.")
    energy = np.zeros(len(images))
    for t in range(1, len(images)):
        # The difference of two uint8 wraps around; that of the larger and the smaller does not.
        energy[t] = (np.maximum(images[t], images[t - 1]) - np.minimum(images[t], images[t - 1])).mean()
    return energy / 255


def key_frames(images: UInt8[np.ndarray, "time height width 3"], count: int) -> Int64[np.ndarray, " key"]:
    r"""Chooses frames evenly on a clock that runs with the motion: many where much moves, few where nothing does.

    With the energies $e_t$ of ``motion_energy`` added up, $E_t = \sum_{s \le t} e_s$, the k-th of n frames is the
    first at which $E_t \ge (k + \frac12) E_{T-1} / n$; where two would be the same frame, the later moves on to the
    next. Where nothing moves at all the frames are spread evenly in time.

    Args:
        images: RGB frames, 0…255.
        count: Number of frames to choose, 1 up to the number of images.

    Returns:
        Indices of the frames, ascending, no two the same.

    Raises:
        ValueError: ``count`` is out of its range.

    Reference:
        Zhi et al., MGSampler: An Explainable Sampling Strategy for Video Action Recognition, ICCV 2021,
        doi:10.48550/arXiv.2104.09952. They take the root of each energy and draw within each part; here the
        middle of each part is taken.
    """
    if not 1 <= count <= len(images):
        raise ValueError(f"count: expected 1…{len(images)}, as many as there are images, got {count}.")
    energy = motion_energy(images)
    total = np.cumsum(energy) if energy.any() else np.arange(1, len(images) + 1)
    # A little less, so that rounding does not move a frame that is reached exactly.
    wanted = (np.arange(count) + 0.5) / count * total[-1] * (1 - 1e-9)
    places = np.arange(count)
    chosen = np.searchsorted(total, wanted)
    chosen = np.maximum.accumulate(chosen - places) + places
    return np.minimum(chosen, len(images) - count + places)
