"""One vector per sense in; tensor fusion's logits, without ever forming the tensor, out (low-rank fusion)."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.senses import Masks, Vectors, align_senses
from vmm_edu.fusion.tensor import with_one


class LowRankFusion(Declared):
    r"""Write tensor fusion's weights as a sum of R outer products; then the tensor itself is never needed.

    $$z_m = \mathrm{relu}(W_m x_m + b_m) \qquad
      h = \sum_{r=1}^{R} \bigodot_{m=1}^{M} w_m^{(r)} \begin{bmatrix} 1 \\ z_m \end{bmatrix} + b \qquad
      \text{logits} = W_o\,\mathrm{relu}(h) + b_o$$

    because $\langle w_1 \otimes w_2, z_1 \otimes z_2 \rangle = \langle w_1, z_1 \rangle \langle w_2, z_2 \rangle$. The
    number of weights grows with the sum of the senses' widths, not with their product. A missing sense has $z_m = 0$,
    as in `TensorFusion`: its factor becomes the weight of the constant 1.

    Attributes:
        each: name → the layer that makes $z_m$.
        factors: name → $w_m$ (rank, width + 1, hidden).
        bias: b (hidden,).
        outer: the last layer.

    Reference:
        Liu et al., "Efficient low-rank multimodal fusion with modality-specific factors", ACL 2018,
        doi:10.18653/v1/P18-1209. Deviations: a relu and a last layer after h, as in `TensorFusion`, so that one equals
        the other at full rank; no dropout; masks.
    """

    def __init__(
        self,
        sizes: Mapping[str, int],
        classes: int,
        *,
        hidden: int = 64,
        width: int = 8,
        rank: int = 4,
        rngs: nnx.Rngs,
    ) -> None:
        """Make the parameters.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: length of h.
            width: length of $z_m$.
            rank: R, how many outer products; (width + 1)^(M − 1) is enough for any tensor.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, or a size, `classes`, `hidden`, `width` or `rank` below 1.
        """
        super().__init__(sizes, classes, hidden=hidden, width=width, rank=rank)
        self.each = nnx.Dict({name: nnx.Linear(size, width, rngs=rngs) for name, size in self.sizes.items()})
        # A sum of `rank` products then spreads about as much as a single factor.
        scale = (width + 1) ** -0.5 * rank ** (-0.5 / len(self.sizes))
        shape = (rank, width + 1, hidden)
        self.factors = nnx.Dict(
            {name: nnx.Param(scale * jax.random.normal(rngs.params(), shape)) for name in self.sizes}
        )
        self.bias = nnx.Param(jnp.zeros(hidden))
        self.outer = nnx.Linear(hidden, classes, rngs=rngs)

    def __call__(self, vectors: Vectors, *, mask: Masks | None = None) -> Float[Array, "batch class"]:
        """Combine the senses.

        Args:
            vectors: name → (batch, feature); a name left out is missing in every row.
            mask: name → (batch,), True = present. None: what is given is present.

        Returns:
            Unnormalised log-probabilities (logits); without any sense, what is made of the constant 1.

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        senses = align_senses(vectors, sizes=self.sizes, mask=mask)
        terms = jnp.ones(())
        for name, vector in senses.vectors.items():
            z = with_one(nnx.relu(self.each[name](vector)), present=senses.present[name])
            factor = jnp.einsum("bf,rfh->brh", z, self.factors[name][...])
            terms = factor if terms.ndim == 0 else terms * factor
        return self.outer(nnx.relu(terms.sum(axis=1) + self.bias[...][None, :]))
