"""A learner's work is never overwritten and never blocks an update; an interrupted run is finished by the next."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_core.paths import jupyter_data_dir
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from vmm_edu.course import copy
from vmm_edu.course.copy import MANIFEST, Report, lay_out

CHAPTER = "notebooks/00_start_here.ipynb"
DATA = "data/clip.mp4"


@pytest.fixture(autouse=True)
def own_jupyter_folder(tmp_path: Path, monkeypatch):
    """Signatures go into the test's folder, not into the developer's."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


def chapter(text: str, *, output: str | None = None, extra: tuple[str, ...] = ()) -> bytes:
    code = new_code_cell(f"print({text!r})", id="code")
    if output is not None:
        code.execution_count = 1
        code.outputs = [new_output("stream", name="stdout", text=output)]
    cells = [new_markdown_cell("# A chapter", id="title"), code]
    cells += [new_code_cell(source, id=f"extra{number}") for number, source in enumerate(extra)]
    return nbformat.writes(new_notebook(cells=cells)).encode()


class Course:
    """A course of one chapter and one clip that can be published anew."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place / "learner"
        self.publish(chapter("one", output="one\n"), b"clip one")

    def publish(self, notebook: bytes, clip: bytes | None = None) -> None:
        self.notebook = notebook
        contents = {CHAPTER: notebook, DATA: clip}
        self.files = {}
        for name, content in contents.items():
            path = self.place / "course" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content)
            self.files[name] = path

    def start(self, version: str = "2.0") -> Report:
        return lay_out(self.folder, files=self.files, version=version)

    def read(self, name: str = CHAPTER) -> bytes:
        return (self.folder / name).read_bytes()

    def write(self, content: bytes, name: str = CHAPTER) -> None:
        (self.folder / name).write_bytes(content)

    def names(self) -> set[str]:
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {path.as_posix() for path in found}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_a_new_copy_holds_every_file(course: Course):
    report = course.start()
    assert report.laid_out == [CHAPTER, DATA]
    assert course.read() == course.notebook
    assert course.read(DATA) == b"clip one"
    assert course.names() == {CHAPTER, DATA, MANIFEST}


def test_a_second_start_changes_nothing(course: Course):
    course.start()
    before = {name: (course.folder / name).stat().st_mtime_ns for name in (CHAPTER, DATA)}
    assert course.start() == Report(unchanged=[CHAPTER, DATA])
    assert before == {name: (course.folder / name).stat().st_mtime_ns for name in (CHAPTER, DATA)}


def test_an_untouched_chapter_is_updated(course: Course):
    course.start()
    course.publish(chapter("two"), b"clip two")
    assert course.start() == Report(updated=[CHAPTER, DATA])
    assert course.read() == course.notebook
    assert course.names() == {CHAPTER, DATA, MANIFEST}


@pytest.mark.parametrize("extra", [(), ("", " \n")], ids=["run", "run, with the empty cells that running adds"])
def test_a_chapter_that_was_only_run_is_kept_and_updated(course: Course, extra: tuple[str, ...]):
    course.start()
    run = chapter("one", output="one, run by the learner\n", extra=extra)
    course.write(run)
    assert course.start().unchanged == [CHAPTER, DATA]
    assert course.read() == run, "nothing new in the course: the learner's run stays"
    course.publish(chapter("two"))
    report = course.start()
    assert course.read() == course.notebook
    assert course.read(report.backed_up[CHAPTER]) == run


def test_every_run_is_kept_under_its_own_name(course: Course):
    course.start()
    runs = []
    for text in ("two", "three"):
        runs.append(json.loads(course.read()))
        runs[-1]["cells"][1]["execution_count"] = 7
        course.write(json.dumps(runs[-1]).encode())
        course.publish(chapter(text))
        course.start()
    kept = [name for name in course.names() if name.startswith(copy.KEPT)]
    assert sorted(str(json.loads(course.read(name))) for name in kept) == sorted(map(str, runs))


EDITS = {
    "a changed cell": chapter("my own"),
    "a new cell": chapter("one", extra=("x = 1",)),
    "a damaged file": b"{not a notebook",
    "a list": b"[]",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edited_chapter_is_never_touched(course: Course, edit: bytes):
    course.start()
    course.write(edit)
    course.publish(chapter("two"))
    report = course.start("2.0")
    assert report.beside == {CHAPTER: "notebooks/00_start_here.new-2.0.ipynb"}
    assert course.read() == edit
    assert course.read(report.beside[CHAPTER]) == course.notebook
    assert course.start("2.0") == Report(unchanged=[CHAPTER, DATA]), "it is offered once"
    course.publish(chapter("three"))
    assert course.start("3.0").beside == {CHAPTER: "notebooks/00_start_here.new-3.0.ipynb"}
    assert course.read() == edit


def test_work_in_the_file_that_was_laid_beside_is_safe_too(course: Course):
    course.start()
    course.write(EDITS["a changed cell"])
    course.publish(chapter("two"))
    beside = course.start("2.0").beside[CHAPTER]
    course.write(b"my work here", beside)
    course.publish(chapter("three"))
    again = course.start("2.0").beside[CHAPTER]
    assert again == "notebooks/00_start_here.new-2.0-2.ipynb"
    assert course.read(beside) == b"my work here"
    assert course.read(again) == course.notebook


def test_taking_the_new_version_over_ends_the_difference(course: Course):
    course.start()
    course.write(EDITS["a changed cell"])
    course.publish(chapter("two"))
    beside = course.start().beside[CHAPTER]
    (course.folder / beside).replace(course.folder / CHAPTER)
    assert course.start() == Report(unchanged=[CHAPTER, DATA])
    course.publish(chapter("three"))
    assert course.start().updated == [CHAPTER]


def test_edited_data_is_left_alone(course: Course):
    course.start()
    course.write(b"my clip", DATA)
    course.publish(chapter("one", output="one\n"), b"clip two")
    assert course.start("2.0").beside == {DATA: "data/clip.new-2.0.mp4"}
    assert course.read(DATA) == b"my clip"


def test_a_deleted_chapter_comes_back(course: Course):
    course.start()
    (course.folder / CHAPTER).unlink()
    assert course.start().restored == [CHAPTER]
    assert course.read() == course.notebook


def test_a_folder_full_of_other_things_loses_none(course: Course):
    for name, content in ((CHAPTER, b"unrelated"), ("letter.txt", b"dear"), (DATA, b"other")):
        (course.folder / name).parent.mkdir(parents=True, exist_ok=True)
        course.write(content, name)
    report = course.start("2.0")
    assert set(report.beside) == {CHAPTER, DATA}
    assert [course.read(name) for name in (CHAPTER, "letter.txt", DATA)] == [b"unrelated", b"dear", b"other"]
    assert course.start("2.0") == Report(unchanged=[CHAPTER, DATA])


def test_a_chapter_that_left_the_course_stays_with_the_learner(course: Course):
    course.start()
    del course.files[CHAPTER]
    assert course.start().left_behind == [CHAPTER]
    assert course.read() == course.notebook


@pytest.mark.parametrize("after", range(1, 6))
def test_an_interrupted_run_is_finished_by_the_next(course: Course, monkeypatch, after: int):
    course.start()
    course.write(b"my clip", DATA)
    course.publish(chapter("two"), b"clip two")
    whole = copy._write
    steps = iter(range(after))

    def fails(path: Path, content: bytes) -> None:
        if next(steps, None) is None:
            path.with_name(f".{path.name}.part").write_bytes(content[:10])
            raise KeyboardInterrupt
        whole(path, content)

    monkeypatch.setattr(copy, "_write", fails)
    try:
        course.start("2.0")
        interrupted = False
    except KeyboardInterrupt:
        interrupted = True
    assert interrupted == (after < 3)
    monkeypatch.setattr(copy, "_write", whole)
    course.start("2.0")
    assert course.read() == course.notebook
    assert course.read(DATA) == b"my clip"
    assert course.read("data/clip.new-2.0.mp4") == b"clip two"
    assert course.names() == {CHAPTER, DATA, MANIFEST, "data/clip.new-2.0.mp4"}


def test_the_first_run_interrupted_after_the_files_is_finished(course: Course):
    course.start()
    (course.folder / MANIFEST).unlink()
    course.write(chapter("one", output="run meanwhile\n"))
    course.publish(chapter("one", output="one\n"), b"clip one")
    report = course.start()
    assert report.unchanged == [DATA]
    assert course.read(report.backed_up[CHAPTER]) == chapter("one", output="run meanwhile\n")


def test_what_was_laid_out_is_trusted_and_edits_are_not(course: Course, monkeypatch):
    course.start()
    assert trusted(course.read())
    foreign = chapter("foreign", output="<script>")
    course.write(foreign)
    course.start()
    assert not trusted(foreign)


def test_signing_leaves_the_log_of_this_process_alone(course: Course):
    handler = logging.NullHandler()
    closed = []
    handler.close = lambda: closed.append(True)
    course.start()
    assert closed == []


def test_without_jupyter_nothing_is_signed(course: Course, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(copy.util, "find_spec", lambda name: None)
    course.start()
    assert not (tmp_path / "jupyter").exists()


def test_a_jupyter_folder_that_cannot_be_written_is_said(course: Course, monkeypatch, tmp_path: Path):
    (tmp_path / "jupyter").write_text("a file in the way")
    with pytest.warns(UserWarning, match="Jupyter's own folder cannot be written"):
        course.start()
    assert course.read() == course.notebook


def trusted(content: bytes) -> bool:
    notary = NotebookNotary(data_dir=jupyter_data_dir())
    answer = notary.check_signature(nbformat.reads(content.decode(), as_version=4))
    notary.store.close()
    return answer


def test_a_file_is_no_folder(course: Course, tmp_path: Path):
    course.folder.write_text("")
    with pytest.raises(NotADirectoryError, match="is a file; name a folder"):
        course.start()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": 3}'])
def test_a_damaged_manifest_is_said(course: Course, content: str):
    course.start()
    course.write(content.encode(), MANIFEST)
    with pytest.raises(ValueError, match=r"is damaged .* Delete it and run this again"):
        course.start()


def test_the_course_itself_is_not_a_copy():
    with pytest.raises(ValueError, match="is the course itself"):
        lay_out(copy.course_folder())


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permission on Windows")
def test_a_read_only_source_gives_a_writable_copy(course: Course):
    course.files[CHAPTER].chmod(0o444)
    course.start()
    assert (course.folder / CHAPTER).stat().st_mode & 0o200
