"""A chapter in; its slides out.

Tags of a cell decide, and headings where there is none:

==============  ==========================================================================================
tag             what is on the slides
==============  ==========================================================================================
``slide``       the whole cell, code and printed output too, on a new slide
``subslide``    the whole cell, on the slide that is open
``skip``        nothing of the cell
(none)          of text: headings (each begins a slide), the first paragraph below each, lists, tables,
                formulas, questions to predict, and exercises (a slide each); of code: figures and clips
==============  ==========================================================================================

Folds stay closed: their answers are on no slide. What follows a question to predict is on the next slide.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from nbformat.notebooknode import NotebookNode

from vmm_edu.course.formula import to_html
from vmm_edu.course.sections import Chapter, Section, exercise_of

TAGS = ("slide", "subslide", "skip")
FULL = 16.0  # lines that a slide holds
PICTURE_LINES = 11.0
WORDS_A_LINE = 14.0
LEFT_OUT = ("How the libraries do it", "References")
FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)


@dataclass
class Slide:
    """One slide.

    Attributes:
        title: The heading, repeated where a section needs several slides.
        parts: Pieces of HTML.
        lines: How full it is.
        closed: What comes next begins another one.
        section: The title of the next slide, where it is not this one's again.
    """

    title: str
    parts: list[str] = field(default_factory=list)
    lines: float = 0.0
    closed: bool = False
    section: str = ""


def slides(chapter: Chapter) -> list[Slide]:
    """The slides of a chapter, the title's first.

    Args:
        chapter: With its outputs.
    """
    made = [Slide(chapter.title)]
    first, *others = chapter.opening
    _markdown(made, re.sub(r"^# .+\n", "", _without_table(first.source)), whole=True)
    for cell in others:
        _cell(made, cell, Section(chapter.title))
    for section in chapter.sections:
        if section.title.startswith(LEFT_OUT):
            continue
        made.append(Slide(section.title))
        for cell in section.cells:
            _cell(made, cell, section)
    return [slide for slide in made if slide.parts]


def _cell(made: list[Slide], cell: NotebookNode, section: Section) -> None:
    tags = cell.metadata.get("tags", [])
    if "skip" in tags:
        return
    whole = "slide" in tags or "subslide" in tags
    title = section.title or made[-1].title
    if "slide" in tags and made[-1].parts:
        made.append(Slide(title))
    exercise = exercise_of(cell, section.exercises)
    if cell.cell_type == "markdown":
        source = re.sub(r"^## .+\n*", "", FOLD.sub("", cell.source))
        if exercise:
            made.append(Slide(f"Exercise: {exercise.title}", closed=True, section=title))
            made[-1].parts.append(
                to_html(
                    _unquoted(source).replace(f"Exercise `{exercise.name}` · {exercise.title}", f"`{exercise.name}`")
                )
            )
        else:
            _markdown(made, source, whole=whole)
        return
    if exercise and not whole:
        return
    if whole:
        code = f"<pre><code>{html.escape(cell.source)}</code></pre>"
        _add(made, code, len(cell.source.splitlines()) + 1.0)
    for output in cell.outputs:
        _output(made, output, whole=whole)


def _unquoted(source: str) -> str:
    """The words of a quotation without its marks."""
    return "\n".join(re.sub(r"^> ?", "", line) for line in source.splitlines())


def _output(made: list[Slide], output: NotebookNode, *, whole: bool) -> None:
    shown = output.get("data", {}).get("text/html", "")
    if re.search(r"<(img|video|audio)\b", shown):
        _add(made, shown, PICTURE_LINES)
    elif whole:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        _add(made, f'<pre class="output">{html.escape(text)}</pre>', len(text.splitlines()) + 1.0)


def _markdown(made: list[Slide], source: str, *, whole: bool) -> None:
    told = False  # whether the paragraph below the heading is on the slide
    for block in blocks(source):
        if block.startswith("### "):
            made.append(Slide(block.partition("\n")[0].lstrip("# ")))
            told = False
            continue
        kind = kind_of(block)
        if not whole and ((kind == "text" and told) or kind == "code"):
            continue
        told = told or kind == "text"
        _add(made, to_html(block), lines_of(block))
        if kind == "predict":
            made[-1].closed = True


def _add(made: list[Slide], part: str, lines: float) -> None:
    """Puts a piece on the open slide, or on a new one of the same title where that one is full."""
    last = made[-1]
    if last.parts and (last.closed or last.lines + lines > FULL):
        last = Slide(last.section or last.title)
        made.append(last)
    last.parts.append(part)
    last.lines += lines


def blocks(source: str) -> list[str]:
    """The blocks of a piece of Markdown, a heading and what follows it apart.

    Args:
        source: Markdown.
    """
    source = re.sub(r"^(### .+)$", r"\n\1\n", source, flags=re.MULTILINE)
    found: list[str] = []
    for piece in re.split(r"\n\s*\n", source):
        piece = piece.strip("\n")
        if not piece.strip():
            continue
        if found and any(found[-1].count(mark) % 2 for mark in ("$$", "```")):
            found[-1] += "\n\n" + piece
        else:
            found.append(piece)
    return found


def kind_of(block: str) -> str:
    """What a block is: predict, quote, table, formula, list, code or text.

    Args:
        block: Of Markdown.
    """
    if block.startswith(">"):
        return "predict" if "Predict" in block else "quote"
    for kind, pattern in (("table", r"\|"), ("formula", r"\$\$"), ("list", r"([-*]|\d+\.) "), ("code", r"( {4}|```)")):
        if re.match(pattern, block):
            return kind
    return "list" if re.search(r"\n([-*]|\d+\.) ", block) else "text"


def lines_of(block: str) -> float:
    """About how many lines a block takes on a slide.

    Args:
        block: Of Markdown.
    """
    if "$$" in block:
        return 3.0 + 1.5 * block.count(r"\\ ")
    return sum(max(1.0, len(line.split()) / WORDS_A_LINE) for line in block.splitlines()) + 0.7


def _without_table(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.startswith("|"))
