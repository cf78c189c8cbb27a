"""Numbers about pictures in; figures of chapters 02 and 04 out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from vmm_edu.course.palette import BLACK, BLUE, CYCLE, GREY, ORANGE, RED, YELLOW, style

MARKERS = ("o", "s", "^", "v", "x", "D", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1)))


def likeness_figure(curves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draws how alike a feature stays to itself while its picture changes, a panel for each way to change it.

    Args:
        curves: what changes → (by how much, likeness).

    Raises:
        ValueError: there is no curve.
    """
    if not curves:
        raise ValueError("expected at least one curve, got none")
    with style():
        fig = Figure(figsize=(8.4, 2.5), layout="constrained")
        axes = fig.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for axis, (name, (amounts, likeness)) in zip(axes, curves.items(), strict=True):
            axis.plot(amounts, likeness, "o-", color=BLUE, markersize=3)
            axis.axhline(0, color=GREY, linewidth=0.8)
            axis.set(ylim=(-0.1, 1.05))
            axis.set_xlabel(name, fontsize=10)
            axis.locator_params(axis="x", integer=bool(np.ptp(amounts) > 2), nbins=5)
        axes[0].set_ylabel("likeness")
    return fig


def cell_figure(
    image: np.ndarray, x: np.ndarray, y: np.ndarray, histogram: np.ndarray, *, row: int, column: int, side: int = 8
) -> Figure:
    """Draws where one cell of a picture lies, the gradient of each of its pixels, and its histogram of orientations.

    Args:
        image: grey, 0…1, (height, width).
        x: change to the right at every pixel.
        y: change downward at every pixel.
        histogram: votes of the cell, over 180 degrees.
        row: of the cell, counted in cells.
        column: likewise.
        side: pixels a side of a cell.

    Raises:
        ValueError: the cell lies outside the picture.
    """
    here = np.s_[side * row : side * (row + 1), side * column : side * (column + 1)]
    if min(row, column) < 0 or image[here].shape != (side, side):
        raise ValueError(f"expected a cell within a picture of {image.shape}, got row {row}, column {column}")
    width = 180 / len(histogram)
    with style():
        fig = Figure(figsize=(8.0, 2.7), layout="constrained")
        whole, near, bars = fig.subplots(1, 3, width_ratios=(1, 1, 1.5))
        whole.imshow(image, cmap="gray", vmin=0, vmax=1)
        corner = (side * column - 0.5, side * row - 0.5)
        whole.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=YELLOW, linewidth=2))
        whole.set_title("one cell", fontsize=10)
        near.imshow(image[here], cmap="gray", vmin=0, vmax=1)
        near.quiver(x[here], y[here], color=ORANGE, angles="xy", scale_units="xy", scale=0.5, width=0.015)
        near.set_title(f"its {side * side} gradients", fontsize=10)
        bars.bar(width * (np.arange(len(histogram)) + 0.5), histogram, width=0.9 * width, color=BLUE)
        bars.set(xlabel="orientation in degrees", ylabel="mean vote", title="its histogram", xticks=range(0, 181, 45))
        for axis in (whole, near):
            axis.set_axis_off()
    return fig


def scores_figure(
    scores: Mapping[str, float],
    ceilings: Mapping[str, float],
    table: np.ndarray,
    names: Sequence[str],
    *,
    chance: float,
) -> Figure:
    """Draws scores as bars with a black mark at each ceiling, and beside them a table of confusions.

    Args:
        scores: feature → share of the clips that are right.
        ceilings: the best possible score of each feature.
        table: clips of each class (row) that were called each class (column).
        names: of the classes.
        chance: the score of a guess, dotted.

    Raises:
        ValueError: a score without a ceiling, or a table that is not names × names.
    """
    if missing := sorted(scores.keys() - ceilings.keys()):
        raise ValueError(f"expected a ceiling for each score, got none for {missing}")
    if table.shape != (len(names), len(names)):
        raise ValueError(f"expected a table of {len(names)} × {len(names)}, got {table.shape}")
    with style():
        fig = Figure(figsize=(8.0, 3.0), layout="constrained")
        left, right = fig.subplots(1, 2, width_ratios=(1.5, 1))
        left.barh(list(scores), list(scores.values()), color=[CYCLE[k % len(CYCLE)] for k in range(len(scores))])
        for place, (name, score) in enumerate(scores.items()):
            left.text(score + 0.01, place, f"{score:.2f}", va="center")
            left.plot([ceilings[name]] * 2, [place - 0.4, place + 0.4], color=BLACK, linestyle="-", linewidth=3)
        left.axvline(chance, color=GREY, linewidth=1, linestyle=":")
        left.set(xlabel=f"share of {table.sum()} test clips right (black: the ceiling)", xlim=(0, 1.1))
        top = 1.5 * table.sum(axis=1).max()
        right.imshow(table, cmap="Blues", vmin=0, vmax=top)
        for i, j in np.ndindex(*table.shape):
            ink = "white" if table[i, j] > top / 2 else "black"
            right.text(j, i, str(table[i, j]), ha="center", va="center", color=ink)
        right.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="called", ylabel="is")
        right.set_xticklabels(names, rotation=30, fontsize=9)
        right.set_yticklabels(names, fontsize=9)
    return fig


