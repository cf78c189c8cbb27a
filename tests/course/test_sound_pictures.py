"""The figures of chapter 07 show the numbers they are given."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.course.sound_pictures import (
    decays_figure,
    letters_figure,
    onsets_figure,
    source_filter_figure,
    vowel_map_figure,
    ways_figure,
)


def lines_of(axis) -> dict[str, np.ndarray]:
    return {line.get_label(): np.column_stack(line.get_data()) for line in axis.lines}


def test_onsets_stand_on_the_threshold_and_true_ones_on_the_floor():
    sound, flux = np.sin(np.arange(80.0)), np.array([0.0, 5.0, 1.0])
    fig = onsets_figure(sound, 8, (np.array([1.0, 2, 3]), flux), found_s=[2.0], true_s=[1.9, 9.0], threshold_db=3)
    above, below = fig.axes
    np.testing.assert_allclose(above.lines[0].get_xdata(), np.arange(80) / 8)
    np.testing.assert_allclose(above.lines[0].get_ydata(), sound)
    drawn = lines_of(below)
    np.testing.assert_allclose(below.lines[0].get_ydata(), flux)
    np.testing.assert_allclose(drawn["found"], [(2.0, 3.0)])
    np.testing.assert_allclose(drawn["true contact"], [(1.9, 0.0), (9.0, 0.0)])
    np.testing.assert_allclose(drawn["3 dB, the threshold"][:, 1], 3)


def test_strokes_of_a_material_lie_beside_the_line_of_its_damping():
    strokes = {"metal": (np.array([300.0, 600]), np.array([9.0, 18])), "wood": (np.array([500.0]), np.array([200.0]))}
    (axis,) = decays_figure(strokes, {"metal": 0.004, "wood": 0.08, "other": 1.0}).axes
    drawn = lines_of(axis)
    for name, both in strokes.items():
        np.testing.assert_allclose(drawn[name], np.column_stack(both))
    line_hz, lost = axis.lines[3].get_data()
    np.testing.assert_allclose(lost, 20 * 0.08 * np.asarray(line_hz) / np.log(10))
    assert (axis.get_xscale(), axis.get_yscale()) == ("log", "log")


def test_each_wave_stands_above_its_spectrum():
    grid_hz = np.array([0.0, 1000, 2000])
    columns = {"source": (np.ones(4), np.array([0.0, -20, -90])), "voice": (np.zeros(6), np.array([-5.0, 0, -1]))}
    axes = source_filter_figure(columns, rate_hz=2000, grid_hz=grid_hz).axes
    for above, below, (title, (wave, level)) in zip(axes[:2], axes[2:], columns.items(), strict=True):
        assert above.get_title() == title
        np.testing.assert_allclose(above.lines[0].get_xdata(), 0.5 * np.arange(len(wave)))
        np.testing.assert_allclose(above.lines[0].get_ydata(), wave)
        np.testing.assert_allclose(below.lines[0].get_data(), (grid_hz, np.maximum(level, -60)))


def test_the_map_of_vowels_is_reversed_and_has_a_cross_for_each():
    heard = {"i": np.array([[270.0, 2300], [290, 2200]]), "a": np.array([[700.0, 1100]])}
    (axis,) = vowel_map_figure(heard, {"a": (730.0, 1090.0), "i": (270.0, 2290.0)}).axes
    drawn = lines_of(axis)
    np.testing.assert_allclose(drawn["i"], [(2300, 270), (2200, 290)])
    crosses = [tuple(line.get_data()) for line in axis.lines if line.get_marker() == "+"]
    assert crosses == [([2290.0], [270.0]), ([1090.0], [730.0])]
    assert axis.xaxis_inverted()
    assert axis.yaxis_inverted()


def test_a_way_is_as_thick_as_paths_run_along_it():
    ways = {(0, 0, 1): 3, (0, 0, 0): 1, (1, 1, 3): 2}
    (axis,) = ways_figure(("-", "a", "-", "b"), ways).axes
    thick = {
        (tuple(line.get_xdata()), tuple(line.get_ydata())): line.get_linewidth()
        for line in axis.lines
        if len(line.get_xdata()) == 2
    }
    assert thick == pytest.approx({((0, 1), (0, 1)): 1.2, ((0, 1), (0, 0)): 0.4, ((1, 2), (1, 3)): 0.8})
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["-  (0)", "a  (1)", "-  (2)", "b  (3)"]
    assert list(axis.get_xticks()) == [0, 1, 2]
    assert axis.yaxis_inverted()


def test_letters_stand_above_the_probabilities_of_the_symbols():
    chances = np.array([[0.9, 0.1], [0.2, 0.8], [1.0, 0.0]])
    (axis,) = letters_figure(np.array([0.1, 0.2, 0.3]), chances, ("blank", "a"), [("a", 0.15, 0.25)]).axes
    drawn = lines_of(axis)
    np.testing.assert_allclose(drawn["blank"][:, 1], chances[:, 0])
    np.testing.assert_allclose(drawn["a"][:, 1], chances[:, 1])
    assert axis.lines[0].get_linestyle() == ":"
    (letter,) = axis.texts
    assert letter.get_text() == "a"
    assert letter.get_position()[0] == pytest.approx(0.2)


def test_what_does_not_fit_together_is_refused():
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match="expected a moment for each flux"):
        onsets_figure(one, 8, (one, two), found_s=[], true_s=[], threshold_db=3)
    with pytest.raises(ValueError, match=r"expected a damping for each material, got none for \['wood'\]"):
        decays_figure({"wood": (one, one)}, {})
    with pytest.raises(ValueError, match="expected one to 6 materials, got 0"):
        decays_figure({}, {})
    with pytest.raises(ValueError, match="expected a level for each of 2 frequencies in 'voice'"):
        source_filter_figure({"voice": (one, one)}, rate_hz=1, grid_hz=two)
    with pytest.raises(ValueError, match=r"expected two formants for each vowel, got none for \['a'\]"):
        vowel_map_figure({"a": np.ones((1, 2))}, {})
    for ways in ({}, {(0, 0, 2): 1}):
        with pytest.raises(ValueError, match="expected ways between the places 0…1"):
            ways_figure(("-", "a"), ways)
    with pytest.raises(ValueError, match=r"expected chances \(1, 2\), got \(2,\)"):
        letters_figure(one, two, ("blank", "a"), [])
    with pytest.raises(ValueError, match="expected one to 6 symbols, got 7"):
        letters_figure(one, np.ones((1, 7)), tuple("abcdefg"), [])
