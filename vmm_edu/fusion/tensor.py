"""One vector per sense in; logits from all products of the senses' features out (tensor fusion)."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.senses import Masks, Vectors, align_senses


def with_one(
    vector: Float[Array, "batch feature"], *, present: Bool[Array, " batch"]
) -> Float[Array, "batch feature_and_1"]:
    """Put a 1 before a vector, [1; z]; where the sense is missing, [1; 0].

    Args:
        vector: z.
        present: False where the sense is missing.

    Returns:
        One number more for each row.

    Raises:
        ValueError: none of its own.
    """
    kept = jnp.where(present[:, None], vector, jnp.zeros_like(vector))
    return jnp.concatenate([jnp.ones_like(vector[:, :1]), kept], axis=1)


class TensorFusion(Declared):
    r"""Multiply each feature of each sense with each feature of every other: interactions are inputs, not hopes.

    $$z_m = \mathrm{relu}(W_m x_m + b_m) \qquad
      Z = \begin{bmatrix} 1 \\ z_1 \end{bmatrix} \otimes \dots \otimes \begin{bmatrix} 1 \\ z_M \end{bmatrix} \qquad
      \text{logits} = W_o\,\mathrm{relu}(W\,\mathrm{vec}(Z) + b) + b_o$$

    The 1 keeps the products of fewer senses: $Z$ holds each $z_m$ alone, each pair, and so on. It also says what a
    missing sense is: with $z_m = 0$ exactly those products remain in which the sense has no part, the tensor of the
    others. Nothing is learned to stand for it. The tensor has (width + 1)^M entries: keep `width` small.

    Attributes:
        each: name → the layer that makes $z_m$.
        inner: W and b.
        outer: the last layer.

    Reference:
        Zadeh et al., "Tensor fusion network for multimodal sentiment analysis", EMNLP 2017, doi:10.18653/v1/D17-1115.
        Deviations: one hidden layer after the tensor instead of two, no dropout, a smaller $z_m$, and masks.
    """

    def __init__(
        self, sizes: Mapping[str, int], classes: int, *, hidden: int = 64, width: int = 8, rngs: nnx.Rngs
    ) -> None:
        """Make the parameters.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: width of the layer after the tensor.
            width: length of $z_m$.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, or a size, `classes`, `hidden` or `width` below 1.
        """
        super().__init__(sizes, classes, hidden=hidden, width=width)
        self.each = nnx.Dict({name: nnx.Linear(size, width, rngs=rngs) for name, size in self.sizes.items()})
        self.inner = nnx.Linear((width + 1) ** len(self.sizes), hidden, rngs=rngs)
        self.outer = nnx.Linear(hidden, classes, rngs=rngs)

    def products(self, vectors: Vectors, *, mask: Masks | None = None) -> Float[Array, "batch product"]:
        """Form the tensor.

        Args:
            vectors: name → (batch, feature); a name left out is missing in every row.
            mask: name → (batch,), True = present.

        Returns:
            vec(Z), the index of the last sense by name running fastest.

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        senses = align_senses(vectors, sizes=self.sizes, mask=mask)
        batch = len(next(iter(senses.present.values())))
        products = jnp.ones((batch, 1))
        for name, vector in senses.vectors.items():
            z = with_one(nnx.relu(self.each[name](vector)), present=senses.present[name])
            products = (products[:, :, None] * z[:, None, :]).reshape(batch, -1)
        return products

    def __call__(self, vectors: Vectors, *, mask: Masks | None = None) -> Float[Array, "batch class"]:
        """Combine the senses.

        Args:
            vectors: name → (batch, feature); a name left out is missing in every row.
            mask: name → (batch,), True = present. None: what is given is present.

        Returns:
            Unnormalised log-probabilities (logits); without any sense, what is made of the tensor's constant 1.

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        return self.outer(nnx.relu(self.inner(self.products(vectors, mask=mask))))
