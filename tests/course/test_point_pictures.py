"""The figures of chapter 03 show the points they are given, where they are."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.course.palette import RED, YELLOW
from vmm_edu.course.point_pictures import (
    directions_figure,
    grids_figure,
    keypoints_figure,
    matches_figure,
    shares_figure,
)
from vmm_edu.features import Keypoints


def keypoints(*, angle: float = 0.3) -> Keypoints:
    rng = np.random.default_rng(0)
    descriptors = rng.random((3, 128)).astype(np.float32)
    xy = np.array([[10, 20], [30, 12], [5, 7]], np.float32)
    return Keypoints(xy, np.array([1, 2, 1.5], np.float32), np.full(3, angle, np.float32), descriptors)


def test_every_second_match_is_a_line_from_view_to_view():
    first, second = np.zeros((20, 16)), np.ones((20, 30))
    ends = np.arange(20.0).reshape(5, 2, 2)
    fig = matches_figure(first, second, ends, np.array([True, True, False, True, True]))
    axis = fig.axes[0]
    np.testing.assert_array_equal(axis.images[0].get_array(), np.hstack([first, second]))
    drawn = np.array([line.get_xydata() for line in axis.lines])
    np.testing.assert_array_equal(drawn, ends[::2] + np.array([[0, 0], [16, 0]]))
    assert [line.get_color() for line in axis.lines] == [YELLOW, RED, YELLOW]
    assert [line.get_linestyle() for line in axis.lines] == ["-", "--", "-"]


def test_circles_grow_with_the_scale_of_a_keypoint_and_crosses_are_what_was_dropped():
    points, dropped = keypoints(), np.array([[1.0, 2.0], [3.0, 4.0]])
    axis = keypoints_figure(np.zeros((40, 32)), points, dropped).axes[0]
    circles, crosses = axis.collections
    np.testing.assert_allclose(circles.get_offsets(), points.xy)
    np.testing.assert_allclose(np.sqrt(circles.get_sizes()), 1.5 * points.scale)
    np.testing.assert_allclose(crosses.get_offsets(), dropped)
    assert (*axis.get_xlim(), *axis.get_ylim()) == (-0.5, 31.5, 39.5, -0.5)


def test_directions_are_shares_of_their_peak_above_the_degrees_of_their_bins():
    votes = {"one": np.arange(1.0, 37.0), "other": np.arange(36.0, 0.0, -1.0)}
    axis = directions_figure(votes).axes[0]
    for line, (name, one) in zip(axis.lines, votes.items(), strict=False):
        assert line.get_label() == name
        np.testing.assert_allclose(line.get_xdata(), np.arange(0, 360, 10))
        np.testing.assert_allclose(line.get_ydata(), one / one.max())
    assert axis.lines[2].get_ydata()[0] == 0.8


@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_a_grid_turns_with_its_keypoint_and_its_rays_are_the_descriptor(angle):
    points = keypoints(angle=angle)
    axis = grids_figure({"a": (np.zeros((40, 40)), points, 1)}).axes[0]
    lines = [line.get_xydata() - points.xy[1] for line in axis.lines]
    grid, rays = lines[:10], lines[10:]
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / (3 * points.scale[1])
    corners = np.concatenate(grid) @ back  # in cells: along the keypoint's direction, and across
    np.testing.assert_allclose(np.abs(corners).max(axis=0), [2, 2], rtol=1e-5)
    steps = np.array([(ray[1] - ray[0]) @ back for ray in rays])
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 1.8 * points.descriptors[1], rtol=1e-4)
    turns = np.degrees(np.arctan2(steps[:, 1], steps[:, 0])) - np.tile(45 * np.arange(8), 16)
    np.testing.assert_allclose((turns + 180) % 360, 180, atol=0.01)


def test_each_way_to_change_a_view_has_a_panel_with_four_lines():
    rng = np.random.default_rng(1)
    curves = {name: rng.random((4, 5)) for name in ("turn", "zoom", "blur", "noise", "tilt")}
    fig = shares_figure(curves)
    for axis, (name, rows) in zip(fig.axes, curves.items(), strict=False):
        assert axis.get_xlabel() == name
        lines = {line.get_label(): line.get_xydata() for line in axis.lines}
        np.testing.assert_allclose(lines["found again, ours"], rows[:, [0, 1]])
        np.testing.assert_allclose(lines["right matches, ours"], rows[:, [0, 2]])
        np.testing.assert_allclose(lines["found again, scikit-image"], rows[:, [0, 3]])
        np.testing.assert_allclose(lines["right matches, scikit-image"], rows[:, [0, 4]])
    assert len(fig.axes[5].get_legend().get_texts()) == 4
    assert not fig.legends


def test_without_a_place_left_over_the_words_stand_below():
    fig = shares_figure({name: np.ones((2, 5)) for name in "abc"})
    assert len(fig.legends[0].get_texts()) == 4


def test_what_does_not_fit_is_refused():
    none = Keypoints(np.zeros((0, 2)), np.zeros(0), np.zeros(0), np.zeros((0, 128)))
    for call, says in (
        (lambda: matches_figure(np.zeros((2, 3)), np.zeros((4, 3)), np.zeros((0, 2, 2)), np.zeros(0)), "2 and 4"),
        (
            lambda: matches_figure(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 2, 2)), np.ones(1)),
            "2 matches, got 1",
        ),
        (lambda: keypoints_figure(np.zeros((2, 2)), none, np.zeros((0, 2))), "at least one keypoint"),
        (lambda: directions_figure({}), "one or two histograms"),
        (lambda: directions_figure({"a": np.ones(8)}), r"'a': \(8,\)"),
        (lambda: grids_figure({}), "at least one view"),
        (lambda: shares_figure({"turn": np.ones((2, 4))}), r"'turn': \(2, 4\)"),
    ):
        with pytest.raises(ValueError, match=says):
            call()
