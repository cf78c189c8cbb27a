"""A learner's first minutes in a real browser: the copy opens, pictures have words, the clip plays, cells run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
import pytest
from browser.lab import browser, choose, open_notebook, play, serving, wait_until
from framing.media import tone, write_media
from matplotlib import pyplot
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser

from vmm_edu.command import main
from vmm_edu.course import display, stages

FIRST = "notebooks/00_start_here.ipynb"
RUN_LIMIT_S = 300
PICTURES = (
    "[...document.querySelectorAll('.jp-OutputArea img, .jp-OutputArea video')].map(e => [e.tagName, e.alt || e.title])"
)
OUTPUTS = "document.querySelectorAll('.jp-OutputArea-output').length"
PROMPTS = "[...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')].map(e => e.textContent.trim())"
SOUND_LASTS_S = (
    "async () => { const e = document.querySelector('audio'); e.load();"
    " await new Promise((yes, no) => { e.onloadedmetadata = yes; e.onerror = no; }); return e.duration; }"
)
UNSAVED = "document.querySelectorAll('.lm-DockPanel-tabBar .jp-mod-dirty').length"


class Lab(NamedTuple):
    """A learner's folder, the address at which it is served, and a browser."""

    folder: Path
    address: str
    browser: Browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """``vmm-edu lab`` in an empty folder, with one more notebook than the course's, which Jupyter does not trust."""
    place = tmp_path_factory.mktemp("learner")
    with browser() as started:
        folder = place / "my-course"
        (folder / "notebooks").mkdir(parents=True)
        nbformat.write(foreign(place), folder / "notebooks" / "foreign.ipynb")
        with serving(folder, place / "private") as address:
            yield Lab(folder, address, started)


def foreign(place: Path) -> nbformat.NotebookNode:
    """A notebook from somewhere else, with a figure, a clip and a sound of the course's kinds."""
    write_media(place / "bell.mp4", count=24, rate=12, sound=tone(2.0))
    fig, alt = stages.pipeline_figure("features")
    shown = [
        display.figure_forms(fig, alt=alt),
        display.clip_forms(place / "bell.mp4", title="A <bell>", transcript="A low hum."),
        # 4000 samples a second: the lowest rate that a chapter plays
        display.sound_forms(np.sin(np.arange(2000)), 4000, title="A tone", transcript="A steady tone."),
    ]
    pyplot.close(fig)
    outputs = []
    for one in shown:
        data, metadata = one._repr_mimebundle_()
        outputs.append(new_output("display_data", data=data, metadata=metadata))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cell = new_code_cell("show()", execution_count=1, outputs=outputs)
    return new_notebook(cells=[cell], metadata={"kernelspec": kernel})


def test_a_learner_opens_reads_hears_and_runs_the_first_chapter(lab: Lab, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    stored = nbformat.read(lab.folder / FIRST, as_version=4)
    page = lab.browser.new_page(viewport={"width": 1300, "height": 1000})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(lab.address)
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=120_000)

    # As stored: trusted, nothing asked of the learner, every picture with its words, a clip with sound.
    words = pictures(stored)
    assert {"IMG", "VIDEO"} <= {kind for kind, _ in words}
    wait_until(page, PICTURES, words)
    assert all(text.strip() for _, text in words)
    assert page.get_attribute(".jp-StatusItem-trust", "title").startswith("Notebook trusted")
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    played = play(page)
    assert played.duration_s > 0.5
    assert played.reached_s == played.duration_s
    assert played.width > 0
    assert played.sound_bytes > 0
    assert played.rendering == "pixelated"

    # Run by the learner, from nothing.
    choose(page, "Edit", "Clear Outputs of All Cells")
    wait_until(page, OUTPUTS, 0)
    choose(page, "Run", "Run All Cells")
    executed = [cell for cell in code_cells(stored) if cell.source.strip()]
    wait_until(page, PROMPTS, [f"[{place}]:" for place in range(1, len(executed) + 1)], limit_s=RUN_LIMIT_S)
    assert page.locator(".jp-OutputArea [data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator(".jp-OutputArea [data-mime-type='application/vnd.jupyter.error']").count() == 0
    wait_until(page, PICTURES, words)
    answers = [
        text for text in page.locator(".jp-OutputArea-output").all_inner_texts() if text.startswith(("○ ", "✓ "))
    ]
    assert answers, "no check answered"
    assert {url.split("/")[2] for url in asked if url.startswith(("http", "ws"))} == {lab.address.split("/")[2]}

    # Saved: the learner's run is in the file, and the next start leaves it there.
    choose(page, "File", "Save Notebook")
    wait_until(page, UNSAVED, 0)
    page.close()
    saved = (lab.folder / FIRST).read_bytes()
    assert saved != nbformat.writes(stored).encode()
    assert main(["start", str(lab.folder)]) == 0
    assert (lab.folder / FIRST).read_bytes() == saved


def test_words_and_clip_survive_where_jupyter_does_not_trust(lab: Lab):
    page = open_notebook(lab.browser, lab.address, "notebooks/foreign.ipynb")
    page.wait_for_selector(".jp-OutputArea video", state="attached")
    assert "not trusted" in page.get_attribute(".jp-StatusItem-trust", "title")
    assert page.evaluate(PICTURES) == [["IMG", stages.pipeline_alt("features")], ["VIDEO", "A <bell>"]]
    assert page.get_by_role("img", name="The course's pipeline").count() == 1
    assert page.locator("figcaption").all_inner_texts() == ["A <bell>\nA low hum.", "A tone\nA steady tone."]
    assert page.get_attribute(".jp-OutputArea audio", "title") == "A tone"
    assert page.evaluate(SOUND_LASTS_S) == 0.5
    played = play(page)
    assert played.duration_s == pytest.approx(2.0, abs=0.1)
    assert played.reached_s == played.duration_s
    assert played.sound_bytes > 0
    page.close()


def test_words_and_clip_are_in_exported_html(lab: Lab, tmp_path: Path):
    exported, _ = HTMLExporter().from_filename(str(lab.folder / "notebooks" / "foreign.ipynb"))
    (tmp_path / "page.html").write_text(exported, encoding="utf-8")
    page = lab.browser.new_page()
    page.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
    assert page.get_by_role("img", name="The course's pipeline").count() == 1
    assert page.locator("img").count() == 1, "the figure is shown once, not in both forms"
    assert page.get_attribute("video", "title") == "A <bell>"
    played = play(page, "video")
    assert played.duration_s == pytest.approx(2.0, abs=0.1)
    assert played.sound_bytes > 0
    assert played.rendering == "pixelated"
    page.close()


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def pictures(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """Kind and words of each picture that a stored notebook shows, in order."""
    from notebooks.rules import Pictures

    found = []
    for cell in code_cells(notebook):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            found += [[tag.upper(), words.get("alt") or words.get("title", "")] for tag, words in Pictures(html).found]
    return found
