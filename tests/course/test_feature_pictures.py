"""The figures of chapters 02 and 04 show the numbers they are given."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.quiver import Quiver

from vmm_edu.course.feature_pictures import (
    cell_figure,
    kernels_figure,
    learning_curves_figure,
    likeness_figure,
    motion_figure,
    scores_figure,
)


def test_each_way_to_change_a_picture_has_its_panel():
    curves = {
        "turned": (np.array([0, 45, 90]), np.array([1.0, 0.2, 0.0])),
        "enlarged": (np.array([0.5, 1.0]), np.array([0.3, 1.0])),
    }
    fig = likeness_figure(curves)
    for axis, (name, (amounts, likeness)) in zip(fig.axes, curves.items(), strict=True):
        assert axis.get_xlabel() == name
        np.testing.assert_allclose(axis.lines[0].get_xdata(), amounts)
        np.testing.assert_allclose(axis.lines[0].get_ydata(), likeness)


def test_a_cell_is_marked_enlarged_and_counted():
    image, x, y = np.random.default_rng(2).random((3, 16, 24))
    whole, near, bars = cell_figure(image, x, y, np.arange(9.0), row=1, column=2).axes
    (mark,) = whole.patches
    assert (*mark.get_xy(), mark.get_width(), mark.get_height()) == (15.5, 7.5, 8, 8)
    np.testing.assert_array_equal(near.images[0].get_array(), image[8:, 16:])
    (arrows,) = (part for part in near.collections if isinstance(part, Quiver))
    np.testing.assert_array_equal(
        np.column_stack([arrows.U, arrows.V]), np.column_stack([x[8:, 16:].ravel(), y[8:, 16:].ravel()])
    )
    assert [bar.get_height() for bar in bars.patches] == list(range(9))
    assert bars.patches[1].get_x() + bars.patches[1].get_width() / 2 == 30


def test_scores_stand_beside_their_ceilings_and_the_table_of_confusions():
    table = np.array([[9, 1], [0, 10]])
    fig = scores_figure({"HOG": 0.95, "pixels": 0.5}, {"HOG": 1.0, "pixels": 0.6}, table, ("disc", "star"), chance=0.5)
    left, right = fig.axes
    assert [bar.get_width() for bar in left.patches] == [0.95, 0.5]
    assert [text.get_text() for text in left.texts] == ["0.95", "0.50"]
    assert [list(line.get_xdata()) for line in left.lines] == [[1.0, 1.0], [0.6, 0.6], [0.5, 0.5]]
    assert "20 test clips" in left.get_xlabel()
    written = {text.get_position(): text.get_text() for text in right.texts}
    assert written == {(0, 0): "9", (1, 0): "1", (0, 1): "0", (1, 1): "10"}


def test_arrows_of_motion_lie_where_something_moves():
    clip = np.random.default_rng(0).random((5, 20, 24))
    sideways, downward = np.zeros((3, 20, 24)), np.zeros((3, 20, 24))
    sideways[1, 8, 11], downward[1, 9, 12], sideways[1, 3, 3] = 1.0, -0.5, 0.2
    fig = motion_figure(clip, sideways, downward, np.array([2.0, 1.0]), frame=2, names=("right", "up"))
    whole, near, bars = fig.axes
    np.testing.assert_array_equal(whole.images[0].get_array(), clip[2])
    (arrows,) = (part for part in near.collections if isinstance(part, Quiver))
    # The one of 0.2 is shorter than 0.3 of the longest.
    np.testing.assert_allclose(
        np.column_stack([arrows.X, arrows.Y, arrows.U, arrows.V]), [[11, 8, 1, 0], [12, 9, 0, -0.5]]
    )
    assert near.get_title().endswith("right")
    assert [bar.get_height() for bar in bars.patches] == [2.0, 1.0]


def test_kernels_and_the_strongest_maps_are_shown():
    rng = np.random.default_rng(1)
    kernels = {"before": rng.normal(size=(3, 3, 16)), "added": rng.normal(size=(3, 3, 5))}
    maps = [rng.random((8, 8, 6)), rng.random((4, 4, 9))]
    fig = kernels_figure(kernels, maps, title="maps")
    before, added, last = fig.subfigs
    for part, group in ((before, kernels["before"]), (added, kernels["added"])):
        shown = [axis.images[0].get_array() for axis in part.axes if axis.images]
        np.testing.assert_array_equal(shown, np.moveaxis(group, -1, 0))
    for depth, layer in enumerate(maps):
        strongest = [axis.images[0].get_array().max() for axis in last.axes[4 * depth : 4 * depth + 4]]
        np.testing.assert_array_equal(strongest, np.sort(layer.max(axis=(0, 1)))[:-5:-1])


def test_learning_curves_are_means_within_a_band_of_all_runs():
    curves = {"learned": [[0.2, 0.4], [0.8, 0.6]], "anew": [[0.1], [0.9]]}
    axis = learning_curves_figure([10, 100], curves, chance=0.125, title="recorded").axes[0]
    lines = {line.get_label(): line.get_ydata() for line in axis.lines}
    np.testing.assert_allclose(lines["learned"], [0.3, 0.7])
    np.testing.assert_allclose(lines["anew"], [0.1, 0.9])
    band = axis.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (0.2, 0.8)
    assert len({line.get_marker() for line in axis.lines[:2]}) == 2


def test_what_does_not_fit_is_refused():
    still = np.zeros((1, 8, 8))
    for call, says in (
        (lambda: likeness_figure({}), "at least one curve"),
        (
            lambda: cell_figure(still[0], still[0], still[0], np.ones(9), row=0, column=1),
            r"\(8, 8\), got row 0, column 1",
        ),
        (lambda: cell_figure(still[0], still[0], still[0], np.ones(9), row=-1, column=0), "got row -1"),
        (lambda: scores_figure({"HOG": 1.0}, {}, np.eye(1, dtype=int), ("disc",), chance=0.5), r"none for \['HOG'\]"),
        (lambda: scores_figure({}, {}, np.eye(2, dtype=int), ("disc",), chance=0.5), "table of 1 × 1"),
        (lambda: motion_figure(np.zeros((3, 8, 8)), still, still, np.ones(1), frame=2, names=("up",)), "within 1…1"),
        (lambda: motion_figure(np.zeros((3, 8, 8)), still, still, np.ones(1), frame=1, names=("up",)), "still frame 1"),
        (lambda: kernels_figure({"": np.zeros((3, 3, 17))}, [], title=""), "at most 16 kernels"),
        (lambda: learning_curves_figure([1, 2], {"a": [[1.0]]}, chance=0.5, title=""), "2 numbers of clips in 'a'"),
        (lambda: learning_curves_figure([1], {str(k): [[1.0]] for k in range(8)}, chance=0.5, title=""), "at most 7"),
    ):
        with pytest.raises(ValueError, match=says):
            call()
