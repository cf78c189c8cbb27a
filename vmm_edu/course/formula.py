"""Markdown in; HTML out in which every formula is a picture that carries its source as words.

Pages usually fetch a program that sets formulas; a page that needs no network cannot. Matplotlib sets them here. What
it cannot set is shown as its source.
"""

from __future__ import annotations

import base64
import html
import io
import re
from functools import lru_cache

from matplotlib import mathtext
from matplotlib.font_manager import FontProperties

FORMULA = re.compile(
    r"\$\$(?P<display>.+?)\$\$|(?<![\\$\w])\$(?!\s)(?P<inline>[^$\n]+?(?:\n[^$\n]+?)?)(?<!\s)\$(?![\d$])", re.DOTALL
)
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
TAG = re.compile(r"\\tag\{([^}]*)\}")
PIXELS_PER_INCH = 300
POINTS = 12.0
# Spelt otherwise by the one who sets them.
SPELLING = {
    r"\\text\{": r"\\mathrm{",
    r"\\operatorname\*?\{": r"\\mathrm{",
    r"\\(begin|end)\{(aligned|align\*?|split)\}": "",
    r"\\(bigl|bigr|Bigl|Bigr|big|Big|displaystyle|limits)(?![a-z])": "",
    r"\\le(?![a-z])": r"\\leq",
    r"\\ge(?![a-z])": r"\\geq",
    r"\\ne(?![a-z])": r"\\neq",
    r"\\to(?![a-z])": r"\\rightarrow",
    r"\\lVert|\\rVert|\\\|": r"\\Vert ",
    r"&": "",
}


def to_html(markdown: str) -> str:
    """Sets a piece of Markdown.

    Args:
        markdown: With formulas between dollar signs.

    Raises:
        ValueError: The program that reads Markdown is not installed.
    """
    try:
        import mistune
    except ImportError as error:
        raise ValueError("slides need the lab extra: pip install 'vmm-edu[lab]'") from error
    pictures: list[str] = []

    def hide(match: re.Match[str]) -> str:
        pictures.append(_display(match["display"]) if match["display"] else _inline(match["inline"]))
        mark = f"FORMULA{len(pictures) - 1}X"
        return f"\n\n{mark}\n\n" if match["display"] else mark

    parts = CODE.split(markdown)
    hidden = "".join(part if place % 2 else FORMULA.sub(hide, part) for place, part in enumerate(parts))
    read = mistune.create_markdown(escape=False, plugins=["table", "strikethrough"])
    page = str(read(hidden))
    page = re.sub(r"<p>(FORMULA\d+X)</p>", r"\1", page)
    return re.sub(r"FORMULA(\d+)X", lambda match: pictures[int(match[1])], page)


def _inline(source: str) -> str:
    return picture(" ".join(source.split()))


def _display(source: str) -> str:
    tag = TAG.search(source)
    lines = [" ".join(line.split()) for line in TAG.sub("", source).split(r"\\")]
    set_lines = "<br>".join(picture(line) for line in lines if spelt(line))
    number = f'<span class="number">({html.escape(tag[1])})</span>' if tag else ""
    return f'<div class="formula">{set_lines}{number}</div>'


@lru_cache(maxsize=512)
def picture(source: str) -> str:
    """An img element for one line of a formula; its source in a code element where it cannot be set.

    Args:
        source: TeX without dollar signs.
    """
    drawn = io.BytesIO()
    try:
        depth = mathtext.math_to_image(
            f"${spelt(source)}$", drawn, prop=FontProperties(size=POINTS), dpi=PIXELS_PER_INCH, format="png"
        )
    except ValueError:
        return f"<code>{html.escape(source)}</code>"
    content = drawn.getvalue()
    height = int.from_bytes(content[20:24], "big")  # from the file's head
    em = PIXELS_PER_INCH * POINTS / 72
    down = depth * PIXELS_PER_INCH / 72 / em
    style = f"height: {height / em:.3f}em; vertical-align: {-down:.3f}em"
    encoded = base64.b64encode(content).decode()
    return f'<img class="tex" alt="{html.escape(source)}" style="{style}" src="data:image/png;base64,{encoded}">'


def spelt(source: str) -> str:
    """TeX as matplotlib reads it.

    Args:
        source: TeX.
    """
    for pattern, other in SPELLING.items():
        source = re.sub(pattern, other, source)
    return source.strip()
