"""Senses and which of them are there in; a fusion module's loss, with senses dropped at random if wanted, out."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key, PyTree

from vmm_edu.fusion import Senses, SenseSequences, drop_senses
from vmm_edu.predict.training import Loss


def call_fused(model: Any, inputs: PyTree) -> Any:
    """Call a fusion module with what `fit`, `fit_seeds` and `predict_seeds` take as one thing.

    Args:
        model: a fusion module.
        inputs: `Senses(vectors, present)`, `SenseSequences(steps, real)`, or name → vectors where all are there.

    Returns:
        Its logits.

    Raises:
        ValueError: as the module.
    """
    if isinstance(inputs, Senses | SenseSequences):
        given, mask = inputs
        return model(given, mask=mask)
    return model(inputs)


def fused_cross_entropy(*, rate: float = 0.0) -> Loss:
    """Make a loss for fusion modules whose clips may lack senses.

    Args:
        rate: probability 0…1 with which each sense of each clip is hidden in each step (`drop_senses`; a clip keeps
            one). With 0 nothing is hidden.

    Returns:
        A loss for `fit` and `fit_seeds`, whose inputs are as in `call_fused`. Validation by the same loss drops senses
        too: measure it with `fused_cross_entropy()` where that is not wanted.

    Raises:
        ValueError: a rate outside 0…1.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"expected rate within 0…1, got {rate}")

    def loss(model: Any, inputs: PyTree, targets: PyTree, key: Key[Array, ""]) -> Float[Array, ""]:
        logits = call_fused(model, _with_less(inputs, key, rate) if rate else inputs)
        return optax.softmax_cross_entropy_with_integer_labels(logits, jnp.asarray(targets, jnp.int32)).mean()

    return loss


def _with_less(inputs: PyTree, key: Key[Array, ""], rate: float) -> Senses | SenseSequences:
    if not isinstance(inputs, Senses | SenseSequences):
        inputs = Senses(dict(inputs), {name: jnp.ones(len(given), bool) for name, given in inputs.items()})
    given, mask = inputs
    rows = {name: there.reshape(len(there), -1).any(axis=1) for name, there in mask.items()}
    kept = drop_senses(rows, key=key, rate=rate)
    less = {name: there & jax.lax.expand_dims(kept[name], range(1, there.ndim)) for name, there in mask.items()}
    return type(inputs)(given, less)
