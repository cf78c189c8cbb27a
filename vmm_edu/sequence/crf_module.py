"""The CRF as a Flax NNX module: emissions in; a loss to train on, probabilities or the best path out."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Bool, Float, Int32, Integer, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.sequence.crf import crf_marginals, crf_nll
from vmm_edu.sequence.viterbi import viterbi


class CRF(nnx.Module):
    """A linear chain whose transition, start and end scores train with `nnx.Optimizer`.

    Attributes:
        transitions: score of going from one tag (row) to the next (column).
        start: score of the first tag.
        end: score of the last tag.
        allowed: rows of True and False, as `transitions`; None: every move is allowed.
    """

    def __init__(self, tags: int, *, allowed: Bool[AnyArray, "tag tag"] | None = None) -> None:
        """Begin with all scores at zero: no tag and no move is preferred.

        Args:
            tags: how many tags there are.
            allowed: which moves may be made, from row to column; the others have score −inf for ever. None: all.

        Raises:
            ValueError: `tags` below 1, or `allowed` is not a boolean (tag, tag).
        """
        if tags < 1:
            raise ValueError(f"expected at least 1 tag, got {tags}")
        if allowed is not None and (allowed.shape != (tags, tags) or allowed.dtype != jnp.bool_):
            raise ValueError(f"expected allowed bool (tag, tag) = {(tags, tags)}, got {allowed.dtype} {allowed.shape}")
        self.transitions = nnx.Param(jnp.zeros((tags, tags)))
        self.start = nnx.Param(jnp.zeros(tags))
        self.end = nnx.Param(jnp.zeros(tags))
        self.allowed = None if allowed is None else tuple(map(tuple, np.asarray(allowed).tolist()))

    @property
    def scores(self) -> dict[str, Float[Array, "*tag"]]:
        """The scores as `crf_log_z`, `crf_nll`, `viterbi` … take them, forbidden moves at −inf."""
        transitions = self.transitions[...]
        if self.allowed is not None:
            transitions = jnp.where(jnp.asarray(self.allowed), transitions, jnp.full_like(transitions, -jnp.inf))
        return {"transitions": transitions, "start": self.start[...], "end": self.end[...]}

    def nll(
        self,
        emissions: Num[AnyArray, "*batch time tag"],
        tags: Integer[AnyArray, "*batch time"],
        *,
        mask: Bool[AnyArray, "*batch time"] | None = None,
    ) -> Float[Array, "*batch"]:
        """Negative log-likelihood of the tags, per clip: what training makes small.

        Args:
            emissions: score of each tag at each step.
            tags: the right path.
            mask: True = real step.

        Returns:
            Nats per clip.

        Raises:
            ValueError: as `crf_nll`.
        """
        return crf_nll(emissions, tags=tags, mask=mask, **self.scores)

    def marginals(
        self, emissions: Num[AnyArray, "*batch time tag"], *, mask: Bool[AnyArray, "*batch time"] | None = None
    ) -> Float[Array, "*batch time tag"]:
        """Probability of each tag at each step, given the whole clip.

        Args:
            emissions: score of each tag at each step.
            mask: True = real step.

        Returns:
            Probabilities that sum to 1 over the tags; 0 at masked steps.

        Raises:
            ValueError: as `crf_marginals`.
        """
        return crf_marginals(emissions, mask=mask, **self.scores)

    def decode(
        self, emissions: Num[AnyArray, "*batch time tag"], *, mask: Bool[AnyArray, "*batch time"] | None = None
    ) -> tuple[Int32[Array, "*batch time"], Float[Array, "*batch"]]:
        """The best path and its score.

        Args:
            emissions: score of each tag at each step.
            mask: True = real step.

        Returns:
            As `viterbi`: tags, −1 at masked steps, and one score for each clip.

        Raises:
            ValueError: as `viterbi`.
        """
        return viterbi(emissions, mask=mask, **self.scores)
