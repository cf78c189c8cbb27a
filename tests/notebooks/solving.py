"""A chapter in; what its cells say when a learner has solved all, half or one of its exercises out.

All exercises solved: the whole chapter runs from top to bottom. For the other copies only the cells run that an
exercise's answer can reach by name (`vmm_edu.course.dataflow`); all others would do once more what they did before.
Of those a cell runs once for each combination of solved exercises that reaches it: a cell that only one exercise
reaches was there already, solved in this run and blank in the stored notebook. Every exercise's own cell and every
cell that shows progress runs in each copy.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import nbformat
from jupyter_client.manager import start_new_kernel

from vmm_edu.course import registry
from vmm_edu.course.cards import check_line
from vmm_edu.course.dataflow import flow, reach
from vmm_edu.course.solved import copy_cell

STATE = Path(__file__).with_name("kernel_state.py")
CELL_LIMIT_S = 300
SEED = 7
Solved = frozenset[str]


class Ran(NamedTuple):
    """One cell of one copy.

    Attributes:
        copy: Which copy, in words.
        place: Number of the code cell, from 0.
        exercise: The exercise that the cell checks, or None.
        solved: The exercises that are solved in the copy.
        text: What the cell printed and showed, as plain text.
        trouble: A traceback, or what it wrote to stderr; empty for a cell that ran well.
    """

    copy: str
    place: int
    exercise: str | None
    solved: Solved
    text: str
    trouble: str


def halves(names: Sequence[str]) -> tuple[Solved, Solved]:
    """Two complementary halves of a chapter's exercises, drawn with a fixed seed."""
    drawn = sorted(names)
    random.Random(f"{SEED} {drawn}").shuffle(drawn)
    half = len(drawn) // 2
    return frozenset(drawn[:half]), frozenset(drawn[half:])


def run_copies(path: Path, chapter: str) -> Iterator[Ran]:
    """Runs the copies of one chapter in one kernel."""
    notebook = nbformat.read(path, as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    with kernel(path.parent) as run:
        yield from Copies(sources, registry.names(chapter), run).all()


class Copies:
    """The copies of one chapter.

    Args:
        sources: Of its code cells, as stored.
        names: Of its exercises.
        run: Runs code in the kernel; gives its text and its trouble.
    """

    def __init__(self, sources: Sequence[str], names: Sequence[str], run) -> None:
        self.sources, self.names, self._run = list(sources), frozenset(names), run
        self.exercise: dict[int, str] = {}
        for name in names:
            line = check_line(registry.find(name))
            self.exercise[next(i for i, source in enumerate(sources) if line in source)] = name
        self._as = {name: {s: copy_cell(registry.find(name), solved=s) for s in (True, False)} for name in names}
        flows = [flow(self.source(place, self.names)) for place in range(len(sources))]
        for place, name in self.exercise.items():
            answer = frozenset({registry.find(name).variable})  # not what the model answer imports beside it
            flows[place] = flows[place]._replace(binds=answer, sure=answer, changes=frozenset())
        found = reach(flows, self.exercise)
        shows = [place for place, source in enumerate(sources) if re.search(r"\bprogress\(", source)]
        self.always = {*self.exercise, *shows}
        self.by = {place: at.by for place, at in enumerate(found) if at.by or place in self.always}
        self.made_in = {place: found[place].made_in for place in self.by}
        self.leaves = {place: sorted(flows[place].binds | flows[place].changes) for place in self.by}
        self.done: set[tuple[int, Solved]] = set()

    def source(self, place: int, solved: Solved) -> str:
        """The cell in a copy where these exercises are solved."""
        name = self.exercise.get(place)
        return self._as[name][name in solved] if name else self.sources[place]

    def all(self) -> Iterator[Ran]:
        """Every cell of every copy, as it runs."""
        for place in range(len(self.sources)):
            if place in self.by:
                self._tell(f"keep(get_ipython(), {place})")
            yield self._cell(place, self.names, "all solved")
        first, second = halves(sorted(self.names))
        yield from self._part(first, "first half solved", sorted(self.by))
        yield from self._part(second, "second half solved", sorted(self.by))
        for place, name in self.exercise.items():
            users = [other for other, by in self.by.items() if name in by]
            yield from self._part(frozenset({name}), f"only {self.exercise[place]} solved", users)

    def _part(self, solved: Solved, words: str, places: Sequence[int]) -> Iterator[Ran]:
        for place in places:
            mine = solved & self.by[place]
            seen = mine in (self.by[place], frozenset())  # the whole run, and the stored notebook
            if place in self.always or not (seen or (place, mine) in self.done):
                yield from self._again(place, solved, words)

    def _again(self, place: int, solved: Solved, words: str) -> Iterator[Ran]:
        others = []
        for name, cells in self.made_in[place].items():
            for cell in cells:
                key = (cell, solved & self.by[cell])
                if key not in self.done:
                    yield from self._again(cell, solved, words)
                others.append((name, (cell, sorted(key[1]))))
        pairs = ", ".join(f"({name!r}, ({cell}, {tuple(mine)!r}))" for name, (cell, mine) in others)
        self._tell(f"restore(get_ipython(), {place}, [{pairs}])")
        yield self._cell(place, solved, words)

    def _cell(self, place: int, solved: Solved, words: str) -> Ran:
        text, trouble = self._run(self.source(place, solved))
        if place in self.by:
            mine = solved & self.by[place]
            self._tell(f"made(get_ipython(), ({place}, {tuple(sorted(mine))!r}), {self.leaves[place]!r})")
            self.done.add((place, mine))
        return Ran(words, place, self.exercise.get(place), solved, text, trouble)

    def _tell(self, call: str) -> None:
        _, trouble = self._run(f"__import__('sys').modules['kernel_state'].{call}", silent=True)
        assert not trouble, trouble


@contextmanager
def kernel(folder: Path):
    """A fresh kernel in this folder, with the tests' own environment: no network, an empty state folder."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(folder))

    def run(source: str, *, silent: bool = False) -> tuple[str, str]:
        texts: list[str] = []
        troubles: list[str] = []

        def collect(message: dict) -> None:
            content, kind = message["content"], message["msg_type"]
            if kind == "stream":
                (texts if content["name"] == "stdout" else troubles).append(content["text"])
            elif kind in ("display_data", "execute_result"):
                texts.append(content["data"].get("text/plain", "") + "\n")
            elif kind == "error":
                troubles.append(re.sub(r"\x1b\[[\d;]*m", "", "\n".join(content["traceback"])))

        client.execute_interactive(source, silent=silent, output_hook=collect, timeout=CELL_LIMIT_S, allow_stdin=False)
        return "".join(texts), "".join(troubles)

    try:
        load = (
            "import sys, types; m = types.ModuleType('kernel_state'); sys.modules['kernel_state'] = m; "
            f"exec(compile(open({str(STATE)!r}).read(), 'kernel_state', 'exec'), m.__dict__); del sys, types, m"
        )
        _, trouble = run(load, silent=True)
        assert not trouble, trouble
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
