"""The pictures of the fusions: all of them there, readable without eyes, no words outside the picture."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from vmm_edu.course.fusion_pictures import PICTURES, fusion_figure


@pytest.mark.parametrize("name", PICTURES)
def test_the_words_lie_inside_the_picture_and_not_on_each_other(name: str):
    fig, alt = fusion_figure(name)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    whole = fig.bbox
    words = [text for text in fig.findobj(Text) if isinstance(text, Text) and text.get_text() and text.get_visible()]
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in words if text.axes is not None]
    boxes = [box for box in boxes if box.width > 0]
    assert len(boxes) >= 2
    for k, box in enumerate(boxes):
        assert whole.x0 <= box.x0 < box.x1 <= whole.x1
        assert whole.y0 <= box.y0 < box.y1 <= whole.y1
        for other in boxes[:k]:
            assert not box.overlaps(other), name
    assert len(alt) > 80


def test_a_picture_that_is_not_there_is_an_error_that_lists_those_that_are():
    with pytest.raises(ValueError, match="no picture of 'middle'; expected one of early, late"):
        fusion_figure("middle")
