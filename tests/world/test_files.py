"""The files: real media, complete or absent, equal to the table, no split like another."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.world import captions, container, texture
from vmm_edu.world.smoke import SMOKE_CLIPS, smoke_clips

BUDGET_BYTES = 30_000
SMOKE = Path(__file__).resolve().parents[2] / "data" / "smoke"


@pytest.mark.parametrize("task", world.drawable())
def test_they_are_small_h264_with_aac_where_there_is_sound(clips_of, task):
    clips = clips_of(task)
    sizes = [path.stat().st_size for path in clips.paths]
    assert np.mean(sizes) < BUDGET_BYTES
    with av.open(str(clips.paths[0])) as opened:
        codecs = [stream.codec_context.name for stream in opened.streams]
        assert opened.streams.video[0].width == opened.streams.video[0].height == 64
        assert opened.streams.video[0].average_rate == 12
        if "aac" in codecs:
            assert opened.streams.audio[0].rate == 16_000
    assert codecs == ["h264", "aac"] if "audio" in clips.clips[0].symbols else codecs == ["h264"]


def test_the_sidecar_says_what_happens_when(clips_of, media_of):
    clips, media = clips_of("sync"), media_of("sync")
    for path, one in zip(clips.paths, media, strict=True):
        sidecar = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        (heard,) = sidecar["events_s"]["heard"]
        loud = np.flatnonzero(np.abs(one.samples) > 0.25 * np.abs(one.samples).max())[0] / 16_000
        assert abs(loud - heard) < 0.02
        assert sidecar["duration_s"] == len(one.images) / 12


def test_rendering_is_repeatable_to_the_byte(clips_of, tmp_path):
    clips = clips_of("main")
    world.render(clips.clips[3], tmp_path / "again.mp4")
    for suffix in (".mp4", ".vtt", ".json"):
        assert (tmp_path / f"again{suffix}").read_bytes() == clips.paths[3].with_suffix(suffix).read_bytes()


def test_nothing_is_left_when_writing_fails(tmp_path, monkeypatch):
    clip = world.sample("main", clips=1, seed=0)[0]

    def fail(*_args, **_more):
        raise OSError("disk full")

    monkeypatch.setattr(container.Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        world.render(clip, tmp_path / "a" / "b.mp4")
    assert list((tmp_path / "a").iterdir()) == []


def test_bad_input(tmp_path):
    clip = world.sample("order", clips=1, seed=0)[0]
    with pytest.raises(ValueError, match=r"ends in \.mp4"):
        world.render(clip, tmp_path / "x.avi")
    with pytest.raises(ValueError, match="no pictures are known for task 'nothing'"):
        world.perform(replace(clip, task="nothing"))
    with pytest.raises(ValueError, match="split to be one of"):
        world.perform(replace(clip, split="other"))
    frames = np.zeros((2, 64, 64, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="at least one frame"):
        container.write_mp4(tmp_path / "x.mp4", frames[:0])
    with pytest.raises(ValueError, match="even height"):
        container.write_mp4(tmp_path / "x.mp4", frames[:, 1:])
    for bad in (np.array([0.0, np.nan]), np.array([0.0, 1.5])):
        with pytest.raises(ValueError, match="finite samples"):
            container.write_mp4(tmp_path / "x.mp4", frames, samples=bad)
    assert not (tmp_path / "x.mp4").exists()


def test_a_test_set_equals_the_table_after_rendering(tmp_path):
    """Joint counts of what the files show, for the task that needs two senses."""
    clips = world.pool("xor", clips=16, seed=9, split="test", directory=tmp_path)
    read = [world.decode(path, "xor") for path in clips.paths]
    counts = Counter((one["video"]["value"], one["audio"]["value"]) for one in read)
    assert all(counts[seen, heard] == 1 for seen in range(4) for heard in range(4))
    assert [(one["video"]["value"] + one["audio"]["value"]) % 4 for one in read] == clips.labels.tolist()


def test_the_main_task_keeps_its_noise(clips_of):
    clips = clips_of("main")
    material = clips.labels // 2 % 2
    for sense in ("video", "audio", "text"):
        wrong = Fraction(int(np.sum(clips.symbols(sense, "material") != material)), len(clips))
        assert abs(wrong - Fraction(1, 10)) < Fraction(1, 20)


def test_splits_cut_from_disjoint_parts_of_every_photograph():
    for name in texture.PHOTOS:
        height, width = texture._relief(name).shape
        taken = np.zeros((height, width), dtype=int)
        for (left, right), (top, bottom) in texture.REGIONS.values():
            taken[
                int(np.ceil(top * height)) : int(bottom * height), int(np.ceil(left * width)) : int(right * width)
            ] += 1
        assert taken.max() == 1


@pytest.mark.parametrize("split", world.SPLITS)
def test_every_split_can_be_drawn(split):
    clip = replace(world.sample("main", clips=1, seed=0)[0], split=split)
    assert world.perform(clip).images.shape == (30, 64, 64, 3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_captions_name_the_material_and_carry_nothing_else(language):
    words = captions.WORDS[language]
    assert len({len(word) for synonyms in words.values() for word in synonyms}) == 1
    for seed in range(50):
        texts = [captions.caption(np.random.default_rng(seed), material)[language] for material in ("metal", "wood")]
        assert [captions.named_material(text) for text in texts] == ["metal", "wood"]
        assert len(texts[0]) == len(texts[1])
        assert len(texts[0].split()) == len(texts[1].split())


def test_captions_survive_webvtt(tmp_path):
    text = "Something made of cedar falls."
    (tmp_path / "x.vtt").write_text(captions.webvtt(text, duration_s=3661.5), encoding="utf-8")
    assert captions.read_webvtt(tmp_path / "x.vtt") == text
    assert "01:01:01.500" in (tmp_path / "x.vtt").read_text(encoding="utf-8")
    (tmp_path / "x.vtt").write_text("1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="WebVTT"):
        captions.read_webvtt(tmp_path / "x.vtt")
    for text in ("A thing.", "metal and cedar"):
        with pytest.raises(ValueError, match="names one material"):
            captions.named_material(text)


def test_the_smoke_set_is_whole_small_and_what_the_generator_makes(tmp_path):
    digests = json.loads((SMOKE / world.MANIFEST).read_text(encoding="utf-8"))
    files = {path.relative_to(SMOKE).as_posix(): path for path in SMOKE.rglob("*.*") if path.parent != SMOKE}
    files = {name: path for name, path in files.items() if path.name != ".lock"}
    assert files.keys() == digests.keys()
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == digests
    assert sum(path.stat().st_size for path in files.values()) < 10_000_000
    for task in SMOKE_CLIPS:
        kept = world.load_set(SMOKE / task)
        assert kept.clips == smoke_clips(task)
        # Pictures that are drawn today must still be those in the file, but for the coder's losses.
        now, then = world.perform(kept.clips[1]).images, container.read_mp4(kept.paths[1]).images
        assert np.abs(now.astype(float) - then).mean() < 4
