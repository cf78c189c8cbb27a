"""Words in; a voice that says them out, with what was said and when.

The voice has four vowels, so it speaks a language of four letters: every word of the lexicon is spelled in vowels, and
a short silence parts two words.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vmm_edu.world import impact, voice

SPELLING: dict[str, str] = {
    "metal": "ia",
    "wood": "uo",
    "glass": "iui",
    "rubber": "oa",
    "hits": "aa",
    "lifts": "oui",
}
THINGS = ("metal", "wood", "glass", "rubber")
VERBS = ("hits", "lifts")
UNKNOWN = "<unknown>"
LETTERS = (*voice.FORMANTS_HZ, " ")
"""What is written down of speech: a vowel, or the silence between two words."""
TRACTS = tuple(np.linspace(0.94, 1.06, 7).tolist())
PITCHES_HZ = (95.0, 190.0)
VOWEL_S = (0.10, 0.17)
PAUSE_S = (0.09, 0.16)
EDGE_S = (0.06, 0.15)
GLIDE_S = 0.04  # Time in which the mouth moves from one vowel to the next.
DIP_S = 0.05  # A vowel said twice in a row is let go for so long, or nobody could hear that it is two.
RISE_S = 0.02


@dataclass(frozen=True)
class Speech:
    """What was said, by whom and when.

    Attributes:
        samples: Mono, 16 kHz, −1…1.
        words: The words, in order.
        letters: How they are spelled, a blank between two words.
        letters_s: First and last moment of each letter (the silence between words too), seconds.
        words_s: First and last moment of each word, seconds.
        pitch_hz: Pitch at the start; what differs between speakers, with ``tract``.
        tract: Factor on all formants.
    """

    samples: Float[np.ndarray, " sample"]
    words: tuple[str, ...]
    letters: str
    letters_s: Float[np.ndarray, "letter 2"]
    words_s: Float[np.ndarray, "word 2"]
    pitch_hz: float
    tract: float


def spell(words: Sequence[str]) -> str:
    """Write words in vowels, a blank between two: ("metal", "hits") → "ia aa".

    Args:
        words: Words of the lexicon.

    Raises:
        ValueError: One string instead of a sequence, no word, or one that the lexicon does not have.
    """
    if isinstance(words, str) or not words or not set(words) <= set(SPELLING):
        raise ValueError(f"expected a sequence of words among {', '.join(SPELLING)}, got {words!r}")
    return " ".join(SPELLING[word] for word in words)


def look_up(letters: str) -> tuple[str, ...]:
    """Read words off their spelling; what the lexicon does not have reads ``<unknown>``.

    Args:
        letters: Vowels, with blanks between words.

    Raises:
        Nothing.
    """
    meaning = {spelling: word for word, spelling in SPELLING.items()}
    return tuple(meaning.get(part, UNKNOWN) for part in letters.split())


def sentences() -> tuple[tuple[str, str, str], ...]:
    """Every sentence of the language: a thing, what it does, and another thing.

    Raises:
        Nothing.
    """
    pairs = itertools.permutations(THINGS, 2)
    return tuple((one, verb, other) for one, other in pairs for verb in VERBS)


def say(words: Sequence[str], *, rng: np.random.Generator, noise: float = 0.0015) -> Speech:
    """Say words in a voice drawn by chance: its pitch, the length of its throat, and how fast it speaks.

    Args:
        words: Words of the lexicon, one or more.
        rng: Where chance comes from; the same generator in the same state says the same samples.
        noise: Standard deviation of a steady hiss; the voice itself has about 0.1 where it speaks.

    Raises:
        ValueError: Words that the lexicon does not have, or noise below 0.
    """
    letters = spell(words)
    if not noise >= 0:
        raise ValueError(f"expected noise of at least 0, got {noise}")
    tract, pitch_hz = float(rng.choice(TRACTS)), float(rng.uniform(*PITCHES_HZ))
    pace = rng.uniform(0.85, 1.15)
    ranges = np.array([PAUSE_S if letter == " " else VOWEL_S for letter in letters])
    lengths_s = pace * rng.uniform(ranges[:, 0], ranges[:, 1])
    bounds_s = rng.uniform(*EDGE_S) + np.concatenate([[0.0], np.cumsum(lengths_s)])
    duration_s = bounds_s[-1] + rng.uniform(*EDGE_S)
    letters_s = np.stack([bounds_s[:-1], bounds_s[1:]], axis=1)
    spans = _word_spans(letters)
    words_s = np.array([[bounds_s[first], bounds_s[last]] for first, last in spans])

    clock = np.arange(round(duration_s * impact.RATE_HZ)) / impact.RATE_HZ
    loudness = np.zeros(len(clock))
    for start_s, end_s in _breaths(letters, letters_s):
        swell = np.minimum(clock - start_s, end_s - clock) / RISE_S
        loudness += np.sin(0.5 * np.pi * np.clip(swell, 0.0, 1.0)) ** 2
    # People start a sentence a little higher than they end it.
    pitch = pitch_hz * 2.0 ** (-rng.uniform(0.05, 0.25) * clock / duration_s)
    said = voice.speak(
        "".join(letters.split()),
        pitch_hz=pitch,
        loudness=loudness,
        tract=tract,
        share=_shares(letters, letters_s, clock),
    )
    level = rng.uniform(0.09, 0.13) / np.sqrt(np.mean(said[loudness > 0.5] ** 2))
    hiss = impact.room_noise(rng, duration_s=len(clock) / impact.RATE_HZ, level=noise)
    samples = np.clip(level * said + hiss, -1.0, 1.0)
    return Speech(samples, tuple(words), letters, letters_s, words_s, pitch_hz, tract)


def _word_spans(letters: str) -> list[tuple[int, int]]:
    """First letter and the one after the last, for each word."""
    cuts = [-1, *(place for place, letter in enumerate(letters) if letter == " "), len(letters)]
    return [(before + 1, after) for before, after in itertools.pairwise(cuts)]


def _breaths(letters: str, letters_s: Float[np.ndarray, "letter 2"]) -> list[tuple[float, float]]:
    """When the voice sounds: words, cut where a vowel is said twice in a row."""
    found = []
    for first, last in _word_spans(letters):
        start_s = letters_s[first, 0]
        for place in range(first + 1, last):
            if letters[place] == letters[place - 1]:
                found.append((start_s, letters_s[place, 0] - DIP_S / 2))
                start_s = letters_s[place, 0] + DIP_S / 2
        found.append((start_s, letters_s[last - 1, 1]))
    return found


def _shares(
    letters: str, letters_s: Float[np.ndarray, "letter 2"], clock: Float[np.ndarray, " sample"]
) -> Float[np.ndarray, "vowel sample"]:
    """How much of each vowel is spoken at each sample: one, and across a boundary less and less of it."""
    vowels = [place for place, letter in enumerate(letters) if letter != " "]
    middles = [(letters_s[a, 1] + letters_s[b, 0]) / 2 for a, b in itertools.pairwise(vowels)]
    begun = [np.clip(0.5 + (clock - middle_s) / GLIDE_S, 0.0, 1.0) for middle_s in middles]
    steps = np.stack([np.ones_like(clock), *begun, np.zeros_like(clock)])
    return steps[:-1] - steps[1:]
