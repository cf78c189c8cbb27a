"""An answer that meddles with its checker instead of computing does not pass; the checker is as before afterwards."""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections import namedtuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.course import registry
from vmm_edu.course.checking import examine
from vmm_edu.course.exercise import Code
from vmm_edu.course.grade_apart import grade_cells
from vmm_edu.course.grading import credit

NAME = "00.frame_times"
EXERCISE = registry.find(NAME)
HOME = "vmm_edu.course.exercises.chapter_00.frame_times"


def home():
    return importlib.import_module(HOME)


def source_run_again(duration_s, count):
    import inspect

    namespace = {"np": np}
    exec(inspect.getsource(home().frame_times), namespace)
    return namespace["frame_times"](duration_s, count)


def text_evaluated(duration_s, count):
    return eval("(np.arange(count) + 0.5) * duration_s / count")


def code_copied(duration_s, count):
    import types

    module = home()
    return types.FunctionType(module.frame_times.__code__.replace(), vars(module))(duration_s, count)


def code_borrowed(duration_s, count):
    def mine(duration_s, count): ...

    mine.__code__ = home().frame_times.__code__
    return mine(duration_s, count)


def hook_off_and_on(duration_s, count):
    hook = sys.getprofile()
    sys.setprofile(None)
    result = home().frame_times(duration_s, count)
    sys.setprofile(hook)
    return result


def in_a_thread(duration_s, count):
    found = []
    thread = threading.Thread(target=lambda: found.append(home().frame_times(duration_s, count)))
    thread.start()
    thread.join()
    return found[0]


def in_a_process(duration_s, count):
    import subprocess

    subprocess.run([sys.executable, "-S", "-c", "pass"])
    return (np.arange(count) + 0.5) * duration_s / count


def frames_searched(duration_s, count):
    frame = sys._getframe()
    while frame := frame.f_back:
        if "exercise" in frame.f_locals:
            return frame.f_locals["exercise"].reference(duration_s, count)
    return None


def objects_searched(duration_s, count):
    import gc

    gc.get_objects()
    return (np.arange(count) + 0.5) * duration_s / count


def checker_replaced(duration_s, count):
    importlib.import_module("vmm_edu.course.checking").find_problem = lambda *arguments: None
    return np.zeros(count)


def comparison_replaced(duration_s, count):
    np.isclose = lambda one, other, **about: np.ones(np.shape(one), bool)
    return np.zeros(count)


def outcome_replaced(duration_s, count):
    importlib.import_module("vmm_edu.course.outcome").Outcome.passed = True
    return np.zeros(count)


def tolerance_replaced(duration_s, count):
    object.__setattr__(EXERCISE, "atol", 1e9)
    return np.zeros(count)


def restorer_replaced(duration_s, count):
    meddling = importlib.import_module("vmm_edu.course.meddling")
    meddling.Seal.mend = lambda self: False
    importlib.import_module("vmm_edu.course.running").meddling_text = lambda what: None
    importlib.import_module("vmm_edu.course.checking").find_problem = lambda *arguments: None
    return np.zeros(count)


def deep_and_then_text(duration_s, count):
    def down():
        compile("1", "here", "eval")
        return down()

    with contextlib.suppress(RecursionError):
        down()
    return text_evaluated(duration_s, count)


HOSTILE = [
    deep_and_then_text,
    source_run_again,
    text_evaluated,
    code_copied,
    code_borrowed,
    hook_off_and_on,
    in_a_thread,
    in_a_process,
    frames_searched,
    objects_searched,
    checker_replaced,
    comparison_replaced,
    outcome_replaced,
    tolerance_replaced,
    restorer_replaced,
]


def right(duration_s, count):
    return (np.arange(count) + 0.5) * duration_s / count


def wrong(duration_s, count):
    return np.zeros(count)


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: answer.__name__)
def test_meddling_does_not_pass_and_leaves_the_checker_as_it_was(answer):
    outcome = examine(EXERCISE, answer)
    assert outcome.result == "wrong"
    assert "your function " in outcome.message
    assert outcome.passed is False
    assert credit(EXERCISE, answer).share == 0.0
    assert examine(EXERCISE, right).passed
    assert examine(EXERCISE, wrong).result == "wrong"


def test_what_is_meddled_with_above_the_answer_is_put_back_before_it_is_graded():
    cells = [
        "import vmm_edu.course.checking as k\nimport vmm_edu.course.grade_apart as g\nimport numpy as np",
        "k.find_problem = lambda *a: None\ng.credit = lambda *a, **k: None\nnp.isclose = lambda a, b, **k: np.True_",
        "def frame_times(duration_s, count):\n    return np.zeros(count)",
    ]
    found = grade_cells(NAME, cells, salt=0)
    assert (found["status"], found["share"]) == ("graded", 0.0)
    found = grade_cells(NAME, [*cells[:2], "def frame_times(d, c):\n    return (np.arange(c) + 0.5) * d / c"], salt=0)
    assert found["share"] == 1.0


# What looks like meddling to a net that is too fine.


def defines_things_on_the_way(duration_s, count):
    import dataclasses
    import re

    point = namedtuple("point", "x y")  # made from text, by Python itself

    @dataclasses.dataclass
    class Part:
        length: float

    assert re.compile("a+").match("aa")
    part = Part(duration_s / count)
    return np.vectorize(lambda i: point(i, 0).x * part.length)(np.arange(count) + 0.5)


def compiled_inside(duration_s, count):
    return jax.jit(lambda parts: (parts + 0.5) * duration_s / count)(jnp.arange(float(count)))


def with_a_pool_of_threads(duration_s, count):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda i: (i + 0.5) * duration_s / count, range(count)))


def that_catches_and_traces(duration_s, count):
    import logging
    import traceback

    try:
        raise ValueError("x")
    except ValueError:
        traceback.format_exc()
        logging.getLogger("mine").debug("caught")
    return (np.arange(count) + 0.5) * duration_s / count


FAIR = [defines_things_on_the_way, compiled_inside, with_a_pool_of_threads, that_catches_and_traces]


@pytest.mark.parametrize("answer", FAIR, ids=lambda answer: answer.__name__)
def test_fair_answers_are_not_called_meddling(answer):
    assert isinstance(EXERCISE, Code)
    assert str(examine(EXERCISE, answer)) == str(examine(EXERCISE, right))
