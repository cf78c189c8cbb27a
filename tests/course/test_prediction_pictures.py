"""The figures of chapter 09 show the numbers they are given."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.container import ErrorbarContainer

from vmm_edu.course.prediction_pictures import Harm, harm_figure, reliability_figure
from vmm_edu.predict import Interval, Reliability, reliability


def drawn(axis) -> tuple[np.ndarray, np.ndarray]:
    """Points and ends of the bars of the one errorbar in a panel."""
    (container,) = (c for c in axis.containers if isinstance(c, ErrorbarContainer))
    line, _, (bars,) = container
    ends = np.array([segment[:, 1] for segment in bars.get_segments()])
    return np.column_stack(line.get_data()), ends


def test_a_reliability_diagram_shows_every_group_that_holds_clips():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([1, 1, 8], size=60)
    labels = rng.choice(3, size=60, p=[0.1, 0.1, 0.8])
    groups = reliability(labels, p, bins=10)
    fig = reliability_figure({"as trained": groups, "mended": groups})
    full = groups.clips > 0
    for axis, title in zip(fig.axes, ("as trained", "mended"), strict=True):
        points, ends = drawn(axis)
        assert axis.get_title() == title
        np.testing.assert_allclose(points, np.column_stack([groups.confidence, groups.accuracy])[full])
        assert (ends >= -1e-12).all()
        assert (ends <= 1 + 1e-12).all()
        luck = 3 * np.sqrt(points[:, 0] * (1 - points[:, 0]) / groups.clips[full])
        np.testing.assert_allclose(ends[:, 1], np.minimum(points[:, 1] + luck, 1))
        assert [text.get_text() for text in axis.texts] == [str(count) for count in groups.clips[full]]


def test_harm_is_shown_step_by_step_with_its_intervals():
    accuracy = [Interval(0.9, 0.85, 0.95), Interval(0.5, 0.4, 0.6)]
    harm = Harm("dB", ("40", "20"), accuracy, (0.95, 0.9), 0.45)
    fig = harm_figure({"noise": harm, "loss": harm})
    for axis in fig.axes:
        points, ends = drawn(axis)
        np.testing.assert_allclose(points, [(0, 0.9), (1, 0.5)])
        np.testing.assert_allclose(ends, [(0.85, 0.95), (0.4, 0.6)])
        lines = {line.get_label(): line.get_ydata() for line in axis.lines}
        np.testing.assert_allclose(lines["mean confidence"], [0.95, 0.9])
        np.testing.assert_allclose(lines["ceiling without that sense"], 0.45)
        assert [tick.get_text() for tick in axis.get_xticklabels()] == ["40", "20"]


def test_nothing_to_draw_is_refused():
    empty = Reliability(np.zeros(2), np.zeros(2), np.zeros(2, int))
    for panels in ({}, {"none": empty}):
        with pytest.raises(ValueError, match="expected panels with clips"):
            reliability_figure(panels)
    with pytest.raises(ValueError, match="expected as many steps as numbers in 'noise', got"):
        harm_figure({"noise": Harm("dB", ("40", "20"), [Interval(0.9, 0.8, 1.0)], (0.9,), 0.4)})
    with pytest.raises(ValueError, match="at least one way"):
        harm_figure({})
