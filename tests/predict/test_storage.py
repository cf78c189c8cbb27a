from __future__ import annotations

import pickle

import jax
import numpy as np
import pytest
from flax import nnx
from safetensors.numpy import save_file

from vmm_edu.fusion import EarlyFusion
from vmm_edu.predict import load, predict_logits, read_metadata, save

SIZES = {"video": 3, "audio": 2}


def model(seed: int = 0, hidden: int = 8) -> EarlyFusion:
    return EarlyFusion(SIZES, 4, hidden=hidden, rngs=nnx.Rngs(seed))


def inputs() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(20, size)).astype(np.float32) for name, size in SIZES.items()}


def test_what_is_loaded_predicts_the_same_bytes(tmp_path):
    metadata = {"classes": ["wood", "玻璃"], "rate_hz": 16000, "nested": {"a": [1, 2.5, None]}}
    save(tmp_path / "m.safetensors", model(seed=1), metadata=metadata)
    other = model(seed=2)
    assert load(tmp_path / "m.safetensors", other) == metadata == read_metadata(tmp_path / "m.safetensors")
    assert predict_logits(other, inputs()).tobytes() == predict_logits(model(seed=1), inputs()).tobytes()
    assert [file.name for file in tmp_path.iterdir()] == ["m.safetensors"]
    (tmp_path / "other").touch()
    assert (tmp_path / "m.safetensors").stat().st_mode == (tmp_path / "other").stat().st_mode  # others may read it


def test_running_means_are_stored_and_random_streams_are_not(tmp_path):
    class Noisy(nnx.Module):
        def __init__(self, seed: int):
            rngs = nnx.Rngs(seed)
            self.norm, self.drop = nnx.BatchNorm(2, rngs=rngs), nnx.Dropout(0.5, rngs=rngs)

    one, other = Noisy(0), Noisy(1)
    one.norm.mean[...] = one.norm.mean[...] + 3
    key = np.asarray(jax.random.key_data(other.drop.rngs.key[...]))
    save(tmp_path / "m", one)
    load(tmp_path / "m", other)
    np.testing.assert_array_equal(other.norm.mean[...], 3)
    np.testing.assert_array_equal(jax.random.key_data(other.drop.rngs.key[...]), key)


def test_half_precision_halves_the_file_and_loads_as_float32(tmp_path):
    whole, half = model(hidden=500), model(seed=1, hidden=500)
    save(tmp_path / "32", whole)
    save(tmp_path / "16", whole, dtype="float16")
    assert (tmp_path / "16").stat().st_size < 0.6 * (tmp_path / "32").stat().st_size
    load(tmp_path / "16", half)
    assert half.inner.kernel[...].dtype == np.float32
    np.testing.assert_allclose(half.inner.kernel[...], whole.inner.kernel[...], rtol=1e-3, atol=1e-4)


def test_another_architecture_is_refused_and_the_model_kept(tmp_path):
    save(tmp_path / "m", model(hidden=9))
    own = model()
    before = predict_logits(own, inputs())
    with pytest.raises(ValueError, match=r"'inner/bias'.*\(8,\), got \(9,\)"):
        load(tmp_path / "m", own)
    with pytest.raises(ValueError, match=r"missing: \['bias', 'kernel'\], unknown: \['absent/audio'"):
        load(tmp_path / "m", nnx.Linear(2, 3, rngs=nnx.Rngs(0)))
    np.testing.assert_array_equal(predict_logits(own, inputs()), before)


class Trap:
    """Unpickling it would leave a mark."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


@pytest.mark.parametrize("kind", ["empty", "text", "truncated", "flipped header", "pickle", "foreign"])
def test_a_damaged_or_foreign_file_gets_a_clear_error(tmp_path, kind):
    path = tmp_path / "m.safetensors"
    save(path, model())
    good = path.read_bytes()
    if kind == "foreign":
        save_file({"a": np.zeros(3)}, path)
    else:
        path.write_bytes(
            {
                "empty": b"",
                "text": b"this is no model\n" * 30,
                "truncated": good[:-40],
                "flipped header": bytes([good[0] ^ 255, *good[1:]]),
                "pickle": pickle.dumps(Trap(tmp_path / "ran")),
            }[kind]
        )
    for read in (lambda: load(path, model()), lambda: read_metadata(path)):
        with pytest.raises(ValueError, match=r"expected .*m\.safetensors"):
            read()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("header", ["{", "[]", '{"format": "other"}', '{"format": "vmm_edu model 1"}'])
def test_a_wrong_description_is_refused(tmp_path, header):
    save_file({"a": np.zeros(3)}, tmp_path / "m", metadata={"vmm_edu": header})
    with pytest.raises(ValueError, match="expected"):
        read_metadata(tmp_path / "m")


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="train one"):
        load(tmp_path / "none", model())
    with pytest.raises(FileNotFoundError, match="folder"):
        save(tmp_path / "none" / "m", model())


def test_what_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match="JSON types"):
        save(tmp_path / "m", model(), metadata={"a": np.zeros(2)})
    with pytest.raises(ValueError, match="with parameters"):
        save(tmp_path / "m", nnx.Dropout(0.5))
    large = model()
    large.inner.bias[...] = large.inner.bias[...] + 1e6
    with pytest.raises(ValueError, match="'inner/bias'"):
        save(tmp_path / "m", large, dtype="float16")
    assert not list(tmp_path.iterdir())
