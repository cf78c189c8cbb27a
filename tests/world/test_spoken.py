"""Spoken words: an ear that knows nothing of how they were said reads them back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vmm_edu.world import hearing, impact, look_up, say, sentences, spell, spoken

RATE = impact.RATE_HZ
PIECE = round(0.005 * RATE)


def loud_stretches(samples):
    """Stretches of voice, in samples: 5 ms pieces above a fifth of the usual strength."""
    pieces = samples[: len(samples) // PIECE * PIECE].reshape(-1, PIECE)
    # A pulse of a low voice comes every 10 ms: look at 15 ms at a time, and no wider, or a dip would vanish.
    strength = np.array([pieces[max(n - 1, 0) : n + 2].std() for n in range(len(pieces))])
    loud = strength > 0.2 * np.quantile(strength, 0.9)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    return [(a * PIECE, b * PIECE) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def oracle(samples):
    """Letters of a sentence from the samples alone: silences part words, dips part equal vowels, a fit names vowels."""
    text, before = "", None
    for start, end in loud_stretches(samples):
        if before is not None and start - before > 0.068 * RATE:
            text += " "
        before = end
        window, hop = round(0.060 * RATE), round(0.010 * RATE)
        middles = range(start, max(end - window, start) + 1, hop)
        names = [hearing.vowel(samples[n : n + window], spoken.TRACTS) for n in middles]
        # A vowel lasts 85 ms or more: a name that comes once or twice is the mouth on its way.
        runs = [(name, len(list(run))) for name, run in itertools.groupby(names)]
        kept = [name for name, length in runs if length >= 3] or [max(runs, key=lambda run: run[1])[0]]
        text += "".join(name for name, _ in itertools.groupby(kept))
    return text


def test_an_oracle_recovers_the_words():
    rng = np.random.default_rng(0)
    for words in sentences()[::3]:  # both verbs, every thing on either side
        speech = say(words, rng=rng)
        assert look_up(oracle(speech.samples)) == words, (speech.letters, oracle(speech.samples))


def test_the_voice_sounds_where_it_says_so_and_is_silent_between_words():
    rng = np.random.default_rng(1)
    for words in sentences()[::3]:
        speech = say(words, rng=rng)
        heard = np.array(loud_stretches(speech.samples)) / RATE
        # Rise and fall are 20 ms; a silence hides no more than a pulse of the lowest voice beside it.
        assert abs(heard[0, 0] - speech.words_s[0, 0]) < 0.03
        for start_s, end_s in speech.words_s:
            assert np.abs(heard[:, 0] - start_s).min() < 0.03
            assert np.abs(heard[:, 1] - end_s).min() < 0.04
        for place, letter in enumerate(speech.letters):
            first, last = (speech.letters_s[place] * RATE).astype(int)
            middle = speech.samples[(3 * first + 2 * last) // 5 : (2 * first + 3 * last) // 5]
            assert (middle.std() < 0.02) == (letter == " ")


def test_the_letters_are_in_order_and_words_span_their_letters():
    speech = say(("glass", "hits", "wood"), rng=np.random.default_rng(2))
    assert speech.letters == "iui aa uo"
    assert np.all(np.diff(speech.letters_s, axis=1) > 0.07)
    np.testing.assert_array_equal(speech.letters_s[1:, 0], speech.letters_s[:-1, 1])
    np.testing.assert_array_equal(speech.words_s, speech.letters_s[[[0, 2], [4, 5], [7, 8]], [[0, 1]]])
    assert speech.words_s[0, 0] > 0
    assert speech.words_s[-1, 1] < len(speech.samples) / RATE


def test_one_seed_says_the_same_and_another_says_it_in_another_voice():
    one, same, other = (say(("metal",), rng=np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.samples, same.samples)
    assert (one.pitch_hz, len(one.samples)) != (other.pitch_hz, len(other.samples))
    assert np.abs(one.samples).max() <= 1


def test_speakers_differ_in_pitch_throat_and_pace():
    rng = np.random.default_rng(5)
    said = [say(("wood", "lifts"), rng=rng) for _ in range(40)]
    assert {speech.tract for speech in said} == set(spoken.TRACTS)
    assert min(speech.pitch_hz for speech in said) < 110
    assert max(speech.pitch_hz for speech in said) > 175
    lengths = [len(speech.samples) for speech in said]
    assert max(lengths) > 1.15 * min(lengths)


def test_what_is_spelled_is_read_back_and_no_two_words_are_spelled_alike():
    for words in sentences():
        assert look_up(spell(words)) == words
    assert len(set(spoken.SPELLING.values())) == len(spoken.SPELLING)
    assert len(sentences()) == 24 == len(set(sentences()))
    assert look_up("ia  ai") == ("metal", "<unknown>")
    assert look_up("") == ()


def test_noise_is_as_loud_as_asked():
    quiet, loud = (say(("metal",), rng=np.random.default_rng(6), noise=level) for level in (0.0, 0.05))
    assert np.std(loud.samples - quiet.samples) == pytest.approx(0.05, rel=0.05)
    assert not quiet.samples[: round(0.03 * RATE)].any()


def test_bad_words_are_named():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"words among metal, wood.*got \('stone',\)"):
        say(("stone",), rng=rng)
    with pytest.raises(ValueError, match="a sequence of words"):
        spell("metal")
    with pytest.raises(ValueError, match="a sequence of words"):
        spell(())
    with pytest.raises(ValueError, match="noise of at least 0"):
        say(("metal",), rng=rng, noise=-1.0)
