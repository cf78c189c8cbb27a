"""An exercise and an answer in; an outcome out. For functions: values are judged in `judging`.

The order of things matters. All calls of the learner's function happen first, on fresh copies of the arguments;
what they return is frozen into plain arrays at once. Only then is the expected value computed, so that there is
nothing to find for an answer that looks around in its callers' frames.
"""

from __future__ import annotations

import dis
import inspect
import zlib
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

import numpy as np

from vmm_edu.course import judging
from vmm_edu.course.cards import check_line
from vmm_edu.course.comparing import describe, difference, freeze, fresh, same
from vmm_edu.course.errors_translated import first_line, own_lines, translate
from vmm_edu.course.exercise import Code, Exercise, Wrong
from vmm_edu.course.forbidden import used_by
from vmm_edu.course.outcome import Outcome
from vmm_edu.course.running import Case, Raised, forbidden_text, run_all


def examine(exercise: Exercise, answer: object, *, salt: int = 0, limit_s: float | None = None) -> Outcome:
    """Checks one answer.

    Args:
        exercise: The declaration.
        answer: A function for a `Code` exercise, a value for the others.
        salt: Changes the arguments that are tried; one salt per student gives every student other data.
        limit_s: Seconds of processor time for all calls together; the exercise's own limit by default.
    """
    if not isinstance(exercise, Code):
        return judging.judge(exercise, answer)
    if answer is None or answer is Ellipsis:
        return judging.blank(exercise)
    if not callable(answer):
        call = check_line(exercise)
        came = describe(answer)
        return Outcome(exercise.name, "wrong", f"give the function itself, without calling it: {call}. Got {came}.")
    return _examine_code(exercise, answer, salt, exercise.limit_s if limit_s is None else limit_s)


def cases_of(exercise: Code, salt: int = 0) -> list[Case]:
    """The arguments of an exercise: the same on every machine, others for another salt."""
    return list(exercise.cases(np.random.default_rng([zlib.crc32(exercise.name.encode()), salt])))


def _examine_code(exercise: Code, answer: Callable[..., Any], salt: int, limit_s: float) -> Outcome:
    name = exercise.name
    if is_blank(exercise, answer):
        return judging.blank(exercise)
    if library := used_by(answer, exercise.forbidden):
        return Outcome(name, "wrong", forbidden_text(library))
    cases = cases_of(exercise, salt)
    run = run_all(exercise, answer, cases, limit_s=limit_s)
    if any(result is Ellipsis for result in run.results) or _not_implemented(run.results):
        return judging.blank(exercise)
    if run.trouble:
        return Outcome(name, "wrong", run.trouble)
    if run.timed_out:
        where = _call(exercise, cases[len(run.results) % len(cases)])
        return Outcome(name, "raised", f"{run.timed_out.after}, still busy with {where}. {run.timed_out.ask}")

    problem = find_problem(exercise, cases, run.results)
    if problem is None:
        return Outcome(name, "passed", f"passed. {exercise.takeaway}")
    wrong = named_wrong(exercise, cases, run.results)
    index, text = problem
    error = run.results[index]
    if isinstance(error, Raised):
        return Outcome(name, "raised", _raised(exercise, cases[index], error, wrong), wrong.name if wrong else None)
    if wrong:
        return Outcome(name, "wrong", judging.named(wrong), wrong.name)
    return Outcome(name, "wrong", text)


def find_problem(exercise: Code, cases: Sequence[Case], results: Sequence[Any]) -> tuple[int, str] | None:
    """Index of the first case that is not right, and what is wrong with it; None when all are right."""
    for index, result in enumerate(results):
        if isinstance(result, Raised):
            return index, first_line(result.error)
    if exercise.verify is not None:
        found = exercise.verify(cases, results)
        return (0, found) if found else None
    for index, (case, result) in enumerate(zip(cases, results, strict=True)):
        found = difference(result, expected(exercise, case), rtol=exercise.rtol, atol=exercise.atol)
        if found:
            return index, f"{_call(exercise, case)}: {found}"
    return None


def expected(exercise: Code, case: Case) -> Any:
    """What the reference gives, frozen.

    Args:
        exercise: The declaration.
        case: The arguments.
    """
    reference = exercise.through(exercise.reference) if exercise.through else exercise.reference
    return freeze(reference(*fresh(case)))


def named_wrong(exercise: Code, cases: Sequence[Case], results: Sequence[Any]) -> Wrong | None:
    """The known wrong answer that gives the same results on every case, if there is one."""
    for wrong in exercise.wrongs:
        function = exercise.through(wrong.answer) if exercise.through else wrong.answer
        if all(_agree(exercise, attempt(function, case), result) for case, result in zip(cases, results, strict=True)):
            return wrong
    return None


def is_blank(exercise: Code, answer: Callable[..., Any]) -> bool:
    """True for a function that was not written yet: only `...`, `pass` or `return`, or the stub as it was given."""
    code = getattr(inspect.unwrap(answer), "__code__", None)
    if not isinstance(code, CodeType):
        return False
    arguments = ", ".join(exercise.parameters)
    blanks = [f"def f({arguments}):\n {body}" for body in ("...", "return ...")]
    return any(_same_code(code, blank) for blank in (exercise.stub, *blanks))


def _same_code(code: CodeType, source: str) -> bool:
    module = compile(source, "<stub>", "exec")
    stub = next(constant for constant in module.co_consts if isinstance(constant, CodeType))

    return _essence(code) == _essence(stub)


def _essence(code: CodeType) -> list[Any]:
    """The instructions without line numbers; docstrings are not among them."""
    steps = [i for i in dis.get_instructions(code) if i.opname not in ("RESUME", "NOP")]
    return [(i.opname, _essence(i.argval) if isinstance(i.argval, CodeType) else i.argval) for i in steps]


def _not_implemented(results: Sequence[Any]) -> bool:
    return any(isinstance(result, Raised) and result.kind == "NotImplementedError" for result in results)


def attempt(function: Callable[..., Any], case: Case) -> Any:
    """Calls a function of ours that may be wrong; what it gives, frozen, or a `Raised`.

    Args:
        function: A known wrong answer or a mutant.
        case: The arguments.
    """
    try:
        return freeze(function(*fresh(case)))
    # A known wrong answer may be wrong by raising, whatever it raises.
    except Exception as error:
        return Raised(type(error).__name__, str(error)[:60], error)


def _agree(exercise: Code, known: Any, got: Any) -> bool:
    if isinstance(known, Raised) or isinstance(got, Raised):
        return isinstance(known, Raised) and isinstance(got, Raised) and known[:2] == got[:2]
    if known is None or got is None:
        return known is got
    return same(got, known, rtol=exercise.rtol, atol=exercise.atol)


def _call(exercise: Code, case: Case) -> str:
    arguments = ", ".join(f"{p}={describe(value)}" for p, value in zip(exercise.parameters, case, strict=True))
    return f"{exercise.variable}({arguments})"


def _raised(exercise: Code, case: Case, raised: Raised, wrong: Wrong | None) -> str:
    lines = own_lines(raised.error)
    if not lines:
        lines = ["  The call itself failed: compare the arguments of your function with the exercise."]
    sentence = judging.named(wrong) if wrong else translate(raised.error)
    head = f"your code raised {first_line(raised.error)}"
    return "\n".join([head, *lines, f"  called as {_call(exercise, case)}", *([sentence] if sentence else [])])
