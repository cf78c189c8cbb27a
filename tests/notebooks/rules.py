"""What a stored notebook must be, beyond what strict nbval sees. Each rule closes a hole in it."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

from nbformat import NotebookNode

MAX_PICTURE_BYTES = 60_000
MAX_FILE_BYTES = 1_500_000
MAX_FILE_BYTES_OF = {"05_lstm.ipynb": 2_500_000, "08_fusion.ipynb": 2_500_000}
TAGS = {"exercise", "slide", "subslide", "skip"}
PRIVATE_PATH = re.compile(r"(/(home|root|Users|tmp|work|var|private|mnt)/\w|\b[A-Z]:\\\\?\w)")


class Pictures(HTMLParser):
    """Collects the img and video elements of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"img", "video", "audio"}:
            self.found.append((tag, {name: value or "" for name, value in attrs}))


def problems(notebook: NotebookNode, *, name: str, size_bytes: int = 0) -> list[str]:
    """Everything that makes a notebook unfit to be stored, in words; empty when it is fit."""
    found = []
    if size_bytes > MAX_FILE_BYTES_OF.get(name, MAX_FILE_BYTES):
        found.append(f"the file has {size_bytes / 1e6:.2f} MB")
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if not code:
        found.append("no code cell")
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        found.append(f"not executed in order 1…n: {counts[:8]}")
    for number, cell in enumerate(notebook.cells):
        found += [f"cell {number}: {problem}" for problem in cell_problems(cell)]
    return found


def cell_problems(cell: NotebookNode) -> list[str]:
    """The same for one cell."""
    found = []
    tags = set(cell.metadata.get("tags", []))
    if tags - TAGS:
        found.append(f"tags {sorted(tags - TAGS)}; allowed are {sorted(TAGS)}")
    if set(cell.metadata) - {"tags"}:
        found.append(f"metadata {sorted(set(cell.metadata) - {'tags'})} (times and states are not stored)")
    if "NBVAL_" in cell.source:
        found.append("a comment that turns the comparison off")
    outputs = cell.get("outputs", [])
    names = [output.get("name") if output.output_type == "stream" else None for output in outputs]
    if any(one and one == two for one, two in pairwise(names)):
        found.append("printed text in several pieces")
    for output in outputs:
        if output.output_type == "error":
            found.append(f"a stored error ({output.ename})")
        elif output.output_type == "stream":
            if output.name == "stderr":
                found.append("something on stderr")
            found += path_problems(output.text)
        else:
            found += data_problems(output)
    return found


def path_problems(text: str) -> list[str]:
    """A path of the machine that ran the notebook."""
    text = re.sub(r"base64,[A-Za-z0-9+/=\s]+", "", text)
    hit = PRIVATE_PATH.search(text)
    return [f"a machine's path ({hit.group(0)}…)"] if hit else []


def data_problems(output: NotebookNode) -> list[str]:
    """Figures without words, too large, or not where a screen reader finds them."""
    found = []
    pictures = Pictures(output.data.get("text/html", "")).found
    for tag, attributes in pictures:
        if not (attributes.get("alt") or attributes.get("title") or attributes.get("aria-label", "")).strip():
            found.append(f"a <{tag}> without alt text or title")
    for kind, content in output.data.items():
        if isinstance(content, str):
            found += path_problems(content) if kind.startswith("text/") else []
    if "image/png" in output.data:
        size = len(base64.b64decode(output.data["image/png"]))
        if size > MAX_PICTURE_BYTES:
            found.append(f"a figure of {size / 1000:.0f} kB")
        if not any(tag == "img" for tag, _ in pictures):
            found.append("a figure without its <img alt=…> form")
        if not output.metadata.get("image/png", {}).get("alt"):
            found.append("a figure without alt text in its metadata")
    return found


def chapters() -> list[Path]:
    """The stored notebooks."""
    return sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
