"""An exported course, graded by the real nbgrader: every kind of submission gets exactly the points it should."""

from __future__ import annotations

import copy
import inspect
import json
import os
import re
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import nbformat
import pytest

from vmm_edu.course import registry
from vmm_edu.course.exercise import Code
from vmm_edu.course.grading import credit
from vmm_edu.course.nbgrader_export import export, total_points
from vmm_edu.course.questions import Explain

NAME = "chapter_00"
GRADED = [exercise for exercise in registry.exercises("00") if not isinstance(exercise, Explain)]
POINTS = {exercise.name: float(exercise.points) for exercise in GRADED}
FULL = sum(POINTS.values())
MOST_WRONGS = max(len(exercise.wrongs) for exercise in GRADED)


def find(notebook, kind, name):
    """The cell of one kind ("solution", "test", "card") of one exercise."""
    variable = name.partition(".")[2]
    ending = f"-{kind}-00-{variable}"
    (cell,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id", "").endswith(ending)]
    return cell


def written(exercise, answer):
    """The source of a cell that gives this answer; a wrong function is called from under the right name."""
    if not isinstance(exercise, Code):
        return f"{exercise.variable} = {answer!r}"
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(answer)))
    return re.sub(r"^def \w+", f"def {exercise.variable}", source)


def solve(notebook, answers):
    for exercise, answer in answers:
        find(notebook, "solution", exercise.name).source = written(exercise, answer)


def reference(exercise):
    return exercise.reference() if exercise.kind == "number" else exercise.reference


# What is done to a solved notebook. Each spoils one exercise, or all alike.

FRAMES, MEAN, SHARE, WITNESSES = "00.frame_times", "00.mean_over_time", "00.share_of_ceiling", "00.many_witnesses"


def rewrite(nb, name, body):
    """An answer with another body."""
    head = registry.find(name).stub.splitlines()[0]
    find(nb, "solution", name).source = f"{head}\n{textwrap.indent(textwrap.dedent(body), '    ')}"


def copy_below(nb, name, source):
    other = copy.deepcopy(find(nb, "solution", name))
    other.source = source
    nb.cells.append(other)


def edited_test(nb, name):
    find(nb, "solution", name).source = f"{registry.find(name).variable} = None"
    find(nb, "test", name).source = "2.0"


def silenced_test(nb, name):
    find(nb, "solution", name).source = f"{registry.find(name).variable} = None"
    find(nb, "test", name).source = "pass"


def duplicated_test(nb, name):
    nb.cells.insert(3, copy.deepcopy(find(nb, "test", name)))


def moved_test(nb, name):
    test = find(nb, "test", name)
    nb.cells.remove(test)
    nb.cells.insert(0, test)


def blank_copy_below(nb, name):
    copy_below(nb, name, registry.find(name).stub)


def wrong_copy_below(nb, name):
    copy_below(nb, name, f"def {registry.find(name).variable}(*arguments):\n    return 0")


def deleted_solution(nb, name):
    nb.cells.remove(find(nb, "solution", name))


def syntax_error(nb, name):
    find(nb, "solution", name).source = registry.find(name).stub.splitlines()[0].removesuffix(":")


def steals(nb, name):
    arguments = ", ".join(registry.find(name).parameters)
    rewrite(nb, name, f"from vmm_edu.course import registry\nreturn registry.find({name!r}).reference({arguments})")


def deadly_answer(nb, name):
    rewrite(nb, name, "import os\nos._exit(0)")


def patched_grader(nb, name):
    code = "import vmm_edu.course.grading\nvmm_edu.course.grading.grade = grade = lambda *a, **k: 99.0"
    nb.cells.insert(1, nbformat.v4.new_code_cell(code))
    rewrite(nb, name, "return 0")


def warns(nb, name):
    code = find(nb, "solution", name).source.split("\n")
    code.insert(1, "    import sys, warnings; warnings.warn('careful'); print('hello', file=sys.stderr)")
    find(nb, "solution", name).source = "\n".join(code)


def own_cells(nb, name):
    assert name == FRAMES
    place = nb.cells.index(find(nb, "solution", name))
    nb.cells.insert(place, nbformat.v4.new_markdown_cell("My thoughts."))
    nb.cells.insert(place, nbformat.v4.new_code_cell("1 / 0"))
    nb.cells.insert(place, nbformat.v4.new_code_cell("def my_half(x):\n    return x / 2"))
    rewrite(nb, name, "part = duration_s / count\nreturn my_half(part) + part * np.arange(count)")


def a_global_that_was_computed(nb, name):
    assert name == FRAMES
    place = nb.cells.index(find(nb, "solution", name))
    nb.cells.insert(place, nbformat.v4.new_code_cell("half = np.float64(0.5)"))
    rewrite(nb, name, "return (np.arange(count) + half) * duration_s / count")


def untouched(nb):
    pass


def deleted_tests_and_setup(nb):
    nb.cells = [cell for cell in nb.cells[1:] if "-test-" not in cell.metadata.nbgrader.grade_id]


def reversed_order(nb):
    nb.cells = nb.cells[::-1]


def renamed(nb):
    for number, cell in enumerate(nb.cells):
        cell.metadata.nbgrader.grade_id = f"mine{number}"


def stripped(nb):
    for cell in nb.cells:
        cell.metadata.clear()


def unlocked_and_richer(nb):
    for cell in nb.cells:
        cell.metadata.nbgrader.locked = False
        if "points" in cell.metadata.nbgrader:
            cell.metadata.nbgrader.points = 100


