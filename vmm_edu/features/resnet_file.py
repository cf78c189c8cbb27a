"""A file of weights that you have in; a ResNet-18 with these weights out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Num
from safetensors import SafetensorError, safe_open

from vmm_edu.features.resnet import Fixed, ResNet18


def load_resnet18(path: str | os.PathLike[str]) -> ResNet18:
    """Make a ResNet-18 from a safetensors file with torchvision's names (`conv1.weight`, `bn1.running_var`, …).

    No pickle is opened: a `.pth` file can run code when it is read. On a computer with PyTorch, where you trust the
    file, `safetensors.torch.save_file(torchvision.models.resnet18(weights="DEFAULT").state_dict(), path)` converts it.

    Args:
        path: the file. Floating tensors of 16, 32 or 64 bits; any number of classes. `num_batches_tracked` is passed
            over.

    Returns:
        The network, in float32.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is a pickle, damaged, or lacks a tensor, has one too many, or one of another shape or type.
    """
    tensors = _read(Path(path))
    if "fc.weight" not in tensors or tensors["fc.weight"].ndim != 2:
        raise ValueError(f"expected in {path} the tensor 'fc.weight' (class, 512), got {sorted(tensors)[:4]} …")
    classes = len(tensors["fc.weight"])
    # Shapes only: the values come from the file.
    model = nnx.eval_shape(lambda: ResNet18(classes, rngs=nnx.Rngs(0)))
    leaves, tree = jax.tree_util.tree_flatten_with_path(nnx.state(model, (nnx.Param, Fixed)))
    own = {
        jax.tree_util.keystr(place, simple=True, separator=".").removesuffix(".value"): leaf for place, leaf in leaves
    }
    missing, extra = sorted(own.keys() - tensors.keys()), sorted(tensors.keys() - own.keys())
    if missing or extra:
        raise ValueError(
            f"expected in {path} the {len(own)} tensors of torchvision's resnet18; missing: {missing[:4]} "
            f"({len(missing)}), unknown: {extra[:4]} ({len(extra)}); is it another network, or are the names prefixed?"
        )
    arrays = []
    for name, leaf in own.items():
        array = _our_layout(tensors[name])
        if array.shape != leaf.shape:
            theirs = tuple(leaf.shape[k] for k in {4: (3, 2, 0, 1), 2: (1, 0)}.get(len(leaf.shape), (0,)))
            raise ValueError(f"expected {name!r} in {path} with shape {theirs}, got {tensors[name].shape}")
        if not np.isfinite(array).all():
            raise ValueError(
                f"expected finite numbers in {name!r} of {path}, got NaN or infinity; fetch the file again"
            )
        arrays.append(jnp.asarray(array, jnp.float32))
    nnx.update(model, tree.unflatten(arrays))
    return model


def _name(place: tuple[Any, ...]) -> str:
    """A variable's path in the network, which is torchvision's name of the tensor."""
    return jax.tree_util.keystr(place, simple=True, separator=".").removesuffix(".value")


def _our_layout(tensor: Num[np.ndarray, ...]) -> Num[np.ndarray, ...]:
    """PyTorch's (out, in, row, column) to (row, column, in, out); (out, in) to (in, out)."""
    return tensor.transpose(2, 3, 1, 0) if tensor.ndim == 4 else tensor.T


def _read(path: Path) -> dict[str, Num[np.ndarray, ...]]:
    if not path.is_file():
        raise FileNotFoundError(f"expected a safetensors file at {path}, found none; check the path")
    with path.open("rb") as file:
        begin = file.read(9)
    # A safetensors file has its header's length in eight bytes and then a brace.
    if begin[8:] != b"{" and (begin.startswith((b"PK\x03\x04", b"\x80")) or path.suffix in (".pth", ".pt", ".pkl")):
        raise ValueError(
            f"expected a safetensors file, got {path}, which looks like a pickle (.pth); reading one can run code, so "
            "it is not opened. Convert it where you trust it: safetensors.torch.save_file(state_dict, path)"
        )
    try:
        with safe_open(path, framework="numpy") as file:
            names = [name for name in file.keys() if not name.endswith("num_batches_tracked")]  # noqa: SIM118
            kinds = {name: file.get_slice(name).get_dtype() for name in names}
            if other := {name: kind for name, kind in kinds.items() if kind not in ("F16", "F32", "F64")}:
                raise ValueError(f"expected floating tensors of 16, 32 or 64 bits in {path}, got {other}")
            return {name: file.get_tensor(name) for name in names}
    except SafetensorError as error:
        raise ValueError(
            f"expected weights in the safetensors format at {path}, got another or a damaged file ({error}); "
            "fetch it again"
        ) from error
