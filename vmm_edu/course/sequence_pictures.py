"""Labels of frames and scores of models in; figures of chapter 06 out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from vmm_edu.course.palette import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, style

LABEL_COLOURS = (GREY, SKY, ORANGE, BLUE, GREEN, PINK)


def strips_figure(rows: Mapping[str, np.ndarray], labels: Sequence[str]) -> Figure:
    """Draws one coloured strip for each row of labels, time to the right.

    Args:
        rows: name → the number of the label at each frame; all equally long.
        labels: names of the labels, six at most.

    Raises:
        ValueError: no row, rows of different length, or a number without a name.
    """
    lengths = {len(row) for row in rows.values()}
    if len(lengths) != 1:
        raise ValueError(f"expected rows of one length, got {sorted(lengths) or 'none'}")
    table = np.stack([np.asarray(row) for row in rows.values()])
    if not 0 < len(labels) <= len(LABEL_COLOURS) or table.min() < 0 or table.max() >= len(labels):
        raise ValueError(f"expected numbers of {len(labels)} labels (six at most), got {table.min()}…{table.max()}")
    with style():
        fig = Figure(figsize=(8.0, 0.55 + 0.42 * len(rows)), layout="constrained")
        axis = fig.subplots()
        colours = LABEL_COLOURS[: len(labels)]
        axis.imshow(table, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(labels) - 0.5, aspect="auto")
        axis.set_yticks(range(len(rows)), list(rows))
        axis.set(xlabel="frame")
        handles = [Patch(color=colour, label=label) for colour, label in zip(colours, labels, strict=True)]
        fig.legend(handles=handles, loc="outside right center", fontsize=9)
    return fig


def moves_figure(tables: Mapping[str, np.ndarray], labels: Sequence[str]) -> Figure:
    """Draws tables of the probability of each move, from the row's label to the column's.

    Args:
        tables: title → (from, to), within 0…1.
        labels: their names.

    Raises:
        ValueError: no table, or one that is not labels × labels.
    """
    if not tables or any(table.shape != (len(labels), len(labels)) for table in tables.values()):
        shapes = [table.shape for table in tables.values()]
        raise ValueError(f"expected tables of {len(labels)} × {len(labels)}, got {shapes or 'none'}")
    ticks = range(len(labels))
    with style():
        fig = Figure(figsize=(7.5, 3.0), layout="constrained")
        axes = fig.subplots(1, len(tables), squeeze=False)[0]
        for axis, (title, table) in zip(axes, tables.items(), strict=True):
            axis.imshow(table, vmin=0, vmax=1, cmap="cividis")
            for j, k in np.ndindex(*table.shape):
                colour = "black" if table[j, k] > 0.5 else "white"
                axis.text(k, j, f"{table[j, k]:.2f}", ha="center", va="center", color=colour, fontsize=9)
            axis.set(xticks=ticks, yticks=ticks, xticklabels=labels, yticklabels=labels, xlabel="to", title=title)
        axes[0].set_ylabel("from")
    return fig


def tagger_scores_figure(scores: Mapping[str, Sequence[float]], *, ceiling: float) -> Figure:
    """Draws accuracy, edit score and F1 of several models side by side.

    Args:
        scores: model → the three scores, within 0…1.
        ceiling: of accuracy, dotted.

    Raises:
        ValueError: no model, or one without three scores.
    """
    if not scores or any(len(row) != 3 for row in scores.values()):
        raise ValueError(f"expected three scores of each model, got {dict(scores) or 'none'}")
    kinds = (("accuracy", BLUE), ("edit score", ORANGE), ("F1, overlap 0.5", GREEN))
    with style():
        fig = Figure(figsize=(8.4, 3.4), layout="constrained")
        axis = fig.subplots()
        for place, (kind, colour) in enumerate(kinds):
            at = np.arange(len(scores)) + 0.3 * (place - 1)
            bars = axis.bar(at, [row[place] for row in scores.values()], 0.28, color=colour, label=kind)
            # Inside the bar: above it the numbers would lie on the dotted line.
            ink = "white" if colour == BLUE else "black"
            axis.bar_label(bars, fmt="%.2f", fontsize=8, label_type="center", color=ink)
        axis.axhline(ceiling, color=BLACK, linestyle=":", zorder=0.5, label="ceiling of accuracy")
        axis.set_xticks(range(len(scores)), [name.replace(", ", ",\n") for name in scores])
        axis.set(ylim=(0, 1), ylabel="score")
        fig.legend(loc="outside upper center", ncols=4, fontsize=9)
    return fig


def runs_figure(accuracy: Mapping[str, np.ndarray], tasks: Sequence[str], *, ceiling: float, about: str) -> Figure:
    """Draws the mean accuracy of each model on each task as a bar, and every run as a dot.

    Args:
        accuracy: model → (run, task).
        tasks: their names, three at most.
        ceiling: a line to compare with, dotted.
        about: what that line is.

    Raises:
        ValueError: no model, or one whose tasks are not as many as their names.
    """
    shapes = {np.shape(runs)[1:] for runs in accuracy.values()}
    if shapes != {(len(tasks),)} or len(tasks) > 3:
        raise ValueError(f"expected runs × {len(tasks)} tasks (three at most) for each model, got {sorted(shapes)}")
    with style():
        fig = Figure(figsize=(8.0, 3.0), layout="constrained")
        axis = fig.subplots()
        for place, (task, colour) in enumerate(zip(tasks, (BLUE, ORANGE, GREEN), strict=False)):
            at = np.arange(len(accuracy)) + 0.27 * (place - 1)
            for model, (x, runs) in enumerate(zip(at, accuracy.values(), strict=True)):
                label = f"{task}, mean" if not model else None
                axis.bar(x, runs[:, place].mean(), 0.25, color=colour, alpha=0.55, label=label)
                spread = np.linspace(-0.07, 0.07, len(runs))
                axis.plot(x + spread, runs[:, place], "o", color=BLACK, markersize=3, clip_on=False)
        axis.axhline(ceiling, color=RED, linestyle=":", zorder=0.5, label=about)
        axis.set_xticks(range(len(accuracy)), [name.replace(", ", ",\n") for name in accuracy])
        axis.set(ylim=(0, 1.05), ylabel="test accuracy")
        fig.legend(loc="outside upper center", ncols=4, fontsize=9)
    return fig
