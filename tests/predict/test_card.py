from __future__ import annotations

import re

import pytest

from vmm_edu.predict import Pipeline, model_card

USES, LIMITS = ["To learn with."], ["Not for anything real.", "Never tested outside ChimeWorld."]


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline.load()


def test_every_number_of_the_record_is_on_the_card(pipeline):
    card = pipeline.card(uses=USES, limits=LIMITS)
    rows = [line.split(" | ") for line in card.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(pipeline.about["scores"]) == 7
    for row, record in zip(rows, pipeline.about["scores"], strict=True):
        assert row[0] == f"| {record['name']}"
        assert float(row[1]) == pytest.approx(record["accuracy"], abs=5e-4)
        low, high = map(float, re.findall(r"\d\.\d+", row[2]))
        assert low <= float(row[1]) <= high
        assert float(row[3]) == pytest.approx(record["ceiling"], abs=5e-4)
        assert float(row[4]) == pytest.approx(record["log_loss"], abs=5e-4)
    for word in (*USES, *LIMITS, *pipeline.labels, "1600 clips", "1000 clips", "jax 0.", "window_s 2.5"):
        assert word in card


def test_what_is_not_known_is_said_to_be_unknown():
    card = model_card({}, labels=["a", "b"], symbols={"video": {}}, recipe={}, uses=USES, limits=LIMITS)
    assert "Not measured." in card
    assert card.count("not recorded") == 3


@pytest.mark.parametrize(("uses", "limits", "words"), [([], LIMITS, "uses"), (USES, [], "limits")])
def test_a_card_without_uses_or_limits_is_refused(pipeline, uses, limits, words):
    with pytest.raises(ValueError, match=words):
        pipeline.card(uses=uses, limits=limits)
