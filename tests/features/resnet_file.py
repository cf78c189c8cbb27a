"""A seed in; the tensors of a ResNet-18 with torchvision's names and layout, random and non-trivial, out."""

from __future__ import annotations

import numpy as np

WIDTHS = (64, 128, 256, 512)


def shapes(classes: int) -> dict[str, tuple[int, ...]]:
    """Every tensor of torchvision's resnet18, written down from the paper's table and not from the package."""
    found: dict[str, tuple[int, ...]] = {"conv1.weight": (64, 3, 7, 7)} | norm("bn1", 64)
    for stage, width in enumerate(WIDTHS, start=1):
        before = WIDTHS[max(stage - 2, 0)]
        for block in (0, 1):
            name, inputs = f"layer{stage}.{block}", before if block == 0 else width
            found |= {f"{name}.conv1.weight": (width, inputs, 3, 3)} | norm(f"{name}.bn1", width)
            found |= {f"{name}.conv2.weight": (width, width, 3, 3)} | norm(f"{name}.bn2", width)
            if stage > 1 and block == 0:
                found |= {f"{name}.downsample.0.weight": (width, before, 1, 1)} | norm(f"{name}.downsample.1", width)
    return found | {"fc.weight": (classes, 512), "fc.bias": (classes,)}


def norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")} | {
        f"{name}.num_batches_tracked": ()
    }


def tensors(classes: int = 3, seed: int = 0) -> dict[str, np.ndarray]:
    """Random weights whose outputs neither vanish nor explode."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, shape in shapes(classes).items():
        if name.endswith("num_batches_tracked"):
            found[name] = np.array(7, np.int64)
        elif name.endswith("running_var"):
            found[name] = rng.uniform(0.5, 2.0, shape).astype(np.float32)
        elif len(shape) > 1:
            found[name] = (rng.standard_normal(shape, np.float32) * np.sqrt(2 / np.prod(shape[1:]))).astype(np.float32)
        else:
            found[name] = (rng.normal(size=shape) * 0.2 + name.endswith("weight")).astype(np.float32)
    return found
