"""Features over time in; hidden states of several LSTM layers, each in one direction or both, out."""

from __future__ import annotations

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, DTypeLike, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.sequence.fast_lstm import fast_lstm
from vmm_edu.sequence.lstm import LSTMParams, LSTMState
from vmm_edu.sequence.lstm_module import LSTM


def bidirectional_lstm(
    forward: LSTMParams,
    backward: LSTMParams,
    x: Num[AnyArray, "batch time feature"],
    *,
    mask: Bool[AnyArray, "batch time"] | None = None,
) -> tuple[Float[Array, "batch time hidden"], tuple[LSTMState, LSTMState]]:
    """Read every clip twice, from its first real step to its last and back.

    The backward reader walks over padding before it meets the clip. Padding leaves its memory as it was, zeros, so it
    begins at the last real step of each clip, whatever the clip's length. (Keras and PyTorch do the same with a mask
    or a packed sequence; reversing a padded batch without a mask is the usual mistake.)

    Args:
        forward: weights of the reader that starts at the first step.
        backward: weights of the one that starts at the last, of the same sizes or with another number of cells.
        x: as `lstm`.
        mask: as `lstm`.

    Returns:
        Both hidden states side by side, forward first, at every step: what is known there from the past and from the
        future; and both readers' memories at the end of their ways.

    Raises:
        ValueError: as `lstm`.

    References:
        M. Schuster and K. Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal Processing
        45(11), 1997, doi:10.1109/78.650093.
    """
    h, last = fast_lstm(forward, x, mask=mask)
    h_back, first = fast_lstm(backward, x[:, ::-1], mask=None if mask is None else mask[:, ::-1])
    return jnp.concatenate([h, h_back[:, ::-1]], axis=2), (last, first)


class LSTMStack(nnx.Module):
    """Several LSTM layers on top of each other: each reads the hidden states of the one below.

    Attributes:
        forward: one `LSTM` for each layer.
        backward: alike, for the other direction; empty where the stack reads in one direction.
    """

    def __init__(
        self,
        features: int,
        hidden: int,
        *,
        layers: int = 2,
        bidirectional: bool = False,
        forget_bias: int | float = 1.0,
        dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the initial weights with `lstm_init`.

        Args:
            features: length of the input vectors.
            hidden: length of each layer's state, in each direction.
            layers: how many, at least 1.
            bidirectional: whether each layer reads backward as well, and so gives 2·hidden numbers at each step.
            forget_bias: initial bias of the forget gates.
            dtype: floating type of the weights.
            rngs: source of randomness; its stream `params` is used.

        Raises:
            ValueError: `features`, `hidden` or `layers` below 1.
        """
        if layers < 1:
            raise ValueError(f"expected layers of at least 1, got {layers}")
        widths = [features] + [hidden * (2 if bidirectional else 1)] * (layers - 1)

        def row() -> list[LSTM]:
            return [LSTM(width, hidden, forget_bias=forget_bias, dtype=dtype, rngs=rngs) for width in widths]

        self.forward = nnx.List(row())
        self.backward = nnx.List(row() if bidirectional else [])

    def __call__(
        self, x: Num[AnyArray, "batch time feature"], *, mask: Bool[AnyArray, "batch time"] | None = None
    ) -> Float[Array, "batch time hidden"]:
        """Run over whole clips.

        Args:
            x: input.
            mask: True = real step; see `lstm` and `bidirectional_lstm`.

        Returns:
            The top layer's hidden states, (batch, time, hidden) or, in both directions, (batch, time, 2·hidden).

        Raises:
            ValueError: as `lstm`.
        """
        if not self.backward:
            for layer in self.forward:
                x, _ = layer(x, mask=mask)
            return jnp.asarray(x)
        for there, back in zip(self.forward, self.backward, strict=True):
            x, _ = bidirectional_lstm(there.params, back.params, x, mask=mask)
        return jnp.asarray(x)
