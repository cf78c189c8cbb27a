"""Beliefs of two senses about held-out words in; how far to trust each, by how noisy the sound seems, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Integer

Beliefs = Sequence[Float[Array | np.ndarray, "clip _class"]]
STEPS, RATE = 200, 0.05


class Trust(NamedTuple):
    r"""Weights of a sum of log-probabilities.

    $$\text{logits} = e^{a + s u} \log p_{\text{lips}} + e^{b + r u} \log p_{\text{sound}}$$

    where u is how unsure the sound leaves its reader about all the words of the clip: a meter of noise.

    Attributes:
        a, b: of lips and sound, one for each place in the sentence.
        s, r: how they change with u.
    """

    a: Float[Array, " place"]
    b: Float[Array, " place"]
    s: Float[Array, ""]
    r: Float[Array, ""]


def unsureness(beliefs: Beliefs) -> Float[Array, " clip"]:
    """Mean entropy of a reader's beliefs over the words of a clip, as a share of the largest possible.

    Args:
        beliefs: log-probabilities of the words at each place.

    Returns:
        0 (sure of every word) … 1 (knows nothing).

    Raises:
        ValueError: no place.
    """
    if not beliefs:
        raise ValueError("expected beliefs about at least one word, got none")
    parts = []
    for part in beliefs:
        logs = jax.nn.log_softmax(jnp.asarray(part, jnp.float32))
        parts.append(-(jnp.exp(logs) * logs).sum(axis=1) / jnp.log(float(max(part.shape[1], 2))))
    return jnp.stack(parts).mean(axis=0)


def weigh(trust: Trust, lips: Beliefs, sound: Beliefs) -> list[Float[Array, "clip _class"]]:
    """Add the log-probabilities of both senses, weighted.

    Args:
        trust: from `fit_trust`.
        lips: log-probabilities of the words at each place.
        sound: alike.

    Returns:
        Log-probabilities of both together.

    Raises:
        ValueError: another number of places.
    """
    if not len(lips) == len(sound) == len(trust.a):
        raise ValueError(f"expected beliefs about {len(trust.a)} words, got {len(lips)} and {len(sound)}")
    unsure = unsureness(sound)
    both = []
    for place, (seen, heard) in enumerate(zip(lips, sound, strict=True)):
        of_lips = jnp.exp(trust.a[place] + trust.s * unsure)[:, None]
        of_sound = jnp.exp(trust.b[place] + trust.r * unsure)[:, None]
        seen, heard = jnp.asarray(seen, jnp.float32), jnp.asarray(heard, jnp.float32)
        both.append(jax.nn.log_softmax(of_lips * seen + of_sound * heard))
    return both


def fit_trust(lips: Beliefs, sound: Beliefs, labels: Integer[np.ndarray, "clip word"]) -> Trust:
    """Find the weights that make the true words most probable.

    Args:
        lips: beliefs about clips that neither reader has been trained on: about those that it has, a reader of lips is
            far surer than it has reason to be.
        sound: alike, best in all kinds and strengths of noise; a clip may come several times.
        labels: the true words.

    Returns:
        The weights; all begin at 1.

    Raises:
        ValueError: sizes that differ.

    Reference:
        D. Wolpert, "Stacked generalization", Neural Networks 5, 1992, doi:10.1016/S0893-6080(05)80023-1.
    """
    places = labels.shape[1]
    if not len(lips) == len(sound) == places or {len(part) for part in (*lips, *sound)} != {len(labels)}:
        raise ValueError(f"expected beliefs about {places} words of {len(labels)} clips from both senses")
    start = Trust(jnp.zeros(places), jnp.zeros(places), jnp.zeros(()), jnp.zeros(()))
    seen, heard = ([jnp.asarray(part, jnp.float32) for part in sense] for sense in (lips, sound))
    return _descend(start, seen, heard, jnp.asarray(labels, jnp.int32))


@jax.jit
def _descend(
    start: Trust,
    lips: list[Float[Array, "clip _class"]],
    sound: list[Float[Array, "clip _class"]],
    labels: Integer[Array, "clip word"],
) -> Trust:
    rule = optax.adam(RATE)

    def loss(trust: Trust) -> Float[Array, ""]:
        both = weigh(trust, lips, sound)
        said = [
            optax.softmax_cross_entropy_with_integer_labels(part, labels[:, place]).mean()
            for place, part in enumerate(both)
        ]
        return jnp.stack(said).mean()

    def step(state: tuple[Trust, optax.OptState], _: None) -> tuple[tuple[Trust, optax.OptState], None]:
        trust, moments = state
        # Optax mixes its Python floats with an integer step count, which strict promotion forbids.
        with jax.numpy_dtype_promotion("standard"):
            updates, moments = rule.update(jax.grad(loss)(trust), moments)
            trust = cast(Trust, optax.apply_updates(trust, updates))
        return (trust, moments), None

    (trust, _), _ = jax.lax.scan(step, (start, rule.init(start)), length=STEPS)
    return trust
