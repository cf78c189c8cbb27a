"""A fusion's name in; a picture of what it computes, for sight and sound, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from vmm_edu.course.display import figure
from vmm_edu.course.palette import BLACK, GREEN, GREY, SENSE_COLOURS, style

SIGHT, SOUND, FUSED = SENSE_COLOURS["video"], SENSE_COLOURS["audio"], SENSE_COLOURS["fused"]
CELL = 0.34
HIGH = 3.6
WIDE = 16.0


def fusion_picture(name: str) -> None:
    """Shows how a fusion puts two senses together: vectors as columns of cells, sight blue, sound orange.

    Args:
        name: early, late, hybrid, tensor, low_rank, gated, cross_attention or bottleneck.

    Raises:
        ValueError: there is no picture of that name.
    """
    fig, alt = fusion_figure(name)
    figure(fig, alt=alt)


def fusion_figure(name: str) -> tuple[Figure, str]:
    """The picture that ``fusion_picture`` shows and its alt text.

    Raises:
        ValueError: there is no picture of that name.
    """
    if name not in PICTURES:
        raise ValueError(f"there is no picture of {name!r}; expected one of {', '.join(PICTURES)}.")
    draw, alt = PICTURES[name]
    with style():
        fig = Figure(figsize=(8.0, 1.8))
        fig.set_layout_engine("none")
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDE), ylim=(0, HIGH))
        axes.set_axis_off()
        draw(axes)
    return fig, f"Picture of {name.replace('_', '-')} fusion. {alt}"


def _cells(axes: Axes, x: float, y: float, colours: str | list[str], count: int = 3, *, name: str = "") -> None:
    """A vector: a column of cells around (x, y), its name above."""
    every = [colours] * count if isinstance(colours, str) else colours
    bottom = y - CELL * len(every) / 2
    for place, colour in enumerate(reversed(every)):
        corner = (x - CELL / 2, bottom + CELL * place)
        axes.add_patch(Rectangle(corner, CELL, CELL, facecolor=colour, edgecolor="white", linewidth=1.0))
    if name:
        _say(axes, x, y + CELL * len(every) / 2 + 0.24, name)


def _say(axes: Axes, x: float, y: float, words: str, *, size: float = 9.0) -> None:
    axes.text(x, y, words, ha="center", va="center", size=size)


def _box(axes: Axes, x: float, y: float, words: str, *, wide: float = 2.0, high: float = 0.8) -> None:
    corner = (x - wide / 2, y - high / 2)
    shape = "round,pad=0,rounding_size=0.12"
    axes.add_patch(FancyBboxPatch(corner, wide, high, boxstyle=shape, facecolor="white", edgecolor=BLACK))
    _say(axes, x, y, words)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], *, width: float = 1.0) -> None:
    axes.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "-|>", "linewidth": width, "color": BLACK})


def _early(axes: Axes) -> None:
    _cells(axes, 1.5, 2.6, SIGHT, name="$x_V$")
    _cells(axes, 1.5, 0.8, SOUND, name="$x_A$")
    _arrow(axes, (2.0, 2.5), (3.9, 2.1))
    _arrow(axes, (2.0, 0.9), (3.9, 1.5))
    _cells(axes, 4.3, 1.8, [SIGHT] * 3 + [SOUND] * 3, name="side by side")
    _arrow(axes, (4.7, 1.8), (6.3, 1.8))
    _box(axes, 7.7, 1.8, "one network\nsees everything", wide=2.7, high=1.1)
    _arrow(axes, (9.1, 1.8), (10.6, 1.8))
    _cells(axes, 11.0, 1.8, FUSED, 4, name="logits")


def _late(axes: Axes) -> None:
    for y, colour, sense in ((2.6, SIGHT, "V"), (0.8, SOUND, "A")):
        _cells(axes, 1.5, y, colour, name=f"$x_{sense}$")
        _arrow(axes, (1.9, y), (3.2, y))
        _box(axes, 4.6, y, "its own network", wide=2.7)
        _arrow(axes, (6.0, y), (7.4, y))
        _cells(axes, 7.8, y, colour, name=rf"$\log p_{sense}$")
    _arrow(axes, (8.2, 2.5), (9.7, 2.0))
    _arrow(axes, (8.2, 0.9), (9.7, 1.6))
    _say(axes, 10.1, 1.8, "+", size=16.0)
    _arrow(axes, (10.5, 1.8), (11.6, 1.8))
    _cells(axes, 12.0, 1.8, FUSED, name="logits")


def _hybrid(axes: Axes) -> None:
    _cells(axes, 1.5, 2.5, SIGHT, name="$x_V$")
    _cells(axes, 1.5, 0.9, SOUND, name="$x_A$")
    for y, words, into in (
        (3.1, "sight's network", 2.6),
        (1.8, "one network sees both", 2.5),
        (0.5, "sound's network", 0.9),
    ):
        _box(axes, 5.6, y, words, wide=3.8, high=0.7)
        _arrow(axes, (2.0, into), (3.6, y))
        _arrow(axes, (7.6, y), (9.9, 1.8 + (y - 1.8) * 0.25))
    _arrow(axes, (2.0, 1.0), (3.6, 1.7))
    _say(axes, 10.4, 1.8, "+", size=16.0)
    _arrow(axes, (10.8, 1.8), (11.8, 1.8))
    _cells(axes, 12.2, 1.8, FUSED, 4, name="logits")


def _tensor(axes: Axes) -> None:
    left, top, size = 4.6, 2.9, 0.55
    _say(axes, left - 1.9, 1.8, "$[1; z_V]$")
    _say(axes, left + 2 * size, 3.4, "$[1; z_A]$")
    for row in range(4):
        _say(axes, left - 0.45, top - (row + 0.5) * size, "1" if row == 0 else f"$v_{row}$")
        for column in range(4):
            colour = (FUSED if column else GREY) if row else (SOUND if column else GREY)
            colour = SIGHT if row and not column else GREEN if row and column else colour
            corner = (left + column * size, top - (row + 1) * size)
            axes.add_patch(Rectangle(corner, size, size, facecolor=colour, edgecolor="white"))
            words = (
                "1" if not row and not column else f"$a_{column}$" if not row else f"$v_{row}$" if not column else "×"
            )
            axes.text(
                corner[0] + size / 2, corner[1] + size / 2, words, ha="center", va="center", size=9.0, color="white"
            )
    _arrow(axes, (left + 4.3 * size, 1.8), (left + 4.3 * size + 1.2, 1.8))
    _box(axes, 9.9, 1.8, "one network over\nall products", wide=2.9, high=1.1)
    _arrow(axes, (11.4, 1.8), (12.6, 1.8))
    _cells(axes, 13.0, 1.8, FUSED, 4, name="logits")


def _low_rank(axes: Axes) -> None:
    for place in range(3):
        x = 2.2 + 3.4 * place
        _cells(axes, x, 1.8, SIGHT, 4, name=rf"$[1; z_V]\,W_V^{place + 1}$")
        _say(axes, x + 0.75, 1.8, "×", size=14.0)
        _cells(axes, x + 1.5, 1.8, SOUND, 4)
        _say(axes, x + 1.5, 0.85, rf"$[1; z_A]\,W_A^{place + 1}$")
        _say(axes, x + 2.45, 1.8, "+" if place < 2 else "=", size=14.0)
        _say(axes, x + 0.75, 0.3, f"rank {place + 1}")
    _cells(axes, 12.2, 1.8, GREEN, 4, name="$h$")
    _arrow(axes, (12.6, 1.8), (14.0, 1.8))
    _cells(axes, 14.4, 1.8, FUSED, 4, name="logits")


def _gated(axes: Axes) -> None:
    for y, colour, sense in ((2.6, SIGHT, "V"), (0.8, SOUND, "A")):
        _cells(axes, 1.5, y, colour, name=f"$x_{sense}$")
        _arrow(axes, (1.9, y), (5.3, y))
        _cells(axes, 5.7, y, colour, name=f"what {'sight' if sense == 'V' else 'sound'} says")
        _arrow(axes, (6.1, y), (9.0, 1.8 + (y - 1.8) * 0.35))
    _arrow(axes, (1.9, 2.3), (2.9, 1.95))
    _arrow(axes, (1.9, 1.1), (2.9, 1.65))
    _box(axes, 3.6, 1.8, "gates", wide=1.3, high=0.6)
    _say(axes, 8.0, 2.55, "× $z_V$")
    _say(axes, 8.0, 1.0, "× $z_A$")
    axes.plot((4.25, 7.0), (1.8, 1.8), color=BLACK, linewidth=1.0, linestyle="-")
    _arrow(axes, (7.0, 1.8), (7.75, 2.29))
    _arrow(axes, (7.0, 1.8), (7.75, 1.31))
    _say(axes, 9.4, 1.8, "+", size=16.0)
    _arrow(axes, (9.8, 1.8), (11.1, 1.8))
    _cells(axes, 11.5, 1.8, GREEN, name="mixture")
    _arrow(axes, (11.9, 1.8), (13.1, 1.8))
    _cells(axes, 13.5, 1.8, FUSED, 4, name="logits")


def _tokens(axes: Axes, y: float, colour: str, count: int, *, first: float, gap: float) -> None:
    for place in range(count):
        axes.add_patch(Rectangle((first + gap * place - 0.25, y - 0.25), 0.5, 0.5, facecolor=colour, edgecolor="white"))


def _cross_attention(axes: Axes) -> None:
    _say(axes, 1.6, 3.0, "seen, step by step")
    _say(axes, 1.6, 0.6, "heard, step by step")
    _tokens(axes, 3.0, SIGHT, 6, first=4.0, gap=1.2)
    _tokens(axes, 0.6, SOUND, 6, first=4.0, gap=1.2)
    for place in range(6):
        _arrow(axes, (4.0 + 1.2 * place, 0.9), (6.4, 2.7), width=2.6 if place == 2 else 0.5)
    _say(axes, 12.0, 1.8, "each step of one sense takes a mean\nof the other's steps, weighted by match", size=9.0)


def _bottleneck(axes: Axes) -> None:
    _say(axes, 1.6, 3.0, "seen, step by step")
    _say(axes, 1.6, 0.6, "heard, step by step")
    _say(axes, 2.0, 1.8, "shared tokens")
    _tokens(axes, 3.0, SIGHT, 6, first=4.0, gap=1.2)
    _tokens(axes, 0.6, SOUND, 6, first=4.0, gap=1.2)
    _tokens(axes, 1.8, GREEN, 2, first=6.4, gap=1.2)
    for place in range(6):
        for shared in (6.4, 7.6):
            axes.plot((4.0 + 1.2 * place, shared), (2.7, 2.1), color=BLACK, linewidth=0.5, linestyle="-")
            axes.plot((4.0 + 1.2 * place, shared), (0.9, 1.5), color=BLACK, linewidth=0.5, linestyle="-")
    _say(axes, 13.0, 1.8, "the senses meet only\nin a few shared tokens", size=9.0)


PICTURES: Mapping[str, tuple[Callable[[Axes], None], str]] = {
    "early": (
        _early,
        "The vectors of sight and sound are put side by side; one network over both gives the logits.",
    ),
    "late": (
        _late,
        "Sight and sound each go through a network of their own to log-probabilities; these are added to the logits.",
    ),
    "hybrid": (
        _hybrid,
        "Three networks side by side: one over sight, one over both senses, one over sound. What they say is added.",
    ),
    "tensor": (
        _tensor,
        "A table with a row for 1 and each number of sight and a column for 1 and each number of sound. The first row "
        "holds the numbers of sound, the first column those of sight, all other cells products. A network reads all.",
    ),
    "low_rank": (
        _low_rank,
        "Three pairs of a sight vector and a sound vector; within each pair they are multiplied element by element, "
        "and the three products are added to one vector, from which come the logits.",
    ),
    "gated": (
        _gated,
        "What sight says is multiplied by a gate, what sound says by another; both gates come from both senses. The "
        "sum is a mixture, from which come the logits.",
    ),
    "cross_attention": (
        _cross_attention,
        "A row of steps that are seen above a row of steps that are heard. From all heard steps lines lead to one "
        "seen step, one of them thick: the best match.",
    ),
    "bottleneck": (
        _bottleneck,
        "A row of seen steps above and a row of heard steps below; between them two shared tokens, to which all steps "
        "are connected. No line leads from a seen step to a heard one.",
    ),
}
