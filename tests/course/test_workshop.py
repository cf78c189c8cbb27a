"""A workshop fits its minutes whatever chapters there are, and its notebooks run on their own."""

from __future__ import annotations

import builtins
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebooks.rules import chapters as paths
from notebooks.solving import kernel

from vmm_edu.course import registry
from vmm_edu.course.cards import card, stub_cell
from vmm_edu.course.dataflow import flow
from vmm_edu.course.sections import Chapter, Section, chapters, read_chapter
from vmm_edu.course.workshop import LEAST, choose, timetable
from vmm_edu.course.workshop_export import export, kept_cells, notebook, plan_page

ALL = chapters(paths()[0].parent)
POOL = registry.exercises()


# Chapters as they may come: number → sections, each with its minutes and how many exercises stand in it.
SECTIONS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=5)
COURSES = st.dictionaries(st.sampled_from(["00", "00b", "01", "05", "08", "10"]), SECTIONS, min_size=1)


def course_of(drawn: dict[str, list[tuple[int, int]]]) -> list[Chapter]:
    left, made = list(POOL), []
    for number in sorted(drawn):
        sections = []
        for place, (minutes, count) in enumerate(drawn[number]):
            sections.append(Section(f"{number}.{place}", [], left[:count], minutes))
            left = left[count:]
        whole = sum(section.minutes for section in sections)
        made.append(Chapter(number, Path(f"{number}_x.ipynb"), number, "Why?", [], sections, whole))
    return made


@settings(max_examples=60, deadline=None)
@given(COURSES, st.integers(LEAST, 400))
def test_a_plan_fills_its_minutes_exactly_and_keeps_beginnings(drawn: dict, minutes: int):
    plan = choose(course_of(drawn), minutes)
    rows = timetable(plan)
    assert [row.start for row in rows] == [sum(row.minutes for row in rows[:n]) for n in range(len(rows))]
    assert rows[-1].start + rows[-1].minutes == minutes
    assert plan.spare >= 0.04 * minutes, "time for questions"
    assert [part.chapter.number for part in plan.parts] == sorted(part.chapter.number for part in plan.parts)
    for part in plan.parts:
        assert part.sections == part.chapter.sections[: len(part.sections)], "a beginning runs on its own"
        inside = [exercise for section in part.sections for exercise in section.exercises]
        assert all(exercise in inside for exercise in part.exercises)
        assert all(exercise in part.exercises for exercise in inside if exercise.difficulty == 1)
    done = [row.what for row in rows if row.what.startswith("Exercise")]
    assert len(done) == sum(len(part.exercises) for part in plan.parts)


@pytest.mark.parametrize("minutes", [90, 210])
def test_the_tracks_of_today(minutes: int):
    plan = choose(ALL, minutes)
    assert plan.parts[0].chapter.number == "00"
    assert sum(len(part.exercises) for part in plan.parts) >= 4
    breaks = [row for row in timetable(plan) if row.what == "Break"]
    assert len(breaks) <= plan.breaks
    assert all(25 < row.start < minutes - 15 for row in breaks)


def test_too_little_time_is_said():
    with pytest.raises(ValueError, match=r"--minutes: expected 45 or more, got 20"):
        choose(ALL, 20)
    with pytest.raises(ValueError, match="no chapter"):
        choose([], 90)


def parts():
    for minutes in (60, 90, 150, 210, 400):
        for part in choose(ALL, minutes).parts:
            yield pytest.param(part, id=f"{minutes}-{part.chapter.number}")


@pytest.mark.parametrize("part", list(parts()))
def test_every_name_that_a_cell_uses_was_made_above_it(part):
    known = set(dir(builtins)) | {"get_ipython", "display"}
    for cell in notebook(part).cells:
        if cell.cell_type == "code":
            found = flow(cell.source)
            assert found.reads <= known, cell.source
            known |= found.binds


@pytest.fixture(scope="module")
def shortest(tmp_path_factory) -> Path:
    """A workshop on the chapter that runs fastest."""
    folder = tmp_path_factory.mktemp("workshop")
    export(choose([chapter for chapter in ALL if chapter.number == "00b"], LEAST), folder)
    return folder


def test_a_notebook_of_a_workshop_runs(shortest: Path):
    made = sorted((shortest / "notebooks").glob("*.ipynb"))
    read = nbformat.read(made[-1], as_version=4)
    nbformat.validate(read)
    with kernel(shortest) as run:
        for cell in read.cells:
            if cell.cell_type == "code":
                assert cell.outputs == []
                assert not run(cell.source)[1], cell.source


def test_the_plan_names_notebooks_that_are_there(shortest: Path):
    text = (shortest / "plan.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\((notebooks/[^)]+)\)", text))
    assert named == {f"notebooks/{path.name}" for path in (shortest / "notebooks").iterdir()}
    assert "## What learners will get wrong" in text
    with pytest.raises(FileExistsError, match="is there already"):
        export(choose(ALL, LEAST), shortest)


def test_the_plan_lists_what_was_left_out():
    plan = choose(ALL, 90)
    text = plan_page(plan)
    for part in plan.parts:
        for exercise in part.left_out:
            assert f"* `{exercise.name}`: {exercise.title}" in text.split("## For those who are faster")[1]


def test_an_exercise_left_out_stays_where_a_later_cell_uses_its_answer(tmp_path: Path):
    used, unused = "00.mean_over_time", "00.share_of_ceiling"
    cells = [new_markdown_cell("# 00 · T\n\n**The question: why?**"), new_markdown_cell("Text.\n\n## 00.1 One")]
    for name in (used, unused):
        cells += [new_markdown_cell(card(name)), new_code_cell(stub_cell(name))]
    cells.append(new_code_cell("mean_over_time(x, mask)"))
    path = tmp_path / "00_small.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    part = choose([read_chapter(path)], LEAST).parts[0]
    part.exercises = []
    sources = [cell.source for cell in kept_cells(part)]
    assert stub_cell(used) in sources
    assert card(used) in sources
    assert stub_cell(unused) not in sources


def test_minutes_of_sections_add_up_to_the_minutes_of_the_first_page():
    for chapter in ALL:
        assert sum(section.minutes for section in chapter.sections) == chapter.minutes
        named = [exercise.name for section in chapter.sections for exercise in section.exercises]
        assert sorted(named) == sorted(registry.names(chapter.number))
        assert f"| {chapter.minutes} minutes |" in chapter.opening[0].source
