"""The name of a GRID clip in; the six words that are said in it, and their numbers, out."""

from __future__ import annotations

import os
import string
from pathlib import PurePath
from typing import NamedTuple

VOCABULARY: dict[str, tuple[str, ...]] = {
    "command": ("bin", "lay", "place", "set"),
    "colour": ("blue", "green", "red", "white"),
    "preposition": ("at", "by", "in", "with"),
    "letter": tuple(letter for letter in string.ascii_lowercase if letter != "w"),
    "digit": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "adverb": ("again", "now", "please", "soon"),
}
"""The grammar: a sentence takes one word of each kind, in this order. A word's number is its place in its row."""

_SPELLED = {kind: [word[0] for word in words] for kind, words in VOCABULARY.items()}
_SPELLED["digit"] = list("z123456789")


class Sentence(NamedTuple):
    """What is said in one clip.

    Attributes:
        command: bin, lay, place or set.
        colour: blue, green, red or white.
        preposition: at, by, in or with.
        letter: a…z without w, whose name alone has three syllables.
        digit: zero…nine.
        adverb: again, now, please or soon.
    """

    command: str
    colour: str
    preposition: str
    letter: str
    digit: str
    adverb: str

    @property
    def words(self) -> tuple[str, ...]:
        """The six words in the order said."""
        return tuple(self)

    @property
    def labels(self) -> tuple[int, ...]:
        """The number of each word among those of its kind, as in `VOCABULARY`."""
        return tuple(VOCABULARY[kind].index(word) for kind, word in zip(self._fields, self, strict=True))


def read_sentence(name: str | os.PathLike[str]) -> Sentence:
    """Read the sentence that a clip's name spells: `bbaf2n` is "bin blue at f two now".

    Args:
        name: six characters, one for each word: the first letter of the word, the letter itself, the digit (z for
            zero). A path and an ending are left out of account.

    Returns:
        The sentence.

    Raises:
        ValueError: a name that spells no sentence of the grammar.
    """
    stem = PurePath(name).name.split(".")[0]
    if len(stem) != len(VOCABULARY):
        raise ValueError(
            f"expected a name of six characters, one a word, such as bbaf2n, got {stem!r}; "
            "rename it as the corpus does, or leave it out"
        )
    words = []
    for character, (kind, spelled) in zip(stem.lower(), _SPELLED.items(), strict=True):
        if character not in spelled:
            raise ValueError(
                f"expected for the {kind} one of {' '.join(spelled)}, got {character!r} in {stem!r}; "
                "rename it as the corpus does, or leave it out"
            )
        words.append(VOCABULARY[kind][spelled.index(character)])
    return Sentence(*words)
