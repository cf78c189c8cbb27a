"""Features and symbols of ChimeWorld's main task in; the trained model of the pipeline out.

The label is (shape, true material, does the size heard fit the size seen). The last part is an exclusive-or of what
two senses show. From the label alone, encoders that start at random get no gradient towards it: as long as neither
encoder knows its size, the other has nothing to gain from learning its own. `symbols=False` shows that failure. With
losses on what each sense shows as well, both sizes are learned at once and the fusion finds the rule in a few epochs.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Integer, Key

from vmm_edu.predict.clips import count_clips
from vmm_edu.predict.describing import Described
from vmm_edu.predict.encoders import SenseEncoder
from vmm_edu.predict.senses_model import SensesModel, present
from vmm_edu.predict.training import History, fit

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
    """The symbols of each sense, then the label from each sense alone and from every set of senses: cross-entropies.

    Every set, because a fusion that has never been without a sense does not know what to do without it.

    Args:
        model: the model.
        senses: sense → `Described`.
        truth: labels and symbols.
        key: not used.

    Returns:
        Nats, summed over the losses.

    Raises:
        ValueError: a sense that the model does not have, or shapes that do not fit.
    """
    del key
    symbols = model.perceive(senses)
    there = present(senses)
    losses = [
        _cross_entropy(symbols[sense][symbol], value)
        for sense, values in truth.symbols.items()
        for symbol, value in values.items()
    ]
    # The second stage takes what the first believes as given: a label that disagrees with what was shown must not
    # teach the encoders to see things.
    given = jax.lax.stop_gradient(symbols)
    for size in range(1, len(given) + 1):
        for names in itertools.combinations(sorted(given), size):
            decisions = model.decide({name: given[name] for name in names}, mask={name: there[name] for name in names})
            losses.append(_cross_entropy(decisions.early, truth.label))
            if size == 1:
                losses.append(_cross_entropy(decisions.alone[names[0]], truth.label))
    return jnp.stack(losses).sum()


def train_main_model(
    senses: Mapping[str, Described],
    labels: Integer[Any, " batch"],
    symbols: Mapping[str, Mapping[str, Any]],
    *,
    words: int,
    classes: int,
    key: Key[Array, ""],
    epochs: int = 12,
    batch_size: int = 64,
    learning_rate: float = 5e-3,
) -> tuple[SensesModel, History]:
    """Train the pipeline's model on the main task.

    Args:
        senses: "video", "audio" and "text" of the training clips.
        labels: class of each clip.
        symbols: sense → symbol → what that sense shows, for the losses on symbols; empty: from the label alone.
        words: number of word ids.
        classes: number of labels.
        key: source of the initial parameters and of the order of the clips.
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


def _cross_entropy(
    logits: Float[Array, "batch class"], target: Integer[Array | np.ndarray, " batch"]
) -> Float[Array, ""]:
    return optax.softmax_cross_entropy_with_integer_labels(logits, jnp.asarray(target, jnp.int32)).mean()
