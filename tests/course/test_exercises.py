"""The proof of every exercise, of the table that reports it, and that the proof can fail."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import os
import pkgutil
from pathlib import Path

import numpy as np
import pytest

from vmm_edu.course import exercises as package
from vmm_edu.course import forbidden, registry
from vmm_edu.course.exercise import Code, Wrong
from vmm_edu.course.mutants import mutants
from vmm_edu.course.proof import prove, right_answers
from vmm_edu.course.table import markdown

ROOT = Path(__file__).resolve().parents[2]
NAMES = registry.names()
PROOFS = {}


def proof(name):
    """Proves each exercise once for all tests of this file."""
    if name not in PROOFS:
        PROOFS[name] = prove(registry.find(name))
    return PROOFS[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_checker_is_proven(name):
    found = proof(name)
    assert not found.problems, "\n".join(found.problems)
    assert found.survivors == [], "kill it with another case, or declare it equivalent with the reason"
    assert found.slowest_s < 10, "a check that takes this long on any machine does not take one second on a good one"


@pytest.mark.parametrize("name", NAMES)
def test_a_declaration_is_complete(name):
    exercise = registry.find(name)
    assert exercise.name == name
    assert exercise.takeaway.endswith((".", "!")), "the takeaway is a sentence"
    assert all(hint[-1] in ".?):x" or hint[-1].isalnum() for hint in exercise.hints)
    for wrong in exercise.wrongs:
        assert wrong.when[0].islower() or wrong.when.startswith(("NumPy", "`")), f"{wrong.name}: `when` ends a sentence"
        assert not wrong.when.endswith("."), f"{wrong.name}: `when` ends a sentence"
        assert wrong.advice.endswith((".", "?", ")")), f"{wrong.name}: advice is made of whole sentences"
    messages = [(wrong.when, wrong.advice) for wrong in exercise.wrongs]
    assert len({when for when, _ in messages}) == len(messages), "each wrong answer has its own message"


CODES = [name for name in NAMES if registry.find(name).kind == "code"]


@pytest.mark.parametrize("name", CODES)
def test_code_exercises_are_self_contained(name):
    exercise = registry.find(name)
    assert isinstance(exercise, Code)
    assert mutants(exercise.reference), "without mutants nothing is proven"
    shapes = {shape(function) for function in right_functions(exercise)}
    assert len(shapes) == 1 + len(exercise.rights), "the right answers differ in structure, not in names only"
    # The model answer is shown and exported: it may use its imports and itself, nothing else of its module.
    namespace = {"__name__": "somewhere_else"}
    exec(imports_of(exercise), namespace)
    exec(exercise.source, namespace)
    case = next(iter(exercise.cases(np.random.default_rng(0))))
    namespace[exercise.variable](*case)
    assert all(map(forbidden.exists, exercise.forbidden))


def right_functions(exercise):
    return [inspect.unwrap(function) for function in (exercise.reference, *exercise.rights)]


def shape(function):
    """The syntax tree without names, so that renaming makes no other answer."""
    tree = ast.parse(inspect.getsource(function)).body[0]
    tree.body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    return " ".join(type(node).__name__ for statement in tree.body for node in ast.walk(statement))


def imports_of(exercise):
    source = Path(inspect.getsourcefile(inspect.unwrap(exercise.reference))).read_text(encoding="utf-8")
    lines = [ast.unparse(n) for n in ast.parse(source).body if isinstance(n, ast.Import | ast.ImportFrom)]
    return "\n".join(line for line in lines if "vmm_edu" not in line)


def test_every_module_is_listed_and_every_listed_one_exists():
    for chapter in pkgutil.iter_modules(package.__path__):
        folder = Path(package.__path__[0]) / chapter.name
        found = {module.name for module in pkgutil.iter_modules([str(folder)])}
        listed = [name.partition(".")[2] for name in registry.names(chapter.name.removeprefix("chapter_"))]
        assert len(set(listed)) == len(listed)
        assert found == set(listed)


@pytest.mark.parametrize("chapter", sorted({name.partition(".")[0] for name in NAMES}))
def test_a_chapter_has_what_the_course_promises(chapter):
    own = registry.exercises(chapter)
    assert len(own) >= 5
    assert sum(exercise.kind == "code" for exercise in own) >= 2
    assert any(exercise.kind != "code" for exercise in own), "one to predict or explain"
    assert any(exercise.title.startswith("Break it") for exercise in own), "one to break"
    assert any(exercise.title.startswith("Open") for exercise in own), "one open stretch"
    assert {exercise.difficulty for exercise in own} == {1, 2, 3}


def test_the_stored_table_is_current():
    stored = (ROOT / "docs" / "exercises.md").read_text(encoding="utf-8")
    assert markdown(proof(name) for name in NAMES) == stored, "run `make exercises`"


# A proof that cannot fail proves nothing: each of these declarations is broken on purpose.


def breakages():
    good = registry.find("00.frame_times")

    def first_to_last(duration_s, count):
        return np.linspace(0, duration_s, count)

    def same_in_words(duration_s, count):
        return (np.arange(count) + 0.5) / count * duration_s

    quiet = dataclasses.replace(good, verify=lambda cases, results: None)
    yield "right", dataclasses.replace(good, rights=(first_to_last, *good.rights)), "does not pass"
    wrongs = (*good.wrongs, Wrong(same_in_words, "it is right", "Sleep."))
    yield "wrong", dataclasses.replace(good, wrongs=wrongs), "does not get its own message"
    shadowed = Wrong(copy_under(good.wrongs[0].answer, "another_name"), "it comes second", "Never seen.")
    yield "shadowed", dataclasses.replace(good, wrongs=(*good.wrongs, shadowed)), "does not get its own message"
    yield "mutants", quiet, "mutants are killed"
    yield "stale", dataclasses.replace(good, equivalents={"a ⇒ b": "because"}), "does not exist"


def copy_under(function, name):
    def copy(*args):
        return function(*args)

    copy.__name__ = name
    return copy


@pytest.mark.parametrize(("exercise", "problem"), [pytest.param(e, p, id=i) for i, e, p in breakages()])
def test_a_broken_declaration_is_found_out(exercise, problem):
    assert any(problem in text for text in prove(exercise).problems)


def test_a_declaration_that_breaks_the_rules_is_refused():
    good = registry.find("00.frame_times")
    with pytest.raises(ValueError, match="at least 4 wrong answers"):
        dataclasses.replace(good, wrongs=good.wrongs[:3])
    with pytest.raises(ValueError, match="at least 2 further right answers"):
        dataclasses.replace(good, rights=good.rights[:1])
    with pytest.raises(ValueError, match="two hints"):
        dataclasses.replace(good, hints=good.hints[:1])
    with pytest.raises(ValueError, match="different names"):
        dataclasses.replace(good, wrongs=(*good.wrongs, good.wrongs[0]))
    with pytest.raises(ValueError, match="a name such as"):
        dataclasses.replace(good, name="frame_times")
    with pytest.raises(ValueError, match="a reference function called other"):
        dataclasses.replace(good, name="00.other")
    with pytest.raises(ValueError, match="difficulty"):
        dataclasses.replace(good, difficulty=4)


def test_answers_are_right_with_other_data_too():
    # A lecturer gives every student other data: no right answer may fail on them, and no wrong one pass.
    from vmm_edu.course.checking import attempt, cases_of, examine, find_problem

    for name in CODES:
        exercise = registry.find(name)
        for salt in (1, 20260101):
            answer = list(right_answers(exercise).values())[-1]
            assert examine(exercise, answer, salt=salt).passed, (name, salt)
        cases = cases_of(exercise, salt=1)
        for wrong in exercise.wrongs:
            function = exercise.through(wrong.answer) if exercise.through else wrong.answer
            assert find_problem(exercise, cases, [attempt(function, case) for case in cases]), (name, wrong.name)


def test_the_state_folder_of_the_tests_is_their_own():
    assert "vmm-edu-state-" in os.environ["VMM_EDU_STATE"]
