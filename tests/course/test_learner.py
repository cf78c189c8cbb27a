"""What a learner sees: in a terminal, and in a notebook's page."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.course import check, hint, learner, passed_or_reference, progress, registry, solution
from vmm_edu.course.outcome import Outcome


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("VMM_EDU_STATE", str(tmp_path))
    learner._HINTS_SHOWN.clear()


def todo(duration_s, count): ...


def right(duration_s, count):
    return (np.arange(count) + 0.5) * duration_s / count


def test_check_prints_the_outcome(capsys):
    check("00.frame_times", todo)
    check("00.frame_times", right)
    assert capsys.readouterr().out.splitlines() == [
        '○ 00.frame_times: not attempted yet. hint("00.frame_times") gives a first hint.',
        f"✓ 00.frame_times: passed. {registry.find('00.frame_times').takeaway}",
    ]


def test_check_gives_nothing_back():
    assert check("00.frame_times", right) is None


def test_saved_progress_does_not_change_what_check_says(capsys):
    said = set()
    for _ in range(3):
        check("00.frame_times", right)
        said.add(capsys.readouterr().out)
    assert len(said) == 1


def test_hints_get_stronger_and_end_with_the_solution(capsys):
    exercise = registry.find("00.frame_times")
    for _ in range(len(exercise.hints) + 1):
        hint("00.frame_times")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Hint 1 of 3: {exercise.hints[0]}"
    assert lines[1] == f"Hint 2 of 3: {exercise.hints[1]}"
    assert lines[2] == lines[3]
    assert lines[2].endswith('That was the last; solution("00.frame_times") shows an answer.')
    hint("00.frame_times", 2)
    assert capsys.readouterr().out.startswith("Hint 2 of 3")
    with pytest.raises(ValueError, match="expected 1…3, got 4"):
        hint("00.frame_times", 4)


@pytest.mark.parametrize("name", registry.names())
def test_every_solution_can_be_shown_and_says_something(name, capsys):
    solution(name)
    text = capsys.readouterr().out
    exercise = registry.find(name)
    if exercise.kind == "code":
        assert text.startswith(f"def {exercise.variable}(")
    assert len(text) > 30


def test_a_shown_solution_passes_when_it_is_pasted(capsys):
    solution("00.frame_times")
    scope = {"np": np}
    exec(capsys.readouterr().out, scope)
    check("00.frame_times", scope["frame_times"])
    assert "✓" in capsys.readouterr().out


def test_an_unknown_name_is_corrected():
    with pytest.raises(ValueError, match=r"Did you mean '00\.frame_times'"):
        check("00.frametimes", right)
    with pytest.raises(ValueError, match=r'give your answer too: check\("00\.frame_times", frame_times\)'):
        check("00.frame_times")
    with pytest.raises(ValueError, match="the name comes first"):
        check(right, "00.frame_times")
    with pytest.raises(ValueError, match="expected one of 00, 00b"):
        progress("99")


def test_later_cells_use_what_works():
    reference = registry.find("00.frame_times").reference
    assert passed_or_reference("00.frame_times", todo) is reference
    assert passed_or_reference("00.frame_times", lambda d, n: np.linspace(0, d, n)) is reference
    assert passed_or_reference("00.frame_times", right) is right
    with pytest.raises(ValueError, match="asks for a choice"):
        passed_or_reference("00.which_sense", "c")


def test_help_can_be_switched_off_for_grading(monkeypatch, capsys):
    monkeypatch.setenv("VMM_EDU_HELP", "off")
    hint("00.frame_times")
    solution("00.frame_times")
    out = capsys.readouterr().out
    assert out.count("switched off in this graded copy") == 2
    assert "arange" not in out


def test_a_salt_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("VMM_EDU_SALT", "anna")
    with pytest.raises(ValueError, match="VMM_EDU_SALT"):
        check("00.frame_times", right)


def test_html_says_the_same_words_and_nothing_that_changes():
    outcome = Outcome("00.x", "raised", "your code raised <b> & 'c'\n  line 3 in f: a < b")
    html = outcome.html()
    assert "⚠ 00.x" in html
    assert "&lt;b&gt; &amp; " in html
    assert "  line 3 in f: a &lt; b" in html
    assert "id=" not in html
    assert html == Outcome("00.x", "raised", outcome.message).html()
    assert "passed" not in html


def test_a_check_of_nothing_says_how_to_check():
    with pytest.raises(ValueError, match="the name comes first"):
        check()
