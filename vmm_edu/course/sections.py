"""A chapter's notebook in; its sections with their minutes and exercises out.

A section begins with a heading of the second level (``## 05.3 What should be forgotten?``). The minutes of reading that
a chapter names on its first page are shared out by how much there is to read, and the exercises bring their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from vmm_edu.course import registry
from vmm_edu.course.cards import check_line
from vmm_edu.course.exercise import Exercise

# What closes every chapter: for reading alone, not for showing to a class.
CLOSING = ("Pitfalls", "Recap", "Self-test", "How the libraries do it", "References")
WORDS_PER_MINUTE = 100
WORDS_OF_A_LINE = 8  # a line of code takes as long to read as so many words
WORDS_OF_A_PICTURE = 60


@dataclass
class Section:
    """One section.

    Attributes:
        title: The heading's words.
        cells: Its cells, the heading's first; the cards and stubs of exercises among them.
        exercises: Those that stand in it, in order.
        minutes: To read it, exercises apart.
    """

    title: str
    cells: list[NotebookNode] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)
    minutes: int = 0

    @property
    def closing(self) -> bool:
        """Whether it is one of the sections that close every chapter."""
        return self.title.startswith(CLOSING)


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    Attributes:
        number: "05", "00b".
        path: Its notebook.
        title: The first heading.
        question: The question on the first page.
        opening: The cells before the first section, the title's first.
        sections: The others.
        minutes: Of reading.
    """

    number: str
    path: Path
    title: str
    question: str
    opening: list[NotebookNode]
    sections: list[Section]
    minutes: int


def chapters(folder: Path) -> list[Chapter]:
    """The chapters in a folder of notebooks, in the course's order.

    Args:
        folder: Of the notebooks; one whose name begins with no chapter's number is left out.
    """
    paths = sorted(folder.glob("*.ipynb"), key=lambda path: path.stem.partition("_")[0])
    return [read_chapter(path) for path in paths if re.match(r"\d\d[a-z]?_", path.name)]


def read_chapter(path: Path) -> Chapter:
    """One chapter.

    Args:
        path: Its notebook.

    Raises:
        ValueError: It has no title.
    """
    number = path.stem.partition("_")[0]
    exercises = registry.exercises(number)
    opening = Section("")
    sections = [opening]
    for cell in map(_parts, nbformat.read(path, as_version=4).cells):
        for part in cell:
            heading = re.match(r"## (.+)", part.source) if part.cell_type == "markdown" else None
            if heading:
                sections.append(Section(heading[1].strip()))
            sections[-1].cells.append(part)
            sections[-1].exercises += [
                e for e in exercises if part.cell_type == "code" and check_line(e) in part.source
            ]
    first = opening.cells[0].source if opening.cells else ""
    title = re.match(r"# (.+)", first)
    if title is None:
        raise ValueError(f"{path.name}: expected a first cell that begins with '# ', got {first[:40]!r}")
    question = re.search(r"\*\*The question: (.+?)\*\*", first, re.DOTALL)
    named = re.search(r"\| (\d+) minutes \| \d+ minutes \|", first)
    minutes = int(named[1]) if named else max(1, sum(map(_words, sections)) // WORDS_PER_MINUTE)
    _share_out(minutes, sections[1:])
    words = " ".join(question[1].split()) if question else ""
    words = words[:1].upper() + words[1:]
    return Chapter(number, path, title[1].strip(), words, opening.cells, sections[1:], minutes)


def exercise_of(cell: NotebookNode, exercises: Sequence[Exercise]) -> Exercise | None:
    """The exercise whose card or stub a cell is.

    Args:
        cell: Of a chapter.
        exercises: To choose from.
    """
    for exercise in exercises:
        card = cell.cell_type == "markdown" and cell.source.startswith(f"> **Exercise `{exercise.name}` ")
        if card or (cell.cell_type == "code" and check_line(exercise) in cell.source):
            return exercise
    return None


def _parts(cell: NotebookNode) -> list[NotebookNode]:
    """A Markdown cell cut where a section begins in the middle of it."""
    if cell.cell_type != "markdown":
        return [cell]
    pieces = [piece.strip() for piece in re.split(r"^(?=## )", cell.source, flags=re.MULTILINE)]
    return [NotebookNode({**cell, "source": piece}) for piece in pieces if piece]


def _words(section: Section) -> int:
    words = 0
    for cell in section.cells:
        if exercise_of(cell, section.exercises):
            continue
        if cell.cell_type == "code":
            words += WORDS_OF_A_LINE * len(cell.source.splitlines())
            words += WORDS_OF_A_PICTURE * sum("text/html" in output.get("data", {}) for output in cell.outputs)
        else:
            words += len(cell.source.split())
    return words


def _share_out(minutes: int, sections: Sequence[Section]) -> None:
    """Gives each section its minutes, whole ones that add up; those that close a chapter take none of them."""
    taught = [section for section in sections if not section.closing]
    whole = sum(map(_words, taught)) or 1
    so_far, given = 0, 0
    for section in taught:
        so_far += _words(section)
        section.minutes = round(minutes * so_far / whole) - given
        given += section.minutes
