"""What was recorded is what the shipped model answers today, and what its own record says of it."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.command.main_logits import SEED, logits_of
from vmm_edu.predict import Pipeline, recorded_logits, score_logits
from vmm_edu.predict.recorded import SETS


@pytest.mark.parametrize("split", list(SETS))
def test_a_few_clips_rendered_read_and_answered_anew(split, tmp_path):
    drawn = world.sample("main", clips=SETS[split], seed=SEED, split=split)
    few = world.make_set(drawn[:12], tmp_path, workers=1)
    for names, logits in logits_of(Pipeline.load(), list(few.paths)).items():
        recorded = recorded_logits(split)[tuple(names.split(" + "))]
        assert recorded.shape == (SETS[split], 8)
        # Another PyAV codes a few pixels differently; logits are of the order of 10, stored with 11 bits.
        np.testing.assert_allclose(logits, recorded[:12], atol=0.15)


def test_the_scores_are_those_of_the_models_record():
    labels = np.array([clip.label for clip in world.sample("main", clips=1000, seed=SEED, split="test")])
    rows = {tuple(row["name"].split(" + ")): row for row in Pipeline.load().about["scores"]}
    recorded = recorded_logits("test")
    assert recorded.keys() == rows.keys()
    for names, logits in recorded.items():
        scores = score_logits(logits, labels)
        # The file holds half precision: a clip on the edge may fall to the other side.
        assert scores.accuracy == pytest.approx(rows[names]["accuracy"], abs=0.004)
        assert scores.log_loss == pytest.approx(rows[names]["log_loss"], abs=0.01)
        ceiling = world.ceiling("main", names)
        assert scores.accuracy <= ceiling + 3 * np.sqrt(ceiling * (1 - ceiling) / 1000)


def test_bad_input():
    with pytest.raises(ValueError, match="validation"):
        recorded_logits("train")
