"""A child process of ``crew``: reads one job per line, answers ``done`` or what went wrong, ends with its input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from vmm_edu.world.rendering import render
from vmm_edu.world.tables import Clip


def main() -> None:
    """Serve until the input ends."""
    for line in sys.stdin:
        job = json.loads(line)
        try:
            render(Clip(**{**job["clip"], "track": tuple(job["clip"]["track"])}), Path(job["path"]))
        except (ValueError, OSError) as error:
            answer = json.dumps({"error": f"{type(error).__name__}: {error}"})
        else:
            answer = "done"
        print(answer, flush=True)


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main()