def dead_kernel(nb):
    nb.cells.insert(2, nbformat.v4.new_code_cell("import os\nos.kill(os.getpid(), 9)"))


# Submission → what is done in it, and what that loses. Several harmless neighbours share a submission to save time.
SPOILT = {
    **{spoil.__name__: [(spoil, None, False)] for spoil in (untouched, deleted_tests_and_setup, reversed_order)},
    **{spoil.__name__: [(spoil, None, False)] for spoil in (renamed, stripped, unlocked_and_richer, dead_kernel)},
    "answers_a": [
        (edited_test, MEAN, True),
        (silenced_test, SHARE, True),
        (steals, WITNESSES, True),
        (warns, FRAMES, False),
    ],
    "answers_b": [(deleted_solution, MEAN, True), (syntax_error, SHARE, True), (own_cells, FRAMES, False)],
    "answers_c": [
        (a_global_that_was_computed, FRAMES, False),
        (wrong_copy_below, MEAN, True),
        (blank_copy_below, SHARE, False),
        (duplicated_test, WITNESSES, False),
    ],
    "answers_d": [(deadly_answer, FRAMES, True)],
    "answers_e": [(patched_grader, FRAMES, True), (moved_test, MEAN, False)],
}
ABUSES = [(student, *abuse) for student, done in SPOILT.items() for abuse in done]


def nbgrader(folder, *words):
    # The tests' own hook checks types in every process; nbgrader is run as its users run it.
    command = [sys.executable, "-W", "ignore", "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with every submission, graded in one go."""
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader starts a program of its own by name, as in an activated environment.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        yield graded_course(tmp_path_factory)


def graded_course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    export(folder, chapters=["00"], notebooks=None, secret="between us")
    nbgrader(folder, "generate_assignment", NAME)
    released = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)

    def submit(student, notebook):
        path = folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")  # as it is: a copied cell keeps its id

    submit("blank", released)
    for index in range(MOST_WRONGS):
        notebook = copy.deepcopy(released)
        solve(notebook, [(e, e.wrongs[index].answer) for e in GRADED if index < len(e.wrongs)])
        submit(f"wrong{index}", notebook)
    for student, done in SPOILT.items():
        notebook = copy.deepcopy(released)
        solve(notebook, [(exercise, reference(exercise)) for exercise in GRADED])
        find(notebook, "solution", "00.break_sound").source = "Because the other half is missing."
        for spoil, name, _ in done:
            spoil(notebook, name) if name else spoil(notebook)
        submit(student, notebook)
    nbgrader(folder, "autograde", NAME)
    return folder


def grades(course, student):
    """Points by exercise, and the exercises that wait for a person."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
            notebook = gradebook.find_submission_notebook(NAME, NAME, student)
            found = {
                f"00.{grade.name.split('-')[-1]}": (grade.auto_score, grade.needs_manual_grade)
                for grade in notebook.grades
            }
    manual = {name for name, (_, waits) in found.items() if waits}
    return {name: score for name, (score, _) in found.items() if name in POINTS}, manual


def test_the_released_notebook_holds_no_answer(course):
    text = (course / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    for exercise in GRADED:
        if isinstance(exercise, Code):
            body = [line.strip() for line in exercise.source.splitlines() if len(line.strip()) > 25][2:]
            assert not any(line.replace('"', '\\"') in text for line in body)
    assert "SOLUTION" not in text
    assert "It is lost" not in text
    assert total_points(course / "source" / NAME / f"{NAME}.ipynb") == sum(e.points for e in registry.exercises("00"))


def test_a_blank_gets_nothing(course):
    assert grades(course, "blank") == (dict.fromkeys(POINTS, 0.0), set())


@pytest.mark.parametrize(
    ("student", "spoil", "name", "loses"), [pytest.param(*abuse, id=abuse[1].__name__) for abuse in ABUSES]
)
def test_abuse_changes_no_points_but_its_own(course, student, spoil, name, loses):
    scores, manual = grades(course, student)
    if name is None:
        assert scores == POINTS
    else:
        assert scores[name] == (0.0 if loses else POINTS[name])
    lost = {other for _, other, loses in SPOILT[student] if loses}
    assert {other for other, score in scores.items() if score != POINTS[other]} == lost, "nothing else is touched"
    assert manual == {"00.break_sound"}, "what was written waits for a person"


@pytest.mark.parametrize("index", range(MOST_WRONGS))
def test_a_wrong_answer_gets_what_it_is_worth(course, index):
    scores, _ = grades(course, f"wrong{index}")
    for exercise in GRADED:
        share = credit(exercise, exercise.wrongs[index].answer).share if index < len(exercise.wrongs) else 0.0
        assert scores[exercise.name] == share * exercise.points, exercise.name


def test_half_of_the_points_for_what_is_mostly_right():
    by_name = {e.name: {w.name: credit(e, w.answer).share for w in e.wrongs} for e in GRADED}
    assert by_name["00.mean_over_time"]["nan_when_empty"] == 0.5, "right but for an empty clip"
    assert by_name["00.mean_over_time"]["all_steps"] == 0.0
    assert by_name["00.frame_times"]["first_to_last"] == 0.0
    assert set(by_name["00.which_sense"].values()) == {0.0}


def test_a_course_is_not_overwritten(course):
    with pytest.raises(FileExistsError, match="is there already"):
        export(course, chapters=["00"], notebooks=None)
