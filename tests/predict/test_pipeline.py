from __future__ import annotations

import tracemalloc
from pathlib import Path

import jax
import numpy as np
import pytest
from flax import nnx
from framing.media import tone, write_media

from vmm_edu.features import Vocabulary
from vmm_edu.framing import MediaError, NoFramesError, NoVideoError, read_frames
from vmm_edu.predict import Pipeline, Recipe, SensesModel, save
from vmm_edu.predict.main_label import SYMBOLS

LABELS = ("metal ball", "wooden ball", "metal box", "wooden box")
VOCABULARY = Vocabulary(("steel", "maple", "钢"))


def make(seed: int = 0) -> Pipeline:
    """An untrained pipeline: what it says is arbitrary, but it must say it consistently."""
    model = SensesModel(
        {"video": 1764 + 64, "audio": 40, "text": len(VOCABULARY)},
        symbols={sense: {name: len(values) for name, values in shown.items()} for sense, shown in SYMBOLS.items()},
        classes=4,
        hidden={"video": 8, "audio": 8, "text": 4},
        fused=32,
        rngs=nnx.Rngs(seed),
    )
    return Pipeline(
        model, recipe=Recipe(frames=4), vocabulary=VOCABULARY, labels=LABELS, symbols=SYMBOLS, about={"seed": seed}
    )


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return make()


def same(one, other) -> bool:
    return one.fused.tobytes() == other.fused.tobytes() and one.missing.keys() == other.missing.keys()


def test_all_senses(pipeline, tmp_path):
    path = write_media(tmp_path / "a.mp4", count=30, sound=tone(2.5))
    prediction = pipeline.predict(path, text="It is steel.")
    assert prediction.labels == LABELS
    assert prediction.missing == {}
    assert set(prediction.alone) == {"video", "audio", "text"}
    for probabilities in [prediction.fused, *prediction.alone.values()]:
        assert probabilities.shape == (4,)
        assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    for sense, shown in prediction.symbols.items():
        assert {name: tuple(values) for name, values in shown.items()} == SYMBOLS[sense]
        assert all(sum(values.values()) == pytest.approx(1, abs=1e-5) for values in shown.values())
    assert prediction.label == LABELS[prediction.fused.argmax()]
    assert (prediction.start_s, prediction.end_s) == (0.0, 2.5)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"sound": tone(2.5)}, {"text"}),
        ({}, {"audio", "text"}),
        ({"codec": None, "sound": tone(2.5)}, {"video", "text"}),
        ({"sound": tone(2.5), "cover": True, "codec": None}, {"video", "text"}),
        ({"height": 240, "width": 96, "sound": tone(2.5)}, {"text"}),
        ({"height": 48, "width": 384}, {"audio", "text"}),
        ({"sideways": 1, "sound": tone(2.5)}, {"text"}),
        ({"count": 5, "sound": tone(0.4)}, {"text"}),
    ],
)
def test_any_file_with_something_in_it(pipeline, tmp_path, options, missing):
    prediction = pipeline.predict(write_media(tmp_path / "a.mp4", **options))
    assert set(prediction.missing) == missing
    assert set(prediction.alone) == set(prediction.symbols) == {"video", "audio", "text"} - missing
    assert prediction.fused.sum() == pytest.approx(1, abs=1e-5)


def test_a_turned_phone_sees_the_same(pipeline, tmp_path):
    upright = pipeline.predict(write_media(tmp_path / "a.mp4", count=30))
    turned = pipeline.predict(write_media(tmp_path / "b.mp4", count=30, sideways=1))
    np.testing.assert_allclose(turned.fused, upright.fused, atol=0.02)


def test_a_missing_sense_is_left_out_and_not_guessed(pipeline, tmp_path):
    """The file without sound gives what the model gives when the sound is masked."""
    silent = pipeline.predict(write_media(tmp_path / "a.mp4", count=30), text="steel")
    loud = pipeline.predict(write_media(tmp_path / "b.mp4", count=30, sound=tone(2.5)), text="steel")
    np.testing.assert_allclose(silent.alone["video"], loud.alone["video"], atol=1e-5)
    assert np.abs(silent.fused - loud.fused).max() > 1e-4


def test_one_window_of_a_long_video_in_bounded_memory(pipeline, tmp_path):
    """Two minutes at a slow rate: the window costs no more than it does in a short video."""
    path = write_media(tmp_path / "long.mp4", count=1440, sound=tone(120.0))
    short = write_media(tmp_path / "short.mp4", count=30, sound=tone(2.5))
    pipeline.predict(short)

    def peak(path: Path, start_s: float) -> int:
        tracemalloc.start()
        pipeline.predict(path, start_s=start_s)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(path, 100.0) < 2 * peak(short, 0.0)
    late = pipeline.predict(path, start_s=100.0)
    assert (late.start_s, late.end_s) == (100.0, 102.5)
    shown = read_frames(path, count=4, start_s=100.0, end_s=102.5, size=(64, 64))
    assert shown.times_s.min() >= 100.0 - 1 / 12
    assert not same(late, pipeline.predict(path, start_s=3.0))