def motion_figure(
    clip: np.ndarray,
    sideways: np.ndarray,
    downward: np.ndarray,
    votes: np.ndarray,
    *,
    frame: int,
    names: Sequence[str],
) -> Figure:
    """Draws a frame, the arrows of motion on the part of it that moves, and the histogram of the clip.

    Only arrows longer than 0.3 of the longest are drawn.

    Args:
        clip: grey, (time, height, width).
        sideways: of the arrows at each inner frame, as `features.motion_votes` gives it.
        downward: likewise.
        votes: for each direction.
        frame: which frame to show; not the first or the last.
        names: of the directions.

    Raises:
        ValueError: the first or last frame, or a frame in which nothing moves.
    """
    if not 0 < frame < len(clip) - 1:
        raise ValueError(f"expected a frame within 1…{len(clip) - 2}, got {frame}")
    x, y = np.asarray(sideways)[frame - 1], np.asarray(downward)[frame - 1]
    length = np.hypot(x, y)
    if not length.any():
        raise ValueError(f"expected something that moves, got a still frame {frame}")
    rows, columns = np.nonzero(length > 0.3 * length.max())
    middle, reach = ((columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2), 13
    with style():
        fig = Figure(figsize=(8.0, 2.7), layout="constrained")
        whole, near, bars = fig.subplots(1, 3, width_ratios=(1, 1, 1.3))
        whole.imshow(clip[frame], cmap="gray", vmin=0, vmax=1)
        whole.set_title("a frame", fontsize=10)
        near.imshow(clip[frame], cmap="gray", vmin=-1, vmax=2)
        near.quiver(columns, rows, x[rows, columns], y[rows, columns], color=RED, angles="xy", width=0.012)
        near.set(xlim=(middle[0] - reach, middle[0] + reach), ylim=(middle[1] + reach, middle[1] - reach))
        near.set_title(f"enlarged, its motion: {names[int(np.argmax(votes))]}", fontsize=10)
        bars.bar(list(names), votes, color=BLUE)
        bars.set(ylabel="votes", title="histogram of the clip")
        for axis in (whole, near):
            axis.set_axis_off()
    return fig


def kernels_figure(kernels: Mapping[str, np.ndarray], maps: Sequence[np.ndarray], *, title: str) -> Figure:
    """Draws groups of kernels as small pictures, violet above 0 and orange below, and the strongest maps of each layer.

    Args:
        kernels: title → (row, column, filter), sixteen filters at most.
        maps: of each layer, (row, column, filter), four filters at least; the four with the largest values are shown.
        title: of the maps.

    Raises:
        ValueError: too many kernels or too few maps.
    """
    if any(group.shape[-1] > 16 for group in kernels.values()) or any(layer.shape[-1] < 4 for layer in maps):
        raise ValueError("expected at most 16 kernels in a group and at least 4 maps in a layer")
    with style():
        fig = Figure(figsize=(8.0, 2.6), layout="constrained")
        widths = [1.0] * len(kernels) + [1.3]
        *parts, last = fig.subfigures(1, len(widths), squeeze=False, width_ratios=widths)[0]
        for part, (name, group) in zip(parts, kernels.items(), strict=True):
            part.suptitle(name, fontsize=11)
            for number, axis in enumerate(part.subplots(4, 4).flat):
                axis.set_axis_off()
                if number < group.shape[-1]:
                    reach = np.abs(group[..., number]).max()
                    axis.imshow(group[..., number], cmap="PuOr", vmin=-reach, vmax=reach)
        last.suptitle(title, fontsize=11)
        panels = last.subplots(len(maps), 4, squeeze=False)
        for depth, layer in enumerate(maps):
            for axis, number in zip(panels[depth], np.argsort(-layer.max(axis=(0, 1)))[:4], strict=True):
                axis.imshow(layer[:, :, number], cmap="cividis")
                axis.set(xticks=[], yticks=[])
            panels[depth, 0].set_ylabel(f"layer {depth + 1}", fontsize=9)
    return fig


def learning_curves_figure(
    clips: Sequence[int], curves: Mapping[str, Sequence[Sequence[float]]], *, chance: float, title: str
) -> Figure:
    """Draws mean accuracy against the number of training clips, with a band from the lowest run to the highest.

    Args:
        clips: numbers of training clips.
        curves: name → the scores of all runs, for each number of clips.
        chance: the score of a guess.
        title: of the figure.

    Raises:
        ValueError: a curve of another length, or more curves than markers.
    """
    for name, curve in curves.items():
        if len(curve) != len(clips):
            raise ValueError(f"expected {len(clips)} numbers of clips in {name!r}, got {len(curve)}")
    if len(curves) > len(MARKERS):
        raise ValueError(f"expected at most {len(MARKERS)} curves, got {len(curves)}")
    colours = (BLACK, *(colour for colour in CYCLE if colour != BLACK))
    with style():
        fig = Figure(figsize=(7.5, 3.6), layout="constrained")
        axis = fig.subplots()
        for (name, curve), colour, marker, dash in zip(curves.items(), colours, MARKERS, DASHES, strict=False):
            low, mean, high = (np.array([f(scores) for scores in curve]) for f in (np.min, np.mean, np.max))
            axis.plot(clips, mean, color=colour, marker=marker, linestyle=dash, label=name)
            axis.fill_between(clips, low, high, color=colour, alpha=0.15, linewidth=0)
        axis.axhline(chance, color=GREY, linewidth=1, linestyle="-")
        axis.text(clips[-1], chance + 0.015, "chance", ha="right", fontsize=9)
        axis.set_title(title, fontsize=10)
        axis.set(xscale="log", xlabel="training clips of the second task", ylabel="accuracy", ylim=(0, 1.02))
        axis.set_xticks(clips, [str(n) for n in clips])
        axis.minorticks_off()
        axis.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return fig
