"""One vector per sense in; a vote of one decision per sense out (late fusion)."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float

from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.senses import Masks, Vectors, align_senses


def sum_log_probabilities(
    logits: Mapping[str, Float[Array | np.ndarray, "batch class"]], *, mask: Masks | None = None
) -> Float[Array, "batch class"]:
    r"""Add the log-probabilities of the senses that are present.

    $$\text{logits}_y = \sum_{m\ \text{present}} \log p_m(y)$$

    This is the rule of Bayes where the senses are independent given the label and all labels are equally likely (the
    general rule subtracts $(M-1)\log p(y)$). Its softmax is the normalised product of the experts. A row without any
    sense gives 0 everywhere: the uniform distribution, which is what is known then.

    Args:
        logits: name → (batch, class), of each sense alone; at least one.
        mask: name → (batch,), True = present. None: all are present.

    Returns:
        Unnormalised log-probabilities.

    Raises:
        ValueError: no sense, unequal numbers of classes, or a wrong mask.

    Reference:
        Hinton, "Training products of experts by minimizing contrastive divergence", Neural Computation 14 (2002),
        doi:10.1162/089976602760128018.
    """
    if not logits:
        raise ValueError("expected the logits of at least one sense, got an empty dictionary")
    classes = next(iter(logits.values())).shape[-1]
    # In the order of the names: floating-point sums depend on their order, and a dictionary's must not matter.
    senses = align_senses(logits, sizes={name: classes for name in sorted(logits)}, mask=mask)
    total = jnp.zeros_like(next(iter(senses.vectors.values())))
    for name, vector in senses.vectors.items():
        log_probabilities = jax.nn.log_softmax(vector, axis=-1)
        total = total + jnp.where(senses.present[name][:, None], log_probabilities, jnp.zeros_like(total))
    return total


class LateFusion(Declared):
    r"""Decide from each sense alone, then add the log-probabilities of the senses that are present.

    $$\log p_m(y) = \log\mathrm{softmax}(V_m\,\mathrm{relu}(W_m x_m + b_m) + c_m)_y \qquad
      \text{logits}_y = \sum_{m\ \text{present}} \log p_m(y)$$

    What no sense can see alone stays unseen: an exclusive-or of two senses adds nothing to a sum over them. A missing
    sense is left out of the sum; nothing stands in for it.
    """

    def __init__(self, sizes: Mapping[str, int], classes: int, *, hidden: int = 64, rngs: nnx.Rngs) -> None:
        """Make one small network per sense.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: width of each sense's hidden layer.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, or a size, `classes` or `hidden` below 1.
        """
        super().__init__(sizes, classes, hidden=hidden)
        self.inner = nnx.Dict({name: nnx.Linear(size, hidden, rngs=rngs) for name, size in self.sizes.items()})
        self.outer = nnx.Dict({name: nnx.Linear(hidden, classes, rngs=rngs) for name in self.sizes})

    def each_sense(self, vectors: Vectors, *, mask: Masks | None = None) -> dict[str, Float[Array, "batch class"]]:
        """Decide from each given sense alone.

        Args:
            vectors: name → (batch, feature).
            mask: name → (batch,), True = present.

        Returns:
            name → logits, for the senses given; a masked row holds no information (its vector counts as 0).

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        senses = align_senses(vectors, sizes=self.sizes, mask=mask)
        return {
            name: self.outer[name](nnx.relu(self.inner[name](senses.vectors[name])))
            for name in self.sizes
            if name in vectors
        }

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
        return sum_log_probabilities(self.each_sense(vectors, mask=mask), mask=mask)
