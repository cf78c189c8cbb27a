import os
import subprocess
import sys
import warnings
from pathlib import Path

import av
import numpy as np
import pytest
from framing.media import number_in, tone, write_media

import vmm_edu
from vmm_edu.framing import DamagedFileWarning, MediaError, iter_frames, probe, read_audio, read_frames

GROUPS = {"bf": "2", "g": "8"}
SEEDS = {
    "end.mp4": {"options": GROUPS},
    "start.mp4": {"options": GROUPS, "container_options": {"movflags": "faststart"}},
    "pieces.mp4": {"options": GROUPS, "container_options": {"movflags": "frag_keyframe+empty_moov"}},
    "h264.mkv": {"options": GROUPS},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "8", "deadline": "realtime"}, "sound_codec": "libopus"},
    "mpeg4.avi": {"codec": "mpeg4", "options": GROUPS, "sound_codec": "libmp3lame"},
    "h264.ts": {"options": GROUPS},
    "mpeg1.mpg": {"codec": "mpeg1video", "rate": 25, "options": GROUPS, "sound_codec": "mp2"},
    "h264.flv": {"options": GROUPS},
    "plain.gif": {"codec": "gif", "pix_fmt": "rgb8", "sound": None},
}
CUTS, FLIPS, PARTS = (int(os.environ.get("VMM_EDU_FUZZ", "1")) * k for k in (15, 25, 3))
"""How many cases of each kind; VMM_EDU_FUZZ=20 tries ten thousand of them in about two minutes."""


@pytest.mark.parametrize("name", ["start.mp4", "pieces.mp4", "h264.mkv", "mpeg4.avi", "h264.flv", "plain.gif"])
def test_of_a_cut_file_what_is_there_is_returned_and_the_loss_is_told(tmp_path, name):
    path = write_media(tmp_path / name, count=48, **(SEEDS[name] | {"options": {"g": "1"}}))  # frames alike in size
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 5])
    with pytest.warns(DamagedFileWarning, match="cut short") as told:
        frames = read_frames(path)
    assert len(told) == 1
    assert str(path) in str(told[0].message)
    assert Path(told[0].filename) == Path(__file__)
    shown = [number_in(image) for image in frames.images]
    assert 10 < len(shown) < 48
    # The last frame may have lost its lower part; all before it are whole.
    assert shown[:-1] == list(range(len(shown) - 1))


def test_a_damaged_packet_costs_its_frame_and_no_other(tmp_path):
    """Every frame is a keyframe; one in the middle is overwritten but for its length."""
    path = write_media(tmp_path / "a.mkv", count=24, options={"g": "1"})
    with av.open(str(path)) as container:
        packet = next(p for p in container.demux(video=0) if p.pts and p.pts >= 1000)
        content, time_s = bytes(packet), float(packet.pts * packet.time_base)
    data = path.read_bytes()
    assert data.count(content) == 1
    path.write_bytes(data.replace(content, content[:4] + b"\xff" * (len(content) - 4)))
    with pytest.warns(DamagedFileWarning, match=rf"1 packet.*at {time_s:.3f} s"):
        frames = read_frames(path)
    assert [number_in(image) for image in frames.images] == [*range(12), *range(13, 24)]
    with pytest.warns(DamagedFileWarning):
        pairs = list(iter_frames(path))
    assert np.array_equal([image for _, image in pairs], frames.images)
    with pytest.warns(DamagedFileWarning):
        some = read_frames(path, times_s=[0.5, time_s, 1.5])
    assert [number_in(image) for image in some.images] == [6, 11, 18]


def test_thousands_of_damaged_files_never_crash_hang_or_lie(tmp_path):
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name, kind in SEEDS.items():
        write_media(seeds / name, **({"sound": tone(2.0)} | kind))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(vmm_edu.__file__).parent.parent)])}
    script = Path(__file__).parent / "fuzz.py"
    run = subprocess.run(
        [sys.executable, str(script), str(seeds), str(tmp_path / "work"), *map(str, (CUTS, FLIPS, PARTS))],
        capture_output=True, text=True, env=environment, timeout=3600, check=False,
    )  # fmt: skip
    lines = run.stdout.splitlines()
    cases = len(SEEDS) * (CUTS - 1 + FLIPS + 4 * PARTS)
    assert run.returncode == 0, f"{lines[-3:]} {run.stderr[-3000:]}"
    assert run.stderr == ""
    assert lines[-1] == f"cases: {cases}"
    # Some frames vanish without a trace: those of a stream cut between two packets of fixed length, of a GIF whose
    # pieces still fit together, of an MP4 whose edit list says to leave them out. Nothing else may happen.
    assert all("silent:" in line for line in lines[:-1]), lines
    assert len(lines) - 1 < cases / 100, lines


def test_noise_under_every_name_is_an_error(tmp_path):
    rng = np.random.default_rng(5)
    for suffix in (".mp4", ".mkv", ".avi", ".ts", ".mpg", ".flv", ".gif", ".mp3", ".txt", ""):
        path = tmp_path / f"noise{suffix}"
        path.write_bytes(rng.bytes(20_000))
        for reader in (read_frames, read_audio):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DamagedFileWarning)
                with pytest.raises(MediaError):
                    reader(path)


def test_five_hundred_files_in_a_row_leave_nothing_behind(tmp_path):
    if not Path("/proc/self/fd").exists():
        pytest.skip("no list of open files on this system")
    path = write_media(tmp_path / "a.mp4", count=12, options=GROUPS, sound=tone(1.0))
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(path.read_bytes()[:2000])

    def visit(times):
        for _ in range(times):
            read_frames(path)
            next(iter_frames(path))
            read_frames(path, times_s=[0.9])
            read_audio(path)
            probe(path)
            with pytest.raises(MediaError):
                read_frames(broken)

    def megabytes():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    visit(20)
    files, memory = len(os.listdir("/proc/self/fd")), megabytes()
    visit(100)  # five openings of a file each
    assert len(os.listdir("/proc/self/fd")) == files
    assert megabytes() - memory < 15


def test_a_long_video_passes_in_the_memory_of_a_few_frames(tmp_path):
    """Frames are 1.3 MB each: keeping them would show."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("no memory figures on this system")
    path = write_media(tmp_path / "a.mp4", count=200, height=480, width=960, options={"preset": "ultrafast"})

    def megabytes():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    used = [megabytes() for _ in iter_frames(path)]
    assert max(used[60:]) - used[40] < 25
