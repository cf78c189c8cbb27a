from __future__ import annotations

import numpy as np
import pytest
from flax import nnx

from vmm_edu.fusion import EarlyFusion, LateFusion, Senses
from vmm_edu.predict import cost, time_ratios

SIZES, CLASSES, HIDDEN = {"video": 96, "audio": 32}, 8, 64


def inputs(batch: int = 16) -> dict[str, np.ndarray]:
    return {name: np.ones((batch, size), np.float32) for name, size in SIZES.items()}


def test_arithmetic_and_parameters_are_those_counted_by_hand():
    early = cost(EarlyFusion(SIZES, CLASSES, hidden=HIDDEN, rngs=nnx.Rngs(0)), inputs())
    late = cost(LateFusion(SIZES, CLASSES, hidden=HIDDEN, rngs=nnx.Rngs(0)), inputs())
    # A product of a row with a matrix: as many multiplications as entries, and as many additions.
    products = {"early": 2 * (128 * HIDDEN + HIDDEN * CLASSES), "late": 2 * (128 * HIDDEN + 2 * HIDDEN * CLASSES)}
    # Offsets, relu and softmax come on top; they are few.
    assert products["early"] < early.flops < 1.1 * products["early"]
    assert products["late"] < late.flops < 1.1 * products["late"]
    assert early.parameters == 128 + (128 + 1) * HIDDEN + (HIDDEN + 1) * CLASSES
    assert late.parameters == (128 + 2) * HIDDEN + 2 * (HIDDEN + 1) * CLASSES


def test_cost_is_for_each_clip_and_memory_for_the_batch():
    fuse = EarlyFusion(SIZES, CLASSES, hidden=HIDDEN, rngs=nnx.Rngs(0))
    small, large = cost(fuse, inputs(16)), cost(fuse, inputs(256))
    assert small.flops == pytest.approx(large.flops, rel=0.1)
    assert large.working_bytes > 4 * small.working_bytes
    assert large.working_bytes >= 256 * HIDDEN * 4  # the hidden layer, in float32
    masked = cost(fuse, Senses(inputs(), {name: np.ones(16, bool) for name in SIZES}))
    assert masked.parameters == small.parameters


def test_a_model_with_fifty_times_the_arithmetic_takes_longer():
    models = {
        "small": EarlyFusion(SIZES, CLASSES, hidden=32, rngs=nnx.Rngs(0)),
        "large": EarlyFusion(SIZES, CLASSES, hidden=4096, rngs=nnx.Rngs(0)),
    }
    ratios = time_ratios(models, inputs(512), reference="small", rounds=5)
    assert ratios["small"] == 1
    assert ratios["large"] > 2


def test_bad_input():
    fuse = EarlyFusion(SIZES, CLASSES, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="reference among"):
        time_ratios({"early": fuse}, inputs(), reference="late")
    with pytest.raises(ValueError, match="at least one clip"):
        cost(fuse, inputs(0))
