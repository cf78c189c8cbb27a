"""A stage's name in; the picture of the pipeline with that stage lit out."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from vmm_edu.course.display import figure
from vmm_edu.course.palette import BLUE, style

STAGES = {
    "framing": "which moments\ndo we keep?",
    "features": "HOG, SIFT, CNN,\nsound, text",
    "sequence": "LSTM, GRU, CRF",
    "fusion": "sight, sound\nand text together",
    "prediction": "a label,\nand how sure",
}
STEP = 2.0
BOX = (1.6, 1.0)


def pipeline(stage: str | None = None) -> None:
    """Shows the course's five stages from left to right, the given one lit (all of them without a name).

    Args:
        stage: framing, features, sequence, fusion or prediction.

    Raises:
        ValueError: there is no stage of that name.
    """
    fig, alt = pipeline_figure(stage)
    figure(fig, alt=alt)


def pipeline_figure(stage: str | None = None) -> tuple[Figure, str]:
    """The picture that ``pipeline`` shows and its alt text.

    The stage is lit by colour, by bold letters and by the words below it, so that colour alone carries nothing.

    Raises:
        ValueError: there is no stage of that name.
    """
    if stage is not None and stage not in STAGES:
        raise ValueError(f"there is no stage {stage!r}; expected one of {', '.join(STAGES)}, or none for all of them.")
    with style():
        fig = Figure(figsize=(8.0, 1.35))
        fig.set_layout_engine("none")
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-1.0, STEP * len(STAGES) - 1.0), ylim=(-0.75, 0.65))
        axes.set_axis_off()
        for place, (name, what) in enumerate(STAGES.items()):
            lit = stage in (None, name)
            x = STEP * place
            corner = (x - BOX[0] / 2, -BOX[1] / 2)
            axes.add_patch(
                FancyBboxPatch(
                    corner,
                    *BOX,
                    boxstyle="round,pad=0,rounding_size=0.12",
                    facecolor=BLUE if lit else "white",
                    edgecolor=BLUE,
                )
            )
            ink = "white" if lit else "black"
            axes.text(x, 0.22, name, ha="center", va="center", color=ink, weight="bold" if lit else "normal", size=12)
            axes.text(x, -0.18, what, ha="center", va="center", color=ink, size=8.5)
            if name == stage:
                axes.text(x, -0.63, "this chapter", ha="center", va="center", size=9, weight="bold")
            if place:
                axes.annotate(
                    "", xy=(corner[0], 0.0), xytext=(corner[0] - STEP + BOX[0], 0.0), arrowprops={"arrowstyle": "-|>"}
                )
    return fig, pipeline_alt(stage)


def pipeline_alt(stage: str | None = None) -> str:
    """The picture in words."""
    order = "The course's pipeline, from a video file to a prediction: " + " → ".join(STAGES) + "."
    return f"{order} This chapter is about {stage}." if stage else order
