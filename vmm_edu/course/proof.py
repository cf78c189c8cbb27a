"""An exercise in; the evidence that its checker can be trusted out.

Right answers must pass, the blank must count as not attempted, every known wrong answer must get its own message, and
slightly wrong copies of the model answer must not get through.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, NamedTuple

from vmm_edu.course.checking import attempt, cases_of, examine, expected
from vmm_edu.course.comparing import same
from vmm_edu.course.exercise import Code, Exercise
from vmm_edu.course.guard import TimeUp, bounded
from vmm_edu.course.mutants import mutants
from vmm_edu.course.questions import Explain, Number
from vmm_edu.course.running import Case, Raised

MUTANT_LIMIT_S = 3.0
KILL_RATE = 0.9


class Proof(NamedTuple):
    """What was found about one exercise.

    Attributes:
        name: The exercise.
        right: Right answers that passed, the reference among them.
        wrong: Wrong answers that failed with their own message.
        mutants: Mutants of the reference that are not the same function in other words.
        killed: How many of them fail.
        survivors: Those that pass.
        equivalent: Declared equivalent mutants, with the argument.
        problems: Everything that is not as it should be; empty for a sound exercise.
        slowest_s: Seconds of the slowest check, of the clock or of the processor, whichever are fewer.
    """

    name: str
    right: int
    wrong: int
    mutants: int
    killed: int
    survivors: list[str]
    equivalent: dict[str, str]
    problems: list[str]
    slowest_s: float


def prove(exercise: Exercise) -> Proof:
    """Tries everything that is declared, and every mutant.

    Args:
        exercise: Of any kind.
    """
    problems: list[str] = []
    times: list[float] = []

    def outcome(answer: Any) -> Any:
        clock_s, processor_s = time.perf_counter(), time.process_time()
        result = examine(exercise, answer)
        # The lesser: a busy machine makes the clock's late, and threads of the compiler add up in the processor's.
        times.append(min(time.perf_counter() - clock_s, time.process_time() - processor_s))
        return result

    rights = right_answers(exercise)
    for label, answer in rights.items():
        result = outcome(answer)
        if not result.passed:
            problems.append(f"the right answer {label} does not pass: {result}")
    namespace: dict[str, Any] = {}
    exec(exercise.stub, namespace)
    result = outcome(namespace[exercise.variable])
    if result.result != "blank":
        problems.append(f"the stub counts as attempted: {result}")

    wrongs = wrong_answers(exercise)
    for label, (answer, message) in wrongs.items():
        result = outcome(answer)
        if result.passed or result.misconception != label or message not in result.message:
            problems.append(f"the wrong answer {label} does not get its own message: {result}")

    killed, survivors, equivalent = _mutation(exercise, problems)
    count = killed + len(survivors)
    if count and killed < KILL_RATE * count:
        problems.append(f"only {killed} of {count} mutants are killed; survivors: {survivors}")
    return Proof(
        exercise.name, len(rights), len(wrongs), count, killed, survivors, equivalent, problems, max(times, default=0.0)
    )


def right_answers(exercise: Exercise) -> dict[str, Any]:
    """The right answers by label: the reference (a copy, as if a learner had written it) and the others."""
    if isinstance(exercise, Explain):
        return {f"wording {i}": text for i, text in enumerate(exercise.rights, 1)}
    if isinstance(exercise, Number):
        reference = exercise.reference()
        return {str(answer): answer for answer in (reference, f"{reference}", *exercise.rights)}
    if not isinstance(exercise, Code):
        letters = exercise.reference  # type: ignore[attr-defined]
        return {str(answer): answer for answer in (letters, letters.upper(), list(letters))}
    functions = [inspect.unwrap(function) for function in (exercise.reference, *exercise.rights)]
    return {function.__name__: as_if_written(function) for function in functions}


def wrong_answers(exercise: Exercise) -> dict[str, tuple[Any, str]]:
    """The wrong answers by name, each with what its message must say."""
    if isinstance(exercise, Explain):
        return {
            "too_short": ("It gets worse.", "words"),
            "repeated": ("because of the sound " * 20, "again and again"),
            "question": (exercise.text, "the question"),
            "model answer": (exercise.reference, "the model answer"),
        }
    return {wrong.name: (wrong.answer, wrong.advice) for wrong in exercise.wrongs}


def as_if_written(function: Any) -> FunctionType:
    """A copy that the checker does not recognise as the model answer itself."""
    code = inspect.unwrap(function).__code__
    return FunctionType(code.replace(), function.__globals__, function.__name__, function.__defaults__)


def _mutation(exercise: Exercise, problems: list[str]) -> tuple[int, list[str], dict[str, str]]:
    if not isinstance(exercise, Code):
        return 0, [], {}
    found = mutants(exercise.reference)
    cases = cases_of(exercise)
    right = [expected(exercise, case) for case in cases] if exercise.verify is None else []
    alive = [mutant.change for mutant in found if survives(exercise, mutant.function, cases, right)]
    stale = set(exercise.equivalents) - set(alive)
    problems += [f"declared equivalent, but it is killed or does not exist: {change}" for change in sorted(stale)]
    survivors = [change for change in alive if change not in exercise.equivalents]
    equivalent = {change: why for change, why in exercise.equivalents.items() if change in alive}
    return len(found) - len(alive), survivors, equivalent


def survives(exercise: Code, mutant: Callable[..., Any], cases: Sequence[Case], right: Sequence[Any]) -> bool:
    """Whether a mutant gets through; one that takes too long does not.

    Args:
        exercise: The declaration.
        mutant: The function.
        cases: The arguments.
        right: The expected results, frozen; not looked at where the exercise verifies by itself.
    """
    function = exercise.through(mutant) if exercise.through else mutant
    results: list[Any] = []

    def work() -> None:
        for index, case in enumerate(cases):
            results.append(attempt(function, case))
            if exercise.verify is None and not _right(exercise, results[-1], right[index]):
                return

    try:
        bounded(work, limit_s=MUTANT_LIMIT_S)
    except TimeUp:
        return False
    if exercise.verify is not None:
        return not any(isinstance(result, Raised) for result in results) and exercise.verify(cases, results) is None
    return len(results) == len(cases) and _right(exercise, results[-1], right[-1])


def _right(exercise: Code, result: Any, right: Any) -> bool:
    return not isinstance(result, Raised) and same(result, right, rtol=exercise.rtol, atol=exercise.atol)
