"""One vector per sense in; a mixture of the senses, weighted by gates that see all of them, out (gated fusion)."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.senses import Masks, Senses, Vectors, align_senses


class GatedFusion(Declared):
    r"""Let all senses together decide, for each hidden unit, which sense to listen to (gated multimodal unit).

    $$\tilde h_m = \tanh(W_m x_m + b_m) \qquad
      z = \underset{m\ \text{present}}{\mathrm{softmax}}(U_m [x_1; \dots; x_M] + d_m) \qquad
      \text{logits} = W_o \sum_{m\ \text{present}} z_m \odot \tilde h_m + b_o$$

    The gates of a hidden unit sum to 1 over the senses that are present; a missing sense has gate 0. In the gates'
    input a learned vector $a_m$ stands for a missing sense, because "not there" may well decide whom to believe. A
    clip without any sense gives $b_o$.

    Attributes:
        absent: name → the learned vector (feature,) that stands for a missing sense in the gates' input.
        candidate: name → the layer that makes $\tilde h_m$.
        gate: name → the layer $U_m$, $d_m$.
        outer: the last layer.

    Reference:
        Arevalo et al., "Gated multimodal units for information fusion", 2017, doi:10.48550/arXiv.1702.01992. With two
        senses this is the paper's $z \odot \tilde h_1 + (1 - z) \odot \tilde h_2$, $z = σ(\cdot)$, with
        $W_z = U_1 - U_2$. Deviations: with more senses the paper's gates are independent sigmoids, ours share 1;
        biases; masks; one linear layer instead of a maxout network on top.
    """

    def __init__(self, sizes: Mapping[str, int], classes: int, *, hidden: int = 64, rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: number of gated units.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, or a size, `classes` or `hidden` below 1.
        """
        super().__init__(sizes, classes, hidden=hidden)
        total = sum(self.sizes.values())
        self.absent = nnx.Dict(
            {name: nnx.Param(jax.random.normal(rngs.params(), (size,))) for name, size in self.sizes.items()}
        )
        self.candidate = nnx.Dict({name: nnx.Linear(size, hidden, rngs=rngs) for name, size in self.sizes.items()})
        self.gate = nnx.Dict({name: nnx.Linear(total, hidden, rngs=rngs) for name in self.sizes})
        self.outer = nnx.Linear(hidden, classes, rngs=rngs)

    def gates(self, vectors: Vectors, *, mask: Masks | None = None) -> dict[str, Float[Array, "batch hidden"]]:
        """Tell how much each hidden unit listens to each sense.

        Args:
            vectors: name → (batch, feature).
            mask: name → (batch,), True = present.

        Returns:
            name → weights 0…1 for every declared sense; they sum to 1 over the senses, or are all 0 without any.

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        return self._gates(align_senses(vectors, sizes=self.sizes, mask=mask))

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
        gates = self._gates(senses)
        mixed = [gates[name] * jnp.tanh(self.candidate[name](senses.vectors[name])) for name in self.sizes]
        return self.outer(jnp.sum(jnp.stack(mixed), axis=0))

    def _gates(self, senses: Senses) -> dict[str, Float[Array, "batch hidden"]]:
        filled = [
            jnp.where(senses.present[name][:, None], senses.vectors[name], self.absent[name][...][None, :])
            for name in self.sizes
        ]
        everything = jnp.concatenate(filled, axis=1)
        scores = jnp.stack([self.gate[name](everything) for name in self.sizes])
        present = jnp.stack([senses.present[name] for name in self.sizes])[:, :, None]
        # A softmax over no sense at all is 0 with `where`; the masked scores must not set its maximum either.
        weights = jax.nn.softmax(
            jnp.where(present, scores, jnp.zeros_like(scores)), axis=0, where=jnp.broadcast_to(present, scores.shape)
        )
        return dict(zip(self.sizes, weights, strict=True))
