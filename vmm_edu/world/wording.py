"""Sentences in English and Chinese: which sense to believe, a number, or what a clip holds; and that, read back.

Within a language the sentences about either sense, and those about any number, are of one length: the length of a
caption says nothing but whether there is one. A sentence that says what a clip holds hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

# Words for what is seen and for what is heard, in pairs of equal length.
TRUSTED = {
    "en": (("eyes", "ears"), ("lamps", "bells"), ("lights", "chimes")),
    "zh": (("眼睛", "耳朵"), ("灯光", "铃声"), ("画面", "声音")),
}
BELIEVE = {
    "en": (
        "Believe the {}.",
        "Only the {} count.",
        "The {} tell the truth.",
        "This time the {} are right.",
        "Go by the {} and nothing else.",
    ),
    "zh": ("请相信{}。", "只有{}算数。", "{}说的是真的。", "这次{}是对的。", "以{}为准，别的不算。"),
}
NUMBERS = {"en": "1234", "zh": "一二三四"}
NAME = {
    "en": ("The answer is {}.", "It is number {}.", "Count to {}, no further.", "They agreed on {}.", "Write down {}."),
    "zh": ("答案是{}。", "这是第{}号。", "数到{}就停。", "大家说是{}。", "请写下{}。"),
}
NOTHING = {"en": "", "zh": ""}
# What a clip that is searched for holds, each in the order of its symbol's values.
HELD = {
    "en": {
        "shape": ("disc", "square", "triangle", "star"),
        "colour": ("yellow", "sky-blue", "red", "navy-blue"),
        "material": ("metal", "glass", "wood", "rubber"),
    },
    "zh": {
        "shape": ("圆形", "方形", "三角形", "星形"),
        "colour": ("黄色", "天蓝色", "红色", "深蓝色"),
        "material": ("金属", "玻璃", "木头", "橡胶"),
    },
}
DESCRIBE = {
    "en": (
        "The {shape} is {colour} and rings like {material}.",
        "One stroke on {material}, and past goes a {colour} {shape}.",
        "See the {colour} {shape}; hear the {material}.",
        "What sounds is {material}, what moves is a {shape}, painted {colour}.",
    ),
    "zh": (
        "{colour}的{shape}，听起来是{material}。",
        "{material}响了一声，{colour}的{shape}飘过。",
        "看{colour}的{shape}，听{material}的声音。",
        "响的是{material}，动的是{shape}，涂成{colour}。",
    ),
}


def believe(rng: np.random.Generator, trust: int) -> dict[str, str]:
    """Write a sentence that says to believe sight (0) or sound (1), the same one in each language.

    Raises:
        ValueError: If `trust` is neither 0 nor 1.
    """
    if trust not in (0, 1):
        raise ValueError(f"expected trust 0 (sight) or 1 (sound), got {trust}")
    template, pair = int(rng.integers(len(BELIEVE["en"]))), int(rng.integers(len(TRUSTED["en"])))
    return {language: BELIEVE[language][template].format(TRUSTED[language][pair][trust]) for language in BELIEVE}


def name(rng: np.random.Generator, number: int) -> dict[str, str]:
    """Write a sentence that names a number, 1…4, the same one in each language.

    Raises:
        ValueError: If the number has no word.
    """
    if not 1 <= number <= len(NUMBERS["en"]):
        raise ValueError(f"expected a number in 1…{len(NUMBERS['en'])}, got {number}")
    template = int(rng.integers(len(NAME["en"])))
    return {language: NAME[language][template].format(NUMBERS[language][number - 1]) for language in NAME}


def describe(rng: np.random.Generator, **held: int) -> dict[str, str]:
    """Write a sentence that names a shape, a colour and a material, the same one in each language.

    Args:
        rng: Chooses the sentence.
        **held: Values 0…3 of "shape", "colour" and "material".

    Raises:
        ValueError: If one of the three is missing or has no word.
    """
    if held.keys() != HELD["en"].keys() or not set(held.values()) <= set(range(4)):
        raise ValueError(f"expected {', '.join(HELD['en'])}, each in 0…3, got {held}")
    template = int(rng.integers(len(DESCRIBE["en"])))
    return {
        language: sentences[template].format(**{name: HELD[language][name][value] for name, value in held.items()})
        for language, sentences in DESCRIBE.items()
    }


def described(text: str) -> dict[str, int]:
    """The values of "shape", "colour" and "material" that a sentence names, in either language.

    Raises:
        ValueError: If one of the three is not named, or twice with different words.
    """
    return {
        name: _only(text, {words[name][value]: value for words in HELD.values() for value in range(4)})
        for name in HELD["en"]
    }


def believed(text: str) -> int:
    """Which sense a sentence says to believe, in either language: 0 for sight, 1 for sound.

    Raises:
        ValueError: If it names neither, or both.
    """
    return _only(text, {pair[trust]: trust for pairs in TRUSTED.values() for pair in pairs for trust in (0, 1)})


def named(text: str) -> int:
    """The number that a sentence names, in either language; 0 for an empty text.

    Raises:
        ValueError: If a sentence names none, or several.
    """
    if not text.strip():
        return 0
    return _only(text, {word: 1 + k for words in NUMBERS.values() for k, word in enumerate(words)})


def _only(text: str, meaning: Mapping[str, int]) -> int:
    """The one meaning that a text's words have."""
    found = {
        value
        for word, value in meaning.items()
        if (word in text if not word.isascii() else re.search(rf"\b{word}\b", text.lower()))
    }
    if len(found) != 1:
        raise ValueError(f"expected a sentence that says one thing of {', '.join(meaning)}, got {text!r}")
    return found.pop()
