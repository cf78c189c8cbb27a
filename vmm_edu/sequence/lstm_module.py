"""The LSTM as a Flax NNX module: features over time in; hidden states and the last state out."""

from __future__ import annotations

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, DTypeLike, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.sequence.fast_lstm import fast_lstm
from vmm_edu.sequence.lstm import LSTMParams, LSTMState, lstm_init


class LSTM(nnx.Module):
    """One LSTM layer whose weights train with `nnx.Optimizer`; it calls `fast_lstm`, which gives what `lstm` gives.

    Attributes:
        w_x: input weights (feature, 4·hidden), gates side by side in the order i, f, g, o.
        w_h: recurrent weights (hidden, 4·hidden).
        b: biases (4·hidden,).
    """

    def __init__(
        self,
        features: int,
        hidden: int,
        *,
        forget_bias: int | float = 1.0,
        dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the initial weights with `lstm_init`.

        Args:
            features: length of the input vectors.
            hidden: length of the state.
            forget_bias: initial bias of the forget gate.
            dtype: floating type of the weights.
            rngs: source of randomness; its stream `params` is used.

        Raises:
            ValueError: `features` or `hidden` below 1.
        """
        params = lstm_init(rngs.params(), features, hidden, forget_bias=forget_bias, dtype=dtype)
        self.w_x = nnx.Param(params.w_x)
        self.w_h = nnx.Param(params.w_h)
        self.b = nnx.Param(params.b)

    @property
    def params(self) -> LSTMParams:
        """The weights as `lstm` and `lstm_step` take them."""
        return LSTMParams(self.w_x[...], self.w_h[...], self.b[...])

    def __call__(
        self,
        x: Num[AnyArray, "batch time feature"],
        *,
        mask: Bool[AnyArray, "batch time"] | None = None,
        state: LSTMState | None = None,
    ) -> tuple[Float[Array, "batch time hidden"], LSTMState]:
        """Run over whole clips.

        Args:
            x: input.
            mask: True = real step; masked steps carry the memory through.
            state: memory before the first step; None: zeros.

        Returns:
            The hidden state after every step, and the memory after the last real one.

        Raises:
            ValueError: as `lstm`.
        """
        return fast_lstm(self.params, x, mask=mask, state=state)
