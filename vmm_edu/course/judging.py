"""An exercise that asks for a value and that value in; an outcome out."""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from vmm_edu.course.comparing import describe, number
from vmm_edu.course.exercise import Exercise, Wrong
from vmm_edu.course.outcome import Outcome
from vmm_edu.course.questions import Choice, Explain, Number, Order


def blank(exercise: Exercise) -> Outcome:
    """Not attempted."""
    return Outcome(exercise.name, "blank", f'not attempted yet. hint("{exercise.name}") gives a first hint.')


def named(wrong: Wrong) -> str:
    """The sentence for a recognised wrong answer."""
    return f"your result equals what you get when {wrong.when}. {wrong.advice}"


def judge(exercise: Exercise, answer: object) -> Outcome:
    """Checks a value: a number, a letter, an order or a text.

    Args:
        exercise: Of any kind but `Code`.
        answer: The learner's value.

    Raises:
        TypeError: The exercise asks for a function.
    """
    if answer is None or answer is Ellipsis or (isinstance(answer, str) and not answer.strip(" .\n\t")):
        return blank(exercise)
    return _judge(exercise, answer)


@functools.singledispatch
def _judge(exercise: Exercise, answer: object) -> Outcome:
    raise TypeError(f"{exercise.name} is of kind {exercise.kind}; examine() checks it")


@_judge.register
def _(exercise: Number, answer: object) -> Outcome:
    value = read_number(answer)
    if value is None:
        return Outcome(exercise.name, "wrong", f"expected a number, got {describe(answer)}.")
    for right in (exercise.reference(), *exercise.rights):
        if abs(value - right) <= exercise.atol:
            return Outcome(exercise.name, "passed", f"passed. {exercise.takeaway}")
    for wrong in exercise.wrongs:
        if abs(value - wrong.answer) <= exercise.atol:
            return _wrong(exercise, wrong)
    right = exercise.reference()
    if any(value == round(right, digits) for digits in range(6)) and abs(value - right) < 0.01 * abs(right):
        return Outcome(exercise.name, "wrong", f"{number(value)} is right as far as it goes; give one more digit.")
    text = f"{number(value)} is not it (right is within {exercise.atol:g})."
    return Outcome(exercise.name, "wrong", f'{text} hint("{exercise.name}") helps.')


@_judge.register
def _(exercise: Choice, answer: object) -> Outcome:
    letter = read_letters(answer, exercise.options)
    if letter is None or len(letter) != 1:
        return Outcome(exercise.name, "wrong", f"expected {exercise.ask}, got {describe(answer)}.")
    if letter == exercise.reference:
        return Outcome(exercise.name, "passed", f"passed. {exercise.takeaway}")
    wrong = next(wrong for wrong in exercise.wrongs if wrong.answer == letter)
    return Outcome(exercise.name, "wrong", f'"{letter}" would hold if {wrong.when}. {wrong.advice}', wrong.name)


@_judge.register
def _(exercise: Order, answer: object) -> Outcome:
    order = read_letters(answer, exercise.items)
    if order is None or sorted(order) != sorted(exercise.items):
        text = f"expected every letter of {''.join(exercise.items)} once, got {describe(answer)}."
        return Outcome(exercise.name, "wrong", text)
    if order == exercise.reference:
        return Outcome(exercise.name, "passed", f"passed. {exercise.takeaway}")
    for wrong in exercise.wrongs:
        if wrong.answer == order:
            return _wrong(exercise, wrong)
    place = next(i for i, (mine, right) in enumerate(zip(order, exercise.reference, strict=True)) if mine != right)
    text = f"right up to place {place}; place {place + 1} is not {order[place]} ({exercise.items[order[place]]})."
    return Outcome(exercise.name, "wrong", text)


@_judge.register
def _(exercise: Explain, answer: object) -> Outcome:
    if not isinstance(answer, str):
        return Outcome(exercise.name, "wrong", f"expected a few sentences in quotes, got {describe(answer)}.")
    # Chinese is written without spaces: its characters are counted, two to a word.
    words = _words(answer)
    count = sum(0.5 if "\u4e00" <= word <= "\u9fff" else 1 for word in words)
    if count < exercise.words:
        text = f"that is {int(count)} words; {exercise.words} are the least that can carry the reasons."
        return Outcome(exercise.name, "wrong", text, "too_short")
    if len(set(words)) * 3 < len(words):
        return Outcome(exercise.name, "wrong", "the same few words again and again. Say why.", "repeated")
    copied = {
        "the question": exercise.text,
        "the model answer": exercise.reference,
        "the hints": " ".join(exercise.hints),
        "the rubric": " ".join(exercise.rubric),
    }
    for name, source in copied.items():
        if f" {' '.join(words)} " in f" {' '.join(_words(source))} ":
            return Outcome(exercise.name, "wrong", f"this is {name}, word for word. Say it your way.", name[4:])
    lines = [
        f"written. {exercise.takeaway} No program can grade this: compare.",
        f"  Model answer: {exercise.reference}",
    ]
    return Outcome(exercise.name, "passed", "\n".join(lines + [f"  • {line}" for line in exercise.rubric]))


def _words(text: str) -> list[str]:
    """Its words in small letters; each Chinese character is one."""
    return re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", text.lower())


def read_number(answer: object) -> float | None:
    """Reads a number, a NumPy or JAX scalar, or text such as "97.2 %" or "3/4"; None for anything else and NaN."""
    if isinstance(answer, str):
        if share := re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", answer):
            return int(share[1]) / int(share[2]) if int(share[2]) else None
        match = re.fullmatch(r"\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*(%?)\s*", answer.replace(",", "."), re.IGNORECASE)
        if match is None or match[1].count(".") > 1 or not any(map(str.isdigit, match[1])):
            return None
        value = float(match[1]) / (100 if match[2] else 1)
        return value if np.isfinite(value) else None
    if isinstance(answer, Fraction | Decimal) or (isinstance(answer, list | tuple) and len(answer) == 1):
        return read_number(answer[0] if isinstance(answer, list | tuple) else float(answer))
    if isinstance(answer, bool) or callable(answer) or not (np.isscalar(answer) or hasattr(answer, "__array__")):
        return None
    array = np.asarray(answer)
    if array.size != 1 or array.dtype.kind not in "iuf":
        return None
    value = float(array.reshape(()))
    return value if np.isfinite(value) else None


def read_letters(answer: object, options: Any) -> str | None:
    """Reads "b", "B", "(b)", an option's line or its text, "bca", "b, c, a" or a list of these; else None."""
    if isinstance(answer, list | tuple | np.ndarray):
        parts = [read_letters(item, options) for item in answer]
        return None if None in parts else "".join(filter(None, parts))
    if not isinstance(answer, str):
        return None
    for letter, text in options.items():
        if _plain(answer) in (_plain(text), _plain(f"{letter} {text}")):
            return letter
    parts = [part for part in re.split(r"[,;>→\n]+", answer) if part.strip(" -")]
    if len(parts) > 1:
        return read_letters(parts, options)
    letters = re.sub(r"[\s,;.:()<>→\-]+", "", answer).lower()
    return letters if letters and set(letters) <= set(options) else None


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()


def _wrong(exercise: Exercise, wrong: Wrong) -> Outcome:
    return Outcome(exercise.name, "wrong", named(wrong), wrong.name)
