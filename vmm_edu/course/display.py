"""A figure, a clip or a sound in; the same on the page out, with words for those who cannot see or hear it.

Where the words end up was looked up in a browser (``tests/browser``): JupyterLab and exported HTML show the HTML
form, in which ``alt`` and ``title`` reach a screen reader; a page that renders pictures only, as repositories' web
views do, shows the PNG form. JupyterLab cleans the HTML of a notebook that is not trusted; the tags and attributes
used here are those that it keeps, but for the enlarging of single pixels, which then turns smooth.
"""

from __future__ import annotations

import base64
import html
import io
import os
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

MAX_FIGURE_BYTES = 60_000
MAX_CLIP_BYTES = 200_000
MAX_SOUND_BYTES = 60_000
CSS_PIXELS_PER_INCH = 96
PIXELS_PER_INCH = (144, 96, 72)  # the first that makes a small enough file is taken
COLOURS = 256


@dataclass(frozen=True)
class Shown:
    """What a notebook displays: one form for each kind of page, and ``words`` where there is no page at all."""

    words: str
    forms: Mapping[str, str]
    metadata: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """The words."""
        return self.words

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        """All forms at once; the page picks the richest that it can show."""
        return {"text/plain": self.words, **self.forms}, {kind: dict(words) for kind, words in self.metadata.items()}


def figure(fig: Figure, *, alt: str) -> None:
    """Shows a matplotlib figure under the current cell with its alt text, and closes it.

    Args:
        fig: the finished figure. It is drawn at 144 pixels per inch with at most 256 colours, or more coarsely where
            that file would be larger than 60 kB.
        alt: what a reader who cannot see the figure should know: what is drawn, and what one sees in it.

    Raises:
        ValueError: the alt text is empty, or the picture has more than 60 kB however coarse.
    """
    shown = figure_forms(fig, alt=alt)
    from matplotlib import pyplot

    pyplot.close(fig)  # else the notebook shows it a second time, without words
    _show(shown)


def clip(path: str | os.PathLike[str], *, title: str, transcript: str, width: int = 256) -> None:
    """Shows a player for a video file, sound included, with its title and a transcript below.

    The bytes of the file go into the notebook, so that the clip plays without a server and offline.

    Args:
        path: an MP4 file (H.264 with AAC, which browsers play) of at most 200 kB.
        title: what is played, in a few words; a screen reader says it at the player.
        transcript: what is seen and heard, sounds in words ("a metallic ring, fading"), for those who cannot.
        width: width of the player on the page, in CSS pixels; the height follows.

    Raises:
        ValueError: title or transcript is empty, the width is not positive, the file is not an MP4 or too large.
        FileNotFoundError: there is no such file.
    """
    _show(clip_forms(path, title=title, transcript=transcript, width=width))


def sound(samples: np.ndarray, rate_hz: int, *, title: str, transcript: str) -> None:
    """Shows a player for a short sound, with its title and a transcript below.

    Args:
        samples: (sample,), real numbers; the loudest is played at half of full loudness, so that no ear is hurt.
        rate_hz: samples per second, 3000 or more, which browsers play.
        title: what is played, in a few words; a screen reader says it at the player.
        transcript: what is heard, in words, for those who cannot.

    Raises:
        ValueError: title or transcript is empty; the samples are none, not finite, not in a row, or more than 60 kB
            (two bytes each).
    """
    _show(sound_forms(samples, rate_hz, title=title, transcript=transcript))


def sound_forms(samples: np.ndarray, rate_hz: int, *, title: str, transcript: str) -> Shown:
    """What ``sound`` shows, for use outside a notebook.

    Raises:
        ValueError: as ``sound``.
    """
    name = _words(title, "title", "what is played, in a few words")
    told = _words(transcript, "transcript", "what is heard, in words")
    values = np.asarray(samples, float)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise ValueError(f"samples: expected a row of finite numbers, got shape {values.shape}; one channel at a time.")
    if rate_hz < 3000:
        raise ValueError(f"rate_hz is {rate_hz}; browsers play 3000 samples a second or more.")
    if 2 * values.size > MAX_SOUND_BYTES:
        raise ValueError(
            f"samples: {values.size} are {2 * values.size / 1000:.0f} kB; a notebook takes sounds of at most "
            f"{MAX_SOUND_BYTES / 1000:.0f} kB. Show less of it, or at a lower rate (resample_poly)."
        )
    packed = io.BytesIO()
    with wave.open(packed, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.round(0.5 * 32767 * values / (np.abs(values).max() or 1.0)).astype("<i2").tobytes())
    player = (
        f'<audio controls title="{html.escape(name)}" aria-label="{html.escape(name)}" '
        f'src="data:audio/wav;base64,{base64.b64encode(packed.getvalue()).decode()}"></audio>'
    )
    caption = f"<figcaption><strong>{html.escape(name)}</strong><br>{html.escape(told)}</figcaption>"
    return Shown(f"{name}\n{told}", {"text/html": f"<figure>{player}{caption}</figure>"})


