"""A folder of chapters in; one page of slides for each out, which loads nothing from anywhere.

The arrow keys, space, Home and End lead through the slides; without scripts, and printed, they stand one below the
other.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from pathlib import Path

from vmm_edu.course.sections import Chapter, chapters
from vmm_edu.course.slides import Slide, slides

STYLE = """
:root { color-scheme: light; }
body { margin: 0; font: 1.35rem/1.45 system-ui, sans-serif; color: #111; background: #fff; }
section { box-sizing: border-box; min-height: 100vh; padding: 3vh 6vw 8vh; position: relative; }
section + section { border-top: 1px solid #bbb; }
h1, h2 { color: #0a4f85; line-height: 1.2; margin: 0 0 0.6em; }
h1 { font-size: 2.3rem; margin-top: 12vh; } h2 { font-size: 1.7rem; }
p, ul, ol { max-width: 60em; margin: 0.5em 0; }
blockquote { margin: 0.8em 0; padding: 0.2em 1em; border-left: 0.3em solid #E69F00; background: #fdf6e7; }
table { border-collapse: collapse; font-size: 1.1rem; }
td, th { border: 1px solid #999; padding: 0.2em 0.6em; text-align: left; }
pre { font-size: 1.05rem; background: #f3f3f3; padding: 0.6em 0.8em; white-space: pre-wrap; }
img:not(.tex), video { display: block; margin: 0.6em auto; max-width: 100%; width: auto; }
img:not(.tex), video { height: 52vh; object-fit: contain; }
figure { margin: 0; text-align: center; } figcaption { font-size: 1.05rem; }
.formula { text-align: center; margin: 0.7em 0; font-size: 1.3em; position: relative; }
.formula .number { position: absolute; right: 0; font-size: 0.75em; }
.place { position: absolute; right: 1.5vw; bottom: 1.5vh; font-size: 0.9rem; color: #555; }
.one section { display: none; border: 0; } .one section.on { display: block; }
@media print { .one section { display: block; page-break-after: always; } }
"""
SCRIPT = """
const all = [...document.querySelectorAll('section')];
let at = 0;
function show(n) {
  at = Math.max(0, Math.min(all.length - 1, n));
  all.forEach((slide, i) => slide.classList.toggle('on', i === at));
  document.querySelectorAll('video, audio').forEach(player => player.pause());
  history.replaceState(null, '', '#' + (at + 1));
  window.scrollTo(0, 0);
}
document.body.classList.add('one');
addEventListener('keydown', event => {
  if (event.target.closest('video, audio') && event.key === ' ') return;
  const to = { ArrowRight: at + 1, PageDown: at + 1, ' ': at + 1, ArrowLeft: at - 1, PageUp: at - 1, Home: 0,
    End: all.length - 1 }[event.key];
  if (to !== undefined) { event.preventDefault(); show(to); }
});
addEventListener('hashchange', () => show((parseInt(location.hash.slice(1)) || 1) - 1));
show((parseInt(location.hash.slice(1)) || 1) - 1);
"""


def write(notebooks: Path, folder: Path, *, chapters: Sequence[str] | None = None) -> Iterator[tuple[Path, int]]:
    """Writes the pages; gives each with the number of its slides.

    Args:
        notebooks: Folder of the chapters, with their outputs.
        folder: For the pages; made where it is missing.
        chapters: "00", "00b"; all where None.

    Raises:
        ValueError: There is no such chapter.
    """
    there = {chapter.number: chapter for chapter in _chapters(notebooks)}
    missing = [number for number in chapters or () if number not in there]
    if missing:
        raise ValueError(f"--chapters: expected some of {', '.join(there)}, got {', '.join(missing)}")
    folder.mkdir(parents=True, exist_ok=True)
    for number in chapters or there:
        made = slides(there[number])
        path = folder / f"{there[number].path.stem}.html"
        path.write_text(page(there[number], made), encoding="utf-8")
        yield path, len(made)


_chapters = chapters


def page(chapter: Chapter, made: Sequence[Slide]) -> str:
    """The whole page.

    Args:
        chapter: For its title.
        made: Its slides.
    """
    body = []
    for number, slide in enumerate(made, 1):
        level = "h1" if number == 1 else "h2"
        place = f"{number} of {len(made)}"
        inside = "\n".join([f"<{level}>{html.escape(slide.title)}</{level}>", *slide.parts])
        body.append(
            f'<section id="{number}" aria-label="Slide {place}">\n{inside}\n<div class="place">{place}</div></section>'
        )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{html.escape(chapter.title)}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{STYLE}</style></head>\n<body>\n'
        + "\n".join(body)
        + f"\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
