"""Renews lock.txt: the newest pins, with hashes, that the ranges of pyproject.toml allow on every supported Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Pins with hashes for Python 3.11-3.14 on Linux, macOS and Windows, test tools included. Renew: make lock\n"
# One resolution for all platforms and Pythons; newer Pythons may get newer versions (fork by requires-python).
OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade"


def main() -> None:
    """Writes lock.txt."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS.split(), "--extra", "test", "pyproject.toml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"vmm-edu: the pins could not be resolved:\n{done.stderr}")
    (ROOT / "lock.txt").write_text(HEADER + done.stdout)


if __name__ == "__main__":
    main()
