"""A vector or a sequence per sense in; logits after the senses have talked through a few shared tokens out."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from vmm_edu.fusion.cross_attention import enter_tokens
from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.looking import Looking
from vmm_edu.fusion.senses import Sequences, StepMasks, align_sequences
from vmm_edu.sequence import mean_pool


class BottleneckFusion(Declared):
    r"""The senses exchange what matters through B shared tokens: no step ever looks at another sense directly.

    $$[Z_m^{l+1};\ F_m^{l+1}] = \mathrm{look}_m^l([Z_m^l;\ F^l] \to [Z_m^l;\ F^l]) \qquad
      F^{l+1} = \underset{m\ \text{present}}{\mathrm{mean}}\ F_m^{l+1} \qquad
      \text{logits} = W_o \underset{m\ \text{present}}{\mathrm{mean}}\ \mathrm{mean}_t(Z_m^L) + b$$

    The first block writes into the bottleneck $F$, the next one reads from it: a sense knows of another from the second
    block on. Attention costs $\sum_m (T_m + B)^2$ instead of $(\sum_m T_m)^2$. A missing sense writes nothing and has
    no part in the means; a clip without any sense gives b.

    Attributes:
        enter: name → the layer that makes tokens of steps.
        bottleneck: F at the start (B, hidden), learned.
        look: for each of the L layers: name → the block of that sense.
        outer: the last layer, shared by the senses.

    Reference:
        Nagrani et al., "Attention bottlenecks for multimodal fusion", NeurIPS 2021, doi:10.48550/arXiv.2107.00135.
        Deviations: all layers fuse, where the paper lets the first ones work within a sense; the mean over time instead
        of a class token for each sense; no layer normalisation; masks, also in both means.
    """

    def __init__(
        self,
        sizes: Mapping[str, int],
        classes: int,
        *,
        hidden: int = 64,
        heads: int = 4,
        bottlenecks: int = 4,
        layers: int = 2,
        rngs: nnx.Rngs,
    ) -> None:
        """Make the parameters.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: length of a token, a multiple of `heads`.
            heads: how many means each token takes.
            bottlenecks: B, number of shared tokens.
            layers: L, number of blocks; with 1 no sense hears of another.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, a size, `classes` or another number below 1, or `hidden` no multiple of `heads`.
        """
        super().__init__(sizes, classes, hidden=hidden, heads=heads, bottlenecks=bottlenecks, layers=layers)
        self.enter = nnx.Dict({name: nnx.Linear(size, hidden, rngs=rngs) for name, size in self.sizes.items()})
        self.bottleneck = nnx.Param(jax.random.normal(rngs.params(), (bottlenecks, hidden)))
        self.look = nnx.List(
            nnx.Dict({name: Looking(hidden, heads=heads, rngs=rngs) for name in self.sizes}) for _ in range(layers)
        )
        self.outer = nnx.Linear(hidden, classes, rngs=rngs)

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
        present = jnp.stack([real.any(axis=1) for real in senses.real.values()], axis=1)
        shared = jnp.broadcast_to(self.bottleneck[...][None], (len(present), *self.bottleneck.shape))
        open_ = jnp.ones(shared.shape[:2], bool)
        for look in self.look:
            written = []
            for name, own in tokens.items():
                both = jnp.concatenate([own, shared], axis=1)
                both = look[name](both, at=both, mask=jnp.concatenate([senses.real[name], open_], axis=1))
                tokens[name] = both[:, : own.shape[1]]
                written.append(both[:, own.shape[1] :])
            shared = _mean(written, present)
        pooled = [mean_pool(tokens[name], mask=senses.real[name]) for name in tokens]
        return self.outer(_mean(pooled, present))


def _mean(parts: list[Float[Array, "batch ..."]], present: Bool[Array, "batch sense"]) -> Float[Array, "batch ..."]:
    """Mean over the senses that are present, 0 without any: `mean_pool` with senses for steps."""
    flat = jnp.stack([part.reshape(len(part), -1) for part in parts], axis=1)
    return mean_pool(flat, mask=present).reshape(parts[0].shape)
