"""Gate and missing: what each sense gives, what is absent, and that neither tells of the others."""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest
from world.probes import accuracy, bound, one_hot

from vmm_edu import world
from vmm_edu.features import Vocabulary
from vmm_edu.framing import read_cues
from vmm_edu.predict import Recipe, take_clip
from vmm_edu.world import hearing, impact, wording

SENSES = ("video", "audio", "text")


def seeds(clips) -> list[int]:
    return [clip.seed for clip in clips.clips]


def facts(path) -> list[float]:
    """Lengths, frames, rate and what the container says, but no size."""
    with av.open(str(path)) as container:
        streams = [(s.frames, float(s.duration * s.time_base), len(str(sorted(s.metadata.items())))) for s in
                   container.streams]  # fmt: skip
        return [container.duration, *np.ravel(streams)]


def packet_bytes(path, kind: str) -> list[int]:
    """Bytes of each packet of one stream: all that its coding could give away."""
    with av.open(str(path)) as container:
        return [packet.size for packet in container.demux(**{kind: 0}) if packet.size]


@pytest.mark.parametrize("task", ["gate", "missing"])
def test_lengths_and_metadata_are_the_same_in_every_clip(clips_of, task):
    rows = np.array([facts(path) for path in clips_of(task).paths])
    assert np.all(rows == rows[0])


@pytest.mark.parametrize(("kind", "other"), [("video", "audio"), ("audio", "video")])
def test_the_coding_of_one_sense_does_not_tell_what_another_gives(clips_of, kind, other):
    clips = clips_of("gate")
    rows = [packet_bytes(path, kind)[:15] for path in clips.paths]
    for target in (clips.symbols(other, "value"), clips.symbols("text", "trust")):
        assert accuracy(rows, target, seeds(clips)) <= bound(target)


def test_the_size_of_a_file_does_not_tell_whom_to_believe(clips_of):
    clips = clips_of("gate")
    rows = [[path.with_suffix(suffix).stat().st_size for suffix in (".mp4", ".vtt")] for path in clips.paths]
    assert accuracy(rows, clips.symbols("text", "trust"), seeds(clips)) <= bound(clips.symbols("text", "trust"))


@pytest.mark.parametrize(("task", "symbol"), [("gate", "trust"), ("missing", "value")])
def test_the_length_of_a_caption_tells_nothing_but_that_there_is_one(clips_of, task, symbol):
    clips = clips_of(task)
    values = clips.symbols("text", symbol)
    lengths = np.array([[len(text) for text in clips.texts(language)] for language in ("en", "zh")]).T
    there = np.ones(len(clips), bool) if task == "gate" else values < 4
    assert np.all((lengths > 0) == there[:, None])
    kept = [seed for seed, here in zip(seeds(clips), there, strict=True) if here]
    assert accuracy(lengths[there], values[there], kept) <= bound(values[there])


def test_one_sense_that_may_lie_tells_no_more_than_its_table(clips_of):
    clips = clips_of("gate")
    for sense, other in (("video", "audio"), ("audio", "video")):
        shown = one_hot(clips.symbols(sense, "value"))
        assert accuracy(shown, clips.symbols(other, "value"), seeds(clips)) <= bound(clips.symbols(other, "value"))
    trust = one_hot(clips.symbols("text", "trust"))
    assert accuracy(trust, clips.labels, seeds(clips)) <= bound(clips.labels)


@pytest.mark.parametrize("task", ["gate", "missing"])
def test_a_symbol_moves_its_own_sense_and_no_other(clips_of, task):
    clips = clips_of(task)
    present = [clip for clip in clips.clips if task == "gate" or all(clip.symbols[s]["value"] < 4 for s in SENSES)]
    clip = next(clip for clip in present if clip.symbols["video"]["value"] != 2)
    one = world.perform(clip)
    for sense in SENSES:
        (name,) = clip.symbols[sense]
        value = 4 if task == "missing" else 1 - clip.symbols[sense][name] if name == "trust" else 2
        if value == clip.symbols[sense][name]:
            continue
        two = world.perform(replace(clip, symbols={**clip.symbols, sense: {name: value}}))
        assert np.array_equal(one.images, two.images) == (sense != "video")
        assert np.array_equal(one.samples, two.samples) == (sense != "audio")
        assert (one.text == two.text) == (sense != "text")


def test_what_is_missing_is_black_silent_and_without_words(clips_of, media_of):
    clips = clips_of("missing")
    gone = {sense: clips.symbols(sense, "value") == 4 for sense in SENSES}
    assert all(some.any() and not some.all() for some in gone.values())
    for n, media in enumerate(media_of("missing")):
        assert (media.images.max() < 16) == gone["video"][n]
        assert (np.abs(media.samples).max() < 1e-4) == gone["audio"][n]
        assert (read_cues(clips.paths[n].with_suffix(".vtt")) == ()) == gone["text"][n]


def test_the_pipeline_masks_exactly_what_is_missing(clips_of):
    clips = clips_of("missing")
    vocabulary = Vocabulary.build(clips.texts("en"))
    recipe = Recipe(window_s=20 / 12)
    for clip, path in list(zip(clips.clips, clips.paths, strict=True))[:24]:
        gone = {sense for sense in SENSES if clip.symbols[sense]["value"] == 4}
        assert set(take_clip(path, recipe=recipe, vocabulary=vocabulary).missing) == gone


@pytest.mark.parametrize("strokes", range(5))
def test_strokes_are_counted_and_a_ring_is_not_a_stroke(strokes):
    times_s = 0.2 + 0.3 * np.arange(strokes)
    sound = impact.strokes("metal", 880.0, times_s, np.ones(strokes) / 5, duration_s=1.7)
    assert hearing.count_strokes(sound) == strokes


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentences_are_read_back_and_of_equal_length(language):
    for seed in range(60):
        sight, sound = (wording.believe(np.random.default_rng(seed), trust)[language] for trust in (0, 1))
        assert (wording.believed(sight), wording.believed(sound)) == (0, 1)
        assert len(sight) == len(sound)
        numbers = [wording.name(np.random.default_rng(seed), number)[language] for number in (1, 2, 3, 4)]
        assert [wording.named(text) for text in numbers] == [1, 2, 3, 4]
        assert len({len(text) for text in numbers}) == 1
    assert wording.named(wording.NOTHING[language]) == 0


def test_bad_input_is_named():
    gate = world.sample("gate", clips=1, seed=0)[0]
    with pytest.raises(ValueError, match="expected video to show a value in 0…3, got 4"):
        world.perform(replace(gate, symbols={**gate.symbols, "video": {"value": 4}}))
    for table in (world.task("missing", classes=3), world.task("missing", classes=5)):
        clips = world.sample(table, clips=60, seed=0)
        with pytest.raises(ValueError, match=r"four classes only|value in 0…3"):
            [world.perform(clip) for clip in clips]
    with pytest.raises(ValueError, match="rule 'same' only"):
        world.perform(world.sample(world.task("missing", rule="sum"), clips=1, seed=0)[0])
    with pytest.raises(ValueError, match=r"trust 0 \(sight\) or 1"):
        wording.believe(np.random.default_rng(0), 2)
    with pytest.raises(ValueError, match="a number in 1…4"):
        wording.name(np.random.default_rng(0), 5)
    for text in ("A thing.", "Believe the eyes and the ears."):
        with pytest.raises(ValueError, match="says one thing"):
            wording.believed(text)
