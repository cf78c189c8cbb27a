"""A search finds as often as the formula says, in galleries of symbols and in the files themselves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from world.probes import accuracy, bound
from world.test_leaks import audio_bytes, side_information

from vmm_edu import world
from vmm_edu.world import wording

NAMES = ("shape", "colour", "material")
# What the senses that are looked at know of a tuple, and so how many tuples they tell apart.
LOOKED_AT = {("video",): 16, ("audio",): 4, ("video", "audio"): 64}


def tuples(symbols, senses) -> list[tuple[int, ...]]:
    """What some senses of each clip know."""
    return [tuple(one[sense][name] for sense in senses for name in one[sense]) for one in symbols]


def queries(symbols, senses) -> list[tuple[int, ...]]:
    """The same facts, as the caption of each clip names them."""
    return [tuple(one["text"][name] for sense in senses for name in one[sense]) for one in symbols]


def recall(asked, gallery) -> float:
    """How often the right item comes first when ties are broken at random: the k-th query describes the k-th item."""
    alike = np.array([[query == item for item in gallery] for query in asked])
    assert alike.diagonal().all()
    return float(np.mean(1 / alike.sum(axis=1)))


@pytest.mark.parametrize("senses", LOOKED_AT)
def test_a_perfect_search_finds_as_often_as_the_formula_says(senses):
    found, gallery = [], 96
    for seed in range(60):
        symbols = [clip.symbols for clip in world.sample("retrieval", clips=gallery, seed=seed)]
        found.append(recall(queries(symbols, senses), tuples(symbols, senses)))
    best = float(world.recall_at_1(tuples=LOOKED_AT[senses], gallery=gallery))
    assert world.ceiling("retrieval", senses, gallery=gallery) == best
    # Where few tuples are told apart, every gallery holds them all and every search scores the same.
    assert abs(np.mean(found) - best) < 4 * np.std(found) / np.sqrt(len(found)) + 1e-6


def test_without_a_sense_a_search_guesses():
    assert world.ceiling("retrieval", (), gallery=96) == pytest.approx(1 / 96)


def test_the_gallery_of_the_definition():
    """T15: 256 items drawn independently, 64 tuples; and one with each tuple four times."""
    assert round(world.ceiling("retrieval", ("video", "audio")), 3) == 0.246
    symbols = [clip.symbols for clip in world.sample("retrieval", clips=256, seed=1, split="test")]
    assert recall(queries(symbols, ("video", "audio")), tuples(symbols, ("video", "audio"))) == 0.25


@pytest.mark.parametrize("senses", LOOKED_AT)
def test_a_search_of_the_files_is_as_good_as_their_symbols_allow(clips_of, senses):
    """Captions and media are read apart, by the oracle: what they say must meet."""
    clips = clips_of("retrieval")
    read = [world.decode(path, "retrieval") for path in clips.paths]
    symbols = [clip.symbols for clip in clips.clips]
    found = recall(queries(read, senses), tuples(read, senses))
    assert found == recall(queries(symbols, senses), tuples(symbols, senses))
    # 64 clips in proportion to the table: each tuple once.
    assert found == pytest.approx(LOOKED_AT[senses] / 64)


def test_captions_of_other_clips_find_other_clips(clips_of):
    """The control: a caption that is off by one symbol is met by no clip of its own tuple."""
    clips = clips_of("retrieval")
    read = [world.decode(path, "retrieval") for path in clips.paths]
    senses = ("video", "audio")
    asked = [(shape, colour, (material + 1) % 4) for shape, colour, material in queries(read, senses)]
    assert not any(query == item for query, item in zip(asked, tuples(read, senses), strict=True))


@pytest.mark.parametrize("held", list(itertools.product(range(4), repeat=3)))
def test_every_sentence_is_read_back_in_both_languages(held):
    facts = dict(zip(NAMES, held, strict=True))
    for seed in range(12):
        said = wording.describe(np.random.default_rng(seed), **facts)
        assert [wording.described(text) for text in said.values()] == [facts, facts]


def test_bad_words_are_refused():
    rng = np.random.default_rng(0)
    for held in ({"shape": 0, "colour": 0}, {"shape": 0, "colour": 4, "material": 0}):
        with pytest.raises(ValueError, match=r"each in 0…3"):
            wording.describe(rng, **held)
    for text in ("A star.", "A red star rings like wood; a red disc rings like wood."):
        with pytest.raises(ValueError, match="one thing"):
            wording.described(text)


@pytest.mark.parametrize("name", ["shape", "colour"])
def test_the_sound_stream_does_not_tell_what_is_seen(clips_of, name):
    clips = clips_of("retrieval")
    target = clips.symbols("video", name)
    found = accuracy([audio_bytes(path) for path in clips.paths], target, [clip.seed for clip in clips.clips])
    assert found <= bound(target)


def test_lengths_and_metadata_are_the_same_in_every_clip(clips_of):
    size_and_rate = [0, 2]
    facts = np.delete(side_information(clips_of("retrieval").paths), size_and_rate, axis=1)
    assert np.all(facts == facts[0])


@pytest.mark.parametrize(("sense", "moves"), [("video", "images"), ("audio", "samples"), ("text", "text")])
def test_each_sense_shows_its_own_symbols_and_no_other_sense_moves(sense, moves):
    from dataclasses import replace

    clip = world.sample("retrieval", clips=1, seed=4)[0]
    changed = {name: (value + 1) % 4 for name, value in clip.symbols[sense].items()}
    one, two = world.perform(clip), world.perform(replace(clip, symbols={**clip.symbols, sense: changed}))
    for part in ("images", "samples", "text"):
        same = np.array_equal(getattr(one, part), getattr(two, part)) if part != "text" else one.text == two.text
        assert same == (part != moves), part
