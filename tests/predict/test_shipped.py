"""The model that comes with the package, on the committed clips: does it score what its record says?"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.predict import Pipeline, features_of, predict_logits

SMOKE = Path(__file__).resolve().parents[2] / "data" / "smoke" / "main"
SETS = [("video",), ("audio",), ("text",), ("video", "audio"), ("video", "audio", "text")]
MODEL = resources.files("vmm_edu.predict") / "model"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline.load()


@pytest.fixture(scope="module")
def clips() -> world.ClipSet:
    return world.load_set(SMOKE)


@pytest.fixture(scope="module")
def record() -> dict:
    return json.loads((MODEL / "main_label.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def senses(pipeline, clips):
    return features_of(clips.paths, recipe=pipeline.recipe, vocabulary=pipeline.vocabulary)


@pytest.mark.parametrize("names", SETS)
def test_scores_on_the_committed_clips_lie_in_the_band(pipeline, clips, senses, names):
    """Beside the Bayes rule on these very clips: both see the same symbols, so chance in the labels cancels."""
    bayes = (world.bayes_predict("main", clips.clips, names) == clips.labels).mean()
    logits = predict_logits(pipeline.model, {name: senses[name] for name in names}).early
    found = (logits.argmax(axis=1) == clips.labels).mean()
    ceiling = world.ceiling("main", names)
    sigma = np.sqrt(ceiling * (1 - ceiling) / len(clips))
    assert found <= ceiling + 3 * sigma
    assert found <= bayes + 3 * sigma
    assert found >= 0.95 * bayes - 3 * sigma
    if names == SETS[-1]:
        assert found >= 0.9


def test_each_sense_shows_its_symbols(pipeline, clips, senses):
    for sense, shown in predict_logits(pipeline.model, senses).symbols.items():
        for name, logits in shown.items():
            assert (logits.argmax(axis=1) == clips.symbols(sense, name)).mean() > 0.95, (sense, name)


def test_chinese_captions_say_the_same(pipeline, clips):
    few = range(40)
    read = {}
    for language in ("en", "zh"):
        texts = [clips.texts(language)[k] for k in few]
        encoded = pipeline.vocabulary.encode(texts, length=pipeline.recipe.tokens, longer="cut")
        from vmm_edu.predict import Described

        shown = predict_logits(pipeline.model, {"text": Described(*encoded)}).symbols["text"]["material"]
        read[language] = shown.argmax(axis=1)
    np.testing.assert_array_equal(read["en"], read["zh"])
    np.testing.assert_array_equal(read["en"], clips.symbols("text", "material")[:40])


def test_predict_agrees_with_the_batch(pipeline, clips, senses):
    logits = predict_logits(pipeline.model, senses).early
    for k in (0, 7):
        prediction = pipeline.predict(clips.paths[k])
        assert prediction.label == clips.label_names[logits[k].argmax()]
        assert prediction.missing == {}


def test_the_record_is_within_its_aims_and_below_every_ceiling(record):
    rows = {tuple(row["name"].split(" + ")): row for row in record["scores"]}
    assert len(rows) == 7
    for names, row in rows.items():
        ceiling = world.ceiling("main", names)
        assert row["ceiling"] == pytest.approx(ceiling)
        assert row["bayes_on_this_set"] == pytest.approx(ceiling)
        assert row["share"] == pytest.approx(row["accuracy"] / ceiling, abs=1e-3)
        assert 0.95 * ceiling <= row["accuracy"] <= ceiling + 3 * row["sigma"]
        assert row["low"] <= row["accuracy"] <= row["high"]
    late, blind = record["comparisons"]
    assert late["accuracy"] <= 0.486 + 4 * late["sigma"]
    assert 0.4 < blind["accuracy"] < 0.56
    assert record["seconds"]["all"] > 0


def test_the_file_is_small_and_names_how_it_was_made(pipeline, record):
    assert len((MODEL / "main.safetensors").read_bytes()) < 2e6
    assert pipeline.about["scores"] == record["scores"]
    assert pipeline.about["clips"] == record["clips"]
    assert pipeline.labels == world.task("main").label_names
