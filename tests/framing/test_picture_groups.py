"""Of a file that begins in the middle of a picture group, or lost a frame of one, every frame that shows it is told."""

from __future__ import annotations

import warnings

import av
import numpy as np
import pytest
from framing.media import number_in, write_media

from vmm_edu.framing import DamagedFileWarning, iter_frames, read_frames
from vmm_edu.framing.damage import Damage
from vmm_edu.framing.picture_groups import PictureGroups

RATE_HZ, GROUP = 25, 12
KEYFRAME, LEADING, PREDICTED = 10, 12, 13
"""Packets, counted in the order of decoding: the second keyframe, a frame shown before it, and one that leans on it."""


def written(path, codec, *, without=(), count=60):
    """A numbered video whose packets of these places, in the order of decoding, are left out."""
    whole = write_media(
        path.with_stem("whole"), codec=codec, rate=RATE_HZ, count=count, options={"bf": "2", "g": str(GROUP)}
    )
    with av.open(str(whole)) as source, av.open(str(path), "w") as out:
        stream = source.streams.video[0]
        copy = out.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.size]
        for packet in (packet for place, packet in enumerate(packets) if place not in without):
            packet.stream = copy
            out.mux(packet)
    return path


def told(path, read=read_frames):
    """What comes of a file, and the one sentence that warns of it; empty where none does."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        result = read(path)
    assert all(issubclass(one.category, DamagedFileWarning) for one in seen)
    assert len(seen) <= 1
    return result, str(seen[0].message) if seen else ""


@pytest.mark.parametrize("name", ["a.mpg", "a.ts", "a.mkv"])
@pytest.mark.parametrize("codec", ["mpeg1video", "mpeg2video"])
def test_what_a_file_lacks_at_its_start_is_told(tmp_path, codec, name):
    path = written(tmp_path / name, codec, without=(0, 1, 2))
    frames, sentence = told(path)
    assert "begins in the middle of a picture group: nothing before" in sentence
    assert f"before {frames.times_s[0]:.3f} s" in sentence
    assert [number_in(image) for image in frames.images] == list(range(GROUP, 60))
    pairs, again = told(path, lambda path: list(iter_frames(path)))
    assert again == sentence
    assert np.array_equal([image for _, image in pairs], frames.images)
    _, first = told(path, lambda path: read_frames(path, count=2))
    assert "middle of a picture group" in first


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.avi", "a.ts"])
def test_frames_that_are_painted_on_grey_are_told_as_incomplete(tmp_path, name):
    """A decoder of MPEG-4 draws what is new on a grey ground where the frame before is not there."""
    frames, sentence = told(written(tmp_path / name, "mpeg4", without=(0,)))
    shown = [number_in(image) for image in frames.images]
    first = shown.index(GROUP)  # the first keyframe that is there
    # The file has no times for some of them, which count as one moment then.
    assert first - 3 <= int(sentence.split(" frame(s) are incomplete at 0.000 s")[0].split()[-1]) <= first
    assert "begins in the middle of a picture group" in sentence
    assert shown[:first] != list(range(1, GROUP))[:first], "the grey shows"


@pytest.mark.parametrize("name", ["a.mpg", "a.ts", "a.mkv"])
@pytest.mark.parametrize("codec", ["mpeg1video", "mpeg2video"])
@pytest.mark.parametrize("lost", [KEYFRAME, LEADING, PREDICTED])
def test_a_frame_that_a_later_group_lost_is_told(tmp_path, codec, name, lost):
    _, sentence = told(written(tmp_path / name, codec, without=(lost,)))
    assert "1 picture group(s) miss a frame, the first from 0." in sentence or "the clock runs backwards" in sentence


@pytest.mark.parametrize(
    ("codec", "name"),
    [(codec, f"a.{ending}") for codec in ("mpeg1video", "mpeg2video", "mpeg4") for ending in ("ts", "mkv", "avi")]
    + [("mpeg1video", "a.mpg"), ("mpeg2video", "a.mpg")],
)
def test_a_whole_file_is_not_accused(tmp_path, codec, name):
    frames, sentence = told(written(tmp_path / name, codec))
    assert sentence == ""
    assert len(frames.images) == 60
    # From a moment in its middle on, too: a seek lands on a keyframe.
    assert told(tmp_path / name, lambda path: read_frames(path, times_s=[1.9]))[1] == ""


class Picture(bytes):
    """A packet with a picture's header of MPEG, after a group's where it is a keyframe."""

    is_keyframe = False


def picture(number, *, key=False):
    group = b"\x00\x00\x01\xb8\x00\x08\x00\x40" if key else b""
    made = Picture(group + b"\x00\x00\x01\x00" + bytes([number >> 2, (number & 3) << 6]) + b"\x0f\xff\xf8")
    made.is_keyframe = key
    return made


def broken(*groups):
    kept = PictureGroups("mpeg2video", Damage("a.mpg", "video"))
    for group in groups:
        for place, number in enumerate(group):
            kept.packet(picture(number, key=place == 0), 100 * number)
    return kept.broken


WHOLE = (2, 0, 1, 5, 3, 4)


@pytest.mark.parametrize(
    ("group", "misses"),
    [
        ((0, 1, 2, 3), False),
        (WHOLE, False),
        ((2, 5, 3, 4), False),  # what is shown before the keyframe was cut off by an editor
        ((0, 0, 2, 2, 1, 1), False),  # two fields for each frame
        ((2, 1, 5, 3, 4), True),
        ((2, 0, 1, 5, 4), True),
        ((2, 0, 1, 5, 3, 4, 0, 1, 5, 3, 4), True),  # the next group's keyframe and header are gone
        ((0, 1, 3), True),
    ],
)
def test_a_group_is_whole_when_its_numbers_are(group, misses):
    assert broken(WHOLE, group, WHOLE, WHOLE) == ([100 * group[0]] if misses else [])
    # The last group of a file is not judged: its end may be cut.
    assert broken(WHOLE, WHOLE, group) == []


def test_an_encoder_that_numbers_otherwise_is_not_accused():
    assert broken((0, 1, 0, 2), WHOLE, (3, 9), WHOLE) == []
    assert broken([number % 1024 for number in range(1500)], WHOLE) == []  # numbers begin again after 1,023
