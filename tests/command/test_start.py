"""``vmm-edu start`` says in sentences what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmm_edu.command import main, start
from vmm_edu.course.copy import Report
from vmm_edu.course.files import course_files


@pytest.fixture(autouse=True)
def own_jupyter_folder(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


def test_start_lays_out_every_file_of_the_course(tmp_path: Path, capsys):
    folder = tmp_path / "mine"
    assert main(["start", str(folder)]) == 0
    assert f"laid out in {folder}." in capsys.readouterr().out
    for name, source in course_files().items():
        assert (folder / name).read_bytes() == source.read_bytes()
    assert main(["start", str(folder)]) == 0
    assert "is up to date." in capsys.readouterr().out


def test_start_in_a_file_fails_in_one_line(tmp_path: Path, capsys):
    (tmp_path / "mine").write_text("")
    assert main(["start", str(tmp_path / "mine")]) == 1
    assert capsys.readouterr().err.endswith("is a file; name a folder for your copy of the course.\n")


def test_every_kind_of_thing_is_said():
    report = Report(
        laid_out=["notebooks/a.ipynb", "notebooks/b.ipynb", "data/c.mp4"],
        updated=["notebooks/d.ipynb"],
        restored=["notebooks/e.ipynb"],
        backed_up={"notebooks/f.ipynb": "kept"},
        beside={"notebooks/g.ipynb": "new"},
        left_behind=["notebooks/h.ipynb"],
        unchanged=["notebooks/i.ipynb"],
    )
    assert start.sentences(report, "mine") == [
        "2 files of notebooks and 1 file of data were laid out in mine.",
        "notebooks/d.ipynb was updated in mine.",
        "notebooks/e.ipynb was missing and laid out again in mine.",
        "notebooks/f.ipynb was updated; the version that you ran is kept as kept.",
        "notebooks/g.ipynb has your own work in it and was left alone; the course's new version is new.",
        "notebooks/h.ipynb: no longer part of the course, left where it was.",
    ]
