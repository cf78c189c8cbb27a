"""A slider redraws its picture; the figure for the first values is what a page without a kernel shows."""

import ipywidgets
import pytest
from matplotlib.figure import Figure

from vmm_edu.course import explore


@pytest.fixture
def displayed(monkeypatch):
    """What is sent to the page."""
    sent = []
    monkeypatch.setattr("IPython.display.display", lambda *shown, **more: sent.append((shown[0], more)))
    return sent


def draw(height, width):
    fig = Figure(figsize=(2, 1))
    fig.add_subplot().plot([0, width], [0, height])
    return fig


def test_the_first_figure_is_stored_with_its_words_and_the_sliders_follow(displayed):
    explore(draw, {"height": (0.0, 1.0, 4.0), "width": (1.0, 2.0, 3.0)}, alt="A rising line.")
    (figure, _), (bundle, more) = displayed
    assert "A rising line." in figure.forms["text/html"]
    assert more == {"raw": True}
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert "slider" in bundle["text/plain"]


def test_moving_a_slider_draws_anew_with_new_words(displayed, monkeypatch):
    boxes, box_of = [], ipywidgets.VBox
    monkeypatch.setattr(ipywidgets, "VBox", lambda children: boxes.append(box_of(children)) or boxes[0])
    explore(draw, {"height": (0.0, 1.0, 4.0), "width": (1.0, 2.0, 3.0)}, alt="A rising line.")
    (box,) = boxes
    assert box.model_id == displayed[1][0]["application/vnd.jupyter.widget-view+json"]["model_id"]
    slider, _, picture = box.children
    assert picture.value == ""
    slider.value = 3.0
    first = picture.value
    assert 'alt="The figure above, for height = 3, width = 2"' in first
    slider.value = 0.5
    assert picture.value != first


def test_bad_ranges_are_named(displayed):
    with pytest.raises(ValueError, match="ranges is empty"):
        explore(draw, {}, alt="Nothing.")
    with pytest.raises(ValueError, match=r"height is first 5.0; expected a value within 0.0 … 4.0"):
        explore(draw, {"height": (0.0, 5.0, 4.0)}, alt="Too high.")
    assert displayed == []
