"""Every symbol in a formula is on the notation page; the glossary is in order and in two languages."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from notebooks.rules import chapters

from vmm_edu.course import registry
from vmm_edu.course.cards import notebook_problems

DOCS = Path(__file__).resolve().parents[2] / "docs"
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
# Layout and relations: how a formula is set, not what it speaks of.
LAYOUT = {"tag", "frac", "qquad", "quad", "leftarrow", "rightarrow", "to", "cdot", "times", "le", "ge", "leq", "geq"}
LAYOUT |= {"ne", "approx", "left", "right", "begin", "end", "text", "mathrm", "in", "ldots", "cdots", "dots", "mid"}
LAYOUT |= {"aligned", "hat", "limits"}


def symbols(text: str) -> set[str]:
    """The letters and named symbols of every formula in a text."""
    found = set()
    for display, inline in FORMULA.findall(text):
        formula = re.sub(r"\\tag\{[^}]*\}|\\(text|begin|end)\{[^}]*\}", " ", display or inline)
        found |= set(re.findall(r"\\([A-Za-z]+)", formula)) - LAYOUT
        words = re.findall(r"\\mathrm\{([^}]*)\}", formula)
        found |= set(words)
        plain = re.sub(r"\\mathrm\{[^}]*\}|\\[A-Za-z]+", " ", formula)
        found |= set(re.findall(r"[A-Za-z]", plain))
    return found


NOTATION = symbols((DOCS / "notation.md").read_text())


def prose(path: Path) -> str:
    return "\n\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_every_symbol_is_on_the_notation_page(path: Path):
    assert symbols(prose(path)) - NOTATION == set()


def test_an_unknown_symbol_is_seen():
    assert symbols(r"the rate $\zeta$ and $\xi_t$ in $$L = \frac{1}{n} \tag{3}$$") - NOTATION == {"zeta", "xi"}


def test_the_glossary_is_sorted_and_bilingual():
    rows = [line.split("|")[1:4] for line in (DOCS / "glossary.md").read_text().splitlines() if line.startswith("| ")][
        1:
    ]
    names = [row[0].strip().lower() for row in rows]
    assert names == sorted(names)
    assert len(names) == len(set(names))
    for english, chinese, meaning in rows:
        assert re.search(r"[\u4e00-\u9fff]", chinese), english
        assert len(meaning.strip()) > 10, english


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_the_exercises_fit_the_registry_and_the_minutes_on_the_first_page(path: Path):
    notebook, chapter = nbformat.read(path, as_version=4), path.stem.split("_")[0]
    assert notebook_problems(notebook, chapter) == []
    exercises = registry.exercises(chapter)
    assert len(exercises) >= 5
    minutes = sum(exercise.minutes for exercise in exercises)
    assert f"| {minutes} minutes |" in notebook.cells[0].source
