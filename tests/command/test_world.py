"""The world command: makes, lists, checks, and says what is wrong."""

from __future__ import annotations

import json

import pytest

from vmm_edu import world
from vmm_edu.command import main


def test_make_then_check_then_damage(tmp_path, capsys):
    assert main(["world", "make", "order", "--clips", "4", "--seed", "2", "--out", str(tmp_path / "order")]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"4 clips of task order in {tmp_path / 'order'}")
    assert "4/4" in printed.err
    assert world.load_set(tmp_path / "order").clips == world.sample("order", clips=4, seed=2)
    assert main(["world", "check", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("every symbol was read back\n")
    (tmp_path / "order" / "000001.mp4").write_bytes(b"")
    assert main(["world", "check", str(tmp_path)]) != 0
    assert "1 files are missing or not what the manifest says, first 000001.mp4" in capsys.readouterr().err


def test_check_finds_a_clip_that_shows_something_else(tmp_path, capsys):
    """A manifest that agrees with the files is not enough."""
    made = world.pool("order", clips=2, seed=2, directory=tmp_path)
    manifest = json.loads((tmp_path / world.MANIFEST).read_text())
    manifest["clips"][0]["symbols"]["video"]["first"] = 1 - made.clips[0].symbols["video"]["first"]
    (tmp_path / world.MANIFEST).write_text(json.dumps(manifest))
    assert main(["world", "check", str(tmp_path)]) == 1
    assert "1 clips whose symbols could not be read back" in capsys.readouterr().out


def test_list_names_every_task_with_its_ceilings(capsys):
    assert main(["world", "list"]) == 0
    printed = capsys.readouterr().out
    assert all(f"\n{task} " in printed for task in world.tasks())
    assert "video+audio+text 0.972" in printed


def test_smoke_reproduces_the_committed_clips(tmp_path, capsys, monkeypatch):
    from vmm_edu.world import smoke

    monkeypatch.setattr(smoke, "SMOKE_CLIPS", {"order": 32})
    assert main(["world", "smoke", str(tmp_path)]) == 0
    assert "32 clips of 1 tasks" in capsys.readouterr().out
    here = world.load_set(tmp_path / "order")
    assert [world.decode(path, "order") for path in here.paths] == [clip.symbols for clip in here.clips]
    digests = json.loads((tmp_path / world.MANIFEST).read_text())
    assert set(digests) == {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "order").iterdir()}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["make", "nothing", "--clips", "2", "--seed", "0", "--out", "x"], "unknown task"),
        (["check", "x"], "expected a folder with a manifest"),
    ],
)
def test_bad_input_gets_a_sentence(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    assert main(["world", *words]) != 0
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith("vmm-edu: "), "no bar is drawn before there is something to do"