def figure_forms(fig: Figure, *, alt: str) -> Shown:
    """What ``figure`` shows, for use outside a notebook; the figure stays open.

    Raises:
        ValueError: as ``figure``.
    """
    words = _words(alt, "alt", "what is drawn, and what one sees in it")
    encoded = base64.b64encode(_png(fig)).decode()
    width = round(fig.get_figwidth() * CSS_PIXELS_PER_INCH)
    tag = f'<img alt="{html.escape(words)}" width="{width}" src="data:image/png;base64,{encoded}">'
    return Shown(words, {"text/html": tag, "image/png": encoded}, {"image/png": {"alt": words}})


def clip_forms(path: str | os.PathLike[str], *, title: str, transcript: str, width: int = 256) -> Shown:
    """What ``clip`` shows, for use outside a notebook.

    Raises:
        ValueError, FileNotFoundError: as ``clip``.
    """
    name = _words(title, "title", "what is played, in a few words")
    told = _words(transcript, "transcript", "what is seen and heard, sounds in words")
    if width < 1:
        raise ValueError(f"width is {width}; expected the player's width in pixels, for example 256.")
    content = Path(path).read_bytes()
    if content[4:8] != b"ftyp":
        raise ValueError(f"{path} is not an MP4 file, which is what browsers play; write it as H.264 + AAC in MP4.")
    if len(content) > MAX_CLIP_BYTES:
        raise ValueError(
            f"{path} has {len(content) / 1000:.0f} kB; a notebook takes clips of at most "
            f"{MAX_CLIP_BYTES / 1000:.0f} kB. Show a shorter or smaller one."
        )
    # One src attribute: a <source> inside would be cleaned away in a notebook that is not trusted.
    player = (
        f'<video controls title="{html.escape(name)}" aria-label="{html.escape(name)}" width="{width}" '
        f'style="image-rendering: pixelated" src="data:video/mp4;base64,{base64.b64encode(content).decode()}"></video>'
    )
    caption = f"<figcaption><strong>{html.escape(name)}</strong><br>{html.escape(told)}</figcaption>"
    return Shown(f"{name}\n{told}", {"text/html": f"<figure>{player}{caption}</figure>"})


def _words(text: str, name: str, meant: str) -> str:
    """The text on one line; an error where there is none."""
    words = " ".join(text.split())
    if not words:
        raise ValueError(f"{name} is empty; say {meant}. Some readers have nothing else.")
    return words


def _png(fig: Figure) -> bytes:
    """The figure as a PNG small enough for a notebook."""
    sizes = []
    for dpi in PIXELS_PER_INCH:
        content = _png_at(fig, dpi)
        if len(content) <= MAX_FIGURE_BYTES:
            return content
        sizes.append(len(content))
    raise ValueError(
        f"the figure has {min(sizes) / 1000:.0f} kB as a PNG; a notebook takes {MAX_FIGURE_BYTES / 1000:.0f}. "
        "Make it smaller (figsize), or show fewer or smaller photographs in it."
    )


def _png_at(fig: Figure, dpi: int) -> bytes:
    """One PNG with a palette: plots look the same and have about a third of the bytes."""
    drawn = io.BytesIO()
    fig.savefig(drawn, format="png", dpi=dpi, facecolor="white")
    packed = io.BytesIO()
    with Image.open(drawn) as image:
        # The default method lets a photograph take all the colours, and a thin line beside it loses its own.
        few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    few.save(packed, format="png", optimize=True)
    return packed.getvalue()


def _show(shown: Shown) -> None:
    """To the cell's output, or as words to a terminal."""
    from IPython.display import display

    display(shown)
