"""One vector per sense in; logits from a network that sees all senses at once out (early fusion)."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.senses import Masks, Vectors, align_senses


class EarlyFusion(Declared):
    r"""Concatenate the senses, then one hidden layer: it can learn any interaction between them.

    $$z_m = \begin{cases} x_m & \text{sense } m \text{ present} \\ a_m & \text{missing} \end{cases} \qquad
      \text{logits} = W_2\,\mathrm{relu}(W_1 [z_1; \dots; z_M] + b_1) + b_2$$

    A missing sense is replaced by a learned vector $a_m$, which starts at random: "not there" is then a value of its
    own, and differs from a sense that is there and happens to be 0. Train with senses masked at random, or $a_m$ is
    never trained.

    Attributes:
        absent: name → the learned vector (feature,) that stands for a missing sense.
    """

    def __init__(self, sizes: Mapping[str, int], classes: int, *, hidden: int = 64, rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: width of the hidden layer.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, or a size, `classes` or `hidden` below 1.
        """
        super().__init__(sizes, classes, hidden=hidden)
        self.absent = nnx.Dict(
            {name: nnx.Param(jax.random.normal(rngs.params(), (size,))) for name, size in self.sizes.items()}
        )
        self.inner = nnx.Linear(sum(self.sizes.values()), hidden, rngs=rngs)
        self.outer = nnx.Linear(hidden, classes, rngs=rngs)

    def __call__(self, vectors: Vectors, *, mask: Masks | None = None) -> Float[Array, "batch class"]:
        """Combine the senses.

        Args:
            vectors: name → (batch, feature); a name left out is missing in every row.
            mask: name → (batch,), True = present. None: what is given is present.

        Returns:
            Unnormalised log-probabilities (logits).

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        senses = align_senses(vectors, sizes=self.sizes, mask=mask)
        filled = [
            jnp.where(senses.present[name][:, None], senses.vectors[name], self.absent[name][...][None, :])
            for name in self.sizes
        ]
        return self.outer(nnx.relu(self.inner(jnp.concatenate(filled, axis=1))))
