"""``vmm-edu lab``: a learner's folder in; JupyterLab, open on the first chapter, out."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import webbrowser
from importlib import util
from pathlib import Path

from vmm_edu.command.start import sentences

FIRST = "notebooks/00_start_here.ipynb"
FOLDER = Path("my-course")
SETTINGS = Path(__file__).resolve().parent / "jupyter_config"


def add_arguments(subparsers) -> None:
    """Adds ``lab`` to the command line."""
    parser = subparsers.add_parser(
        "lab",
        help="open the course in JupyterLab",
        description="Makes or updates your own copy of the course, as `vmm-edu start` does, and opens JupyterLab.",
    )
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, metavar="DIR", help="your copy (my-course)")
    parser.add_argument("--port", type=port, help="the server's port (8888, or the next one that is free)")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--edit", action="store_true", help="open a checkout's own chapters, to change the course")
    parser.set_defaults(run=run)


def port(text: str) -> int:
    """A port's number, from 1 to 65535."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 65535, got {text!r}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Becomes the JupyterLab server; comes back only where that cannot be."""
    if util.find_spec("jupyterlab") is None:
        raise ValueError("JupyterLab is not installed here. Install it: pip install 'vmm-edu[lab]'")
    from vmm_edu.course.copy import lay_out

    folder = edited_folder() if options.edit else options.folder.absolute()
    if not options.edit:
        for sentence in sentences(lay_out(folder), str(options.folder)):
            print(sentence)
    show = not options.no_browser and has_browser()
    print(f"Opening {options.folder if not options.edit else folder} in JupyterLab; Ctrl-C twice stops it.")
    if not show:
        print("Open this address in a browser:")
    sys.stdout.flush()
    return become(command(folder, port=options.port, browser=show), environment())


def edited_folder() -> Path:
    """The checkout whose chapters ``--edit`` opens."""
    from vmm_edu.course.files import checkout_folder

    folder = checkout_folder()
    if folder is None:
        raise ValueError("--edit works in a checkout of the course only; this is an installed package.")
    return folder


def command(folder: Path, *, port: int | None, browser: bool) -> list[str]:
    """The server's command line: this Python, rooted in the copy."""
    words = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    words += [f"--LabApp.default_url=/lab/tree/{FIRST}", "--log-level=WARN"]
    words += ["--LabApp.extension_manager=readonly"]
    if port is not None:
        words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        words += ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # a container, as a rule
        words += ["--allow-root"]
    return words


def environment() -> dict[str, str]:
    """The server's environment: this Python's kernels come before the user's other ones, and SETTINGS are the default.

    Without them JupyterLab asks on its first start whether it may fetch news, and looks for updates of itself. This
    Python's folder comes first in PATH, so that `vmm-edu` is found in a terminal of JupyterLab and after `!` in a cell.
    """
    settings = os.pathsep.join(filter(None, (str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH"))))
    programs = os.pathsep.join(filter(None, (str(Path(sys.executable).parent), os.environ.get("PATH"))))
    return {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_CONFIG_PATH": settings, "PATH": programs}


def has_browser() -> bool:
    """Whether a browser with windows can be opened; a text browser cannot show JupyterLab."""
    if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"} & set(os.environ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def become(words: list[str], environ: dict[str, str]) -> int:
    """Replaces this process by the given program, so that signals reach it; runs it where that is not possible."""
    if os.name == "nt":
        return subprocess.run(words, env=environ).returncode
    os.execve(words[0], words, environ)
    raise AssertionError("execve does not return")
