"""``vmm-edu exercises``: the table, the template, the cards."""

from __future__ import annotations

import argparse
import ast
import runpy

import pytest

from vmm_edu.command import exercises


def run(*words):
    parser = argparse.ArgumentParser()
    exercises.add_arguments(parser.add_subparsers())
    options = parser.parse_args(["exercises", *map(str, words)])
    return options.run(options)


def test_the_table_of_one_exercise(capsys, tmp_path):
    assert run("table", "00.frame_times") == 0
    assert "| `00.frame_times` | code | 5 | 2 | 3 | 6 | 8 of 8 |" in capsys.readouterr().out
    assert run("table", "00.frame_times", "--out", tmp_path / "table.md") == 0
    assert "`00.frame_times`" in (tmp_path / "table.md").read_text(encoding="utf-8")


def test_a_new_exercise_is_written_and_listed(tmp_path, capsys):
    assert run("new", "07b.hear_it", "--folder", tmp_path) == 0
    assert run("new", "07b.and_again", "--folder", tmp_path) == 0
    listing = runpy.run_path(str(tmp_path / "chapter_07b" / "__init__.py"))
    assert listing["ORDER"] == ("hear_it", "and_again")
    assert 'name="07b.hear_it"' in (tmp_path / "chapter_07b" / "hear_it.py").read_text(encoding="utf-8")
    declared = runpy.run_path(str(tmp_path / "chapter_07b" / "hear_it.py"))["EXERCISE"]
    assert declared.variable == "hear_it"
    with pytest.raises(ValueError, match="exists already"):
        run("new", "07b.hear_it", "--folder", tmp_path)
    with pytest.raises(ValueError, match="expected one like"):
        run("new", "hear it", "--folder", tmp_path)


def test_the_listing_of_a_chapter_keeps_what_it_had(tmp_path):
    folder = tmp_path / "chapter_00"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Doc."""\n\nORDER = (\n    "a",\n    "b",\n)\nOTHER = 1\n')
    run("new", "00.c", "--folder", tmp_path)
    text = (folder / "__init__.py").read_text()
    assert text == '"""Doc."""\n\nORDER = (\n    "a",\n    "b",\n    "c",\n)\nOTHER = 1\n'
    ast.parse(text)


def test_the_cards_of_a_notebook_can_be_printed(capsys):
    assert run("card", "00.frame_times", "00.which_sense") == 0
    out = capsys.readouterr().out
    assert "> **Exercise `00.frame_times`" in out
    assert 'check("00.which_sense", which_sense)' in out
