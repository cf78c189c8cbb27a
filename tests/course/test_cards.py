"""The card and the stub of an exercise, and a notebook that drifts away from them."""

from __future__ import annotations

import copy

import pytest

from vmm_edu.course import registry
from vmm_edu.course.cards import card, check_line, notebook_problems, stub_cell


def notebook(chapter):
    cells = [{"cell_type": "markdown", "source": ["# Title\n"]}]
    for name in registry.names(chapter):
        cells.append({"cell_type": "markdown", "source": card(name).splitlines(keepends=True)})
        cells.append({"cell_type": "code", "source": stub_cell(name)})
    return {"cells": cells}


def test_a_card_is_one_quotation_with_all_that_a_learner_needs():
    text = card("00.frame_times")
    assert all(line.startswith(">") for line in text.splitlines())
    assert text.splitlines()[0] == (
        "> **Exercise `00.frame_times` · Which moments do we look at?** ●○○ · 5 minutes · trains: even sampling in time"
    )


def test_a_stub_has_its_shapes_and_its_check():
    assert stub_cell("00.mean_over_time") == (
        "def mean_over_time(x, mask):\n"
        '    """x (batch, time, feature), mask (batch, time), True = real → (batch, feature)."""\n'
        "    ...  # your code\n\n\n"
        'check("00.mean_over_time", mean_over_time)'
    )
    assert stub_cell("00.which_sense") == (
        'which_sense = ...  # one of "a", "b", "c", "d", "e"\ncheck("00.which_sense", which_sense)'
    )


@pytest.mark.parametrize("name", registry.names())
def test_a_stub_cell_runs_and_says_not_attempted(name, capsys, tmp_path, monkeypatch):
    from vmm_edu.course import check

    monkeypatch.setenv("VMM_EDU_STATE", str(tmp_path))
    exec(stub_cell(name), {"check": check})
    assert capsys.readouterr().out == f'○ {name}: not attempted yet. hint("{name}") gives a first hint.\n'


def test_a_notebook_that_agrees_has_no_problems():
    assert notebook_problems(notebook("00"), "00") == []


def broken():
    good = notebook("00")
    stub = 2 + 2 * registry.names("00").index("00.frame_times")

    def change(function):
        other = copy.deepcopy(good)
        function(other["cells"])
        return other

    yield "a cell less", change(lambda cells: cells.pop(2)), "0 cells check it"
    yield "a cell twice", change(lambda cells: cells.append(cells[2])), "2 cells check it"
    yield (
        "a drifted stub",
        change(lambda cells: cells[stub].update(source="x = 1\n" + stub_cell("00.frame_times"))),
        "stub",
    )
    yield "a drifted card", change(lambda cells: cells[stub - 1].update(source="> Exercise")), "not its card"
    yield (
        "solved",
        change(lambda cells: cells[stub].update(source="def frame_times(a, b): pass\n" + check_of())),
        "stub",
    )
    yield "two cards swapped", change(swap), "ORDER names earlier"
    yield "apart", change(lambda cells: cells.insert(stub, {"cell_type": "markdown", "source": "So."})), "not its card"


def swap(cells):
    cells[1:3], cells[3:5] = cells[3:5], cells[1:3]


def check_of():
    return check_line(registry.find("00.frame_times"))


@pytest.mark.parametrize(("other", "problem"), [pytest.param(n, p, id=i) for i, n, p in broken()])
def test_a_notebook_that_drifted_is_found(other, problem):
    assert any(problem in text for text in notebook_problems(other, "00"))
