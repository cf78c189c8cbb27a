"""Features of clips and what each sense shows in them; a frozen perception that names it, and its beliefs, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Bool, Float, Int, Key

from vmm_edu.command.fusion_clips import Shown
from vmm_edu.predict import Described, SenseEncoder, WordEncoder, accuracy, fit, predict_logits, warm_cosine
from vmm_edu.predict.senses_model import Symbols, present
from vmm_edu.sequence import temporal_conv

HIDDEN = {"video": 48, "audio": 48, "text": 16}
EPOCHS, BATCH, PEAK = 16, 64, 5e-3  # of the training; the rate rises for a tenth of the steps, then falls
Answers = dict[str, dict[str, Float[np.ndarray, "batch value"]]]  # sense → symbol → logits
WIDTH = 5  # frames that the slot detector looks at, two before and two after


class SlotDetector(SenseEncoder):
    """Features over time to one number for each slot: the same detector of an event, slid over the clip.

    An LSTM would have to learn anew for each slot what a landing looks like; here all clips teach one detector.
    """

    def __init__(self, features: int, hidden: int, *, slots: tuple[int, ...], rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            features: length of the input vectors.
            hidden: width of its layers.
            slots: the step of each slot.
            rngs: source of the random initial values.
        """
        super().__init__(features, hidden, rngs=rngs)
        del self.lstm
        self.slots = nnx.static(slots)
        scale = (WIDTH * hidden) ** -0.5
        self.kernel = nnx.Param(scale * jax.random.normal(rngs.params(), (WIDTH, hidden, hidden)))
        self.outer = nnx.Linear(hidden, 1, rngs=rngs)

    def __call__(self, x: Any, *, mask: Any) -> Float[Array, "batch slot"]:
        """Say how much each slot looks like the event; masked steps count as zeros."""
        x = jnp.where(mask[..., None], jnp.asarray(x), 0.0)
        hidden = nnx.relu(self.project((x - self.mean[...][None, None]) / self.scale[...][None, None]))
        # Two steps later the causal convolution has seen as many after a step as before it.
        later = jnp.pad(hidden, ((0, 0), (0, WIDTH // 2), (0, 0)))
        seen = nnx.relu(temporal_conv(self.kernel[...], later)[:, WIDTH // 2 :])
        return self.outer(seen)[:, jnp.array(self.slots), 0]


class Perception(nnx.Module):
    """An encoder for each sense, and a linear layer for each symbol that it shows.

    Attributes:
        encoders: sense → encoder.
        heads: sense → symbol → linear layer; no layer where the encoder's own numbers are the answer.
    """

    def __init__(
        self,
        inputs: Mapping[str, int],
        symbols: Mapping[str, Mapping[str, int]],
        *,
        slots: Mapping[str, tuple[int, ...]],
        rngs: nnx.Rngs,
    ) -> None:
        """Make the parameters.

        Args:
            inputs: sense → number of features per step, or for "text" of word ids.
            symbols: sense → symbol → number of values.
            slots: sense → the step of each value, for senses whose only symbol is when something happens.
            rngs: source of the random initial values.
        """
        encoders, heads = {}, {}
        for name, features in sorted(inputs.items()):
            if name in slots:
                encoders[name] = SlotDetector(features, HIDDEN[name], slots=slots[name], rngs=rngs)
                heads[name] = nnx.Dict({})
                continue
            encoders[name] = (WordEncoder if name == "text" else SenseEncoder)(features, HIDDEN[name], rngs=rngs)
            heads[name] = nnx.Dict(
                {s: nnx.Linear(HIDDEN[name], n, rngs=rngs) for s, n in sorted(symbols[name].items())}
            )
        self.encoders, self.heads = nnx.Dict(encoders), nnx.Dict(heads)
        self.only = nnx.static(tuple((name, next(iter(symbols[name]))) for name in slots))

    def perceive(self, senses: Mapping[str, Described]) -> Symbols:
        """Say what each sense shows: sense → symbol → logits."""
        found: Symbols = {}
        for name in sorted(senses):
            vector = self.encoders[name](senses[name].steps, mask=senses[name].mask)
            symbol = dict(self.only).get(name)
            found[name] = {symbol: vector} if symbol else {s: head(vector) for s, head in self.heads[name].items()}
        return found


def symbol_loss(model: Perception, senses: Any, truth: Any, key: Key[Array, ""]) -> Float[Array, ""]:
    """Cross-entropy of every symbol, each over the clips that have the sense."""
    del key
    losses, there = [], present(senses)
    for sense, logits in model.perceive(senses).items():
        for name, table in logits.items():
            wanted = jnp.where(there[sense], truth[sense][name], 0)
            losses.append(_mean(optax.softmax_cross_entropy_with_integer_labels(table, wanted), there[sense]))
    return jnp.stack(losses).sum()


def train_perception(
    senses: Mapping[str, Described],
    truth: Mapping[str, Mapping[str, Int[np.ndarray, " batch"]]],
    symbols: Mapping[str, Mapping[str, int]],
    *,
    words: int,
    slots: Mapping[str, tuple[int, ...]],
    key: Key[Array, ""],
) -> Perception:
    """Learn to name what each sense shows. The label is never looked at.

    Args:
        senses: features of the training clips.
        truth: sense → symbol → its value in each clip.
        symbols: sense → symbol → number of values.
        words: number of word ids.
        slots: as `Perception` takes them.
        key: source of the initial values and of the order of the clips.
    """
    init_key, fit_key = jax.random.split(key)
    inputs = {name: words if name == "text" else sense.steps.shape[-1] for name, sense in senses.items()}
    model = Perception(inputs, symbols, slots=slots, rngs=nnx.Rngs(init_key))
    for name, sense in senses.items():
        encoder = model.encoders[name]
        if isinstance(encoder, SenseEncoder):
            encoder.standardise(sense)
    rate = warm_cosine(PEAK, steps=EPOCHS * -(-len(next(iter(senses.values())).mask) // BATCH))
    options = {"loss": symbol_loss, "epochs": EPOCHS, "batch_size": BATCH, "learning_rate": rate}
    fit(model, dict(senses), truth, key=fit_key, **options)
    return model


class _Perceive(nnx.Module):
    """The first stage of a model, called like a whole one."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, senses: Mapping[str, Described]) -> Symbols:
        return self.model.perceive(senses)


def beliefs(model: Any, senses: Mapping[str, Described], labels: Int[np.ndarray, " batch"]) -> tuple[Shown, Answers]:
    """Look at clips with a frozen perception.

    Args:
        model: from `train_perception`, or another with a `perceive`.
        senses: features of any clips.
        labels: their classes.

    Returns:
        What the fusions see, and the logits of each symbol.
    """
    symbols = predict_logits(_Perceive(model), dict(senses))
    vectors = {
        sense: np.concatenate(
            [np.asarray(jax.nn.softmax(logits)) * logits.shape[1] - 1 for _, logits in sorted(names.items())], axis=1
        )
        for sense, names in symbols.items()
    }
    mask = {name: np.asarray(there) for name, there in present(senses).items()}
    return Shown(vectors, mask, np.asarray(labels)), symbols


def symbol_accuracy(
    symbols: Answers, truth: Mapping[str, Mapping[str, Int[np.ndarray, " batch"]]], mask: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """How often each symbol is named rightly, over the clips that have the sense."""
    return {
        sense: {
            name: round(accuracy(truth[sense][name][mask[sense]], logits.argmax(axis=1)[mask[sense]]), 4)
            for name, logits in names.items()
        }
        for sense, names in symbols.items()
    }


def _mean(values: Float[Array, " batch"], mask: Bool[Array, " batch"]) -> Float[Array, ""]:
    return jnp.where(mask, values, 0.0).sum() / jnp.maximum(mask.sum(dtype=values.dtype), 1.0)
