"""Every chapter with its exercises untouched, all solved, half solved, and each solved alone."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from notebooks.rules import chapters
from notebooks.solving import Copies, Ran, halves, kernel, run_copies

from vmm_edu.course import registry
from vmm_edu.course.cards import check_line
from vmm_edu.course.outcome import LOOK


def chapter_of(path: Path) -> str:
    return path.stem.split("_")[0]


def blank_line(name: str) -> str:
    return f'{LOOK["blank"][0]} {name}: not attempted yet. hint("{name}") gives a first hint.'


def solved_start(name: str) -> str:
    word = "written." if registry.find(name).kind == "explain" else "passed."
    return f"{LOOK['passed'][0]} {name}: {word}"


def problems(ran: Ran) -> list[str]:
    """What is wrong with one cell of a copy, in words."""
    where = f"{ran.copy}, code cell {ran.place + 1}"
    found = [f"{where}: {ran.trouble}"] if ran.trouble else []
    if ran.exercise:
        lines = [line for line in ran.text.splitlines() if line[:1] in {symbol for symbol, _ in LOOK.values()}]
        name = ran.exercise
        said = len(lines) == 1 and (
            lines[0].startswith(solved_start(name)) if name in ran.solved else lines[0] == blank_line(name)
        )
        if not said:
            found.append(f"{where}: {name} is {'solved' if name in ran.solved else 'blank'}, but the check says {lines}")
    return found


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_untouched_every_check_says_not_attempted(path: Path):
    # nbval runs this copy and compares; here the stored outputs are looked at.
    cells = nbformat.read(path, as_version=4).cells
    for exercise in registry.exercises(chapter_of(path)):
        (cell,) = [c for c in cells if c.cell_type == "code" and check_line(exercise) in c.source]
        (output,) = cell.outputs
        assert output.data["text/plain"] == blank_line(exercise.name)


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_solved_wholly_by_halves_and_one_by_one(path: Path):
    found = [problem for ran in run_copies(path, chapter_of(path)) for problem in problems(ran)]
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("chapter", sorted({name.partition(".")[0] for name in registry.names()}))
def test_the_halves_are_complementary_and_the_same_each_time(chapter: str):
    names = registry.names(chapter)
    first, second = halves(names)
    assert first | second == set(names)
    assert not first & second
    assert abs(len(first) - len(second)) <= 1
    assert (first, second) == halves(names[::-1])


# A small chapter of its own, so that it is known which cells run in which copy.

MEAN, TIMES = "00.mean_over_time", "00.frame_times"
SMALL = [
    "import numpy as np\nfrom vmm_edu.course import check, passed_or_reference\nlog = []\nrng = np.random.default_rng(0)",
    'def frame_times(duration_s, count):\n    ...\n\n\ncheck("00.frame_times", frame_times)',
    'frame_times = passed_or_reference("00.frame_times", frame_times)\nlog.append("A")\nprint("A", rng.integers(1000))',
    'def mean_over_time(x, mask):\n    ...\n\n\ncheck("00.mean_over_time", mean_over_time)',
    'print("alone", frame_times(4.0, 2)[0])',
    'mean = passed_or_reference("00.mean_over_time", mean_over_time)\nlog.append("B")',
    "x = np.ones((1, 2, 1))\nprint('both', frame_times(2.0, 1)[0], mean(x, np.ones((1, 2), bool))[0, 0], log)",
    "print('nobody', rng.integers(1000))",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> list[Ran]:
    with kernel(tmp_path_factory.mktemp("small")) as run:
        return list(Copies(SMALL, [TIMES, MEAN], run).all())


def test_a_small_chapter_has_no_problem(small: list[Ran]):
    assert [problem for ran in small for problem in problems(ran)] == []


def test_the_whole_chapter_runs_once_and_the_rest_where_an_answer_reaches_it(small: list[Ran]):
    assert [ran.place for ran in small if ran.copy == "all solved"] == list(range(len(SMALL)))
    for copy in ("first half solved", "second half solved"):
        places = [ran.place for ran in small if ran.copy == copy]
        assert {1, 3, 6} <= set(places), "both exercises, and the cell that uses both"
        assert 7 not in places, "no exercise reaches the last cell"
        assert 4 not in places, "one exercise reaches it: it ran solved before, and blank in the stored notebook"


def test_a_cell_that_runs_again_finds_what_it_found_before(small: list[Ran]):
    # The list holds each letter once however often its cells ran, and the generator draws the same number again.
    both = {ran.text for ran in small if ran.place == 6}
    assert both == {"both 1.0 1.0 ['A', 'B']\n"}
    assert len({ran.text for ran in small if ran.place == 2}) == 1


def test_a_copy_that_breaks_is_seen(tmp_path: Path):
    sources = [*SMALL[:4], "if frame_times(1.0, 1) is None:\n    raise KeyError('blank')", "print(mean_over_time, frame_times)"]
    sources[2] = "pass"
    sources[4] = "mean_over_time(np.ones((1, 2, 1)), np.ones((1, 2), bool)).sum() + frame_times(1.0, 1).sum()"
    with kernel(tmp_path) as run:
        found = [problem for ran in Copies(sources, [TIMES, MEAN], run).all() for problem in problems(ran)]
    assert len(found) >= 2, "each half leaves one of the two blank"
    assert all("NoneType" in problem and "half solved, code cell 5" in problem for problem in found[:2])


def test_a_wrong_verdict_is_seen():
    ran = Ran("all solved", 3, TIMES, frozenset({TIMES}), blank_line(TIMES) + "\n", "")
    assert problems(ran)
    assert problems(ran._replace(solved=frozenset())) == []
    assert problems(ran._replace(solved=frozenset(), text=f"{solved_start(TIMES)} Well done.\n"))
