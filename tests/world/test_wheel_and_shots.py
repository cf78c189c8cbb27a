"""The wheel (T2) and the edited clip (T3): what is drawn is what the table says, and nothing else tells the label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from world.probes import accuracy, bound

from vmm_edu import world
from vmm_edu.world import edited, scene


def wheel(symbols: dict[str, int], *, seed: int = 3) -> world.Clip:
    clip = world.sample("sampling", clips=1, seed=0, split="smoke")[0]
    return replace(clip, seed=seed, symbols={"video": symbols}, label=symbols["direction"])


def seeds(clips) -> list[int]:
    return [clip.seed for clip in clips.clips]


def test_equal_places_are_equal_pictures_and_different_places_are_not():
    frames = {}
    for start in range(64):
        image = world.perform(wheel({"direction": 0, "start_x": start, "speed": 1})).images[0]
        frames[image.tobytes()] = start
    assert len(frames) == 64


@pytest.mark.parametrize(("speed", "twin"), [(60, 4), (33, 31), (63, 1)])
def test_a_fast_wheel_is_drawn_as_the_slow_one_that_turns_the_other_way(speed, twin):
    fast, slow = (wheel({"direction": d, "start_x": 9, "speed": v}) for d, v in ((0, speed), (1, twin)))
    assert np.array_equal(world.perform(fast).images, world.perform(slow).images)


def test_right_is_clockwise():
    red = np.array(scene.PAINTS["red"])
    films = world.perform(wheel({"direction": 0, "start_x": 0, "speed": 16})).images.astype(float)
    marks = [np.argwhere(np.abs(image - red).sum(axis=-1) < 60).mean(axis=0) - 32 for image in films[:4]]
    (up, _), (_, right), (down, _), (_, left) = (mark.tolist() for mark in marks)
    assert up < -4 < 4 < right
    assert left < -4 < 4 < down


@pytest.mark.parametrize("speed", [1, 2, 5, 16, 30, 31])
def test_the_oracle_reads_every_speed_below_half_a_turn(speed, tmp_path):
    table = world.task("sampling", speeds=(speed,))
    for clip in world.sample(table, clips=4, seed=speed):
        world.render(clip, tmp_path / "x.mp4")
        assert world.decode(tmp_path / "x.mp4", "sampling") == clip.symbols


def test_a_wheel_that_stands_still_is_no_clip_of_the_task(tmp_path):
    still = wheel({"direction": 0, "start_x": 5, "speed": 64})
    world.render(still, tmp_path / "x.mp4")
    with pytest.raises(ValueError, match="stands still"):
        world.decode(tmp_path / "x.mp4", "sampling")


@pytest.mark.parametrize("stride", range(1, 13))
def test_kept_frames_of_a_pair_are_the_same_where_the_table_says_that_direction_is_lost(clips_of, media_of, stride):
    """In the files, after coding: with one known speed direction is lost iff 2·stride·speed is a multiple of 64."""
    clips, media = clips_of("sampling"), media_of("sampling")
    kept = [one.images[::stride].tobytes() for one in media]
    lost = [kept[k] == kept[k + 1] for k in range(0, len(clips), 2)]
    best = world.ceiling(world.task("sampling", stride=stride), ["video"], seen="sampled")
    assert set(lost) == {2 * stride * 4 % 64 == 0} == {best == 0.5}


@pytest.mark.parametrize("frame", [0, 8, 23])
def test_one_frame_does_not_tell_which_way_the_wheel_turns(clips_of, media_of, frame):
    clips = clips_of("sampling")
    images = [(one.images[frame] @ scene.LUMA)[::3, ::3] for one in media_of("sampling")]
    assert accuracy(images, clips.labels, seeds(clips)) <= bound(clips.labels)


def test_file_size_does_not_tell_which_way_the_wheel_turns(clips_of):
    clips = clips_of("sampling")
    sizes = [[path.stat().st_size] for path in clips.paths]
    assert accuracy(sizes, clips.labels, seeds(clips)) <= bound(clips.labels)


def test_a_cut_changes_everything_at_once_and_a_dissolve_is_a_straight_line(clips_of):
    kinds = set()
    for clip in clips_of("shots").clips:
        images = world.perform(clip).images.astype(float)
        tints = images.mean(axis=(1, 2))
        found = edited.boundaries(clip)
        changed = np.flatnonzero(np.linalg.norm(np.diff(tints, axis=0), axis=1) > 1.0) + 1
        assert changed.tolist() == [frame for _, first, new in found for frame in range(first, new + 1)]
        for kind, first, new in found:
            kinds.add(kind)
            share = np.arange(new - first + 2) / (new - first + 1)
            straight = tints[first - 1] + share[:, None] * (tints[new] - tints[first - 1])
            np.testing.assert_allclose(tints[first - 1 : new + 1], straight, atol=0.1)
    assert kinds == {"cut", "dissolve"}


def test_boundaries_are_counted_by_the_label_and_timed_in_the_sidecar(clips_of):
    for clip in clips_of("shots").clips:
        found = edited.boundaries(clip)
        assert len(found) == clip.label
        events = world.perform(clip).events_s
        told = sorted((round(time_s * 12), kind) for kind, times in events.items() for time_s in times)
        assert told == [(first, kind) for kind, first, _ in found]
    with pytest.raises(ValueError, match="clip of task 'shots'"):
        edited.boundaries(wheel({"direction": 0, "start_x": 0, "speed": 4}))


def test_the_look_of_a_clip_does_not_follow_its_symbols():
    """A clip without a boundary and one with two begin with the very same shot."""
    clip = world.sample("shots", clips=1, seed=4, split="smoke")[0]
    plain = replace(clip, symbols={"video": {"kind_1": 0, "frame_1": -1, "kind_2": 0, "frame_2": -1}})
    busy = replace(clip, symbols={"video": {"kind_1": 1, "frame_1": 9, "kind_2": 2, "frame_2": 30}})
    one, two = world.perform(plain).images, world.perform(busy).images
    assert np.array_equal(one[:9], two[:9])
    assert not np.array_equal(one[9], two[9])


def test_two_shots_that_meet_differ_enough_in_colour():
    tints = np.array(edited.TINTS)
    apart = np.linalg.norm(tints[:, None] - tints, axis=-1)[np.triu_indices(len(tints), 1)]
    assert apart.min() > 40


def test_a_broken_change_is_told(tmp_path):
    from vmm_edu.world.container import write_mp4

    clip = replace(
        world.sample("shots", clips=1, seed=4, split="smoke")[0],
        symbols={"video": {"kind_1": 2, "frame_1": 9, "kind_2": 0, "frame_2": -1}},
    )
    images = world.perform(clip).images.copy()
    images[10] = images[9]
    write_mp4(tmp_path / "x.mp4", images)
    with pytest.raises(ValueError, match="expected a cut, a dissolve or nothing"):
        world.decode(tmp_path / "x.mp4", "shots")
