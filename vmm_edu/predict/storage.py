"""A trained model in; one safetensors file with its parameters and a JSON description out, and back.

Nothing is unpickled: a file from a stranger can be wrong, but it cannot run code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import DTypeLike, PyTree
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

FORMAT = "vmm_edu model 1"


def save(
    path: str | os.PathLike[str],
    model: nnx.Module,
    *,
    metadata: Mapping[str, Any] | None = None,
    dtype: DTypeLike | None = None,
) -> None:
    """Write the parameters of a model, and what is needed to use it, to one file.

    The file appears complete or not at all. States of random streams are left out.

    Args:
        path: the file to write, usually `….safetensors`; its folder must exist.
        model: an nnx module.
        metadata: anything JSON can hold: sizes, class names, how it was trained.
        dtype: store floating parameters in this type, such as "float16" for half the size. None: as they are.

    Raises:
        ValueError: `metadata` is not JSON, the model has no parameters, or one became infinite in `dtype`.
        FileNotFoundError: the folder does not exist.
    """
    leaves, _ = jax.tree_util.tree_flatten_with_path(_state(model))
    arrays = {_name(place): np.asarray(leaf) for place, leaf in leaves}
    if not arrays:
        raise ValueError("expected a model with parameters, got one without")
    if dtype is not None:
        with np.errstate(over="ignore"):  # reported below, with a name
            small = {name: array.astype(dtype) if array.dtype.kind == "f" else array for name, array in arrays.items()}
        for name, array in small.items():
            if np.isfinite(arrays[name]).all() and not np.isfinite(array).all():
                raise ValueError(f"expected parameters that {np.dtype(dtype)} can hold; {name!r} is too large for it")
        arrays = small
    try:
        text = json.dumps({"format": FORMAT, "metadata": dict(metadata or {})}, ensure_ascii=False)
    except TypeError as error:
        raise ValueError(
            f"expected metadata of JSON types (str, int, float, bool, list, dict, None): {error}"
        ) from error
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"expected the folder {path.parent} to exist; make it before saving a model there")
    part = path.with_name(path.name + ".part")
    part.write_bytes(
        to_bytes({name: np.ascontiguousarray(array) for name, array in arrays.items()}, metadata={"vmm_edu": text})
    )
    part.replace(path)


def read_metadata(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the description of a stored model without its parameters.

    Args:
        path: a file written by `save`.

    Returns:
        The metadata given to `save`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not such a file, or it is damaged.
    """
    return _read(path)[0]


def load(path: str | os.PathLike[str], model: nnx.Module) -> dict[str, Any]:
    """Fill a model of the same architecture with stored parameters.

    Args:
        path: a file written by `save`.
        model: an nnx module; its parameters are replaced, and keep their types.

    Returns:
        The metadata given to `save`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not such a file, it is damaged, or it holds another architecture (the model is unchanged).
    """
    metadata, arrays = _read(path)
    leaves, tree = jax.tree_util.tree_flatten_with_path(_state(model))
    own = {_name(place): leaf for place, leaf in leaves}
    if arrays.keys() != own.keys():
        raise ValueError(
            f"expected in {path} the parameters of this model; "
            f"missing: {sorted(own.keys() - arrays.keys())}, unknown: {sorted(arrays.keys() - own.keys())}"
        )
    for name, array in arrays.items():
        if array.shape != own[name].shape:
            raise ValueError(
                f"expected {name!r} in {path} with shape {own[name].shape}, got {array.shape}; "
                "make the model with the sizes it was saved with"
            )
    nnx.update(model, tree.unflatten(jnp.asarray(arrays[name], leaf.dtype) for name, leaf in own.items()))
    return metadata


def _state(model: nnx.Module) -> PyTree:
    return nnx.state(model, nnx.Not(nnx.RngState))


def _name(place: tuple[Any, ...]) -> str:
    return jax.tree_util.keystr(place, simple=True, separator="/").removesuffix("/value")


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    if not Path(path).is_file():
        raise FileNotFoundError(f"expected a model file at {path}, found none; train one, or check the path")
    try:
        with safe_open(path, framework="numpy") as file:
            header = (file.metadata() or {}).get("vmm_edu")
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
    except SafetensorError as error:
        raise ValueError(
            f"expected a model in the safetensors format at {path}, got another or a damaged file ({error}); "
            "fetch or train it again"
        ) from error
    try:
        description = json.loads(header or "{}")
    except json.JSONDecodeError as error:
        raise ValueError(f"expected a JSON description in {path}, got {header!r:.80}") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT or "metadata" not in description:
        raise ValueError(
            f"expected a file that says it is {FORMAT!r}, got {path} without that; was it saved elsewhere?"
        )
    return description["metadata"], arrays
