"""The cell of a learner who solved an exercise runs on its own and passes."""

from __future__ import annotations

import pytest

from vmm_edu.course import check, registry
from vmm_edu.course.outcome import LOOK
from vmm_edu.course.solved import copy_cell, imports_of, solved_cell


@pytest.mark.parametrize("name", registry.names())
def test_a_solved_cell_passes_on_its_own(name: str, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("VMM_EDU_STATE", str(tmp_path))
    exec(solved_cell(registry.find(name)), {"check": check, "__name__": "__main__"})
    assert capsys.readouterr().out.startswith(f"{LOOK['passed'][0]} {name}: ")


def test_a_cell_of_a_copy_is_the_stub_or_the_answer():
    exercise = registry.find("00.frame_times")
    assert "...  # your code" in copy_cell(exercise, solved=False)
    assert copy_cell(exercise, solved=True) == solved_cell(exercise)
    assert imports_of(exercise) == "import numpy as np"
