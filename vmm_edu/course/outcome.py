"""What a check says: one of four outcomes in, a few stable lines of text or HTML out."""

from __future__ import annotations

import html
import sys
from dataclasses import dataclass
from typing import Literal

# Okabe–Ito colours, safe for colour-blind readers; they only tint the border, so any theme stays readable.
LOOK = {
    "passed": ("✓", "#009E73"),
    "wrong": ("✗", "#D55E00"),
    "raised": ("⚠", "#E69F00"),
    "blank": ("○", "#767676"),
}


@dataclass(frozen=True)
class Outcome:
    """The result of one check.

    Attributes:
        name: The exercise.
        result: passed ✓, wrong ✗, raised ⚠ (the learner's code did), blank ○ (not attempted).
        message: What to tell the learner; lines after the first stand on their own.
        misconception: Name of the known wrong answer that this one equals, if any.
    """

    name: str
    result: Literal["passed", "wrong", "raised", "blank"]
    message: str
    misconception: str | None = None

    @property
    def passed(self) -> bool:
        """True for ✓."""
        return self.result == "passed"

    def __str__(self) -> str:
        """The plain text."""
        return f"{LOOK[self.result][0]} {self.name}: {self.message}"

    def html(self) -> str:
        """The same words with a coloured border."""
        symbol, colour = LOOK[self.result]
        first, *rest = self.message.split("\n")
        lines = [f"<b>{symbol} {self.name}</b>: {html.escape(first)}"]
        lines += [f'<span style="white-space: pre-wrap">{html.escape(line)}</span>' for line in rest]
        return box("<br>".join(lines), colour)


def box(inside: str, colour: str) -> str:
    """HTML with a border in `colour` on the left."""
    return f'<div style="border-left: 4px solid {colour}; padding-left: 0.6em">{inside}</div>'


def show(text: str, html_text: str) -> None:
    """Shows `html_text` in a notebook and prints `text` everywhere else.

    Both carry the same words and neither holds an id or a time, so a stored output stays equal on every machine.
    """
    # IPython is only looked at where it is already running: a plain script does not pay for its import.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "kernel"):
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": html_text}, raw=True)
