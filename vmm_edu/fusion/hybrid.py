"""One vector per sense in; a vote of the senses, corrected by a network that sees all of them, out (hybrid fusion)."""

from __future__ import annotations

from collections.abc import Mapping

from flax import nnx
from jaxtyping import Array, Float

from vmm_edu.fusion.declared import Declared
from vmm_edu.fusion.early import EarlyFusion
from vmm_edu.fusion.late import LateFusion, sum_log_probabilities
from vmm_edu.fusion.senses import Masks, Vectors


class HybridFusion(Declared):
    r"""Late fusion for what each sense knows alone, plus early fusion for what only all of them know together.

    $$\text{logits} = \underbrace{W_2\,\mathrm{relu}(W_1 [z_1; \dots; z_M] + b_1) + b_2}_{\text{early}} +
      \underbrace{\sum_{m\ \text{present}} \log p_m}_{\text{late}}$$

    With the early part's last layer at 0 it is late fusion; with the last layer of each sense at 0 it is early fusion
    (up to a constant that softmax removes). In the early part a learned vector stands for a missing sense; the late
    part leaves it out.

    Attributes:
        early: the network over all senses.
        late: one small network for each sense.

    Reference:
        Atrey et al., "Multimodal fusion for multimedia analysis: a survey", Multimedia Systems 16 (2010),
        doi:10.1007/s00530-010-0182-0, section 3 ("hybrid"). Deviation: there the decisions of both levels go through
        a further classifier; here they are added, and all is trained at once.
    """

    def __init__(self, sizes: Mapping[str, int], classes: int, *, hidden: int = 64, rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            hidden: width of each hidden layer.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, or a size, `classes` or `hidden` below 1.
        """
        super().__init__(sizes, classes, hidden=hidden)
        self.early = EarlyFusion(sizes, classes, hidden=hidden, rngs=rngs)
        self.late = LateFusion(sizes, classes, hidden=hidden, rngs=rngs)

    def heads(self, vectors: Vectors, *, mask: Masks | None = None) -> dict[str, Float[Array, "batch class"]]:
        """Decide by each part alone, for losses that weigh them.

        Args:
            vectors: name → (batch, feature).
            mask: name → (batch,), True = present.

        Returns:
            Logits: name → from that sense alone, for the senses given; "early" → from the network over all.

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        return self.late.each_sense(vectors, mask=mask) | {"early": self.early(vectors, mask=mask)}

    def __call__(self, vectors: Vectors, *, mask: Masks | None = None) -> Float[Array, "batch class"]:
        """Combine the senses.

        Args:
            vectors: name → (batch, feature); a name left out is missing in every row.
            mask: name → (batch,), True = present. None: what is given is present.

        Returns:
            Unnormalised log-probabilities (logits); without any sense, those that the early part has learned.

        Raises:
            ValueError: no sense, an unknown name, or a wrong shape or mask type.
        """
        alone = self.late.each_sense(vectors, mask=mask)
        return self.early(vectors, mask=mask) + sum_log_probabilities(alone, mask=mask)
