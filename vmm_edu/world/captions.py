"""One sentence that names a material, in English and Chinese, and the WebVTT file that carries it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

# Same number of letters within a language, so that length says nothing.
WORDS = {
    "en": {"metal": ("steel", "brass", "metal"), "wood": ("maple", "cedar", "beech")},
    "zh": {"metal": ("钢铁", "黄铜", "金属"), "wood": ("枫木", "雪松", "榉木")},
}
TEMPLATES = {
    "en": (
        "A {} thing drops and lands.",
        "Something made of {} falls.",
        "Look, a {} object comes down.",
        "The {} one hits the floor.",
        "Listen to the {} as it bounces.",
        "They let the {} piece go.",
    ),
    "zh": (
        "一件{}的东西落在地上。",
        "有个{}做的物体掉了下来。",
        "看，{}物件往下落。",
        "那块{}碰到了地面。",
        "听{}弹起来的声音。",
        "他们松开了{}块。",
    ),
}


def caption(rng: np.random.Generator, material: str) -> dict[str, str]:
    """Write a sentence about ``material`` ("metal" or "wood"), the same one in each language.

    Raises:
        ValueError: If the material has no words.
    """
    if material not in WORDS["en"]:
        raise ValueError(f"expected a material among {', '.join(WORDS['en'])}, got {material!r}")
    template, word = int(rng.integers(len(TEMPLATES["en"]))), int(rng.integers(len(WORDS["en"][material])))
    return {language: TEMPLATES[language][template].format(WORDS[language][material][word]) for language in TEMPLATES}


def named_material(text: str) -> str:
    """Return the material that a sentence names, "metal" or "wood", in either language.

    Raises:
        ValueError: If it names none, or both.
    """
    found = {
        material
        for words in WORDS.values()
        for material, synonyms in words.items()
        for word in synonyms
        if (word in text if not word.isascii() else re.search(rf"\b{word}\b", text.lower()))
    }
    if len(found) != 1:
        raise ValueError(f"expected a sentence that names one material, got {text!r}")
    return found.pop()


def timestamp(time_s: float) -> str:
    """Format seconds as WebVTT does, hh:mm:ss.mmm."""
    seconds, milliseconds = divmod(round(time_s * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{milliseconds:03d}"


def webvtt(text: str, *, duration_s: float) -> str:
    """A WebVTT file with one cue from 0 to ``duration_s`` seconds."""
    return f"WEBVTT\n\n{timestamp(0.0)} --> {timestamp(duration_s)}\n{text}\n"


def read_webvtt(path: Path) -> str:
    """Return the text of all cues of a WebVTT file, one line each.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not WebVTT.
    """
    content = path.read_text(encoding="utf-8")
    if not content.startswith("WEBVTT"):
        raise ValueError(f"{path}: expected a WebVTT file that starts with WEBVTT, got {content[:20]!r}")
    cues = re.findall(r"-->[^\n]*\n((?:[^\n]+\n?)+)", content)
    return "\n".join(cue.strip() for cue in cues)