def test_errors_come_from_the_file(pipeline, tmp_path):
    silent = write_media(tmp_path / "a.mp4", count=30)
    with pytest.raises(NoFramesError, match=r"a\.mp4"):
        pipeline.predict(silent, start_s=10.0)
    with pytest.raises(ValueError, match="start_s"):
        pipeline.predict(silent, start_s=-1.0)
    deaf = write_media(tmp_path / "b.mp4", codec=None, sound=np.zeros(40_000))
    with pytest.raises(NoVideoError):
        pipeline.predict(deaf, start_s=9.0)
    for name, content in {"empty.mp4": b"", "text.mp4": b"hello" * 100, "cut.mp4": silent.read_bytes()[:500]}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(MediaError, match=name):
            pipeline.predict(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        pipeline.predict(tmp_path / "none.mp4")


def test_a_file_in_which_nothing_happens_gives_no_sense_anything_to_go_on(pipeline, tmp_path):
    path = write_media(tmp_path / "a.mp4", numbers=[7] * 30, count=30, sound=np.zeros(40_000))
    prediction = pipeline.predict(path)
    assert set(prediction.missing) == {"video", "audio", "text"}
    assert prediction.alone == {}


def test_what_is_loaded_predicts_the_same_bytes(pipeline, tmp_path):
    path = write_media(tmp_path / "a.mp4", count=30, sound=tone(2.5))
    pipeline.save(tmp_path / "m.safetensors")
    loaded = Pipeline.load(tmp_path / "m.safetensors")
    assert same(loaded.predict(path, text="钢"), pipeline.predict(path, text="钢"))
    assert not same(make(seed=1).predict(path, text="钢"), pipeline.predict(path, text="钢"))
    assert loaded.about == {"seed": 0}
    assert loaded.recipe == pipeline.recipe
    assert loaded.labels == LABELS
    assert loaded.symbols == SYMBOLS


def test_a_file_that_is_no_pipeline_is_refused(tmp_path):
    save(tmp_path / "m", nnx.Linear(2, 3, rngs=nnx.Rngs(0)))
    with pytest.raises(ValueError, match=r"Pipeline\.save"):
        Pipeline.load(tmp_path / "m")
    save(tmp_path / "n", make().model, metadata={"pipeline": {"sizes": {}, "symbols": {}}})
    with pytest.raises(ValueError, match=r"Pipeline\.save"):
        Pipeline.load(tmp_path / "n")
    with pytest.raises(FileNotFoundError):
        Pipeline.load(tmp_path / "none")


def test_compiled_equals_eager(pipeline):
    senses = {name: type(sense)(*(np.asarray(array) for array in sense)) for name, sense in example(pipeline).items()}
    eager = pipeline.model(senses)
    graph, state = nnx.split(pipeline.model)
    compiled = jax.jit(lambda state, senses: nnx.merge(graph, state)(senses))(state, senses)
    for one, other in zip(jax.tree.leaves(eager), jax.tree.leaves(compiled), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def example(pipeline: Pipeline):
    from vmm_edu.predict import Described

    rng = np.random.default_rng(0)
    return {
        "video": Described(rng.normal(size=(3, 4, 1828)).astype(np.float32), np.ones((3, 4), bool)),
        "audio": Described(rng.normal(size=(3, 9, 40)).astype(np.float32), np.arange(9) < np.array([[9], [4], [0]])),
        "text": Described(np.array([[2, 3], [2, 0], [0, 0]]), np.array([[True, True], [True, False], [False, False]])),
    }


def test_padding_changes_nothing(pipeline):
    """What masked steps contain, and how many there are, is of no consequence; NaN included."""
    senses = example(pipeline)
    expected = pipeline.model(senses)
    audio = senses["audio"]
    longer = np.concatenate([audio.steps, np.zeros((3, 5, 40), np.float32)], axis=1)
    mask = np.concatenate([audio.mask, np.zeros((3, 5), bool)], axis=1)
    filled = np.where(mask[..., None], longer, np.float32(np.nan))
    found = pipeline.model(senses | {"audio": type(audio)(filled, mask)})
    for one, other in zip(jax.tree.leaves(expected), jax.tree.leaves(found), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_a_sense_left_out_equals_one_without_a_real_step(pipeline):
    senses = example(pipeline)
    audio = senses["audio"]
    nothing = senses | {"audio": type(audio)(audio.steps, np.zeros_like(audio.mask))}
    rest = {name: sense for name, sense in senses.items() if name != "audio"}
    np.testing.assert_allclose(pipeline.model(nothing).early, pipeline.model(rest).early, atol=1e-6)
    np.testing.assert_allclose(pipeline.model(nothing).late, pipeline.model(rest).late, atol=1e-6)


def test_bad_senses(pipeline):
    with pytest.raises(ValueError, match="audio"):
        pipeline.model({})
    with pytest.raises(ValueError, match="smell"):
        pipeline.model({"smell": example(pipeline)["audio"]})
    with pytest.raises(ValueError, match="same senses"):
        SensesModel({"video": 3}, symbols={}, classes=2, hidden={"video": 2}, rngs=nnx.Rngs(0))
