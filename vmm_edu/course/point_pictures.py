"""Keypoints and matches in; figures of chapter 03 out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vmm_edu.course.palette import BLACK, BLUE, GREEN, ORANGE, RED, YELLOW, style
from vmm_edu.features import Keypoints

# Columns of a table of shares, and how each is drawn.
SHARES = (
    (2, "right matches, ours", BLUE, "o-"),
    (4, "right matches, scikit-image", ORANGE, "s--"),
    (1, "found again, ours", GREEN, "^-"),
    (3, "found again, scikit-image", BLACK, "v:"),
)


def matches_figure(first: np.ndarray, second: np.ndarray, ends: np.ndarray, right: np.ndarray) -> Figure:
    """Draws two views side by side, and every second match as a line from one into the other.

    Args:
        first: grey, 0…1, (height, width).
        second: likewise, as high as the first.
        ends: of each match, (match, 2, 2): its point in the first view and in the second, each as x, y.
        right: whether a match joins the same point of the world, (match,).

    Raises:
        ValueError: views of two heights, or not one verdict for each match.
    """
    if len(first) != len(second):
        raise ValueError(f"expected two views of one height, got {len(first)} and {len(second)}")
    if len(ends) != len(right):
        raise ValueError(f"expected a verdict for each of {len(ends)} matches, got {len(right)}")
    with style():
        fig = Figure(figsize=(6.2, 3.2))
        axis = fig.subplots()
        axis.imshow(np.hstack([first, second]), cmap="gray", vmin=0, vmax=1)
        for (one, other), good in zip(ends[::2], right[::2], strict=True):
            colour, width, dash = (YELLOW, 0.8, "-") if good else (RED, 2, "--")
            across = [one[0], other[0] + first.shape[1]]
            axis.plot(across, [one[1], other[1]], color=colour, linewidth=width, linestyle=dash)
        axis.set_axis_off()
        axis.set_title("Every second match: yellow = right, red and dashed = wrong")
    return fig


def keypoints_figure(frame: np.ndarray, kept: Keypoints, dropped_xy: np.ndarray) -> Figure:
    """Draws the keypoints of a picture as circles, larger for a larger scale, and dropped points as crosses.

    Args:
        frame: grey, 0…1, (height, width).
        kept: keypoints of the frame.
        dropped_xy: points that lie on an edge, (point, 2).

    Raises:
        ValueError: there is no keypoint.
    """
    if not len(kept.xy):
        raise ValueError("expected at least one keypoint, got none")
    height, width = frame.shape
    with style():
        fig = Figure(figsize=(4.6, 4.6))
        axis = fig.subplots()
        axis.imshow(frame, cmap="gray", vmin=0, vmax=1)
        sizes = (1.5 * kept.scale) ** 2
        rings = {"facecolors": "none", "edgecolors": YELLOW, "linewidths": 1.1}
        axis.scatter(*kept.xy.T, s=sizes, label="kept (larger: larger scale)", **rings)
        axis.scatter(*dropped_xy.T, s=22, marker="x", color=RED, linewidths=1.3, label="dropped: on an edge")
        axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        axis.set_axis_off()
        fig.legend(loc="outside lower center", ncols=2, fontsize=9, facecolor="#777777", frameon=True)
    return fig


def directions_figure(votes: Mapping[str, np.ndarray]) -> Figure:
    """Draws histograms of 36 directions over each other, each as a share of its peak, and the line of a second peak.

    Args:
        votes: name of a view → votes of its 36 directions. Two views at most, told apart by colour and dashes.

    Raises:
        ValueError: no view or more than two, or a histogram that is not 36 long.
    """
    if not 1 <= len(votes) <= 2 or any(np.shape(one) != (36,) for one in votes.values()):
        shapes = {name: np.shape(one) for name, one in votes.items()}
        raise ValueError(f"expected one or two histograms of 36 directions, got {shapes}")
    with style():
        fig = Figure(figsize=(6.2, 2.7))
        axis = fig.subplots()
        for (name, one), colour, dash in zip(votes.items(), (BLUE, ORANGE), ("-", "--"), strict=False):
            axis.step(10 * np.arange(36), one / one.max(), where="mid", color=colour, linestyle=dash, label=name)
        axis.axhline(0.8, color=BLACK, linewidth=0.8, linestyle=":")
        axis.text(356, 0.83, "a second peak above this line\nmakes a second keypoint", size=9, ha="right")
        axis.set(xlabel="direction (degrees)", ylabel="votes (peak = 1)", ylim=(0, 1.3))
        axis.legend(ncols=2, loc="upper right")
    return fig


def grids_figure(views: Mapping[str, tuple[np.ndarray, Keypoints, int]]) -> Figure:
    """Draws one keypoint in each view under its 4 × 4 grid, with the eight directions of every cell as rays.

    Args:
        views: title → (grey frame 0…1, its keypoints, number of the one to draw).

    Raises:
        ValueError: there is no view.
    """
    if not views:
        raise ValueError("expected at least one view, got none")
    with style():
        fig = Figure(figsize=(3.0 * len(views), 3.1))
        axes = fig.subplots(1, len(views), squeeze=False)[0]
        for axis, (title, (frame, keypoints, number)) in zip(axes, views.items(), strict=True):
            axis.imshow(frame, cmap="gray", vmin=0, vmax=1)
            _grid(axis, keypoints, number)
            _rays(axis, keypoints, number)
            reach = 9 * keypoints.scale[number]
            x, y = keypoints.xy[number]
            axis.set(xlim=(x - reach, x + reach), ylim=(y + reach, y - reach), title=title)
            axis.set_axis_off()
    return fig


def shares_figure(curves: Mapping[str, np.ndarray]) -> Figure:
    """Draws shares of right matches and of points found again, a panel for each way to change the view.

    The panels stand in rows of three, so that the letters keep their size on a page. What each line means stands in a
    place that is left over, or below.

    Args:
        curves: what changes → (strength, 5): how strongly; found again and right matches of ours; the same of
            scikit-image.

    Raises:
        ValueError: there is no curve, or a table without five columns.
    """
    if not curves or any(np.ndim(rows) != 2 or np.shape(rows)[1] != 5 for rows in curves.values()):
        shapes = {name: np.shape(rows) for name, rows in curves.items()}
        raise ValueError(f"expected tables of five columns, got {shapes}")
    columns = min(3, len(curves))
    lines = -(-len(curves) // columns)
    with style():
        fig = Figure(figsize=(7.5, 0.7 + 2.2 * lines))
        panels = fig.subplots(lines, columns, sharey=True, squeeze=False)
        for axis, (name, rows) in zip(panels.flat, curves.items(), strict=False):
            for column, label, colour, mark in SHARES:
                axis.plot(rows[:, 0], rows[:, column], mark, color=colour, label=label, markersize=5, linewidth=1.5)
            axis.set(xlabel=name, ylim=(0, 1.05))
        for axis in panels[:, 0]:
            axis.set_ylabel("share")
        words = panels[0, 0].get_legend_handles_labels()
        for axis in panels.flat[len(curves) :]:
            axis.set_axis_off()
        if len(curves) < panels.size:
            panels.flat[-1].legend(*words, loc="center", fontsize=9)
        else:
            fig.legend(*words, loc="outside lower center", ncols=2)
    return fig


def _turn(keypoints: Keypoints, number: int) -> np.ndarray:
    """From steps of a keypoint's grid to pixels: one cell is three scales wide."""
    c, s = np.cos(keypoints.angle[number]), np.sin(keypoints.angle[number])
    return 3 * keypoints.scale[number] * np.array([[c, -s], [s, c]])


def _grid(axis: Axes, keypoints: Keypoints, number: int) -> None:
    """Draws the lines of a keypoint's 4 × 4 grid."""
    turn, middle = _turn(keypoints, number), keypoints.xy[number]
    for t in range(-2, 3):
        for line in (((t, -2), (t, 2)), ((-2, t), (2, t))):
            axis.plot(*(np.array(line) @ turn.T + middle).T, color=YELLOW, linewidth=1, linestyle="-")


def _rays(axis: Axes, keypoints: Keypoints, number: int) -> None:
    """Draws the 128 numbers of a keypoint as rays from the middle of each cell."""
    turn, middle = _turn(keypoints, number), keypoints.xy[number]
    values = keypoints.descriptors[number].reshape(4, 4, 8)
    for row, column, direction in np.ndindex(4, 4, 8):
        start = np.array([column - 1.5, row - 1.5])
        along = np.array([np.cos(direction * np.pi / 4), np.sin(direction * np.pi / 4)])
        ray = np.array([start, start + 1.8 * values[row, column, direction] * along])
        axis.plot(*(ray @ turn.T + middle).T, color=RED, linewidth=1.6, linestyle="-")
