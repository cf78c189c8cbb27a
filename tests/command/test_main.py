"""The command line answers at once, and every failure is one sentence and a code that is documented."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import vmm_edu.framing
from vmm_edu import command
from vmm_edu.command import exit_codes


def with_command(monkeypatch, run) -> None:
    """Adds a command ``probe`` that calls ``run``."""

    class Probe:
        @staticmethod
        def add_arguments(subparsers) -> None:
            subparsers.add_parser("probe").set_defaults(run=run)

    monkeypatch.setattr(command, "COMMANDS", (Probe,))


def raising(error: BaseException):
    def run(options: argparse.Namespace) -> int:
        raise error

    return run


def media_errors() -> list[type[Exception]]:
    found = [vmm_edu.framing.MediaError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return found


def test_every_media_error_has_its_code_and_every_code_its_error():
    assert {kind.__name__ for kind in media_errors()} | {"DownloadError"} == set(exit_codes.EXIT_CODES)
    codes = [code for code, _ in exit_codes.EXIT_CODES.values()]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & {0, 1, 2, 130}


@pytest.mark.parametrize("kind", media_errors(), ids=lambda kind: kind.__name__)
def test_a_media_error_ends_with_its_code(monkeypatch, capsys, kind: type[Exception]):
    error = kind("clip.mp4", expected="a video", got="a letter:\n'Dear'", advice="Mend it.")
    with_command(monkeypatch, raising(error))
    assert command.main(["probe"]) == exit_codes.EXIT_CODES[kind.__name__][0]
    shown = capsys.readouterr()
    assert shown.err == "vmm-edu: clip.mp4: expected a video, got a letter: 'Dear'. Mend it.\n"
    assert shown.out == ""


@pytest.mark.parametrize("error", [ValueError("no such task"), OSError(28, "No space left on device")])
def test_other_failures_end_with_one(monkeypatch, capsys, error: Exception):
    with_command(monkeypatch, raising(error))
    assert command.main(["probe"]) == 1
    assert capsys.readouterr().err == f"vmm-edu: {error}\n"


def test_an_error_of_that_name_from_elsewhere_has_no_code_of_its_own():
    assert exit_codes.exit_code(type("EmptyFileError", (ValueError,), {})("x")) == 1


def test_a_mistake_in_the_program_is_not_hidden(monkeypatch):
    with_command(monkeypatch, raising(TypeError("a bug")))
    with pytest.raises(TypeError, match="a bug"):
        command.main(["probe"])


def test_traceback_shows_where(monkeypatch):
    with_command(monkeypatch, raising(ValueError("no such task")))
    with pytest.raises(ValueError, match="no such task"):
        command.main(["--traceback", "probe"])


def test_stopped_by_the_keyboard(monkeypatch, capsys):
    with_command(monkeypatch, raising(KeyboardInterrupt()))
    assert command.main(["probe"]) == 130
    assert capsys.readouterr().err == "vmm-edu: stopped.\n"


def test_a_warning_is_one_note(monkeypatch, capsys):
    def run(options: argparse.Namespace) -> int:
        warnings.warn("the file ends early;\n12 frames are lost", stacklevel=2)
        return 0

    with_command(monkeypatch, run)
    shown = warnings.showwarning
    assert command.main(["probe"]) == 0
    assert capsys.readouterr().err == "vmm-edu: note: the file ends early; 12 frames are lost\n"
    assert warnings.showwarning is shown


@pytest.mark.parametrize("words", [[], ["prdict"], ["start"]])
def test_words_that_are_not_understood_end_with_two(words: list[str], capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2
    assert "usage: vmm-edu" in capsys.readouterr().err


def test_help_ends_with_every_exit_code(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    rows = capsys.readouterr().out.split("exit codes:\n")[1].splitlines()
    listed = {int(row.split()[0]): row.split(maxsplit=1)[1] for row in rows if row.strip()}
    assert listed == {**exit_codes.OTHERS, **dict(exit_codes.EXIT_CODES.values())}


def test_the_documentation_has_the_same_table():
    text = (Path(__file__).resolve().parents[2] / "docs" / "command_line.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ") and "|" in line[2:]]
    listed = {int(row[0]): row[1] for row in rows if row[0].isdigit()}
    assert listed == {**exit_codes.OTHERS, **dict(exit_codes.EXIT_CODES.values())}
    for name in command.build_parser()._subparsers._group_actions[0].choices:
        assert f"`vmm-edu {name}" in text, f"docs/command_line.md does not tell about {name}"


def test_the_program_itself_without_what_is_slow(tmp_path: Path):
    script = (
        "import sys; from vmm_edu.command import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: sys.exit(len({'jax', 'av', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise on Windows")
def test_a_reader_that_leaves_is_no_error(tmp_path: Path):
    script = (
        "import sys; from vmm_edu import command\n"
        "class Probe:\n"
        "    @staticmethod\n"
        "    def add_arguments(subparsers):\n"
        "        run = lambda _: [print('x' * 1000) for _ in range(1000)] and 0\n"
        "        subparsers.add_parser('probe').set_defaults(run=run)\n"
        "command.COMMANDS = (Probe,)\n"
        "sys.exit(command.main(['probe']))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileExistsError(17, "File exists", "slides"), "slides is there already; give another name."),
        (
            PermissionError(13, "Permission denied", "/x"),
            "/x: permission denied. Choose a place that you may write to.",
        ),
        (OSError(28, "No space left on device", "a.mp4"), "a.mp4: no space left on device."),
        (FileNotFoundError("a sentence of our own"), "a sentence of our own"),
    ],
)
def test_what_the_system_says_about_a_file_is_a_sentence(monkeypatch, capsys, error: OSError, sentence: str):
    with_command(monkeypatch, raising(error))
    assert command.main(["probe"]) == 1
    assert capsys.readouterr().err == f"vmm-edu: {sentence}\n"
