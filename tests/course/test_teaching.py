"""The lecturer's pages say what the declarations and the folder of notebooks say."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from notebooks.rules import chapters as paths

from vmm_edu.command import exercises as command
from vmm_edu.course import registry
from vmm_edu.course.exercise import Code
from vmm_edu.course.slides import TAGS
from vmm_edu.course.teaching import BEGIN, CHAPTERS, END, WEEKS, key_page, misconceptions_page, renewed, syllabus

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTEBOOKS = paths()[0].parent


def test_the_page_of_misconceptions_is_current():
    assert (DOCS / "misconceptions.md").read_text(encoding="utf-8") == misconceptions_page(), "run `make exercises`"


def test_every_wrong_answer_is_on_it():
    text = misconceptions_page()
    for exercise in registry.exercises():
        assert f"**`{exercise.name}` " in text
        assert all(f"{wrong.when}. → {wrong.advice}" in text for wrong in exercise.wrongs)


def test_the_syllabus_is_current():
    page = (DOCS / "teaching.md").read_text(encoding="utf-8")
    assert renewed(page, NOTEBOOKS) == page, "run `make exercises`"


def test_the_syllabus_has_twelve_weeks_and_marks_what_is_not_there(tmp_path: Path):
    assert len(WEEKS) == 12
    assert {chapter for week in WEEKS for chapter in week.chapters} == set(CHAPTERS)
    there = {path.stem.split("_")[0] for path in paths()}
    assert there <= set(CHAPTERS), "a chapter that the plan does not know"
    text = syllabus(NOTEBOOKS)
    assert set(re.findall(r"\(\.\./notebooks/(\d\d[a-z]?)_", text)) == there
    assert text.count("*(not there yet)*") == sum(chapter not in there for week in WEEKS for chapter in week.chapters)
    (tmp_path / "08_fusion.ipynb").touch()
    assert "[08 Fusion](../notebooks/08_fusion.ipynb)" in syllabus(tmp_path), "a chapter that comes is listed"


@pytest.mark.parametrize("chapter", registry.chapters())
def test_a_key_holds_every_answer_and_is_about_a_page(chapter: str):
    text = key_page(chapter)
    for exercise in registry.exercises(chapter):
        assert f"| `{exercise.name}` " in text
        if isinstance(exercise, Code):
            assert exercise.source in text
    assert len(text.split()) < 110 * len(registry.exercises(chapter)) + 250


def test_the_pages_are_renewed_by_one_command(tmp_path: Path, capsys):
    (tmp_path / "teaching.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser.add_subparsers())
    options = parser.parse_args(["exercises", "pages", "--docs", str(tmp_path)])
    assert options.run(options) == 0
    page = (tmp_path / "teaching.md").read_text(encoding="utf-8")
    assert page == f"before\n{syllabus(NOTEBOOKS)}\nafter\n"
    assert (tmp_path / "misconceptions.md").read_text(encoding="utf-8") == misconceptions_page()
    assert "renewed" in capsys.readouterr().out
    with pytest.raises(ValueError, match="expected the lines"):
        renewed("no marks", NOTEBOOKS)


def test_the_guide_names_commands_and_tags_that_exist():
    text = (DOCS / "teaching.md").read_text(encoding="utf-8")
    from vmm_edu.command import build_parser

    for line in re.findall(r"`(vmm-edu export [^`]+)`", text):
        words = line.split()[1:]
        build_parser().parse_args(words)
    assert all(f"`{tag}`" in text for tag in TAGS)
    rows = re.findall(r"^\| [^|]+?(?: \(×(\d)\))? \|(?: [^|]+\|){4}$", text.split("## Capstone")[1], re.MULTILINE)
    weights = [int(weight or 1) for weight in rows]
    assert f"{3 * sum(weights)} points; {3 * sum(weights) // 2} to pass" in text
