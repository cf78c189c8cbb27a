"""Nothing is lost on the way into the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.world import container
from vmm_edu.world.smoke import SMOKE_CLIPS

SMOKE = Path(__file__).resolve().parents[2] / "data" / "smoke"


@pytest.mark.parametrize("task", world.drawable())
def test_every_symbol_of_fresh_clips_is_read_back(clips_of, task):
    clips = clips_of(task)
    wrong = [
        (clip, found)
        for clip, path in zip(clips.clips, clips.paths, strict=True)
        if (found := world.decode(path, task)) != clip.symbols
    ]
    assert not wrong


@pytest.mark.parametrize("task", SMOKE_CLIPS)
def test_every_symbol_of_the_committed_clips_is_read_back(task):
    clips = world.load_set(SMOKE / task)
    assert [world.decode(path, task) for path in clips.paths] == [clip.symbols for clip in clips.clips]


@pytest.mark.parametrize(
    ("task", "frames"),
    [(world.task("order", frames=45, gaps=(3, 40)), 45), (world.task("parity", taps=3), 12)],
    ids=["order", "parity"],
)
def test_tasks_with_other_parameters_are_drawn_to_their_length_and_read_back(task, frames, tmp_path):
    clips = world.sample(task, clips=8, seed=5, split="smoke")
    made = world.make_set(clips, tmp_path)
    assert world.load_set(tmp_path).clips == clips
    assert {len(container.read_mp4(path).images) for path in made.paths} == {frames}
    assert [world.decode(path, task.name) for path in made.paths] == [clip.symbols for clip in clips]


def test_it_reads_the_media_and_neither_name_nor_sidecar(clips_of, tmp_path):
    clips = clips_of("main")
    for suffix in (".mp4", ".vtt"):
        (tmp_path / f"x{suffix}").write_bytes(clips.paths[0].with_suffix(suffix).read_bytes())
    assert world.decode(tmp_path / "x.mp4", "main") == clips.clips[0].symbols


def test_swapped_sound_is_heard(clips_of, media_of, tmp_path):
    """The oracle must notice when the media say something else than the symbols."""
    clips, media = clips_of("material"), media_of("material")
    here = clips.clips[0].symbols["audio"]
    other = next(n for n, clip in enumerate(clips.clips) if clip.symbols["audio"]["material"] != here["material"])
    container.write_mp4(tmp_path / "x.mp4", media[0].images, samples=np.clip(media[other].samples, -1, 1))
    assert world.decode(tmp_path / "x.mp4", "material")["audio"] == clips.clips[other].symbols["audio"]


def test_bad_input_names_the_file(clips_of, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.mp4"):
        world.decode(tmp_path / "none.mp4", "main")
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(ValueError, match=r"text\.mp4.*cannot be read"):
        world.decode(tmp_path / "text.mp4", "main")
    with pytest.raises(ValueError, match="expected a sound track"):
        world.decode(clips_of("direction").paths[0], "glide")
    with pytest.raises(ValueError, match="no oracle"):
        world.decode(clips_of("direction").paths[0], "nothing")
