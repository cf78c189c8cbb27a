"""A function and its arguments in; what came of every call out.

Every call gets fresh copies of the arguments, is watched for what it must not use and bounded in time, and what it
returns is frozen into plain arrays at once.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from vmm_edu.course.comparing import freeze, fresh, same
from vmm_edu.course.exercise import Code
from vmm_edu.course.forbidden import ANSWER, CHECKER, Watch
from vmm_edu.course.guard import TimeUp, bounded
from vmm_edu.course.meddling import Listener, Seal

Case = tuple[Any, ...]


class Raised(NamedTuple):
    """Stands in the list of results for a call that raised."""

    kind: str
    start: str
    error: BaseException


class Run(NamedTuple):
    """What came of calling one function on every case."""

    results: list[Any]
    trouble: str | None  # a sentence; the answer is wrong whatever it returned
    timed_out: TimeUp | None


def run_all(exercise: Code, function: Callable[..., Any], cases: Sequence[Case], *, limit_s: float) -> Run:
    """Calls `function` on a fresh copy of every case, watched and bounded in time.

    Args:
        exercise: Says what must not be used and what the function goes through.
        function: The learner's.
        cases: The arguments.
        limit_s: Seconds of processor time for all calls together.
    """
    results: list[Any] = []
    trouble: list[str] = []
    watch = Watch(exercise.forbidden, (exercise.reference, *exercise.rights))
    listener, mend = Listener(), Seal(exercise).mend
    called = exercise.through(function) if exercise.through else function

    def once(case: Case) -> Any:
        mine = fresh(case)
        try:
            result = freeze(called(*mine))
        except (KeyboardInterrupt, TimeUp):
            raise
        # Foreign code may raise anything, SystemExit too; all of it is shown to its author.
        except BaseException as error:
            if isinstance(error, RecursionError):
                watch.rearm()
                listener.rearm()
            return Raised(type(error).__name__, str(error)[:60], error)
        if not _untouched(case, mine) and not trouble:
            changed = [p for p, a, b in zip(exercise.parameters, case, mine, strict=True) if not _untouched(a, b)]
            trouble.append(
                f"your function changes its input {' and '.join(changed)} in place; whoever called it still needs "
                "the old values. Work on a copy (x.copy()) or make a new array."
            )
        return result

    def work() -> None:
        # A warning is no error, whatever this process makes of warnings; its author sees it when calling the function.
        with warnings.catch_warnings(), watch, listener:
            warnings.simplefilter("ignore")
            results.extend(once(case) for case in cases)
            again = once(cases[0])
        if not trouble and not _equal(again, results[0]):
            trouble.append(
                "two calls with the same arguments give different results. "
                "Something outside the arguments takes part: a global, a random state, a list that grows."
            )

    timed_out = None
    try:
        bounded(work, limit_s=limit_s)
    except TimeUp as late:
        timed_out = late
    if mend():
        return Run(results, meddling_text("replaces parts of the checker"), timed_out=None)
    if listener.seen and not watch.seen:
        return Run(results, meddling_text(listener.seen[0]), timed_out=None)
    if timed_out:
        return Run(results, None, timed_out)
    if watch.seen:
        return Run(results, forbidden_text(watch.seen[0]), timed_out=None)
    return Run(results, trouble[0] if trouble else None, timed_out=None)


def forbidden_text(name: str) -> str:
    """What to tell who used something that the exercise forbids.

    Args:
        name: A dotted name, `ANSWER` or `CHECKER`.
    """
    if name == ANSWER:
        return "your function calls the model answer. Write it yourself; solution(…) shows it when you are stuck."
    if name == CHECKER:
        return "your function switches off the hook that the checker watches it with."
    return f"your function calls {name}, which is the very thing to build here. Do it with simpler operations."


def meddling_text(what: str) -> str:
    """What to tell whose function does not compute.

    Args:
        what: It does instead; follows "your function".
    """
    return f"your function {what}. Compute the result from the arguments."


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Raised) or isinstance(other, Raised):
        return isinstance(one, Raised) and isinstance(other, Raised) and one.kind == other.kind
    return one is other or same(one, other, rtol=1e-6, atol=1e-6)


def _untouched(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_untouched, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_untouched(one[key], other[key]) for key in one)
    return True
