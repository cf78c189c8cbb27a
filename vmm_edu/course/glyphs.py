"""Glyphs of HOG and axes in; the glyphs on the axes out."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from vmm_edu.course.palette import YELLOW
from vmm_edu.features import Glyphs

FAINTEST = 0.06  # Lines fainter than this share of the strongest are left out: they only make the file larger.


def draw_glyphs(axes: Axes, glyphs: Glyphs, *, colour: str = YELLOW, width: float = 1.5) -> None:
    """Draws the lines of ``features.hog_glyphs`` over what the axes show, the stronger the more opaque.

    Args:
        axes: shows the image, in pixels, with y downward, as ``imshow`` leaves them.
        glyphs: the lines.
        colour: of all lines.
        width: of a line, in points.

    Raises:
        ValueError: the colour is unknown.
    """
    visible = glyphs.strength >= FAINTEST
    shades = [(*to_rgb(colour), float(strength)) for strength in glyphs.strength[visible]]
    axes.add_collection(LineCollection(list(glyphs.segments[visible]), colors=shades, linewidths=width))
