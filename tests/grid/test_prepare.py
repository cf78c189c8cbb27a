"""A folder of clips becomes arrays; what is not as in the corpus is left out, with its reason; a broken run goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from grid import media

from vmm_edu import command, grid
from vmm_edu.framing import read_audio
from vmm_edu.grid import preparing

SILENT_LINES: list[str] = []


def left_out(folder: Path, add, **changes) -> str:
    """The reason for which one clip, changed somehow, is left out beside a good one."""
    add(folder, "bbaf2n")
    add(folder, "lwwz9s", **changes)
    prepared = grid.prepare(folder, folder / "out", say=SILENT_LINES.append)
    assert prepared.names == ("s1/bbaf2n",)
    assert list(prepared.left_out) == ["s1/lwwz9s"]
    return prepared.left_out["s1/lwwz9s"]


def test_clips_become_arrays_of_the_promised_kinds(tmp_path: Path, add):
    add(tmp_path, "swwz9s")
    path = add(tmp_path, "bbaf2n", talker="s2")
    lines: list[str] = []
    prepared = grid.prepare(tmp_path, tmp_path / "out", say=lines.append)
    assert prepared.names == ("s1/swwz9s", "s2/bbaf2n")
    assert prepared.talkers == ("s1", "s2")
    assert (prepared.mouths.shape, prepared.mouths.dtype) == ((2, 75, 32, 48), np.uint8)
    assert (prepared.samples.shape, prepared.samples.dtype) == ((2, 48_000), np.int16)
    assert prepared.labels.tolist() == [[3, 3, 3, 24, 9, 3], [0, 0, 0, 5, 2, 1]]
    np.testing.assert_allclose(prepared.word_times_s[0, :, 0], 0.72 + 0.2 * np.arange(6))
    np.testing.assert_allclose(prepared.word_times_s[0, :, 1], 0.92 + 0.2 * np.arange(6))
    assert prepared.left_out == {}
    assert lines == ["2 of 2 clips read"]
    heard = read_audio(path, rate_hz=16_000).samples
    np.testing.assert_allclose(prepared.sound[1, : len(heard)], heard[:48_000], atol=1 / 32767)
    assert not prepared.samples[1, len(heard) :].any()


def test_what_is_loaded_is_what_was_prepared(tmp_path: Path, add):
    add(tmp_path, "swwz9s")
    prepared = grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append)
    loaded = grid.load_prepared(tmp_path / "out")
    assert loaded.names == prepared.names
    for a, b in zip(prepared[1:5], loaded[1:5], strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["prepared.npz"]


def test_a_second_run_reads_only_what_has_changed(tmp_path: Path, add, monkeypatch):
    add(tmp_path, "swwz9s")
    add(tmp_path, "bbaf2n")
    first = grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append)
    read: list[str] = []
    real = preparing.take_grid_clip
    monkeypatch.setattr(preparing, "take_grid_clip", lambda *paths: read.append(paths[0].stem) or real(*paths))
    lines: list[str] = []
    second = grid.prepare(tmp_path, tmp_path / "out", say=lines.append)
    assert read == []
    assert lines == ["2 of 2 clips are prepared already"]
    np.testing.assert_array_equal(first.mouths, second.mouths)
    add(tmp_path, "lgik1a")
    media.write_alignment(tmp_path / "alignments/s1/bbaf2n.align", ("bin", "blue", "at", "g", "two", "now"))
    third = grid.prepare(tmp_path, tmp_path / "out", say=lines.append)
    assert sorted(read) == ["bbaf2n", "lgik1a"]
    assert third.names == ("s1/lgik1a", "s1/swwz9s")
    (tmp_path / "s1/lgik1a.mpg").unlink()
    assert grid.prepare(tmp_path, tmp_path / "out", say=lines.append).names == ("s1/swwz9s",)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, add, monkeypatch):
    for name in ("bbaf2n", "lgik1a", "swwz9s"):
        add(tmp_path, name)
    real = preparing.take_grid_clip

    def stopped(path: Path, alignment: Path):
        if path.stem == "swwz9s":
            raise KeyboardInterrupt
        return real(path, alignment)

    monkeypatch.setattr(preparing, "take_grid_clip", stopped)
    with pytest.raises(KeyboardInterrupt):
        grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append, workers=1)
    assert not (tmp_path / "out/prepared.npz").exists()
    broken = tmp_path / "out/parts/s1-bbaf2n.npz"
    broken.write_bytes(broken.read_bytes()[:5000])
    read: list[str] = []
    monkeypatch.setattr(preparing, "take_grid_clip", lambda *paths: read.append(paths[0].stem) or real(*paths))
    prepared = grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append)
    assert sorted(read) == ["bbaf2n", "swwz9s"]
    assert len(prepared.names) == 3


def test_a_clip_of_another_size_is_left_out(tmp_path: Path, add, frames):
    small = np.ascontiguousarray(frames[:, :240, :320])
    assert left_out(tmp_path, add, images=small) == "its frames are 320 × 240 pixels, not 360 × 288"


def test_a_clip_of_another_number_of_frames_is_left_out(tmp_path: Path, add, frames):
    assert left_out(tmp_path, add, images=frames[:74]) == "it has 74 frames, not 75"


def test_a_clip_of_another_rate_is_left_out(tmp_path: Path, add, frames):
    assert left_out(tmp_path, add, rate=30).startswith("its frames come 30 times a second")


def test_a_clip_without_a_face_is_left_out(tmp_path: Path, add, frames):
    empty = np.broadcast_to(np.linspace(0, 255, 360).astype(np.uint8)[:, None], frames.shape)
    assert "found one in 0 of 15 frames" in left_out(tmp_path, add, images=empty)


def test_a_clip_with_two_faces_is_left_out(tmp_path: Path, add, frames):
    half = frames[:, :, 72:252]
    two = np.concatenate([half, half], axis=2)
    assert "expected one face, found a second one" in left_out(tmp_path, add, images=two)


def test_a_clip_that_begins_without_a_picture_is_left_out(tmp_path: Path, add, frames):
    grey = frames.copy()
    grey[:5] = 128
    assert "something else in 5, the first of them frame 0" in left_out(tmp_path, add, images=grey)


def test_a_silent_clip_is_left_out(tmp_path: Path, add):
    assert left_out(tmp_path, add, sound=0 * media.voice()) == "its sound is silence"


def test_a_clip_without_a_sound_track_is_left_out(tmp_path: Path, add):
    assert "sound" in left_out(tmp_path, add, sound=None)


def test_a_clip_whose_sound_ends_early_is_left_out(tmp_path: Path, add):
    assert left_out(tmp_path, add, sound=media.voice(seconds=1.5)).startswith("its sound ends at 1.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "found none"),
        ("0 5000 bin\n5000 oops blue\n", "'start end word' in line 2"),
        ("0 5000 lay\n5000 6000 white\n", "the name says 'lay white with z nine soon', the alignment 'lay white'"),
        (
            "0 5 lay\n5 6 white\n6 7 with\n7 8 z\n8 9 nine\n9 99999 soon\n",
            "the last word ends at 4.00 s, the clip at 3.00 s",
        ),
    ],
)
def test_a_clip_with_a_broken_alignment_is_left_out(tmp_path: Path, add, text: str | None, words: str):
    add(tmp_path, "bbaf2n")
    add(tmp_path, "lwwz9s")
    alignment = tmp_path / "alignments/s1/lwwz9s.align"
    alignment.unlink() if text is None else alignment.write_text(text)
    prepared = grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append)
    assert words in prepared.left_out["s1/lwwz9s"]


def test_a_wrong_name_a_truncated_file_and_something_else_are_left_out(tmp_path: Path, add):
    whole = add(tmp_path, "bbaf2n")
    shutil.copy(whole, tmp_path / "s1/holiday.mpg")
    (tmp_path / "s1/lgik1a.mpg").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (tmp_path / "s1/swwz9s.mpg").write_text("Dear diary")
    (tmp_path / "s1/swwz8s.mpg").write_bytes(b"")
    for name in ("lgik1a", "swwz9s", "swwz8s"):
        media.write_alignment(tmp_path / f"alignments/s1/{name}.align", grid.read_sentence(name).words)
    prepared = grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append)
    assert prepared.names == ("s1/bbaf2n",)
    assert "six characters" in prepared.left_out["s1/holiday"]
    assert prepared.left_out.keys() == {"s1/holiday", "s1/lgik1a", "s1/swwz8s", "s1/swwz9s"}
    assert all(len(reason) > 10 for reason in prepared.left_out.values())


def test_a_folder_without_clips_is_refused(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="run `vmm-edu grid fetch` first"):
        grid.prepare(tmp_path / "nothing", tmp_path / "out", say=SILENT_LINES.append)
    (tmp_path / "s1").mkdir()
    with pytest.raises(FileNotFoundError, match="the folder that holds s1 and alignments"):
        grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append)
    with pytest.raises(ValueError, match="at least 1 worker"):
        grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append, workers=0)


def test_not_one_usable_clip_is_an_error_with_its_reason(tmp_path: Path, add, frames):
    add(tmp_path, "bbaf2n", images=frames[:10])
    with pytest.raises(ValueError, match=r"got none\. s1/bbaf2n: it has 10 frames"):
        grid.prepare(tmp_path, tmp_path / "out", say=SILENT_LINES.append)


def test_a_damaged_result_is_told_from_a_missing_one(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="vmm-edu grid prepare"):
        grid.load_prepared(tmp_path)
    (tmp_path / "prepared.npz").write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(ValueError, match="delete the file"):
        grid.load_prepared(tmp_path)
    np.savez(tmp_path / "prepared.npz", about=np.array([{"pickled": True}], dtype=object))
    with pytest.raises(ValueError, match="delete the file"):
        grid.load_prepared(tmp_path)


def test_the_command_prepares_and_counts(tmp_path: Path, add, frames, capsys):
    add(tmp_path, "bbaf2n")
    add(tmp_path, "swwz9s", images=frames[:74])
    assert command.main(["grid", "prepare", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "s1/swwz9s is left out: it has 74 frames, not 75" in shown
    assert f"1 clips in {tmp_path / 'prepared'}, 1 left out" in shown
    assert shown.endswith(f"Next: vmm-edu grid train {tmp_path / 'prepared'}\n")
