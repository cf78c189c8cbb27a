"""What a learner calls in a notebook: check, hint, solution, progress.

A graded copy of the course is made with two environment variables: VMM_EDU_HELP=off switches `hint` and `solution` off,
and VMM_EDU_SALT, a whole number for each student, gives every student other data.
"""

from __future__ import annotations

import html
import os
from collections import Counter
from typing import Any

from vmm_edu.course import marks, registry
from vmm_edu.course.cards import check_line
from vmm_edu.course.checking import examine
from vmm_edu.course.exercise import Code, Exercise
from vmm_edu.course.outcome import LOOK, box, show
from vmm_edu.course.questions import Choice, Explain, Number, Order

MISSING = object()
GREY = LOOK["blank"][1]
_HINTS_SHOWN: Counter[str] = Counter()  # in this kernel: a restart begins with the first hint again


def check(name: object = MISSING, answer: object = MISSING) -> None:
    """Says whether an answer is right, and if not, what it shows about the idea behind it.

    Args:
        name: The exercise, "05.keep_or_drop".
        answer: Your function itself, or your value.

    Raises:
        ValueError: There is no exercise of that name, or the answer is missing.
    """
    __tracebackhide__ = True  # a mistyped name shows the learner's line and the sentence, not the package's inside
    exercise = registry.find(name)
    if answer is MISSING:
        raise ValueError(f"give your answer too: {check_line(exercise)}")
    outcome = examine(exercise, answer, salt=salt())
    note = marks.record(exercise.name, outcome)
    text, pretty = str(outcome), outcome.html()
    if note:
        text, pretty = f"{text}\n{note}", pretty + box(html.escape(note), GREY)
    show(text, pretty)


def hint(name: str, number: int | None = None) -> None:
    """Shows the next hint, a stronger one each time.

    Args:
        name: The exercise.
        number: A certain hint, from 1, instead of the next.

    Raises:
        ValueError: There is no exercise of that name, or no hint of that number.
    """
    __tracebackhide__ = True
    exercise = registry.find(name)
    if _switched_off(exercise):
        return
    count = len(exercise.hints)
    if number is None:
        number = min(_HINTS_SHOWN[name] + 1, count)
    if not 1 <= number <= count:
        raise ValueError(f"number: expected 1…{count}, got {number}")
    _HINTS_SHOWN[name] = number
    marks.record(name, hints=number)
    more = "" if number < count else f' That was the last; solution("{name}") shows an answer.'
    text = f"Hint {number} of {count}: {exercise.hints[number - 1]}{more}"
    show(text, box(html.escape(text), GREY))


def solution(name: str) -> None:
    """Shows a model answer.

    Args:
        name: The exercise.

    Raises:
        ValueError: There is no exercise of that name.
    """
    exercise = registry.find(name)
    if _switched_off(exercise):
        return
    marks.record(name, solution=True)
    text = model_answer(exercise)
    show(text, box(f"<pre>{html.escape(text)}</pre>", GREY))


def progress(chapter: str | None = None) -> None:
    """Shows what you have done.

    Args:
        chapter: One chapter only, "00b".

    Raises:
        ValueError: There is no such chapter.
    """
    show(*marks.table(registry.exercises(chapter)))


def passed_or_reference(name: str, answer: Any) -> Any:
    """Your own function where it passes, the course's where it does not, so that later cells can go on.

    Args:
        name: A `Code` exercise.
        answer: Your function.

    Raises:
        ValueError: There is no exercise of that name, or it does not ask for a function.
    """
    exercise = registry.find(name)
    if not isinstance(exercise, Code):
        raise ValueError(f"{name} asks for a {exercise.kind}; only a function has a stand-in")
    return answer if examine(exercise, answer, salt=salt()).passed else exercise.reference


def model_answer(exercise: Exercise) -> str:
    """The answer as text: source for code and numbers, the reasons for the rest.

    Args:
        exercise: Of any kind.
    """
    match exercise:
        case Code() | Number():
            return exercise.source
        case Choice():
            return f"{exercise.reference}) {exercise.options[exercise.reference]}\n{exercise.because}"
        case Order():
            steps = " → ".join(exercise.items[letter] for letter in exercise.reference)
            return f"{exercise.reference}: {steps}\n{exercise.because}"
        case Explain():
            return "\n".join([exercise.reference, *(f"• {line}" for line in exercise.rubric)])
        case _:
            raise TypeError(f"{exercise.name}: no kind of exercise")


def salt() -> int:
    """The number in VMM_EDU_SALT that changes the data of every exercise; 0 without.

    Raises:
        ValueError: It is not a whole number of 0 or more.
    """
    text = os.environ.get("VMM_EDU_SALT") or "0"
    if not text.isdecimal():
        raise ValueError(f"VMM_EDU_SALT: expected a whole number of 0 or more, got {text!r}")
    return int(text)


def _switched_off(exercise: Exercise) -> bool:
    if os.environ.get("VMM_EDU_HELP", "").lower() not in ("off", "0", "no", "false"):
        return False
    text = f"{exercise.name}: hints and solutions are switched off in this graded copy."
    show(text, box(html.escape(text), GREY))
    return True
