"""What ``vmm-edu lab`` starts; that the page works is shown in tests/browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path

import pytest

from vmm_edu.command import lab, main
from vmm_edu.course.files import checkout_folder


@pytest.fixture
def started(monkeypatch, tmp_path: Path) -> list:
    """The command lines that would have been started."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.chdir(tmp_path)
    found = []
    monkeypatch.setattr(lab, "become", lambda words, environ: found.append((words, environ)) or 0)
    return found


def test_lab_makes_a_copy_and_opens_its_first_chapter(started: list, tmp_path: Path, capsys):
    assert main(["lab", "--no-browser", "--port", "9999"]) == 0
    ((words, environ),) = started
    assert words[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path / 'my-course'}" in words
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in words
    assert {"--ServerApp.port=9999", "--ServerApp.port_retries=0", "--no-browser"} <= set(words)
    assert environ["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert environ["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent), "its terminals find vmm-edu"
    assert (tmp_path / "my-course" / "notebooks").is_dir()
    assert "Open this address in a browser:" in capsys.readouterr().out


def test_edit_opens_the_checkout_and_makes_no_copy(started: list, tmp_path: Path):
    assert main(["lab", "--edit"]) == 0
    assert f"--ServerApp.root_dir={checkout_folder()}" in started[0][0]
    assert not (tmp_path / "my-course").exists()


def test_edit_needs_a_checkout(started: list, monkeypatch, capsys):
    monkeypatch.setattr("vmm_edu.course.files.checkout_folder", lambda: None)
    assert main(["lab", "--edit"]) == 1
    assert "works in a checkout of the course only" in capsys.readouterr().err


def test_without_jupyterlab_it_says_what_to_install(started: list, monkeypatch, capsys):
    monkeypatch.setattr(lab.util, "find_spec", lambda name: None)
    assert main(["lab"]) == 1
    assert (
        capsys.readouterr().err == "vmm-edu: JupyterLab is not installed here. Install it: pip install 'vmm-edu[lab]'\n"
    )


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_in_a_container(monkeypatch, user: int, allowed: bool):
    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    assert ("--allow-root" in lab.command(Path("mine"), port=None, browser=True)) == allowed


@pytest.mark.parametrize(
    ("platform", "environ", "installed", "answer"),
    [
        ("linux", {}, True, False),
        ("linux", {"DISPLAY": ":0"}, True, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, False, False),
        ("darwin", {}, True, True),
        ("win32", {}, True, True),
    ],
)
def test_a_browser_is_opened_where_there_is_one(
    monkeypatch, platform: str, environ: dict[str, str], installed: bool, answer: bool
):
    def get() -> None:
        if not installed:
            raise webbrowser.Error("none")

    monkeypatch.setattr(lab.sys, "platform", platform)
    monkeypatch.setattr(lab.os, "environ", environ)
    monkeypatch.setattr(lab.webbrowser, "get", get)
    assert lab.has_browser() == answer


@pytest.mark.parametrize("text", ["99999", "0", "-1", "eight"])
def test_a_port_that_cannot_be_is_refused_before_anything_is_laid_out(text: str, tmp_path, capsys):
    with pytest.raises(SystemExit) as refused:
        main(["lab", f"--port={text}", "--no-browser", str(tmp_path / "mine")])
    assert refused.value.code == 2
    assert f"expected a number from 1 to 65535, got '{text}'" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()
