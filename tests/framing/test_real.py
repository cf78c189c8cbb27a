"""Awkward files from elsewhere: every one gives the truth of a sequential decode, or a clear error."""

import json
import warnings

import numpy as np
import pytest

from vmm_edu.framing import (
    DamagedFileWarning,
    EmptyFileError,
    MediaError,
    NoFramesError,
    NotMediaError,
    NoVideoError,
    probe,
    read_audio,
    read_frames,
)

ERRORS = {
    "invalid-bitstream.webm": NoFramesError,
    "sample_with_sdt.ts": NoFramesError,
    "play-trimmed.mp3": NotMediaError,
    "result.webm": EmptyFileError,
    "with-attached-pic.mp3": NoVideoError,
}
TURNED = {"video_90.mov"}
NOT_THE_FIRST_STREAM = {"nasa_13013.mp4": (390, 270, 480)}
DAMAGED = {"corrupted.mp4"}
CUT_IN_ITS_SOUND = {"sample_with_sdt.ts"}


def read(path, **request):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frames = read_frames(path, **request)
    assert all(issubclass(w.category, DamagedFileWarning) for w in caught)
    assert bool(caught) == (path.name in DAMAGED)
    return frames


def test_every_file_gives_the_truth_or_a_clear_error(shared):
    folder = shared / "framing"
    truth = json.loads((folder / "truth.json").read_text())
    seen = 0
    for path in sorted(folder.iterdir()):
        if path.name not in truth:
            continue
        seen += 1
        if path.name in ERRORS:
            with pytest.raises(ERRORS[path.name]) as raised:
                read_frames(path)
            assert path.name in str(raised.value)
            continue
        video, frames = truth[path.name]["video"], read(path)
        if path.name in NOT_THE_FIRST_STREAM:
            assert frames.images.shape[:3] == NOT_THE_FIRST_STREAM[path.name]
            continue
        (width, height), count = map(int, next(iter(video["frame_sizes"])).split("x")), video["decoded_frames"]
        shape = (count, width, height, 3) if path.name in TURNED else (count, height, width, 3)
        assert frames.images.shape == shape, path.name
        ticks = np.sort(video["pts"])
        tick_s = 1 / int(video["time_base"].split("/")[1])
        np.testing.assert_allclose(np.diff(frames.times_s), np.diff(ticks) * tick_s, atol=1e-9, err_msg=path.name)
        # After its damage a file's frames are made up, by each reader in its own way.
        checked = {"first": 0, "middle": count // 2} | ({} if path.name in DAMAGED else {"last": count - 1})
        for name, index in checked.items():
            np.testing.assert_allclose(frames.images[index].mean((0, 1)), video["avg_rgb"][name], atol=0.05)
    assert seen >= 10


def test_requests_for_times_equal_the_sequential_decode(shared):
    rng = np.random.default_rng(0)
    for path in sorted((shared / "framing").iterdir()):
        if path.name in ERRORS or path.suffix == ".json":
            continue
        whole = read(path)
        moments = rng.uniform(0, whole.times_s[-1], 8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DamagedFileWarning)
            frames = read_frames(path, times_s=moments)
        index = np.maximum(np.searchsorted(whole.times_s, moments + 1e-6, side="right") - 1, 0)
        assert np.array_equal(frames.images, whole.images[index]), path.name


def test_sound_has_the_length_and_level_of_the_truth(shared):
    folder = shared / "framing"
    truth = json.loads((folder / "truth.json").read_text())
    for path in sorted(folder.iterdir()):
        sound = truth.get(path.name, {}).get("audio")
        if not sound or path.name in NOT_THE_FIRST_STREAM:
            continue
        rate = sound["rate"]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            audio = read_audio(path, rate_hz=rate)
        assert bool(caught) == (path.name in CUT_IN_ITS_SOUND), path.name
        late_s = len(audio.samples) / rate - sound["samples"] / rate
        assert -0.001 < late_s < 0.1, path.name  # the silence before a late start
        if sound["channels"] == 1 or not sound["rms"]:
            heard = np.sqrt(np.sum(audio.samples.astype(float) ** 2) / sound["samples"])
            assert heard == pytest.approx(sound["rms"], rel=0.02, abs=1e-6), path.name


def test_probe_reports_what_is_there(shared):
    folder = shared / "framing"
    assert probe(folder / "video_90.mov").rotation_deg == 90
    assert probe(folder / "no_duration.webm").duration_s == pytest.approx(4.94, abs=0.03)
    assert probe(folder / "sample.flv").frame_rate_hz == pytest.approx(30, abs=0.1)
    assert (probe(folder / "nasa_13013.mp4").width, probe(folder / "nasa_13013.mp4").height) == (480, 270)
    with pytest.raises(MediaError):
        probe(folder / "result.webm")


def test_clips_of_the_grid_corpus(shared):
    clips = sorted((shared / "grid" / "s1").glob("*.mpg"))[::60]
    assert clips
    for path in clips:
        frames, audio = read(path), read_audio(path)
        assert frames.images.shape == (75, 288, 360, 3)
        np.testing.assert_allclose(frames.times_s, np.arange(75) / 25, atol=1e-6)
        assert abs(len(audio.samples) / 16000 - 3) < 0.1
