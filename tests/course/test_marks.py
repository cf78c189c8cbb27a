"""Progress survives a restart, a crash, two notebooks at once and a damaged file; and can be switched off."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys

import pytest

from vmm_edu.course import marks, registry
from vmm_edu.course.marks import Mark
from vmm_edu.course.outcome import Outcome

NAME = "00.frame_times"
PASSED, WRONG, BLANK = (Outcome(NAME, result, "") for result in ("passed", "wrong", "blank"))


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("VMM_EDU_STATE", str(tmp_path))
    return tmp_path / "progress"


def test_the_best_result_is_kept_and_attempts_are_counted(state):
    for outcome in (BLANK, WRONG, PASSED, WRONG):
        assert marks.record(NAME, outcome) is None
    assert marks.load(NAME).mark == Mark("passed", attempts=3)
    marks.record(NAME, hints=2)
    marks.record(NAME, hints=1)
    assert marks.load(NAME).mark == Mark("passed", attempts=3, hints=2)
    assert [path.name for path in state.iterdir()] == [f"{NAME}.json"], "no temporary file is left"


def test_a_blank_leaves_no_trace(state):
    marks.record(NAME, BLANK)
    assert not state.exists()


def test_reading_the_solution_counts_before_passing_only():
    marks.record(NAME, PASSED)
    marks.record(NAME, solution=True)
    assert not marks.load(NAME).mark.solution
    marks.record("00.mean_over_time", solution=True)
    marks.record("00.mean_over_time", PASSED)
    assert marks.load("00.mean_over_time").mark.solution


def stored(**changes):
    return json.dumps({**vars(Mark()), **changes})


DAMAGED = ["", "{", "[]", "null", '{"result": "passed"}', "\x00\xff", stored(attempts="many"), stored(result="triumph")]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_kept_aside_and_said(state, text):
    state.mkdir(parents=True)
    path = state / f"{NAME}.json"
    path.write_bytes(text.encode("latin-1"))
    note = marks.record(NAME, PASSED)
    assert "was damaged" in note
    assert "00.frame_times.damaged" in note
    assert (state / "00.frame_times.damaged").read_bytes() == text.encode("latin-1")
    assert marks.load(NAME) == (Mark("passed", attempts=1), None)


def test_it_can_be_switched_off(state, monkeypatch):
    monkeypatch.setenv("VMM_EDU_PROGRESS", "off")
    assert marks.record(NAME, PASSED) is None
    assert not state.exists()
    text, html = marks.table(registry.exercises("00"))
    assert "switched off" in text
    assert "switched off" in html


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("in the way")
    monkeypatch.setenv("VMM_EDU_STATE", str(file))
    note = marks.record(NAME, PASSED)
    assert "could not be saved" in note or "cannot be read" in note


def test_a_crash_in_the_middle_leaves_the_old_file(monkeypatch):
    marks.record(NAME, WRONG)

    def crash(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        marks.record(NAME, PASSED)
    monkeypatch.undo()


def work(folder, name, times):
    os.environ["VMM_EDU_STATE"] = folder
    for _ in range(times):
        marks.record(name, Outcome(name, "wrong", ""))


@pytest.mark.skipif(sys.platform == "win32", reason="starts processes by fork")
def test_two_notebooks_at_once_lose_nothing(tmp_path):
    names = ["00.frame_times", "00.mean_over_time"]
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=work, args=(str(tmp_path), name, 20)) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [marks.load(name).mark.attempts for name in names] == [20, 20]


def test_the_table_counts_exercises_and_points():
    marks.record(NAME, PASSED)
    marks.record("00.mean_over_time", WRONG)
    marks.record("00.mean_over_time", hints=1)
    text, html = marks.table(registry.exercises("00"))
    own = registry.exercises("00")
    points = sum(exercise.points for exercise in own)
    assert text.startswith(f"Chapter 00: 1 of {len(own)} exercises, 2 of {points} points")
    assert "✓ 00.frame_times" in text
    assert "✗ 00.mean_over_time            1 attempt, 1 hint" in text
    assert html.count("<tr>") == len(own) + 1
