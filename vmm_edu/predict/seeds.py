"""One kind of model, several random keys and the same clips in; as many trained models, trained at once, out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Key, PyTree

from vmm_edu.predict.clips import check_data
from vmm_edu.predict.evaluation import in_batches
from vmm_edu.predict.training import Loss, TrainState, cross_entropy, loss_error, make_epoch, make_step


class SeedModels(NamedTuple):
    """Several models of one kind, their parameters stacked.

    Attributes:
        graph: the static part, the same for all.
        params: what was learned; each array has the seed as its first axis.
        rest: what else the models carry, alike.
        history: losses (seed, epoch).
    """

    graph: nnx.GraphDef
    params: PyTree
    rest: PyTree
    history: SeedHistory


class SeedHistory(NamedTuple):
    """The course of several training runs.

    Attributes:
        loss: mean training loss of each epoch, measured while it ran.
        validation_loss: loss on the validation clips after each epoch; no epoch without them.
    """

    loss: Float[np.ndarray, "seed epoch"]
    validation_loss: Float[np.ndarray, "seed epoch"]


def fit_seeds(
    make_model: Callable[[nnx.Rngs], nnx.Module],
    inputs: PyTree,
    targets: PyTree,
    *,
    keys: Key[Array, " seed"],
    loss: Loss = cross_entropy,
    epochs: int = 20,
    batch_size: int = 64,
    learning_rate: float | optax.Schedule = 1e-3,
    weight_decay: float = 0.0,
    validation: tuple[PyTree, PyTree] | None = None,
) -> SeedModels:
    """Train one model for each key, all in one compiled program, each as `fit` would train it alone.

    From each key come two: one for the initial values, one for the order of the clips,

        init_key, fit_key = jax.random.split(key)
        fit(make_model(nnx.Rngs(init_key)), inputs, targets, key=fit_key, …)

    and what luck alone does is then the spread over the keys. `jax.vmap` turns the program for one model into that for
    all of them: it compiles once, and small products become fewer larger ones.

    Args:
        make_model: makes a model of the random streams it is given: `lambda rngs: EarlyFusion(sizes, 4, rngs=rngs)`.
        inputs: an array, or a tree of arrays, with clips on the first axis; the same for all models.
        targets: alike.
        keys: one for each model, from `jax.random.split(key, seeds)`.
        loss: as in `fit`; so are all that follow.
        epochs: number of times that every clip is seen.
        batch_size: clips in one step; all of them where there are fewer.
        learning_rate: step length, or an Optax schedule over steps.
        weight_decay: AdamW's decoupled decay.
        validation: inputs and targets that are only measured, once after every epoch.

    Returns:
        The models and their losses.

    Raises:
        ValueError: as `fit`, or keys that are not (seed,).
    """
    clips, data, validation = check_data((inputs, targets), validation, epochs=epochs, batch_size=batch_size)
    if keys.ndim != 1 or not len(keys):
        raise ValueError(f"expected keys (seed,), such as jax.random.split(key, 5), got shape {keys.shape}")

    # Made one by one: to compile a program that draws all initial values at once takes longer than to draw them.
    pairs = [jax.random.split(key) for key in keys]
    graphs, all_params, all_rest = zip(
        *(nnx.split(make_model(nnx.Rngs(init_key)), nnx.Param, ...) for init_key, _ in pairs), strict=True
    )
    graph, keys = graphs[0], jnp.stack([fit_key for _, fit_key in pairs])
    params, rest = (jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees) for trees in (all_params, all_rest))
    optimizer = optax.adamw(learning_rate, weight_decay=weight_decay)
    state = TrainState(params, rest, jax.vmap(optimizer.init)(params))

    epoch = make_epoch(make_step(graph, optimizer, loss), clips=clips, batch_size=batch_size)
    run_epoch = jax.jit(jax.vmap(epoch, in_axes=(0, None, 0)))

    def measure_one(state: TrainState, data: tuple[PyTree, PyTree], key: Key[Array, ""]) -> Float[Array, ""]:
        return loss(nnx.merge(graph, state.params, state.rest, copy=True), *data, key)

    measure = jax.jit(jax.vmap(measure_one, in_axes=(0, None, 0)))
    split = jax.jit(jax.vmap(lambda key: tuple(jax.random.split(key, 3))))

    losses, validation_losses = [], []
    for _ in range(epochs):
        keys, epoch_keys, validation_keys = split(keys)
        state, values = run_epoch(state, data, epoch_keys)
        losses.append(values)
        if validation is not None:
            validation_losses.append(measure(state, validation, validation_keys))
    # Read at the end: looking at every epoch's loss would make each one wait for the one before.
    history = SeedHistory(*(_by_seed(values, len(keys)) for values in (losses, validation_losses)))
    if not np.isfinite(history.loss).all():
        seed, at = np.argwhere(~np.isfinite(history.loss))[0]
        raise loss_error(f"the loss of seed {seed}", history.loss[seed, at], epoch=int(at), epochs=epochs)
    return SeedModels(graph, state.params, state.rest, history)


def model_of(models: SeedModels, seed: int) -> Any:
    """Take one model out.

    Args:
        models: from `fit_seeds`.
        seed: its number, 0…seed − 1.

    Returns:
        The module.

    Raises:
        ValueError: no such seed.
    """
    seeds = len(models.history.loss)
    if not 0 <= seed < seeds:
        raise ValueError(f"expected a seed within 0…{seeds - 1}, got {seed}")
    params, rest = jax.tree.map(lambda array: array[seed], (models.params, models.rest))
    return nnx.merge(models.graph, params, rest, copy=True)


def predict_seeds(
    models: SeedModels,
    inputs: PyTree,
    *,
    call: Callable[[Any, Any], Any] = lambda model, inputs: model(inputs),
    batch_size: int = 1024,
) -> Any:
    """Run all models over any number of clips, in one compiled program.

    Args:
        models: from `fit_seeds`.
        inputs: an array, or a tree of arrays, with clips on the first axis.
        call: (model, inputs) → what is wanted; `lambda fuse, given: fuse(given["vectors"], mask=given["mask"])`, say.
        batch_size: clips at a time; bounds the memory.

    Returns:
        What `call` returns, as NumPy arrays with axes (seed, batch, …).

    Raises:
        ValueError: no clip, unequal numbers of clips, or `batch_size` below 1.
    """

    def run_one(params: PyTree, rest: PyTree, batch: PyTree) -> Any:
        return call(nnx.merge(models.graph, params, rest, copy=True), batch)

    run = jax.jit(jax.vmap(run_one, in_axes=(0, 0, None)))
    return in_batches(lambda batch: run(models.params, models.rest, batch), inputs, batch_size=batch_size, clip_axis=1)


def _by_seed(values: list[Float[Array, " seed"]], seeds: int) -> Float[np.ndarray, "seed epoch"]:
    return np.asarray(jnp.stack(values, axis=1)) if values else np.zeros((seeds, 0), np.float32)
