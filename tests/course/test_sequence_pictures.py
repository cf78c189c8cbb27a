"""The figures of chapter 06 show the numbers they are given."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.course.sequence_pictures import moves_figure, runs_figure, strips_figure, tagger_scores_figure


def test_strips_hold_each_row_in_the_colours_of_the_legend():
    rows = {"the lamp": np.array([0, 3, 1]), "the truth": np.array([0, 0, 2])}
    fig = strips_figure(rows, ("rest", "roll", "fly", "bounce"))
    (axis,) = fig.axes
    image = axis.images[0]
    np.testing.assert_array_equal(image.get_array(), np.stack(list(rows.values())))
    assert [tick.get_text() for tick in axis.get_yticklabels()] == list(rows)
    patches = fig.legends[0].get_patches()
    for number, patch in enumerate(patches):
        np.testing.assert_allclose(image.cmap(image.norm(number)), patch.get_facecolor(), atol=1e-6)


def test_tables_of_moves_are_written_out():
    tables = {"learned": np.array([[0.9, 0.1], [0.25, 0.75]]), "true": np.eye(2)}
    fig = moves_figure(tables, ("rest", "roll"))
    for axis, (title, table) in zip(fig.axes, tables.items(), strict=True):
        assert axis.get_title() == title
        written = {text.get_position(): float(text.get_text()) for text in axis.texts}
        assert written == {(k, j): table[j, k] for j in range(2) for k in range(2)}


def test_three_scores_of_each_model_stand_side_by_side():
    scores = {"GRU": (0.7, 0.5, 0.3), "CRF, Viterbi": (0.8, 0.7, 0.6)}
    (axis,) = tagger_scores_figure(scores, ceiling=0.84).axes
    heights = np.array([[bar.get_height() for bar in bars] for bars in axis.containers])
    np.testing.assert_allclose(heights.T, list(scores.values()))
    assert [text.get_text() for text in axis.texts] == ["0.70", "0.80", "0.50", "0.70", "0.30", "0.60"]
    np.testing.assert_allclose(axis.lines[0].get_ydata(), 0.84)


def test_every_run_is_a_dot_and_their_mean_a_bar():
    accuracy = {"LSTM": np.array([[0.5, 1.0], [0.7, 0.8]]), "attention, no positions": np.full((2, 2), 0.5)}
    (axis,) = runs_figure(accuracy, ("order", "parity"), ceiling=0.5, about="a bag").axes
    np.testing.assert_allclose([bar.get_height() for bar in axis.patches], [0.6, 0.5, 0.9, 0.5])
    dots = [line.get_ydata() for line in axis.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(dots, [[0.5, 0.7], [0.5, 0.5], [1.0, 0.8], [0.5, 0.5]])


def test_what_does_not_fit_is_refused():
    for call, says in (
        (lambda: strips_figure({}, ("rest",)), "rows of one length, got none"),
        (lambda: strips_figure({"a": np.zeros(2, int), "b": np.zeros(3, int)}, ("rest",)), r"got \[2, 3\]"),
        (lambda: strips_figure({"a": np.array([0, 1])}, ("rest",)), "numbers of 1 labels"),
        (lambda: moves_figure({"a": np.eye(3)}, ("rest", "roll")), "tables of 2 × 2"),
        (lambda: tagger_scores_figure({"a": (0.1, 0.2)}, ceiling=1.0), "three scores of each model"),
        (lambda: runs_figure({"a": np.ones((3, 2))}, ("order",), ceiling=0.5, about=""), "1 tasks"),
    ):
        with pytest.raises(ValueError, match=says):
            call()
