"""Slides of every chapter load nothing, keep each picture with its words, and show no answer."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebooks.rules import TAGS as ALLOWED
from notebooks.rules import Pictures, chapters

from vmm_edu.course import registry
from vmm_edu.course.cards import card, stub_cell
from vmm_edu.course.formula import picture, to_html
from vmm_edu.course.sections import read_chapter
from vmm_edu.course.slides import TAGS, blocks, slides
from vmm_edu.course.slides_page import page, write

LOADING = {"src", "srcset", "poster", "data", "background"}


class Loads(HTMLParser):
    """Collects what a page would fetch, and the words of its pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        fields = dict(attrs)
        found = [value for name, value in attrs if name in LOADING or (tag == "link" and name == "href")]
        self.fetched += [value for value in found if not value.startswith("data:")]
        self.fetched += re.findall(r"url\(\s*['\"]?(?!data:)[^)]*", fields.get("style") or "")
        if tag in {"img", "video", "audio"}:
            self.words.append(fields.get("alt") or fields.get("title") or "")


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("slides")
    made = list(write(chapters()[0].parent, folder))
    assert all(count > 10 for _, count in made)
    return {path.stem: path.read_text(encoding="utf-8") for path, _ in made}


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_a_page_loads_nothing(path: Path, pages: dict[str, str]):
    text = pages[path.stem]
    found = Loads(text)
    assert found.fetched == []
    assert not re.search(r"@import|url\(|fetch\(|import\(|XMLHttpRequest|WebSocket", re.sub(r"base64,[^\"]+", "", text))


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_every_picture_and_clip_is_there_once_with_its_words(path: Path, pages: dict[str, str]):
    wanted = []
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            shown = Pictures(output.get("data", {}).get("text/html", "")).found
            wanted += [fields.get("alt") or fields.get("title") or "" for _, fields in shown]
    words = Loads(pages[path.stem]).words
    assert "" not in words
    assert [word for word in words if word in wanted] == wanted
    assert len(wanted) >= 2


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_each_section_and_exercise_has_a_slide_and_folds_stay_closed(path: Path, pages: dict[str, str]):
    text = pages[path.stem]
    titles = [slide.title for slide in slides(read_chapter(path))]
    for exercise in registry.exercises(path.stem.split("_")[0]):
        assert titles.count(f"Exercise: {exercise.title}") == 1
    for section in read_chapter(path).sections:
        assert section.title in titles or section.title.startswith(("How the libraries", "References"))
    assert "<details" not in text
    assert "Answers</summary>" not in text
    assert "not attempted yet. hint" not in text, "blanks and their checks are on no slide"


def chapter(tmp_path: Path, *cells) -> list:
    notebook = new_notebook(cells=[new_markdown_cell("# 00 · T\n\n**The question: why?**"), *cells])
    path = tmp_path / "00_small.ipynb"
    nbformat.write(notebook, path)
    return slides(read_chapter(path))


def tagged(cell, *tags):
    cell.metadata["tags"] = list(tags)
    return cell


def test_tags_decide_what_is_shown(tmp_path: Path):
    told = new_output("stream", name="stdout", text="42\n")
    code = [new_code_cell(f"x{n} = 1", outputs=[told]) for n in range(4)]
    made = chapter(
        tmp_path,
        new_markdown_cell("## 00.1 One\n\nFirst paragraph.\n\nSecond paragraph."),
        code[0],
        tagged(code[1], "slide"),
        tagged(code[2], "subslide"),
        tagged(code[3], "skip"),
        tagged(new_markdown_cell("Whole.\n\nAll of it."), "subslide"),
        tagged(new_markdown_cell("## 00.2 Two\n\nGone."), "skip"),
    )
    texts = [" ".join(slide.parts) for slide in made[1:]]
    assert len(texts) == 2
    assert "First paragraph" in texts[0]
    assert "Second" not in texts[0]
    assert "x1 = 1" in texts[1]
    assert "42" in texts[1]
    assert "x2 = 1" in texts[1]
    assert "All of it." in texts[1]
    assert not any(word in " ".join(texts) for word in ("x0", "x3", "Gone"))


def test_the_rule_about_tags_and_the_tags_allowed_agree():
    assert set(TAGS) <= ALLOWED


def test_a_guess_comes_before_its_answer_and_an_exercise_stands_alone(tmp_path: Path):
    name = "00.which_sense"
    figure = new_output("display_data", data={"text/html": '<img alt="A line." src="data:,">'})
    made = chapter(
        tmp_path,
        new_markdown_cell("## 00.1 One\n\nText.\n\n> **Predict before you run.** Up or down?"),
        new_code_cell("draw()", outputs=[figure]),
        new_markdown_cell(card(name)),
        new_code_cell(stub_cell(name)),
        new_markdown_cell("After it."),
    )
    assert [slide.title for slide in made[1:]] == [
        "00.1 One",
        "00.1 One",
        f"Exercise: {registry.find(name).title}",
        "00.1 One",
    ]
    assert "A line." not in " ".join(made[1].parts)
    assert "A line." in " ".join(made[2].parts)
    assert "After it." in " ".join(made[4].parts)


def test_a_formula_is_a_picture_that_says_its_source():
    text = to_html(
        r"Here $c_t = f_t \odot c_{t-1}$, in code `$HOME`, for 5 $ and 6 $." "\n\n" r"$$x \le \text{half} \tag{5.3}$$"
    )
    assert r'alt="c_t = f_t \odot c_{t-1}"' in text
    assert "<code>$HOME</code>" in text
    assert "5 $ and 6 $." in text
    assert "(5.3)" in text
    assert "FORMULA" not in text
    assert picture(r"\nosuchcommand{x}") == r"<code>\nosuchcommand{x}</code>"


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_every_formula_of_the_course_can_be_set(path: Path, pages: dict[str, str]):
    assert not re.findall(r"<code>[^<]*\\(?:frac|sum|mathrm|sigma|begin)[^<]*</code>", pages[path.stem])


def test_blocks_keep_formulas_whole():
    assert blocks("a\n\n$$x\n\ny$$\n\n### B\nc") == ["a", "$$x\n\ny$$", "### B", "c"]


def test_markup_in_a_title_is_shown_as_it_is(tmp_path: Path):
    path = tmp_path / "00_small.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# <b>T</b> & co\n\ntext")]), path)
    read = read_chapter(path)
    assert "&lt;b&gt;T&lt;/b&gt; &amp; co" in page(read, slides(read))


def test_a_chapter_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match=r"--chapters: expected some of 00, 00b.*got 99"):
        list(write(chapters()[0].parent, tmp_path, chapters=["99"]))
