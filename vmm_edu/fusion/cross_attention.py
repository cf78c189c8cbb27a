"""A vector or a sequence per sense in; logits after each sense's steps have looked at all other senses' steps out."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.looking import Looking
from vmm_edu.fusion.senses import Sequences, StepMasks, align_sequences
from vmm_edu.sequence import mean_pool, sine_positions


class CrossAttentionFusion(Declared):
    r"""Each step of a sense asks the steps of all other senses: what was heard when this was seen?

    $$Z_m = X_m W_m + b_m + \mathrm{positions} \qquad
      Z_m' = \mathrm{look}_m(Z_m \to \{Z_n : n \ne m\}) \qquad
      \text{logits} = \sum_{m\ \text{present}} W_m^o\,\mathrm{mean}_t(Z_m') + b$$

    where look is a `Looking` block: attention, then a feed-forward layer. Masked steps are no keys and no part of a
    mean. A missing sense is looked at by nobody and has no term in the sum, so nothing stands in for it; a sense that
    is alone sees nothing, and attention adds 0. With one step and one other sense there is nothing to choose: the only
    key has weight 1, and what the two mean together is left to the feed-forward layer.

    Attributes:
        enter: name → the layer that makes tokens of steps.
        look: name → the block by which that sense's tokens look at the others'.
        outer: name → the last layer of that sense.
        bias: b (class,).

    Reference:
        Tsai et al., "Multimodal transformer for unaligned multimodal language sequences" (MulT), ACL 2019,
        doi:10.18653/v1/P19-1656. Deviations: one block that looks at all other senses at once, which then compete
        for one softmax, instead of a stack for each ordered pair and a further transformer over both; a linear layer
        instead of a temporal convolution; the mean over time instead of the last step; no layer normalisation.
    """

    def __init__(
        self, sizes: Mapping[str, int], classes: int, *, hidden: int = 64, heads: int = 4, rngs: nnx.Rngs
    ) -> None:
        """Make the parameters.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: length of a token, a multiple of `heads`.
            heads: how many means each token takes.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, a size, `classes`, `hidden` or `heads` below 1, or `hidden` no multiple of `heads`.
        """
        super().__init__(sizes, classes, hidden=hidden, heads=heads)
        self.enter = nnx.Dict({name: nnx.Linear(size, hidden, rngs=rngs) for name, size in self.sizes.items()})
        self.look = nnx.Dict({name: Looking(hidden, heads=heads, rngs=rngs) for name in self.sizes})
        self.outer = nnx.Dict({name: nnx.Linear(hidden, classes, use_bias=False, rngs=rngs) for name in self.sizes})
        self.bias = nnx.Param(jnp.zeros(classes))

    def __call__(self, sequences: Sequences, *, mask: StepMasks | None = None) -> Float[Array, "batch class"]:
        """Combine the senses.

        Args:
            sequences: name → (batch, time, feature) or (batch, feature); a name left out is missing in every row.
            mask: name → (batch, time) or (batch,), True = real. None: what is given is real.

        Returns:
            Unnormalised log-probabilities (logits); without any sense, b.

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        senses = align_sequences(sequences, sizes=self.sizes, mask=mask)
        tokens = {name: enter_tokens(self.enter[name], steps) for name, steps in senses.steps.items()}
        # A key that is never real, so that a module with one sense only has something to look at.
        logits, nothing = self.bias[...][None, :], jnp.zeros_like(next(iter(tokens.values()))[:, :1])
        for name, own in tokens.items():
            others = [other for other in tokens if other != name]
            at = jnp.concatenate([nothing, *(tokens[other] for other in others)], axis=1)
            real = jnp.concatenate([jnp.zeros((len(at), 1), bool), *(senses.real[other] for other in others)], axis=1)
            seen = self.look[name](own, at=at, mask=real)
            logits = logits + self.outer[name](mean_pool(seen, mask=senses.real[name]))
        return logits


def enter_tokens(layer: nnx.Linear, steps: Float[Array, "batch time feature"]) -> Float[Array, "batch time hidden"]:
    """Make tokens of steps: a linear layer plus the step's number as waves.

    Args:
        layer: from features to `hidden`.
        steps: one sense.

    Returns:
        Tokens.

    Raises:
        ValueError: none of its own.
    """
    tokens = layer(steps)
    return tokens + sine_positions(*tokens.shape[1:])[None]
