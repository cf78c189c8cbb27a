"""The lattice allows the grammar's sentences and no others, and decodes the best of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vmm_edu.grid import VOCABULARY, decode, frame_tags, sentence_lattice


def legal_paths(classes, frames):
    """Every path that the grammar allows, written down sentence by sentence."""
    first = np.cumsum([1, *classes])
    for words in itertools.product(*(range(size) for size in classes)):
        tags = [0, *(first[place] + word for place, word in enumerate(words)), first[-1]]
        for lengths in itertools.product(range(frames + 1), repeat=len(tags)):
            if sum(lengths) == frames and all(lengths[1:-1]):
                yield [tag for tag, length in zip(tags, lengths, strict=True) for _ in range(length)]


@pytest.mark.parametrize("classes", [(2, 3), (1, 2, 2)])
def test_the_best_sentence_is_that_of_all_sentences_written_down(classes):
    rng, frames, lattice = np.random.default_rng(0), 6, sentence_lattice(classes)
    emissions = rng.normal(0, 2, (5, frames, sum(classes) + 2)).astype(np.float32)
    decoded = decode(lattice, emissions, rate_hz=25.0)
    paths = np.array(list(legal_paths(classes, frames)))
    for clip in range(len(emissions)):
        scores = emissions[clip][np.arange(frames), paths].sum(axis=1)
        assert decoded.tags[clip].tolist() == paths[scores.argmax()].tolist()


def test_words_and_times_come_back_from_clean_tags():
    rng, classes = np.random.default_rng(1), tuple(len(words) for words in VOCABULARY.values())
    lattice = sentence_lattice(classes)
    labels = np.stack([rng.integers(0, size, 20) for size in classes], axis=1)
    edges = 0.2 + np.cumsum(rng.integers(2, 9, (20, 7)), axis=1) / 25
    times_s = np.stack([edges[:, :-1], edges[:, 1:]], axis=2)
    tags = frame_tags(lattice, labels, times_s, frames=75, rate_hz=25.0)
    found = decode(lattice, np.eye(len(lattice.start), dtype=np.float32)[tags], rate_hz=25.0)
    assert np.array_equal(found.labels, labels)
    assert np.array_equal(found.tags, tags)
    assert found.times_s == pytest.approx(times_s, abs=1e-6)


def test_a_clip_may_begin_and_end_within_a_word():
    lattice = sentence_lattice((2, 2))
    tags = np.array([[1, 1, 4, 4]])
    found = decode(lattice, np.eye(6, dtype=np.float32)[tags], rate_hz=1.0)
    assert found.labels.tolist() == [[0, 1]]
    assert found.times_s.tolist() == [[[0, 2], [2, 4]]]


def test_a_pause_belongs_to_the_word_before_it():
    tags = frame_tags(
        sentence_lattice((1, 1)), np.zeros((1, 2), int), np.array([[[1.0, 2.0], [3.0, 4.0]]]), frames=6, rate_hz=1.0
    )
    assert tags.tolist() == [[0, 1, 1, 2, 3, 3]]


@pytest.mark.usefixtures("as_user")
def test_bad_input():
    with pytest.raises(ValueError, match="at least one place"):
        sentence_lattice(())
    lattice = sentence_lattice((2, 2, 2))
    with pytest.raises(ValueError, match="at least 3 frames"):
        decode(lattice, np.zeros((1, 2, 8), np.float32), rate_hz=25.0)
    with pytest.raises(ValueError, match="8 tags"):
        decode(lattice, np.zeros((1, 9, 7), np.float32), rate_hz=25.0)
    with pytest.raises(ValueError, match="3 words a clip"):
        frame_tags(lattice, np.zeros((1, 2), int), np.zeros((1, 2, 2)), frames=9, rate_hz=25.0)
