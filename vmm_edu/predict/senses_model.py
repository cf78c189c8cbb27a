"""Features of each sense over time in; what each sense shows, its decision alone, and the decision of all out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from vmm_edu.fusion import EarlyFusion, LateFusion
from vmm_edu.fusion.senses import Masks
from vmm_edu.predict.describing import Described
from vmm_edu.predict.encoders import SenseEncoder, WordEncoder

Symbols = dict[str, dict[str, Float[Array, "batch value"]]]


class Decisions(NamedTuple):
    """Logits for a batch of clips.

    Attributes:
        symbols: sense → what it shows ("shape", "material", "size") → (batch, value).
        alone: sense → (batch, class), the label from that sense alone.
        late: (batch, class), the product of the decisions alone.
        early: (batch, class), from all senses at once.
    """

    symbols: Symbols
    alone: dict[str, Float[Array, "batch class"]]
    late: Float[Array, "batch class"]
    early: Float[Array, "batch class"]


class SensesModel(nnx.Module):
    r"""From each sense the symbols it shows; from those of one sense, or of all, the label.

    First an encoder per sense and, from its vector, the probabilities of what the sense shows ("the ball is small").
    Only these beliefs go on to the fusions: a handful of numbers that can be read, and too few to learn by heart
    which training clips carried a wrong sign.

    Attributes:
        encoders: sense → encoder.
        heads: sense → symbol → linear layer.
        late: one small network per sense, and the product of their decisions.
        early: one network over all senses.
        sizes: what the model was declared with, for storage.
    """

    def __init__(
        self,
        inputs: Mapping[str, int],
        *,
        symbols: Mapping[str, Mapping[str, int]],
        classes: int,
        hidden: Mapping[str, int],
        fused: int = 64,
        words: tuple[str, ...] = ("text",),
        rngs: nnx.Rngs,
    ) -> None:
        """Make the parameters.

        Args:
            inputs: sense → number of features per step, or number of word ids for a sense in `words`.
            symbols: sense → symbol → number of values.
            classes: number of labels.
            hidden: sense → length of its vector.
            fused: width of the hidden layers of the fusions.
            words: senses whose steps are ids.
            rngs: source of the random initial values.

        Raises:
            ValueError: a size below 1, or names that differ between the arguments.
        """
        if not inputs.keys() == symbols.keys() == hidden.keys():
            raise ValueError(
                f"expected the same senses in inputs, symbols and hidden, got {sorted(inputs)}, {sorted(symbols)}, "
                f"{sorted(hidden)}"
            )
        names = sorted(inputs)
        # As tuples, because the static part of a module must be hashable.
        self._sizes = nnx.static((tuple(sorted(inputs.items())), tuple(sorted(hidden.items())), fused))
        self.encoders = nnx.Dict(
            {
                name: (WordEncoder if name in words else SenseEncoder)(inputs[name], hidden[name], rngs=rngs)
                for name in names
            }
        )
        self.heads = nnx.Dict(
            {
                name: nnx.Dict({s: nnx.Linear(hidden[name], n, rngs=rngs) for s, n in sorted(symbols[name].items())})
                for name in names
            }
        )
        sizes = {name: sum(symbols[name].values()) for name in names}
        self.late = LateFusion(sizes, classes, hidden=fused, rngs=rngs)
        self.early = EarlyFusion(sizes, classes, hidden=fused, rngs=rngs)

    @property
    def sizes(self) -> dict[str, Any]:
        """Numbers of inputs and hidden features per sense, and width of the fusions, as `__init__` takes them."""
        inputs, hidden, fused = self._sizes
        return {"inputs": dict(inputs), "hidden": dict(hidden), "fused": fused}

    def perceive(self, senses: Mapping[str, Described]) -> Symbols:
        """Say what each sense shows.

        Args:
            senses: sense → features; a sense left out is missing.

        Returns:
            sense → symbol → logits.

        Raises:
            ValueError: no sense, an unknown one, or shapes that do not fit.
        """
        if not senses or senses.keys() - self.encoders.keys():
            raise ValueError(
                f"expected senses among {sorted(self.encoders.keys())}, at least one, got {sorted(senses)}"
            )
        symbols: Symbols = {}
        for name in sorted(senses):
            vector = self.encoders[name](senses[name].steps, mask=senses[name].mask)
            symbols[name] = {symbol: head(vector) for symbol, head in self.heads[name].items()}
        return symbols

    def decide(self, symbols: Symbols, *, mask: Masks) -> Decisions:
        """Decide on the label from what the senses show.

        Args:
            symbols: sense → symbol → logits, from `perceive`.
            mask: sense → (batch,), True = present.

        Returns:
            Logits of the symbols, of the label from each sense alone, and from all by both fusions.

        Raises:
            ValueError: no sense, or a wrong mask.
        """
        # K·p − 1 of K values: 0 for "no idea", so that the fusions start from where nothing is known.
        beliefs = {
            name: jnp.concatenate(
                [jax.nn.softmax(logits) * logits.shape[1] - 1 for _, logits in sorted(shown.items())], axis=1
            )
            for name, shown in symbols.items()
        }
        return Decisions(
            symbols,
            self.late.each_sense(beliefs, mask=mask),
            self.late(beliefs, mask=mask),
            self.early(beliefs, mask=mask),
        )

    def __call__(self, senses: Mapping[str, Described]) -> Decisions:
        """Perceive, then decide; a sense without a real step is missing.

        Args:
            senses: sense → features; a sense left out is missing in every clip.

        Returns:
            Logits of the symbols, of the label from each sense alone, and from all by both fusions.

        Raises:
            ValueError: no sense, an unknown one, or shapes that do not fit.
        """
        return self.decide(self.perceive(senses), mask=present(senses))


def present(senses: Mapping[str, Described]) -> dict[str, Bool[Array, " batch"]]:
    """Tell which senses each clip has.

    Args:
        senses: sense → features and mask.

    Returns:
        sense → (batch,), True where there is at least one real step.
    """
    return {name: jnp.asarray(sense.mask).any(axis=1) for name, sense in senses.items()}
