"""The name of a split in; what the shipped model answered on its clips, recorded once, out."""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np
from jaxtyping import Float
from safetensors.numpy import load

FILE = "model/main_logits.safetensors"
SETS = {"validation": 400, "test": 1000}


def recorded_logits(split: str) -> dict[tuple[str, ...], Float[Any, "batch class"]]:
    """Read the shipped model's logits on ChimeWorld's main task, from every set of senses.

    The clips are those of `vmm_edu.world.sample("main", clips=…, seed=0, split=split)`, 400 for validation and the
    1000 test clips that the model's record speaks of, rendered to files, read and described as any other file.

    Args:
        split: "validation" or "test".

    Returns:
        Set of senses → logits (batch, class).

    Raises:
        ValueError: another split.
    """
    if split not in SETS:
        raise ValueError(f"expected split 'validation' or 'test', got {split!r}; the others are not recorded")
    arrays = load((resources.files("vmm_edu.predict") / FILE).read_bytes())
    return {
        tuple(name.partition("/")[2].split(" + ")): array.astype(np.float32)
        for name, array in sorted(arrays.items())
        if name.startswith(split + "/")
    }
