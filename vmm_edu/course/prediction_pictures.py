"""What was measured of a model's answers in; figures of how honest and how sturdy they are out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from vmm_edu.course.palette import BLACK, BLUE, GREY, RED, style
from vmm_edu.predict import Interval, Reliability


def reliability_figure(panels: Mapping[str, Reliability]) -> Figure:
    """Draws the share of right answers against the mean confidence, a panel for each title.

    A bar reaches as far as three standard deviations of luck would carry a group of a calibrated model, within 0…1;
    the small numbers count the clips of each group; empty groups are left out.

    Args:
        panels: title → groups, from ``predict.reliability``.

    Raises:
        ValueError: there is no panel, or one without a clip.
    """
    if not panels or not all(groups.clips.any() for groups in panels.values()):
        raise ValueError(f"expected panels with clips, got {list(panels) or 'none'}")
    with style():
        fig = Figure(figsize=(8.0, 3.5), layout="constrained")
        axes = fig.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axis, (title, groups) in zip(axes, panels.items(), strict=True):
            x, y, clips = (part[groups.clips > 0] for part in (groups.confidence, groups.accuracy, groups.clips))
            luck = 3 * np.sqrt(x * (1 - x) / clips)
            bars = np.stack([np.minimum(luck, y), np.minimum(luck, 1 - y)])
            axis.plot([0.5, 1], [0.5, 1], color=BLACK, linewidth=1, linestyle=":", label="calibrated")
            axis.errorbar(x, y, bars, color=BLUE, fmt="o", capsize=3, label="model, 3 sigma of luck")
            for place, count in zip(zip(x, y, strict=True), clips, strict=True):
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                axis.annotate(str(count), place, (6, -13), textcoords="offset points", fontsize=8, color=BLUE, bbox=box)
            axis.set(xlabel="mean confidence of the group", title=title, xlim=(0.5, 1.03), ylim=(-0.05, 1.08))
        axes[0].set_ylabel("share of right answers")
        fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=9)
    return fig


class Harm(NamedTuple):
    """One way to spoil what a model gets, step by step.

    Attributes:
        axis: what the steps are, for the axis.
        steps: their names, from harmless to bad.
        accuracy: with its interval, for each step.
        confidence: the model's mean confidence in its answers, for each step.
        without: the ceiling without the sense that is spoilt.
    """

    axis: str
    steps: Sequence[str]
    accuracy: Sequence[Interval]
    confidence: Sequence[float]
    without: float


def harm_figure(harms: Mapping[str, Harm]) -> Figure:
    """Draws accuracy and mean confidence while one sense is spoilt, a panel for each way to do it.

    Args:
        harms: title → what was measured.

    Raises:
        ValueError: there is none, or its steps and numbers differ in length.
    """
    for title, harm in harms.items():
        lengths = len(harm.steps), len(harm.accuracy), len(harm.confidence)
        if len(set(lengths)) > 1 or not lengths[0]:
            raise ValueError(f"expected as many steps as numbers in {title!r}, got {lengths}")
    if not harms:
        raise ValueError("expected at least one way to spoil a sense, got none")
    with style():
        fig = Figure(figsize=(9.0, 3.3), layout="constrained")
        axes = fig.subplots(1, len(harms), sharey=True, squeeze=False)[0]
        for axis, (title, harm) in zip(axes, harms.items(), strict=True):
            place = np.arange(len(harm.steps))
            low, middle, high = np.array([(end.low, end.estimate, end.high) for end in harm.accuracy]).T
            bars = np.stack([middle - low, high - middle])
            axis.errorbar(place, middle, bars, fmt="o-", color=BLUE, capsize=3, label="accuracy, 95 % interval")
            axis.plot(place, harm.confidence, "s--", color=RED, label="mean confidence")
            axis.axhline(harm.without, color=GREY, linestyle=":", label="ceiling without that sense")
            axis.set_xticks(place, list(harm.steps))
            axis.set(title=title, xlabel=harm.axis, ylim=(0, 1.03))
        fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=9)
    return fig
