"""Clips as vectors in; every fusion module trained on them from several seeds at once, and its scores, out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Bool, Float, Key

from vmm_edu import fusion
from vmm_edu.command.fusion_clips import Shown
from vmm_edu.predict import SeedModels, fit_seeds, predict_seeds, warm_cosine


class Kind(NamedTuple):
    """A fusion module and how it is trained; the same on every task.

    Attributes:
        module: its class.
        widths: its sizes, as its class takes them.
        epochs: times that each training clip is seen.
        learning_rate: the highest; it rises for a tenth of the steps, then falls along a cosine.
        weight_decay: AdamW's.
    """

    module: Callable[..., nnx.Module]
    widths: Mapping[str, int]
    epochs: int = 60
    learning_rate: float = 5e-3
    weight_decay: float = 0.03


# Chosen on a fifth of the training clips that the other four fifths were not trained on; no test clip was looked at.
KINDS: Mapping[str, Kind] = {
    "early": Kind(fusion.EarlyFusion, {"hidden": 64}),
    "late": Kind(fusion.LateFusion, {"hidden": 64}),
    "hybrid": Kind(fusion.HybridFusion, {"hidden": 64}),
    "tensor": Kind(fusion.TensorFusion, {"hidden": 64, "width": 8}),
    "low-rank": Kind(fusion.LowRankFusion, {"hidden": 64, "width": 8, "rank": 4}),
    "gated": Kind(fusion.GatedFusion, {"hidden": 64}),
    "cross-attention": Kind(fusion.CrossAttentionFusion, {"hidden": 32, "heads": 4}, epochs=40),
    "bottleneck": Kind(fusion.BottleneckFusion, {"hidden": 32, "heads": 4, "bottlenecks": 4, "layers": 2}, epochs=40),
}
BATCH = 64


def inputs_of(clips: Shown) -> dict[str, Any]:
    """Vectors and masks as one tree."""
    return {"vectors": clips.vectors, "mask": clips.mask}


def decide(model: Any, inputs: Any) -> Float[Array, "batch class"]:
    """Call a fusion module on such a tree."""
    return model(inputs["vectors"], mask=inputs["mask"])


def label_loss(model: Any, inputs: Any, labels: Any, key: Key[Array, ""]) -> Float[Array, ""]:
    """Cross-entropy of the label, in nats."""
    del key
    return optax.softmax_cross_entropy_with_integer_labels(decide(model, inputs), labels).mean()


def dropped_loss(model: Any, inputs: Any, labels: Any, key: Key[Array, ""]) -> Float[Array, ""]:
    """The same, each sense hidden in half of the clips: a model must know that before it is asked what one is worth."""
    keys = jax.random.split(key, len(inputs["mask"]))
    mask = {
        name: there & jax.random.bernoulli(k, 0.5, there.shape)
        for k, (name, there) in zip(keys, sorted(inputs["mask"].items()), strict=True)
    }
    return label_loss(model, {"vectors": inputs["vectors"], "mask": mask}, labels, key)


def train(
    kind: Kind,
    clips: Shown,
    *,
    classes: int,
    keys: Key[Array, " seed"],
    loss: Callable[..., Any] = label_loss,
    epochs: int | None = None,
) -> SeedModels:
    """Train one kind of fusion from several seeds, in one compiled program.

    Args:
        kind: what to train and how.
        clips: the training clips.
        classes: number of labels.
        keys: one for each model.
        loss: `label_loss` or `dropped_loss`.
        epochs: in place of the kind's own.
    """
    sizes = {name: vector.shape[1] for name, vector in clips.vectors.items()}
    epochs = epochs or kind.epochs
    steps = epochs * -(-len(clips.labels) // BATCH)
    return fit_seeds(
        lambda rngs: kind.module(sizes, classes, **kind.widths, rngs=rngs),
        inputs_of(clips),
        jnp.asarray(clips.labels),
        keys=keys,
        loss=loss,
        epochs=epochs,
        batch_size=BATCH,
        learning_rate=warm_cosine(kind.learning_rate, steps=steps),
        weight_decay=kind.weight_decay,
    )


def right(models: SeedModels, clips: Shown) -> Bool[np.ndarray, "seed batch"]:
    """Which clips each model names rightly."""
    return predict_seeds(models, inputs_of(clips), call=decide).argmax(axis=-1) == clips.labels[None]


def parameters(models: SeedModels) -> int:
    """Number of parameters of one model."""
    return sum(math.prod(leaf.shape[1:]) for leaf in jax.tree.leaves(models.params))


def seed_interval(
    hits: Bool[np.ndarray, "seed batch"], *, draws: int = 2000, rng: np.random.Generator
) -> tuple[float, float]:
    """95 % interval of the mean accuracy over another choice of seeds and of test clips: both are drawn anew.

    Args:
        hits: which clips each model names rightly.
        draws: number of draws.
        rng: their source.
    """
    seeds, clips = hits.shape
    means = np.empty(draws)
    for draw in range(draws):
        by_clip = hits[rng.integers(seeds, size=seeds)].mean(axis=0)
        means[draw] = by_clip[rng.integers(clips, size=clips)].mean()
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def row(hits: Bool[np.ndarray, "seed batch"], *, ceiling: float, name: str) -> dict[str, Any]:
    """Score one kind of fusion beside the exact ceiling.

    Args:
        hits: which clips each model names rightly.
        ceiling: of the task.
        name: of what is scored, for the alarm.

    Raises:
        ValueError: a score is above its ceiling by more than 3 σ.
    """
    scores, clips = hits.mean(axis=1), hits.shape[1]
    sigma = math.sqrt(ceiling * (1 - ceiling) / clips)
    if scores.max() > ceiling + 3 * sigma + 1e-12:
        raise ValueError(
            f"expected {name} to score at most {ceiling + 3 * sigma:.3f} (ceiling {ceiling:.3f} + 3 σ), got "
            f"{scores.max():.3f}: something tells the model more than the senses can"
        )
    low, high = seed_interval(hits, rng=np.random.default_rng(0))
    return {
        "scores": np.round(scores, 4).tolist(),
        "mean": round(float(scores.mean()), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "share": round(float(scores.mean()) / ceiling, 4),
        "share_low": round(low / ceiling, 4),
        "share_high": round(high / ceiling, 4),
        "sigma": round(sigma, 5),
    }
