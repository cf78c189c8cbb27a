"""``vmm-edu export nbgrader``: from the chapters' notebooks, or the exercises alone."""

from __future__ import annotations

import argparse

import nbformat
import pytest

from vmm_edu.command import export as command
from vmm_edu.course import registry
from vmm_edu.course.cards import card, stub_cell
from vmm_edu.course.nbgrader_export import export


def run(*words):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser.add_subparsers())
    options = parser.parse_args(["export", "nbgrader", *map(str, words)])
    return options.run(options)


def cells_of(folder, chapter):
    path = folder / "source" / f"chapter_{chapter}" / f"chapter_{chapter}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook.cells


def chapter_notebook(folder, chapter="00"):
    cells = [nbformat.v4.new_markdown_cell("# A chapter"), nbformat.v4.new_code_cell("story = 1")]
    for name in registry.names(chapter):
        cells += [nbformat.v4.new_markdown_cell(card(name)), nbformat.v4.new_code_cell(stub_cell(name))]
        cells.append(nbformat.v4.new_code_cell(f"# after {name}"))
    path = folder / f"{chapter}_something.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_every_chapter_is_exported_with_its_points(tmp_path, capsys):
    assert run(tmp_path / "course", "--exercises-only", "--per-student", "--help-off") == 0
    out = capsys.readouterr().out
    for chapter in {exercise.chapter for exercise in registry.exercises()}:
        points = sum(exercise.points for exercise in registry.exercises(chapter))
        assert f"chapter_{chapter}.ipynb: {points} points" in out
    config = (tmp_path / "course" / "nbgrader_config.py").read_text(encoding="utf-8")
    assert 'c.Salted.secret = ""' not in config
    assert 'os.environ["VMM_EDU_HELP"] = "off"' in cells_of(tmp_path / "course", "00b")[0].source
    compile(config, "nbgrader_config.py", "exec")


def test_a_chapter_keeps_its_story_and_its_order(tmp_path):
    notebook = chapter_notebook(tmp_path / "notebooks")
    export(tmp_path / "course", chapters=["00"], notebooks=notebook.parent)
    cells = cells_of(tmp_path / "course", "00")
    sources = [cell.source for cell in cells]
    assert "story = 1" in sources
    for name in registry.names("00"):
        place = sources.index(f"# after {name}")
        kind = registry.find(name).kind
        assert sources[place - (2 if kind == "explain" else 3)] == card(name)
        assert stub_cell(name) not in sources
        assert kind == "explain" or sources[place - 1].startswith(f'grade("{name}", ')
    ids = [cell.metadata.nbgrader.grade_id for cell in cells]
    assert ids == sorted(ids), "sorting the ids gives the order back"
    assert len(set(ids)) == len(ids)
    free = [cell for cell in cells if not cell.metadata.nbgrader.locked]
    assert all(cell.metadata.nbgrader.solution for cell in free), "students write in answers only"


def test_an_exported_answer_runs_and_passes(tmp_path):
    from vmm_edu.course.checking import examine

    export(tmp_path / "course", chapters=["00", "00b"], notebooks=None)
    for chapter in ("00", "00b"):
        cells = cells_of(tmp_path / "course", chapter)
        namespace = {}
        exec(cells[0].source, namespace)
        for name in registry.names(chapter):
            exercise = registry.find(name)
            if exercise.kind == "explain":
                continue
            (cell,) = [c for c in cells if c.metadata.nbgrader.grade_id.endswith(f"-solution-{name.replace('.', '-')}")]
            exec(cell.source, namespace)
            assert examine(exercise, namespace[exercise.variable]).passed, name


def test_a_notebook_that_lacks_an_exercise_is_refused(tmp_path):
    path = chapter_notebook(tmp_path / "notebooks")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "frame_times(" not in cell.source]
    nbformat.write(notebook, path)
    with pytest.raises(ValueError, match="nothing checks 00"):
        export(tmp_path / "course", chapters=["00"], notebooks=path.parent)
    notebook.cells += 2 * [nbformat.v4.new_code_cell(stub_cell("00.frame_times"))]
    notebook.cells[-1] = nbformat.v4.new_code_cell(stub_cell("00.frame_times"))
    nbformat.write(notebook, path)
    with pytest.raises(ValueError, match="is checked twice"):
        export(tmp_path / "other", chapters=["00"], notebooks=path.parent)


