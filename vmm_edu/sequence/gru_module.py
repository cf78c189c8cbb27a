"""The GRU as a Flax NNX module: features over time in; hidden states and the last one out."""

from __future__ import annotations

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, DTypeLike, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.sequence.gru import GRUParams, gru, gru_init


class GRU(nnx.Module):
    """One GRU layer whose weights train with `nnx.Optimizer`; it calls the function `gru`.

    Attributes:
        w_x: input weights (feature, 3·hidden), gates side by side in the order r, z, n.
        w_h: recurrent weights (hidden, 3·hidden).
        b: biases (3·hidden,).
        b_hn: bias that the reset gate multiplies (hidden,).
    """

    def __init__(self, features: int, hidden: int, *, dtype: DTypeLike = jnp.float32, rngs: nnx.Rngs) -> None:
        """Draw the initial weights with `gru_init`.

        Args:
            features: length of the input vectors.
            hidden: length of the state.
            dtype: floating type of the weights.
            rngs: source of randomness; its stream `params` is used.

        Raises:
            ValueError: `features` or `hidden` below 1.
        """
        params = gru_init(rngs.params(), features, hidden, dtype=dtype)
        self.w_x = nnx.Param(params.w_x)
        self.w_h = nnx.Param(params.w_h)
        self.b = nnx.Param(params.b)
        self.b_hn = nnx.Param(params.b_hn)

    @property
    def params(self) -> GRUParams:
        """The weights as `gru` and `gru_step` take them."""
        return GRUParams(self.w_x[...], self.w_h[...], self.b[...], self.b_hn[...])

    def __call__(
        self,
        x: Num[AnyArray, "batch time feature"],
        *,
        mask: Bool[AnyArray, "batch time"] | None = None,
        state: Float[AnyArray, "batch hidden"] | None = None,
    ) -> tuple[Float[Array, "batch time hidden"], Float[Array, "batch hidden"]]:
        """Run over whole clips.

        Args:
            x: input.
            mask: True = real step; masked steps carry the state through.
            state: hidden state before the first step; None: zeros.

        Returns:
            The hidden state after every step, and after the last real one.

        Raises:
            ValueError: as `gru`.
        """
        return gru(self.params, x, mask=mask, state=state)
