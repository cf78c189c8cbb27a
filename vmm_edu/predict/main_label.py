"""Features and symbols of ChimeWorld's main task in; the trained model of the pipeline out.

The label is (shape, true material, does the size heard fit the size seen). The last part is an exclusive-or of what
two senses show. From the label alone, encoders that start at random get no gradient towards it: as long as neither
encoder knows its size, the other has nothing to gain from learning its own. `symbols=False` shows that failure. With
losses on what each sense shows as well, both sizes are learned at once and the fusion finds the rule in a few epochs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from flax import nnx
from jaxtyping import Array, Float, Integer, Key

from vmm_edu.predict.describing import Described
from vmm_edu.predict.encoders import SenseEncoder
from vmm_edu.predict.senses_model import SensesModel, present
from vmm_edu.predict.training import History, count_clips, fit

MATERIALS, SIZES = ("metal", "wood"), ("small", "large")
SYMBOLS = {
    "video": {"shape": ("ball", "box"), "material": MATERIALS, "size": SIZES},
    "audio": {"material": MATERIALS, "size": SIZES},
    "text": {"material": MATERIALS},
}
HIDDEN = {"video": 48, "audio": 48, "text": 16}
FUSED = 64


class Truth(NamedTuple):
    """What is known about the training clips.

    Attributes:
        label: class of each clip.
        symbols: sense → symbol → what that sense shows; empty in training from the label alone.
    """

    label: Any
    symbols: Any


def label_loss(model: SensesModel, senses: Any, truth: Truth, key: Key[Array, ""]) -> Float[Array, ""]:
    """The cross-entropy of the early fusion's label: all that training "end to end" looks at.

    Args:
        model: the model.
        senses: sense → `Described`.
        truth: labels.
        key: not used.

    Returns:
        Nats.

    Raises:
        ValueError: a sense that the model does not have, or shapes that do not fit.
    """
    del key
    return _cross_entropy(model(senses).early, truth.label)


def main_loss(model: SensesModel, senses: Any, truth: Truth, key: Key[Array, ""]) -> Float[Array, ""]:
    """The label from all senses, from some senses, from each sense alone, and each symbol: the sum of cross-entropies.

    Each sense of each clip is hidden from the early fusion with probability ¼, so that it also learns to do without.

    Args:
        model: the model.
        senses: sense → `Described`.
        truth: labels and symbols.
        key: source of which senses are hidden.

    Returns:
        Nats.

    Raises:
        ValueError: a sense that the model does not have, or shapes that do not fit.
    """
    symbols = model.perceive(senses)
    there = present(senses)
    # The second stage takes what the first believes as given: a label that disagrees with what was shown must not
    # teach the encoders to see things.
    given = jax.lax.stop_gradient(symbols)
    keep = {
        name: there[name] & jax.random.bernoulli(key, 0.75, there[name].shape)
        for name, key in zip(sorted(there), jax.random.split(key, len(there)), strict=True)
    }
    losses = [_cross_entropy(model.decide(given, mask=keep).early, truth.label)]
    losses += [_cross_entropy(logits, truth.label) for logits in model.decide(given, mask=there).alone.values()]
    losses += [
        _cross_entropy(symbols[sense][symbol], value)
        for sense, values in truth.symbols.items()
        for symbol, value in values.items()
    ]
    return jnp.stack(losses).sum()


def train_main_model(
    senses: Mapping[str, Described],
    labels: Integer[Any, " batch"],
    symbols: Mapping[str, Mapping[str, Any]],
    *,
    words: int,
    classes: int,
    key: Key[Array, ""],
    epochs: int = 30,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
) -> tuple[SensesModel, History]:
    """Train the pipeline's model on the main task.

    Args:
        senses: "video", "audio" and "text" of the training clips.
        labels: class of each clip.
        symbols: sense → symbol → what that sense shows, for the losses on symbols; empty: from the label alone.
        words: number of word ids.
        classes: number of labels.
        key: source of the initial parameters, the order of the clips and the hidden senses.
        epochs: number of times that every clip is seen.
        batch_size: clips in one step.
        learning_rate: the highest; it rises for a tenth of the steps, then falls along a cosine.

    Returns:
        The model and its losses.

    Raises:
        ValueError: no clip, unequal numbers of clips, or a loss that became NaN.
    """
    init_key, fit_key = jax.random.split(key)
    sizes = {name: words if name == "text" else sense.steps.shape[-1] for name, sense in senses.items()}
    values = {sense: {name: len(names) for name, names in shown.items()} for sense, shown in SYMBOLS.items()}
    model = SensesModel(sizes, symbols=values, classes=classes, hidden=HIDDEN, fused=FUSED, rngs=nnx.Rngs(init_key))
    for name, sense in senses.items():
        encoder = model.encoders[name]
        if isinstance(encoder, SenseEncoder):
            encoder.standardise(sense)
    steps = epochs * -(-count_clips(labels) // batch_size)
    history = fit(
        model,
        dict(senses),
        Truth(labels, symbols),
        key=fit_key,
        loss=main_loss if symbols else label_loss,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=optax.schedules.warmup_cosine_decay_schedule(0.0, learning_rate, steps // 10, steps),
    )
    return model, history


def _cross_entropy(logits: Float[Array, "batch class"], target: Integer[Array, " batch"]) -> Float[Array, ""]:
    return optax.softmax_cross_entropy_with_integer_labels(logits, target.astype(jnp.int32)).mean()
