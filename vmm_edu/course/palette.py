"""No input; colours that everyone can tell apart, and one style for every figure of the course."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

# Okabe and Ito's eight colours, told apart with each of the common kinds of colour blindness.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
RED = "#D55E00"
PINK = "#CC79A7"
GREY = "#999999"

CYCLE = (BLUE, ORANGE, GREEN, PINK, SKY, RED, BLACK)

SENSE_COLOURS = {"video": BLUE, "audio": ORANGE, "text": GREEN, "fused": BLACK}


def style_settings() -> dict[Any, Any]:
    """The course's matplotlib settings, to pass to ``matplotlib.rcParams.update``.

    Sizes are in points, the figure's size in inches. The colour cycle is Okabe and Ito's; the line styles change with
    the colours, so that a line can be told from its neighbour in a black-and-white print as well.

    Reference:
        M. Okabe, K. Ito: Color Universal Design (2008), https://jfly.uni-koeln.de/color/
    """
    from cycler import cycler

    dashes = ("-", "--", "-.", ":", "-", "--", "-.")
    return {
        "axes.prop_cycle": cycler(color=CYCLE) + cycler(linestyle=dashes),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 12,
        "axes.labelsize": 11,
        "figure.constrained_layout.use": True,
        "figure.figsize": (7.5, 3.2),
        "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
        "font.size": 11,
        "image.cmap": "cividis",
        "image.interpolation": "nearest",
        "legend.frameon": False,
        "lines.linewidth": 2.0,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
    }


def style() -> AbstractContextManager[None]:
    """The same settings for the length of a ``with`` block; they are as before after it.

    >>> with style():
    ...     fig, axes = plt.subplots()
    """
    import matplotlib

    return matplotlib.rc_context(style_settings())
