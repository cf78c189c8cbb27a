"""The alarm of the study, and its table: without rendering or training anything."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.command.main_study import compare, score, subsets
from vmm_edu.command.train import table


@pytest.fixture(scope="module")
def clips() -> world.ClipSet:
    drawn = world.sample("main", clips=1000, seed=5, split="test")
    return world.ClipSet(Path("nowhere"), drawn, tuple(Path(f"{k}.mp4") for k in range(len(drawn))))


def sure(answers: np.ndarray) -> np.ndarray:
    """Logits of a model that is certain of these answers."""
    return 20 * np.eye(8)[answers]


@pytest.mark.parametrize("names", subsets())
def test_the_bayes_rule_itself_scores_its_ceiling_and_raises_no_alarm(clips, names):
    row = score(sure(world.bayes_predict("main", clips.clips, names)), clips, names)
    assert row["share"] == 1.0
    assert row["accuracy"] == row["bayes_on_this_set"] == pytest.approx(row["ceiling"])
    assert row["sigma"] == pytest.approx(math.sqrt(row["ceiling"] * (1 - row["ceiling"]) / 1000), abs=1e-5)
    assert row["low"] < row["accuracy"] < row["high"]


@pytest.mark.parametrize("names", subsets())
def test_a_model_that_knows_more_than_its_senses_can_raises_the_alarm(clips, names):
    with pytest.raises(ValueError, match=r"\+ 3 σ"):
        score(sure(clips.labels), clips, names)


def test_the_table_has_a_line_for_every_row(clips):
    row = compare("late fusion", np.eye(8)[clips.labels], clips, 0.5, "made up")
    lines = table({"scores": [row], "comparisons": [row | {"name": "label only"}]}).splitlines()
    assert len(lines) == 3
    assert lines[1].split() == ["late", "fusion", "1.000", "0.500", "2.00"]
