"""Fair to good answers, closed to hostile ones, and clear about the rest."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import threading
import time
from decimal import Decimal
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.course import registry
from vmm_edu.course.checking import examine
from vmm_edu.course.exercise import Code, Wrong


def judge(name, answer, **options):
    return examine(registry.find(name), answer, **options)


# Fair: another library, another dtype, another container, compiled or wrapped.


def right_frame_times():
    def plain(duration_s, count):
        return (np.arange(count) + 0.5) * duration_s / count

    class Callable:
        def __call__(self, duration_s, count):
            return plain(duration_s, count)

        def method(self, seconds, n):
            return plain(seconds, n)

    return {
        "JAX": lambda d, n: (jnp.arange(n, dtype=float) + 0.5) * d / n,
        "float32": lambda d, n: plain(d, n).astype(np.float32),
        "list": lambda d, n: [float(t) for t in plain(d, n)],
        "tuple": lambda d, n: tuple(plain(d, n)),
        "list of arrays": lambda d, n: list(jnp.asarray(plain(d, n))),
        "other names": lambda whole, pieces: whole * (2 * np.arange(pieces) + 1) / (2 * pieces),
        "jitted": functools.partial(jax.jit, static_argnums=1)(lambda d, n: (jnp.arange(n, dtype=float) + 0.5) * d / n),
        "partial": functools.partial(plain),
        "object": Callable(),
        "method": Callable().method,
        "more arguments": lambda d, n, unit=1.0, *rest, **options: plain(d, n) * unit,
    }


@pytest.mark.parametrize("form", right_frame_times())
def test_the_form_of_a_right_answer_does_not_matter(form):
    outcome = judge("00.frame_times", right_frame_times()[form])
    assert outcome.passed, str(outcome)


class Score(NamedTuple):
    share: float
    alarm: bool


@pytest.mark.parametrize(
    "container", [tuple, list, lambda pair: Score(*pair), np.array, lambda pair: jnp.array(list(map(float, pair)))]
)
def test_any_container_of_two_things_is_a_pair(container):
    def share_of_ceiling(correct, clips, ceiling):
        accuracy = correct / clips
        return container((accuracy / ceiling, accuracy > ceiling + 3 * (ceiling * (1 - ceiling) / clips) ** 0.5))

    assert judge("00.share_of_ceiling", share_of_ceiling).passed


def test_a_lambda_without_reachable_source_is_checked():
    scope = {}
    exec("set_first = lambda x, value: x.at[0].set(value)\ndef todo(x, value):\n    ...", scope)
    assert judge("00b.set_first", scope["set_first"]).passed
    assert judge("00b.set_first", scope["todo"]).result == "blank"


# Not attempted.


def blanks():
    def dots(x, value): ...

    def documented(x, value):
        """Something."""

    def returned(x, value):
        return ...

    def passed(first, second):
        pass

    def promised(x, value):
        raise NotImplementedError("later")

    def begun(x, value):
        answer = ...
        print(end="")
        return answer

    return [None, ..., dots, documented, returned, passed, promised, begun, jax.jit(dots), lambda x, value: ...]


@pytest.mark.parametrize("index", range(len(blanks())))
def test_what_was_not_attempted_is_not_called_wrong(index):
    outcome = judge("00b.set_first", blanks()[index])
    assert outcome.result == "blank"
    assert str(outcome) == '○ 00b.set_first: not attempted yet. hint("00b.set_first") gives a first hint.'


# Wrong, and why.


def test_a_known_mistake_is_named():
    outcome = judge("00.frame_times", lambda d, n: np.linspace(0, d, n))
    assert outcome.misconception == "first_to_last"
    assert "what you get when the times run from 0 to the very end" in str(outcome)


def test_an_unknown_mistake_shows_where_and_what():
    outcome = judge("00.frame_times", lambda d, n: (np.arange(n) + 0.5) * d / n + (np.arange(n) == 2))
    assert outcome.result == "wrong"
    assert outcome.misconception is None
    assert "frame_times(duration_s=2.0, count=4): the result at [2]: expected 1.25, got 2.25" in str(outcome)
    assert "within 1e-05 + 0.0001·|expected|" in str(outcome)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda d, n: [].append(d), "None. Is a `return` missing?"),
        (lambda d, n: 1.0, "has shape (); expected (4,)"),
        (lambda d, n: np.zeros((n, 1)), "has shape (4, 1); expected (4,)"),
        (lambda d, n: np.full(n, np.nan), "got nan"),
        (lambda d, n: {"times": 1}, "got a dictionary"),
        (lambda d, n: "0.25", "expected an array"),
        (lambda d, n: ["a"] * n, "holds text, such as 'a'; expected numbers."),
        (lambda d, n: ((np.arange(n) + 0.5) * d / n,), "a comma too many"),
        (lambda d, n: object(), "is a object; expected an array"),
        (lambda d, n: iter([1]), "expected an array"),
        (lambda d, n: (i for i in range(n)), "is a generator; expected an array of shape (4,). Put list(…) around it."),
        (lambda d, n: np.array([None] * n), "expected an array"),
    ],
)
def test_a_result_of_the_wrong_kind_is_described(answer, message):
    outcome = judge("00.frame_times", answer)
    assert outcome.result == "wrong"
    assert message in str(outcome)


def test_a_call_in_place_of_the_function_is_recognised():
    outcome = judge("00.frame_times", np.array([0.25, 0.75]))
    assert outcome.result == "wrong"
    assert "check(" in str(outcome)
    assert "without calling it" in str(outcome)


# The learner's code raises.


def test_an_exception_shows_the_arguments_and_the_own_line_only():
    def helper(x):
        return x[100, 0]

    def mean_over_time(x, mask):
        return helper(x)

    outcome = judge("00.mean_over_time", mean_over_time)
    assert outcome.result == "raised"
    text = str(outcome)
    assert "IndexError" in text
    assert "in mean_over_time: return helper(x)" in text
    assert "in helper: return x[100, 0]" in text
    assert "mean_over_time(x=[[[2], [4], [0]], [[1], [6], [8]]], mask=[[True, True, False], [True" in text
    assert "checking.py" not in text
    assert "/" not in text, "no path of any machine"


def test_wrong_arguments_are_said_so():
    outcome = judge("00.mean_over_time", lambda x: x)
    assert outcome.result == "raised"
    assert "The call itself failed" in str(outcome)
    assert "called with 2 arguments, but it takes 1" in str(outcome)


@pytest.mark.parametrize("error", [SystemExit("bye"), Exception(), KeyError("x"), StopIteration(), MemoryError()])
def test_anything_that_is_raised_is_shown(error):
    def frame_times(duration_s, count):
        raise error

    outcome = judge("00.frame_times", frame_times)
    assert outcome.result == "raised"
    assert type(error).__name__ in str(outcome)


def test_the_learners_own_interrupt_stops_the_check():
    def frame_times(duration_s, count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge("00.frame_times", frame_times)
    assert sys.getprofile() is None


def test_endless_recursion_is_explained():
    def frame_times(duration_s, count):
        def deeper(n):
            return deeper(n + 1)

        return deeper(0)

    outcome = judge("00.frame_times", frame_times)
    assert outcome.result == "raised"
    assert "What ends the recursion?" in str(outcome)


def test_a_long_list_is_read_at_once():
    outcome = judge("00.frame_times", lambda d, n: list(range(10**6)), limit_s=5.0)
    assert "has shape (1000000,); expected (4,)" in str(outcome)


def test_a_function_in_place_of_its_value_is_seen():
    outcome = judge("00b.slope", lambda w, x, y: jax.grad(lambda w: ((x @ w - y) ** 2).mean()))
    assert "the result is a function; expected an array of shape (2,). Call it." in str(outcome)


# Hostile.


def test_the_shown_example_cannot_be_hard_coded():
    outcome = judge("00.frame_times", lambda d, n: np.array([0.25, 0.75, 1.25, 1.75]))
    assert outcome.result == "wrong"


def test_changing_an_input_in_place_is_seen():
    def mean_over_time(x, mask):
        x *= mask[:, :, None]
        return x.sum(1) / np.maximum(mask.sum(1, keepdims=True), 1)

    outcome = judge("00.mean_over_time", mean_over_time)
    assert outcome.result == "wrong"
    assert "changes its input x in place" in str(outcome)


def test_changed_inputs_do_not_reach_the_expected_value():
    def mean_over_time(x, mask):
        x[:] = 0
        mask[:] = True
        return np.zeros((x.shape[0], x.shape[2]))

    assert not judge("00.mean_over_time", mean_over_time).passed


def from_the_frames(duration_s, count):
    frame = inspect.currentframe()
    while frame := frame.f_back:
        for value in frame.f_locals.values():
            if isinstance(value, Code):
                return value.reference(duration_s, count)
    return None


def from_the_registry(duration_s, count):
    return registry.find("00.frame_times").reference(duration_s, count)


def from_another_right_one(duration_s, count):
    return registry.find("00.frame_times").rights[0](duration_s, count)


def from_an_import(duration_s, count):
    from vmm_edu.course.exercises.chapter_00.frame_times import frame_times

    return frame_times(duration_s, count)


def without_the_hook(duration_s, count):
    hook = sys.getprofile()
    sys.setprofile(None)
    try:
        return registry.find("00.frame_times").reference(duration_s, count)
    finally:
        sys.setprofile(None if hook else hook)


@pytest.mark.parametrize(
    "thief", [from_the_frames, from_the_registry, from_another_right_one, from_an_import, without_the_hook]
)
def test_the_model_answer_cannot_be_called(thief):
    outcome = judge("00.frame_times", thief)
    assert outcome.result == "wrong"
    assert "your function" in str(outcome)


def test_the_model_answer_itself_is_no_answer():
    assert not judge("00.frame_times", registry.find("00.frame_times").reference).passed


def test_no_expected_value_exists_while_the_learners_code_runs():
    seen = []

    def frame_times(duration_s, count):
        frame = inspect.currentframe()
        while frame := frame.f_back:
            for value in frame.f_locals.values():
                if value is not seen:  # the test's own list, which would grow while it is read
                    arrays = value if isinstance(value, list | tuple) else [value]
                    seen.extend(array for array in arrays if isinstance(array, np.ndarray))
        return np.zeros(count)

    judge("00.frame_times", frame_times)
    right = (np.arange(4) + 0.5) / 2
    assert not any(array.shape == (4,) and np.allclose(array, right) for array in seen)


def test_an_object_that_answers_later_is_frozen_first():
    class Later(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

        def __array_function__(self, *args, **kwargs):
            return np.asarray(True)

    class Lazy:
        calls = 0

        def __init__(self, count):
            self.count = count

        def __array__(self, dtype=None, copy=None):
            Lazy.calls += 1
            return np.zeros(self.count)

    assert not judge("00.frame_times", lambda d, n: np.zeros(n).view(Later)).passed
    assert not judge("00.frame_times", lambda d, n: Lazy(n)).passed
    assert Lazy.calls == len(list(registry.find("00.frame_times").cases(np.random.default_rng(0)))) + 1


def test_state_between_calls_is_seen():
    calls = []

    def frame_times(duration_s, count):
        calls.append(count)
        return (np.arange(count) + 0.5) * duration_s / count + (len(calls) > 5)

    outcome = judge("00.frame_times", frame_times)
    assert outcome.result == "wrong"
    assert "two calls with the same arguments give different results" in str(outcome)


# Forbidden library calls.


def running_total():
    return Code(
        name="00.running_total",
        title="t",
        text="t",
        trains="t",
        hints=("a", "b"),
        takeaway="t.",
        minutes=1,
        difficulty=1,
        points=1,
        signature="x → x",
        reference=named("running_total", lambda x: np.add.accumulate(x)),
        rights=(lambda x: x, lambda x: x),
        wrongs=[Wrong(named(f"w{i}", lambda x: x), "w", "w.") for i in range(4)],
        cases=lambda rng: [(rng.normal(size=5),) for _ in range(3)],
        forbidden=("numpy.cumsum", "jax.numpy.cumsum", "builtins.sorted"),
    )


def named(name, function):
    function.__name__ = name
    return function


alias = np.cumsum
jax_alias = jnp.cumsum
TOOLS = [np.cumsum]


def my_helper(x):
    return np.cumsum(x)


def indirect(x):
    return my_helper(x)


CHEATS = {
    "plain": lambda x: np.cumsum(x),
    "method": lambda x: x.cumsum(),
    "alias": lambda x: alias(x),
    "jax": lambda x: jnp.cumsum(x),
    "jax alias": lambda x: jax_alias(jnp.asarray(x)),
    "jitted": jax.jit(lambda x: jnp.cumsum(x)),
    "spelled": lambda x: getattr(np, "cum" + "sum")(x),
    "helper": indirect,
    "in a list": lambda x: TOOLS[0](x),
    "default": lambda x, tool=np.cumsum: tool(x),
    "itself": np.cumsum,
    "partial": functools.partial(np.cumsum, axis=0),
    "builtin": lambda x: np.add.accumulate(x) + 0 * np.array(sorted(x)),
    "builtin in disguise": lambda x: np.add.accumulate(x) + 0 * np.array(__builtins__["sorted"](x)),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_calling_what_should_be_built_is_no_answer(cheat):
    outcome = examine(running_total(), CHEATS[cheat])
    assert outcome.result == "wrong"
    assert "the very thing to build here" in str(outcome)
    assert np.cumsum is alias, "the library is as it was"
    assert jnp.cumsum is jax_alias, "the library is as it was"


def cumsum(x):
    total, out = 0.0, []
    for value in x:
        total += value
        out.append(total)
    return np.array(out)


@pytest.mark.parametrize(
    "fair",
    [
        cumsum,  # the learner's own function may have the library's name
        lambda x: cumsum(x),
        lambda x: np.tril(np.ones((len(x), len(x)))) @ x,
        lambda x: jax.lax.associative_scan(jnp.add, jnp.asarray(x)),
    ],
)
def test_building_it_is_welcome(fair):
    outcome = examine(running_total(), fair)
    assert outcome.passed, str(outcome)


# Time.


def endless(duration_s, count):
    while True:
        pass


def endless_and_stubborn(duration_s, count):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


@pytest.mark.parametrize(
    ("loop", "after", "question"),
    [
        (endless, "0.3 s of processor time", "Does its loop end?"),
        (endless_and_stubborn, "1.8 s, most of them spent waiting", "Does it sleep, or wait for"),
    ],
)
def test_an_endless_loop_is_stopped(loop, after, question):
    start = time.monotonic()
    outcome = judge("00.frame_times", loop, limit_s=0.3)
    assert outcome.result == "raised"
    assert f"stopped after {after}, still busy with frame_times(duration_s=2.0, count=4). {question}" in str(outcome)
    assert time.monotonic() - start < 60


def test_an_endless_loop_is_stopped_in_another_thread_too():
    # As on Windows and in a server's worker, where there is no alarm.
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(judge("00.frame_times", endless, limit_s=0.3)))
    thread.start()
    thread.join(60)
    assert outcomes[0].result == "raised"
    assert "stopped after" in str(outcomes[0])


def test_a_later_case_that_hangs_is_the_one_that_is_shown():
    def frame_times(duration_s, count):
        while count == 1:
            pass
        return (np.arange(count) + 0.5) * duration_s / count

    assert "frame_times(duration_s=5.0, count=1)" in str(judge("00.frame_times", frame_times, limit_s=0.5))


def test_other_data_for_another_student():
    exercise = registry.find("00.frame_times")
    seen = {0: [], 1: []}

    def spy(salt):
        def frame_times(duration_s, count):
            seen[salt].append((duration_s, count))
            return (np.arange(count) + 0.5) * duration_s / count

        return frame_times

    for salt in seen:
        assert examine(exercise, spy(salt), salt=salt).passed
    assert seen[0] != seen[1]


def test_numbers_kept_as_objects_are_numbers():
    def frame_times(duration_s, count):
        return np.array([(i + 0.5) * duration_s / count for i in range(count)], dtype=object)

    assert judge("00.frame_times", frame_times).passed


def test_fractions_are_numbers():
    assert judge("01.seconds", lambda pts, time_base: (pts - pts.min()) * time_base).passed
    assert judge("01.seconds", lambda pts, time_base: [(int(tick) - min(pts)) * time_base for tick in pts]).passed
    assert "where the file's ticks start" in str(judge("01.seconds", lambda pts, time_base: pts * time_base))


def test_a_list_of_rows_is_as_good_as_an_array():
    def running_sum(x, keep):
        c, rows = 0.0, []
        for row in x:
            c = keep * c + row
            rows.append(c)
        return rows

    assert judge("00b.running_sum", running_sum).passed
    assert judge("00b.running_sum", lambda x, keep: np.array(running_sum(x, keep)).tolist()).passed
    assert "a comma too many" in str(judge("00b.running_sum", lambda x, keep: (jnp.asarray(x),)))
    ragged = judge("00b.running_sum", lambda x, keep: [[1.0], [1.0, 2.0]])
    assert "is a list or tuple of 2; expected an array" in str(ragged)


@pytest.mark.parametrize("form", [list, np.array])
def test_no_rows_are_no_rows_however_long(form):
    def windows(frames, length, hop):
        return form([(start, start + length) for start in range(0, frames - length + 1, hop)])

    assert judge("01.windows", windows).passed


@pytest.mark.parametrize("kind", ["array", "list", "decimal"])
def test_exact_fractions_are_numbers(kind):
    def seconds(pts, time_base):
        exact = (pts - pts.min()) * time_base
        if kind == "decimal":
            return [Decimal(time.numerator) / Decimal(time.denominator) for time in exact]
        return list(exact) if kind == "list" else exact

    assert judge("01.seconds", seconds).passed
    assert not judge("01.seconds", lambda pts, time_base: pts * time_base).passed


@pytest.mark.parametrize("name", ["02.invisible_stripes", "04.line_kernel"])
@pytest.mark.parametrize(
    "result",
    ["text", {"a": 1}, np.sum, object(), [[1, 2], [3]], [], np.full((3, 3), np.nan), np.full((48, 64), np.nan)],
    ids=lambda result: f"{type(result).__name__} {np.shape(result) if isinstance(result, np.ndarray) else ''}",
)
def test_a_checker_of_its_own_survives_any_result(name, result):
    outcome = judge(name, lambda *image: result)
    assert outcome.result == "wrong", str(outcome)


def test_a_list_of_lists_is_as_good_as_an_array():
    def windows(frames, length, hop):
        return [[first, first + length] for first in range(0, frames - length + 1, hop)]

    def without_the_last(frames, length, hop):
        return [(first, first + length) for first in range(0, frames - length, hop)]

    def ragged(frames, length, hop):
        return [[first] * (1 + first) for first in range(frames)]

    assert judge("01.windows", windows).passed  # one of its cases has no window: an empty list
    assert "ends exactly with the clip" in str(judge("01.windows", without_the_last))
    assert "is a list or tuple of" in str(judge("01.windows", ragged))


def test_a_warning_is_no_error():
    def mean_over_time(x, mask):
        return np.nan_to_num((x * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None])

    assert judge("00.mean_over_time", mean_over_time).passed


def test_a_fraction_among_the_arguments_is_shown_as_one():
    assert "time_base=1/3000)" in str(judge("01.seconds", lambda pts, time_base: pts))


def test_a_list_of_rows_of_another_length_is_told_by_its_shape():
    outcome = judge("01.windows", lambda frames, length, hop: [[0, 1, 2]] * (1 + (frames - length) // hop))
    assert "the result has shape (3, 3); expected (3, 2)" in str(outcome)


def test_of_forbidden_names_with_one_ending_the_first_is_told():
    assert "calls numpy.fft.fft," in str(judge("07.dft_bin", lambda x, k: np.fft.fft(x)[k]))
