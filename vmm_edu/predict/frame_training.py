"""Labelled frames in; what `fit` needs to train a network of frames on them out: a loss and a schedule."""

from __future__ import annotations

from typing import Any

import optax
from jaxtyping import Array, Float, Integer, Key

from vmm_edu.features import augment
from vmm_edu.features.arrays import AnyArray
from vmm_edu.predict.training import Loss, cross_entropy


def augmented_loss(*, shift: int = 6, mirror: bool = True, negative: bool = False) -> Loss:
    """Make a loss for `fit` that sees every frame changed anew each time, as `vmm_edu.features.augment` does.

    Args:
        shift: largest shift along each axis, pixels.
        mirror: swap left and right in half of the frames.
        negative: make the negative of half of the frames.

    Returns:
        The cross-entropy of the changed frames.

    Raises:
        ValueError: none of its own; the loss raises what `augment` and the model raise.
    """

    def loss(
        model: Any,
        images: Float[AnyArray, "batch height width channel"],
        labels: Integer[AnyArray, " batch"],
        key: Key[Array, ""],
    ) -> Float[Array, ""]:
        changed = augment(images, key=key, shift=shift, mirror=mirror, negative=negative)
        return cross_entropy(model, changed, labels)

    return loss


def warm_cosine(peak: float, *, steps: int) -> optax.Schedule:
    """Make a learning rate for `fit` that rises for a tenth of the steps and then falls along a cosine.

    Args:
        peak: the largest rate; it begins at a tenth of it and ends at a hundredth.
        steps: steps of the whole training, epochs times batches.

    Returns:
        The schedule.

    Raises:
        ValueError: fewer than 2 steps, or a rate that is not positive.
    """
    if steps < 2 or not peak > 0:
        raise ValueError(f"expected at least 2 steps and a positive rate, got {steps} and {peak}")
    return optax.warmup_cosine_decay_schedule(peak / 10, peak, max(steps // 10, 1), steps, peak / 100)
