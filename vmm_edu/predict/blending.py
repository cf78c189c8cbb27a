"""Losses of several heads on training and validation clips in; how much weight each head's loss deserves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Bool, Float, Integer


class Progress(NamedTuple):
    """What a stretch of training did.

    Attributes:
        generalisation: G, by how much the validation loss fell; negative where it rose.
        overfitting: O, by how much the gap between validation and training loss grew.
    """

    generalisation: float
    overfitting: float

    @property
    def ratio(self) -> float:
        """|O / G|, the overfitting-to-generalisation ratio; infinite where nothing was gained."""
        return abs(self.overfitting / self.generalisation) if self.generalisation else float("inf")


def progress(
    loss: Float[Array | np.ndarray, " epoch"],
    validation_loss: Float[Array | np.ndarray, " epoch"],
    *,
    start: int = 0,
    end: int = -1,
) -> Progress:
    r"""Compare two moments of a training run.

    $$G = L^V_{start} - L^V_{end} \qquad O = (L^V_{end} - L^T_{end}) - (L^V_{start} - L^T_{start})$$

    Args:
        loss: L^T, training loss of each epoch, as in `History`.
        validation_loss: L^V, alike.
        start: number of the first epoch compared.
        end: number of the last one.

    Returns:
        What was gained and what was learned by heart.

    Raises:
        ValueError: curves of unequal length, or that are not numbers over epochs, or epochs that are not there.

    Reference:
        As `blend_weights`.
    """
    if loss.ndim != 1 or loss.shape != validation_loss.shape or len(loss) < 2:
        raise ValueError(
            "expected training and validation loss of the same epochs, two or more, "
            f"got {loss.shape} and {validation_loss.shape}; give `fit` its `validation`"
        )
    if not (-len(loss) <= start < len(loss) and -len(loss) <= end < len(loss)) or start % len(loss) >= end % len(loss):
        raise ValueError(f"expected start before end, both among {len(loss)} epochs, got {start} and {end}")
    trained, held_out = np.asarray(loss, np.float64), np.asarray(validation_loss, np.float64)
    gap = held_out - trained
    return Progress(float(held_out[start] - held_out[end]), float(gap[end] - gap[start]))


def blend_weights(heads: Mapping[str, Progress], *, least: float = 1e-3) -> dict[str, float]:
    r"""Weigh heads by what they gain for what they overfit (gradient blending).

    $$w_k = \frac{1}{Z} \frac{G_k}{O_k^2} \qquad \sum_k w_k = 1$$

    Where gradients are sums of something useful and of uncorrelated noise, this blend has the smallest overfitting-to-
    generalisation ratio. A sense that soon learns by heart gets little weight.

    Args:
        heads: name → its progress when trained alone: each sense by itself, and the fused head.
        least: O is taken as at least this many nats: a head that has not overfitted at all would get everything.

    Returns:
        name → weight, 0…1; 0 for a head that has gained nothing.

    Raises:
        ValueError: no head, values that are not finite, `least` not above 0, or no head that has gained anything.

    Reference:
        Wang, Tran and Feiszli, "What makes training multi-modal classification networks hard?", CVPR 2020,
        doi:10.1109/CVPR42600.2020.01271 (offline gradient blending). Ours: 0 for a head whose validation loss rose, and
        the floor of O.
    """
    if not heads or least <= 0:
        raise ValueError(f"expected at least one head and least above 0, got {sorted(heads)} and {least}")
    if not all(np.isfinite(head).all() for head in heads.values()):
        raise ValueError(f"expected finite losses, got {dict(heads)}")
    raw = {name: max(head.generalisation, 0.0) / max(abs(head.overfitting), least) ** 2 for name, head in heads.items()}
    total = sum(raw.values())
    if total == 0:
        raise ValueError(f"expected a head whose validation loss fell, got {dict(heads)}; train longer or otherwise")
    return {name: value / total for name, value in raw.items()}


def blended_loss(
    heads: Mapping[str, Float[Array, "batch class"]],
    targets: Integer[Array | np.ndarray, " batch"],
    *,
    weights: Mapping[str, float],
    mask: Mapping[str, Bool[Array | np.ndarray, " batch"]] | None = None,
) -> Float[Array, ""]:
    r"""Add up the cross-entropies of several heads, each with its weight.

    $$L = \sum_k w_k \underset{i\ \text{real for}\ k}{\mathrm{mean}} -\log p_k(y_i)$$

    Args:
        heads: name → logits; `HybridFusion.heads` gives each sense's and "early".
        targets: the true class of each row.
        weights: name → weight, for the same names.
        mask: name → (batch,), True where the head has something to judge by. A name left out has it in every row.

    Returns:
        Nats; 0 from a head without a real row.

    Raises:
        ValueError: no head, or names that differ.
    """
    if not heads or heads.keys() != weights.keys() or (mask or {}).keys() - heads.keys():
        raise ValueError(
            "expected the same heads, at least one, in heads and weights, and masks among them, got "
            f"{sorted(heads)}, {sorted(weights)} and {sorted(mask or {})}"
        )
    total = jnp.zeros(())
    for name in sorted(heads):
        logits = jnp.asarray(heads[name])
        real = jnp.asarray((mask or {}).get(name, np.ones(len(logits), bool)))
        # Emptied before the loss, not after: the gradient of a NaN that is thrown away is still NaN.
        kept = jnp.where(real[:, None], logits, jnp.zeros_like(logits))
        losses = optax.softmax_cross_entropy_with_integer_labels(kept, jnp.asarray(targets, jnp.int32))
        losses = jnp.where(real, losses, jnp.zeros_like(losses))
        total = total + weights[name] * losses.sum() / jnp.maximum(real.sum(), 1).astype(losses.dtype)
    return total
