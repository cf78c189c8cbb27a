"""An answer in; points out. What a graded notebook calls, and the rule by which points are given.

A right answer gets all points. A function that gives the right result for at least half of the arguments that are tried
gets half of them. Everything else gets none: a blank, a forbidden call, changed inputs, a wrong letter or number.
"""

from __future__ import annotations

import contextlib
import html
import io
import warnings
from typing import Any, NamedTuple

from vmm_edu.course import registry
from vmm_edu.course.checking import cases_of, examine, expected
from vmm_edu.course.comparing import same
from vmm_edu.course.exercise import Code, Exercise
from vmm_edu.course.forbidden import used_by
from vmm_edu.course.learner import salt
from vmm_edu.course.outcome import Outcome, show
from vmm_edu.course.running import Raised, run_all

HALF = 0.5


class Credit(NamedTuple):
    """What an answer is worth.

    Attributes:
        outcome: What the check says.
        share: Share of the points, 0, ½ or 1.
    """

    outcome: Outcome
    share: float


def credit(exercise: Exercise, answer: object, *, salt: int = 0) -> Credit:
    """Judges one answer.

    Args:
        exercise: Of any kind but `Explain`, which a person grades.
        answer: The learner's function or value.
        salt: Chooses the data, as in `examine`.
    """
    outcome = examine(exercise, answer, salt=salt)
    if outcome.passed:
        return Credit(outcome, 1.0)
    hopeless = outcome.result == "blank" or outcome.message.startswith("stopped after")
    if hopeless or not isinstance(exercise, Code) or not callable(answer) or exercise.verify:
        return Credit(outcome, 0.0)
    cases = cases_of(exercise, salt)
    run = run_all(exercise, answer, cases, limit_s=exercise.limit_s)
    if run.trouble or run.timed_out or used_by(answer, exercise.forbidden):
        return Credit(outcome, 0.0)
    right = sum(_is_right(exercise, case, result) for case, result in zip(cases, run.results, strict=True))
    return Credit(outcome, HALF if right >= HALF * len(cases) else 0.0)


def grade(name: str, answer: object, *, points: float) -> float:
    """Shows what the check says and gives the points; the last line of an autograded cell.

    Args:
        name: The exercise.
        answer: The learner's function or value.
        points: The points for a right answer.

    Raises:
        ValueError: There is no exercise of that name.
    """
    exercise = registry.find(name)
    # A warning on stderr would cost all points: the grader takes it for an error.
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        found = credit(exercise, answer, salt=salt())
    earned = found.share * points
    text = f"{found.outcome}\n{earned:g} of {points:g} points"
    show(text, f"{found.outcome.html()}{html.escape(text.splitlines()[-1])}")
    return earned


def _is_right(exercise: Code, case: tuple[Any, ...], result: Any) -> bool:
    right = expected(exercise, case)
    return not isinstance(result, Raised) and same(result, right, rtol=exercise.rtol, atol=exercise.atol)