def test_a_chapter_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(ValueError, match="chapter: expected one of"):
        export(tmp_path / "course", chapters=["99"], notebooks=None)


def run_format(*words):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser.add_subparsers())
    options = parser.parse_args(["export", *map(str, words)])
    return options.run(options)


def test_a_workshop_is_written_and_named(tmp_path, capsys):
    assert run_format("workshop", tmp_path / "w", "--minutes", "60") == 0
    named = capsys.readouterr().out.splitlines()
    assert sorted(named) == sorted(str(path) for path in (tmp_path / "w").rglob("*") if path.is_file())
    assert named[-1].endswith("plan.md")


def test_a_stick_is_filled_from_the_lock_and_its_size_is_said(tmp_path, capsys, monkeypatch):
    from vmm_edu.course import stick, wheelhouse

    asked = []
    monkeypatch.setattr(stick, "download", lambda pins, folder, **about: asked.append((about["system"], len(pins))))
    monkeypatch.setattr("vmm_edu.command.test.prepare", lambda: None)
    words = ("--minutes", 60, "--offline", "--systems", "linux", "windows", "--pythons", "3.13")
    assert run_format("workshop", tmp_path, *words) == 0
    out = capsys.readouterr().out
    assert [system for system, _ in asked] == ["linux", "windows"]
    assert all(count > 100 for _, count in asked)
    assert f"1 wheels; the stick must hold {wheelhouse.size_bytes(tmp_path) / 1e6:.0f} MB" in out
    assert f"python {tmp_path / 'install.py'}" in out
    text = (tmp_path / "requirements.txt").read_text(encoding="utf-8")
    assert "pywinpty==" in text
    assert "vmm-edu==" in text


def test_a_stick_that_a_network_interrupted_is_finished_by_the_same_command(tmp_path, monkeypatch):
    from vmm_edu.course import stick

    def broken(*_, **__):
        raise ValueError("the wheels for linux, Python 3.13 could not be fetched")

    monkeypatch.setattr("vmm_edu.command.test.prepare", lambda: None)
    monkeypatch.setattr("vmm_edu.course.wheelhouse.build_wheel", wheel_of_nothing)
    words = ("workshop", tmp_path, "--minutes", 60, "--offline", "--systems", "linux", "--pythons", "3.13")
    monkeypatch.setattr(stick, "download", broken)
    with pytest.raises(ValueError, match="could not be fetched"):
        run_format(*words)
    monkeypatch.setattr(stick, "download", lambda *_, **__: None)
    assert run_format(*words) == 0
    assert (tmp_path / "plan.md").is_file()
    with pytest.raises(FileExistsError, match="is there already"):
        run_format(*words)


def wheel_of_nothing(checkout, folder):
    path = folder / "vmm_edu-0.1.0-py3-none-any.whl"
    path.write_bytes(b"")
    return path


def test_a_system_that_is_not_known_is_told_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr("vmm_edu.command.test.prepare", lambda: pytest.fail("rendered"))
    for words, message in ((("--systems", "amiga"), "--systems: expected"), (("--pythons", "2.7"), "--pythons: exp")):
        with pytest.raises(ValueError, match=message):
            run_format("workshop", tmp_path, "--offline", *words)
    assert not list(tmp_path.iterdir())


def test_a_stick_needs_a_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr("vmm_edu.course.files.checkout_folder", lambda: None)
    with pytest.raises(ValueError, match="--offline needs a checkout"):
        run_format("workshop", tmp_path, "--offline")
    assert not list(tmp_path.iterdir())


def test_slides_and_keys_are_written_for_the_chapters_asked_for(tmp_path, capsys):
    assert run_format("slides", tmp_path, "--chapters", "00b") == 0
    assert run_format("keys", tmp_path, "--chapters", "00b") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"00b_jax_on_ramp.html", "key_00b.md"}
    assert "slides" in capsys.readouterr().out
