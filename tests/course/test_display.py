"""Figures and clips carry their words, stay small and leave nothing open."""

from __future__ import annotations

import base64
import io
import itertools
import wave
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from IPython.core.formatters import format_display_data
from matplotlib import pyplot
from nbformat.v4 import new_code_cell, new_output
from notebooks.rules import cell_problems
from PIL import Image
from skimage import data

from vmm_edu.course import display, palette, stages

WORDS = 'Two lines cross at "3 < x"; & that is all.'


class Elements(HTMLParser):
    """The elements of a piece of HTML and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = {name: value or "" for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    yield
    left = pyplot.get_fignums()
    pyplot.close("all")
    assert left == []


@pytest.fixture
def fig():
    fig, axes = pyplot.subplots()
    axes.plot([0, 1, 2], [1, 0, 3])
    yield fig
    pyplot.close(fig)


@pytest.fixture
def mp4(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom" + bytes(1000))
    return path


def opened(shown: display.Shown) -> Image.Image:
    with Image.open(io.BytesIO(base64.b64decode(shown.forms["image/png"]))) as image:
        return image.convert("RGB")


def test_a_figure_has_its_words_in_every_form(fig):
    shown = display.figure_forms(fig, alt=WORDS)
    image = Elements(shown.forms["text/html"]).found["img"]
    assert image["alt"] == WORDS
    assert image["src"] == "data:image/png;base64," + shown.forms["image/png"]
    assert shown.metadata["image/png"]["alt"] == WORDS
    assert repr(shown) == WORDS


def test_a_shown_figure_keeps_the_rules_for_stored_notebooks(fig):
    data, metadata = format_display_data(display.figure_forms(fig, alt=WORDS))
    assert set(data) == {"text/plain", "text/html", "image/png"}
    assert data["text/plain"] == WORDS
    assert cell_problems(new_code_cell("f", outputs=[new_output("display_data", data=data, metadata=metadata)])) == []


def test_the_html_is_the_same_for_the_same_figure_but_for_its_bytes(fig):
    before = display.figure_forms(fig, alt=WORDS)
    fig.axes[0].plot([0, 1, 2], [3, 3, 0])
    after = display.figure_forms(fig, alt=WORDS)
    assert before.forms["image/png"] != after.forms["image/png"]
    htmls = [shown.forms["text/html"].replace(shown.forms["image/png"], "BYTES") for shown in (before, after)]
    assert htmls[0] == htmls[1]


def test_figure_shows_words_in_a_terminal_and_closes(capsys):
    fig, _ = pyplot.subplots()
    display.figure(fig, alt=WORDS)
    assert capsys.readouterr().out == WORDS + "\n"


@pytest.mark.parametrize("alt", ["", "  \n "])
def test_a_figure_without_words_is_refused(fig, alt: str):
    with pytest.raises(ValueError, match="alt is empty; say what is drawn"):
        display.figure_forms(fig, alt=alt)


def test_a_plot_is_sharp_and_a_photograph_still_fits():
    photograph = np.random.default_rng(0).integers(0, 256, (200, 400, 3))
    with palette.style():
        line, axes = pyplot.subplots(figsize=(6, 3))
        axes.plot([0, 1])
        photo, axes = pyplot.subplots(figsize=(5, 2.5))
        axes.imshow(photograph, aspect="auto")
    sharp, coarse = (display.figure_forms(fig, alt=WORDS) for fig in (line, photo))
    pyplot.close(line)
    pyplot.close(photo)
    assert opened(sharp).width == 6 * 144
    assert opened(coarse).width < 5 * 144
    assert len(base64.b64decode(coarse.forms["image/png"])) <= display.MAX_FIGURE_BYTES
    widths = [Elements(shown.forms["text/html"]).found["img"]["width"] for shown in (sharp, coarse)]
    assert widths == ["576", "480"]


def test_a_figure_too_large_for_a_notebook_is_refused():
    fig, axes = pyplot.subplots(figsize=(12, 12))
    axes.imshow(np.random.default_rng(0).integers(0, 256, (600, 600, 3)))
    with pytest.raises(ValueError, match=r"kB as a PNG; a notebook takes 60\. Make it smaller"):
        display.figure_forms(fig, alt=WORDS)
    pyplot.close(fig)


def test_lines_keep_their_colours_beside_a_photograph():
    with palette.style():
        fig, (left, right) = pyplot.subplots(1, 2)
        for place in range(len(palette.CYCLE)):
            left.plot([0, 1], [place, place + 1])
        right.imshow(data.coffee())
    shown = opened(display.figure_forms(fig, alt=WORDS))
    drawn = io.BytesIO()
    fig.savefig(drawn, format="png", dpi=shown.width / fig.get_figwidth())
    pyplot.close(fig)
    with Image.open(drawn) as image:
        exact = np.asarray(image.convert("RGB")).astype(int)
    for colour in palette.CYCLE:
        there = (exact == rgb(colour)).all(axis=-1)
        assert there.any()
        assert np.abs(np.asarray(shown).astype(int)[there] - rgb(colour)).max() <= 8, colour


def test_a_clip_is_one_video_element_with_title_and_transcript(mp4: Path):
    shown = display.clip_forms(mp4, title="A <bell>", transcript='A ring, "fading".', width=300)
    elements = Elements(shown.forms["text/html"])
    video = elements.found["video"]
    assert video["title"] == video["aria-label"] == "A <bell>"
    assert "controls" in video
    assert video["width"] == "300"
    kind, encoded = video["src"].split(",")
    assert kind == "data:video/mp4;base64"
    assert base64.b64decode(encoded) == mp4.read_bytes()
    assert elements.text == 'A <bell>A ring, "fading".'
    assert "source" not in elements.found
    output = new_output("display_data", data={"text/plain": repr(shown), **shown.forms})
    assert cell_problems(new_code_cell("c", outputs=[output])) == []


def test_clip_shows_its_words_in_a_terminal(mp4: Path, capsys):
    display.clip(mp4, title="A bell", transcript="A ring.")
    assert capsys.readouterr().out == "A bell\nA ring.\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": " "}, "title is empty"),
        ({"transcript": ""}, "transcript is empty; say what is seen and heard"),
        ({"width": 0}, "width is 0"),
    ],
)
def test_a_clip_without_words_is_refused(mp4: Path, change: dict, message: str):
    with pytest.raises(ValueError, match=message):
        display.clip_forms(mp4, **{"title": "A bell", "transcript": "A ring.", **change})


def test_a_clip_that_no_browser_plays_is_refused(tmp_path: Path, mp4: Path):
    other = tmp_path / "clip.avi"
    other.write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(ValueError, match="not an MP4 file"):
        display.clip_forms(other, title="A bell", transcript="A ring.")
    with pytest.raises(FileNotFoundError):
        display.clip_forms(tmp_path / "none.mp4", title="A bell", transcript="A ring.")
    mp4.write_bytes(mp4.read_bytes() + bytes(300_000))
    with pytest.raises(ValueError, match="has 301 kB; a notebook takes clips of at most 200"):
        display.clip_forms(mp4, title="A bell", transcript="A ring.")


def test_a_sound_is_one_audio_element_with_title_and_transcript():
    samples = np.array([0.0, 0.25, -0.5, 0.125], np.float32)
    shown = display.sound_forms(samples, 4000, title="A <tone>", transcript="A low hum.")
    elements = Elements(shown.forms["text/html"])
    audio = elements.found["audio"]
    assert audio["title"] == audio["aria-label"] == "A <tone>"
    assert "controls" in audio
    assert "source" not in elements.found
    assert elements.text == "A <tone>A low hum."
    kind, encoded = audio["src"].split(",")
    assert kind == "data:audio/wav;base64"
    with wave.open(io.BytesIO(base64.b64decode(encoded))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (4000, 1, 2)
        played = np.frombuffer(file.readframes(10), "<i2")
    np.testing.assert_allclose(played / 32767, samples, atol=1e-4)  # the loudest, 0.5, is played at 0.5
    output = new_output("display_data", data={"text/plain": repr(shown), **shown.forms})
    assert cell_problems(new_code_cell("s", outputs=[output])) == []


def test_silence_can_be_played_and_words_reach_a_terminal(capsys):
    display.sound(np.zeros(10), 8000, title="Nothing", transcript="Silence.")
    assert capsys.readouterr().out == "Nothing\nSilence.\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "title is empty"),
        ({"transcript": " "}, "transcript is empty; say what is heard"),
        ({"samples": np.zeros((2, 5))}, r"expected a row of finite numbers, got shape \(2, 5\)"),
        ({"samples": np.array([0.0, np.nan])}, "finite"),
        ({"samples": np.zeros(0)}, "got shape"),
        ({"samples": np.zeros(40_000)}, "40000 are 80 kB; a notebook takes sounds of at most 60 kB"),
        ({"rate_hz": 2000}, "rate_hz is 2000; browsers play 3000"),
    ],
)
def test_a_sound_that_cannot_be_shown_is_refused(change: dict, message: str):
    given = {"samples": np.ones(10), "rate_hz": 8000, "title": "A tone", "transcript": "A hum.", **change}
    with pytest.raises(ValueError, match=message):
        display.sound_forms(**given)


@pytest.mark.parametrize("stage", [None, *stages.STAGES])
def test_the_pipeline_lights_one_stage_or_all(stage: str | None):
    fig, alt = stages.pipeline_figure(stage)
    lit = [patch for patch in fig.axes[0].patches if mpl.colors.to_hex(patch.get_facecolor()) == palette.BLUE.lower()]
    assert sum(type(patch).__name__ == "FancyBboxPatch" for patch in lit) == (1 if stage else len(stages.STAGES))
    assert all(name in alt for name in stages.STAGES)
    assert alt.endswith(f"This chapter is about {stage}.") == bool(stage)
    texts = [text.get_text() for text in fig.axes[0].texts]
    assert ("this chapter" in texts) == bool(stage)
    assert display.figure_forms(fig, alt=alt).words == alt


def test_an_unknown_stage_is_named():
    with pytest.raises(ValueError, match="no stage 'fussion'; expected one of framing, features"):
        stages.pipeline("fussion")


def test_the_style_ends_with_its_block():
    before = dict(mpl.rcParams)
    with palette.style():
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == list(palette.CYCLE)
    assert dict(mpl.rcParams) == before


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])


# Viénot, Brettel and Mollon (1999), doi:10.1002/(SICI)1520-6378(199908)24:4<243::AID-COL5>3.0.CO;2-3: what is left of
# linear RGB where the red- or the green-sensitive cones are missing.
MISSING_CONES = {
    "red": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "green": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}


@pytest.mark.parametrize("missing", MISSING_CONES)
def test_the_first_colours_differ_for_the_colour_blind(missing: str):
    seen = {c: np.clip(MISSING_CONES[missing] @ (rgb(c) / 255) ** 2.2, 0, 1) ** (1 / 2.2) for c in palette.CYCLE[:4]}
    for one, other in itertools.combinations(seen, 2):
        assert np.abs(seen[one] - seen[other]).max() > 0.1, (one, other)
    red_and_green = [np.clip(MISSING_CONES[missing] @ np.array(c), 0, 1) for c in ([0.21, 0, 0], [0, 0.06, 0])]
    assert np.abs(red_and_green[0] ** (1 / 2.2) - red_and_green[1] ** (1 / 2.2)).max() < 0.25
