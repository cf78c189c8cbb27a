from __future__ import annotations

import pickle

import jax.numpy as jnp
import numpy as np
import pytest
from features.resnet_file import tensors
from flax import nnx
from safetensors.numpy import save_file

from vmm_edu.features import ResNet18, convolve_plain, load_resnet18
from vmm_edu.features.resnet import BasicBlock, Norm

IMAGE = np.random.default_rng(5).uniform(size=(1, 40, 33, 3)).astype(np.float32)


def plain_norm(x, norm):
    weight, bias, mean, variance = (
        np.asarray(part[...], np.float64) for part in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
    )
    return (x - mean) / np.sqrt(variance + 1e-5) * weight + bias


def plain_filters(x, filters):
    return convolve_plain(x, np.asarray(filters.weight[...]), stride=filters.stride, padding=filters.padding)


@pytest.mark.parametrize(("channels", "filters", "stride"), [(4, 4, 1), (4, 6, 2), (4, 6, 1), (4, 4, 2)])
def test_a_block_equals_the_paper_in_numpy(channels, filters, stride):
    block = BasicBlock(channels, filters, stride=stride, rngs=nnx.Rngs(0))
    for k, norm in enumerate([block.bn1, block.bn2, *list(block.downsample)[1:]]):
        rng = np.random.default_rng(k)
        for part in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            part[...] = jnp.asarray(rng.uniform(0.3, 2.0, filters), jnp.float32)
    x = np.random.default_rng(1).normal(size=(9, 7, channels)).astype(np.float32)
    shortcut = x
    if stride != 1 or channels != filters:
        shortcut = plain_norm(plain_filters(x, block.downsample[0]), block.downsample[1])
    inner = np.maximum(plain_norm(plain_filters(x, block.conv1), block.bn1), 0)
    right = np.maximum(plain_norm(plain_filters(inner, block.conv2), block.bn2) + shortcut, 0)
    np.testing.assert_allclose(block(jnp.asarray(x)[None])[0], right, rtol=1e-4, atol=1e-4)


def test_a_fresh_norm_changes_nothing():
    x = jnp.asarray(np.random.default_rng(0).normal(size=(2, 3, 4, 5)), jnp.float32)
    np.testing.assert_allclose(Norm(5)(x), x, rtol=1e-4)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("resnet") / "weights.safetensors"
    save_file(tensors(), path)
    return path


def test_the_file_reaches_every_variable_in_our_layout(stored):
    model, file = load_resnet18(stored), tensors()
    np.testing.assert_array_equal(model.conv1.weight[...], file["conv1.weight"].transpose(2, 3, 1, 0))
    np.testing.assert_array_equal(
        model.layer3[0].downsample[1].running_var[...], file["layer3.0.downsample.1.running_var"]
    )
    np.testing.assert_array_equal(model.layer4[1].bn2.running_mean[...], file["layer4.1.bn2.running_mean"])
    np.testing.assert_array_equal(model.fc.weight[...], file["fc.weight"].T)
    numbers = sum(int(np.prod(array.shape)) for name, array in file.items() if "num_batches" not in name)
    assert numbers == sum(variable.size for _, variable in nnx.to_flat_state(nnx.state(model)))


def test_frames_batches_and_clips_go_in_one_call(stored):
    model = load_resnet18(stored)
    clips = np.concatenate([IMAGE, IMAGE[:, ::-1]])[None]
    described = model(clips)
    assert described.shape == (1, 2, 512)
    np.testing.assert_allclose(described[0, 0], model(IMAGE[0]), rtol=1e-3, atol=1e-4)
    logits = model.logits(IMAGE)
    assert logits.shape == (1, 3)
    by_hand = np.asarray(described[0, :1]) @ tensors()["fc.weight"].T + tensors()["fc.bias"]
    np.testing.assert_allclose(logits, by_hand, rtol=1e-3, atol=1e-3)


def test_halves_and_doubles_are_read_as_float32(tmp_path, stored):
    file = {name: array.astype(np.float16) if array.ndim == 4 else array for name, array in tensors().items()}
    file = {name: array.astype(np.float64) if name.endswith("bias") else array for name, array in file.items()}
    save_file(file, tmp_path / "half.safetensors")
    model = load_resnet18(tmp_path / "half.safetensors")
    assert {variable.dtype for _, variable in nnx.to_flat_state(nnx.state(model))} == {np.dtype(np.float32)}
    np.testing.assert_allclose(model.conv1.weight[...], load_resnet18(stored).conv1.weight[...], atol=1e-3)


def without(name):
    return lambda file: {key: array for key, array in file.items() if key != name}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("layer2.1.conv2.weight"), r"missing: \['layer2.1.conv2.weight'\] \(1\)"),
        (without("fc.weight"), "'fc.weight'"),
        (lambda file: file | {"layer5.0.conv1.weight": np.zeros(3, np.float32)}, r"unknown: \['layer5.0.conv1"),
        (lambda file: file | {"bn1.weight": np.zeros(63, np.float32)}, r"'bn1.weight'.*\(64,\), got \(63,\)"),
        (
            lambda file: file | {"conv1.weight": file["conv1.weight"].transpose(2, 3, 1, 0).copy()},
            r"'conv1.weight'.*\(64, 3, 7, 7\), got \(7, 7, 3, 64\)",
        ),
        (lambda file: file | {"bn1.bias": np.zeros(64, np.int32)}, "floating tensors.*bn1.bias.*I32"),
        (lambda file: file | {"bn1.bias": np.full(64, np.nan, np.float32)}, "finite numbers in 'bn1.bias'"),
    ],
    ids=["missing", "no head", "extra", "shape", "layout", "integers", "nan"],
)
def test_another_file_is_refused_with_the_name_of_the_tensor(tmp_path, change, words):
    save_file(change(tensors()), tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match=words):
        load_resnet18(tmp_path / "other.safetensors")


class Trap:
    """Unpickling it would leave a mark."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


@pytest.mark.parametrize("kind", ["pickle", "zip", "pth", "truncated", "empty", "text"])
def test_a_pickle_or_a_damaged_file_is_not_opened(tmp_path, stored, kind):
    content = {
        "pickle": pickle.dumps(Trap(tmp_path / "ran")),
        "zip": b"PK\x03\x04" + b"data.pkl" * 20,
        "pth": b"\x00" * 40,
        "truncated": stored.read_bytes()[:-40],
        "empty": b"",
        "text": b"these are no weights\n" * 9,
    }[kind]
    path = tmp_path / ("weights.pth" if kind == "pth" else "weights.safetensors")
    path.write_bytes(content)
    words = "pickle.*not opened.*save_file" if kind in ("pickle", "zip", "pth") else "damaged file"
    with pytest.raises(ValueError, match=words):
        load_resnet18(path)
    assert not (tmp_path / "ran").exists()


def test_no_file():
    with pytest.raises(FileNotFoundError, match="none"):
        load_resnet18("nowhere.safetensors")


def test_bad_input(as_user, stored):
    with pytest.raises(ValueError, match="one class"):
        ResNet18(0, rngs=nnx.Rngs(0))
    model = load_resnet18(stored)
    with pytest.raises(ValueError, match="divide 8-bit"):
        model(np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(ValueError, match=r"32, 4\)"):
        model(np.zeros((32, 32, 4), np.float32))
