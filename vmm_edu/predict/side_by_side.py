"""One kind of model, several keys and several settings of its loss in; as many trained models, side by side, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Bool, Float, Int, Key, PyTree

from vmm_edu.predict.training import Loss, TrainState, make_step

BATCH = 64


def side_by_side(
    make_model: Callable[[Any], nnx.Module],
    loss: Loss,
    *,
    keys: Key[Array, " seed"],
    updates: int = 300,
    looks: int = 1,
    learning_rate: float = 1e-2,
) -> tuple[nnx.GraphDef, Callable[[Mapping[str, Any], Any, PyTree], PyTree]]:
    """Make a training that runs a model for each key and each setting, all in one compiled program.

    `fit_seeds` trains for one setting; here the loss gets one of several (which senses are hidden, how much each head
    counts), and `jax.vmap` is applied twice: over keys, then over settings. All models of one key begin alike and see
    the same clips in the same order, `BATCH` of them, drawn with replacement, at each update; Adam moves the weights.

    Args:
        make_model: makes a model from a key: `lambda key: EarlyFusion(sizes, 4, rngs=nnx.Rngs(key))`.
        loss: (model, inputs, (labels, setting), key) → loss.
        keys: one for each model, from `jax.random.split(key, seeds)`.
        updates: steps of training, a multiple of `looks`.
        looks: how often the weights are kept on the way, at equal distances; the last look is the end.
        learning_rate: of Adam.

    Returns:
        The static part of the model, for `nnx.merge`; and a function of inputs (sense → rows), labels and settings (a
        tree of arrays, settings on the first axis) that gives the weights, each (setting, seed, look, …).

    Raises:
        ValueError: keys that are not (seed,), or updates that are no multiple of looks.
    """
    if keys.ndim != 1 or not len(keys):
        raise ValueError(f"expected keys (seed,), such as jax.random.split(key, 5), got shape {keys.shape}")
    if looks < 1 or updates < 1 or updates % looks:
        raise ValueError(f"expected updates, a multiple of looks, both at least 1, got {updates} and {looks}")
    graph, optimizer = nnx.graphdef(nnx.eval_shape(lambda: make_model(0))), optax.adam(learning_rate)
    step = make_step(graph, optimizer, loss)

    def train_one(key: Key[Array, ""], setting: PyTree, x: Mapping[str, Any], y: Any) -> PyTree:
        init_key, key = jax.random.split(key)
        _, weights, rest = nnx.split(make_model(init_key), nnx.Param, ...)

        def update(state: TrainState, key: Key[Array, ""]) -> tuple[TrainState, Float[Array, ""]]:
            pick, key = jax.random.split(key)
            rows = jax.random.randint(pick, (BATCH,), 0, len(y))
            return step(state, {sense: x[sense][rows] for sense in x}, (y[rows], setting), key)

        def until_look(state: TrainState, keys: Key[Array, " update"]) -> tuple[TrainState, PyTree]:
            state, _ = jax.lax.scan(update, state, keys)
            return state, state.params

        start = TrainState(weights, rest, optimizer.init(weights))
        return jax.lax.scan(until_look, start, jax.random.split(key, updates).reshape(looks, -1))[1]

    over_keys = jax.vmap(train_one, in_axes=(0, None, None, None))
    run = jax.jit(jax.vmap(over_keys, in_axes=(None, 0, None, None)))
    return graph, lambda x, y, settings: run(keys, settings, *jax.tree.map(jnp.asarray, (dict(x), y)))


def score_side_by_side(graph: nnx.GraphDef) -> Callable[..., Float[np.ndarray, "setting seed"]]:
    """Make a test of such models, compiled once.

    Args:
        graph: from `side_by_side`.

    Returns:
        A function of weights (setting, seed, …), inputs, labels and mask that gives each model's accuracy.

    Raises:
        ValueError: none of its own; it raises what the model raises.
    """

    def one(
        weights: PyTree, x: Mapping[str, Any], y: Int[Array, " batch"], mask: Mapping[str, Bool[Array, " batch"]]
    ) -> Float[Array, ""]:
        return (nnx.merge(graph, weights)(x, mask=mask).argmax(axis=-1) == y).mean()

    run = jax.jit(jax.vmap(jax.vmap(one, (0, None, None, None)), (0, None, None, None)))
    return lambda weights, x, y, mask: np.asarray(run(weights, *jax.tree.map(jnp.asarray, (dict(x), y, dict(mask)))))
