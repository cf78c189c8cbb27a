import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from vmm_edu.course.glyphs import FAINTEST, draw_glyphs
from vmm_edu.features import hog_glyphs


def test_lines_go_onto_the_axes_as_strong_as_their_votes():
    glyphs = hog_glyphs(np.array([[[1.0, 0.5, 0.0, FAINTEST / 2]]]))
    axes = Figure().subplots()
    draw_glyphs(axes, glyphs, colour="#FF0000", width=2.0)
    (lines,) = axes.collections
    assert isinstance(lines, LineCollection)
    np.testing.assert_allclose(lines.get_colors(), [[1, 0, 0, 1], [1, 0, 0, 0.5]])
    np.testing.assert_allclose(np.array(lines.get_segments()), glyphs.segments[:2])


def test_an_unknown_colour_is_refused():
    with pytest.raises(ValueError, match="'mauvish'"):
        draw_glyphs(Figure().subplots(), hog_glyphs(np.ones((1, 1, 2))), colour="mauvish")
