import numpy as np
import pytest
from framing.media import number_in, tone, write_media

from vmm_edu.framing import DamagedFileWarning, read_audio, read_frames
from vmm_edu.framing.counts import Held, held_frames
from vmm_edu.framing.pace import Leap, Pace

GROUPS = {"bf": "2", "g": "8"}
COUNTED = {
    "h264.mkv": {"options": GROUPS},
    "live.mkv": {"options": GROUPS, "container_options": {"live": "1"}},
    "many_clusters.mkv": {"options": GROUPS, "container_options": {"cluster_time_limit": "300"}},
    "reserved.mkv": {"options": GROUPS, "container_options": {"reserve_index_space": "5000"}},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"deadline": "realtime"}, "sound_codec": "libopus"},
    "vp8_hidden.webm": {"codec": "libvpx", "options": {"auto-alt-ref": "1", "lag-in-frames": "10"}, "sound": None},
    "h264.flv": {"options": GROUPS},
    "plain.gif": {"codec": "gif", "pix_fmt": "rgb8", "sound": None},
}


@pytest.mark.parametrize("name", COUNTED)
def test_the_structure_of_a_whole_file_holds_as_many_frames_as_come_out(tmp_path, name):
    path = write_media(tmp_path / name, count=40, **({"sound": tone(2.0)} | COUNTED[name]))
    assert held_frames(str(path)) == Held(40, None)
    assert len(read_frames(path).times_s) == 40


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("pieces.mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
        ("every_frame.mp4", {"container_options": {"movflags": "frag_every_frame+empty_moov+default_base_moof"}}),
        ("dash.mp4", {"container_options": {"movflags": "dash+frag_keyframe+empty_moov"}}),
        ("cmaf.mp4", {"container_options": {"movflags": "cmaf+frag_keyframe+empty_moov+write_colr"}}),
        ("plain.mp4", {}),
        ("plain.mov", {"container_options": {"movflags": "faststart"}}),
    ],
)
def test_the_boxes_of_a_whole_mp4_are_whole(tmp_path, name, options):
    path = write_media(tmp_path / name, options=GROUPS, sound=tone(2.0), **options)
    assert held_frames(str(path)) == Held(None, None)


def test_other_containers_are_not_counted(tmp_path):
    assert held_frames(str(write_media(tmp_path / "a.ts"))) == Held(None, None)
    assert held_frames(str(write_media(tmp_path / "a.avi", codec="mpeg4"))) == Held(None, None)


@pytest.mark.parametrize("name", ["h264.mkv", "h264.flv", "plain.gif", "pieces.mp4"])
def test_a_hole_in_the_structure_is_found_and_told(tmp_path, name):
    options = {"container_options": {"movflags": "frag_keyframe+empty_moov"}} if name == "pieces.mp4" else {}
    path = write_media(tmp_path / name, **({"options": GROUPS} | COUNTED.get(name, {}) | options))
    data = path.read_bytes()
    at = len(data) * 3 // 5
    path.write_bytes(data[:at] + bytes(600) + data[at + 600 :])
    held = held_frames(str(path))
    assert at - 2000 < held.damaged_at < at + 600
    with pytest.warns(DamagedFileWarning):
        read_frames(path)


def test_frames_that_a_demuxer_steps_over_are_counted(tmp_path):
    """The head of a block in the middle is overwritten: the rest of its cluster is skipped."""
    path = write_media(
        tmp_path / "a.mkv", count=48, options={"g": "1"}, container_options={"cluster_time_limit": "1000"}
    )
    data = bytearray(path.read_bytes())
    at = data.index(b"\xa3", data.index(b"\x1f\x43\xb6\x75", len(data) // 2) + 200)
    data[at] = 0x01
    path.write_bytes(data)
    with pytest.warns(DamagedFileWarning, match=r"frame|damaged at byte"):
        frames = read_frames(path)
    shown = [number_in(image) for image in frames.images]
    assert len(shown) < 48
    assert set(shown) - {-1} <= set(range(48))


def test_sound_lost_with_a_part_of_the_file_is_told(tmp_path):
    path = write_media(tmp_path / "a.mkv", sound=tone(2.0), options=GROUPS)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    path.write_bytes(data)
    with pytest.warns(DamagedFileWarning, match="sound"):
        audio = read_audio(path)
    assert len(audio.samples) > 16000


def test_leaps_are_steps_far_above_a_usual_one():
    pace = Pace()
    times = np.delete(np.arange(100) / 25, [40, 41, 70])
    for time_s in times:
        pace.shown(float(time_s))
    assert pace.usual_s == 0.04
    assert pace.leaps == [Leap(39 / 25, 42 / 25), Leap(69 / 25, 71 / 25)]
    free = Pace()
    for time_s in np.cumsum(np.random.default_rng(0).uniform(0.01, 0.1, 100)):
        free.shown(float(time_s))
    assert free.usual_s is None
    assert free.leaps == []
    assert Pace().leaps == []
