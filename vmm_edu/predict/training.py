"""A model, inputs and targets in; the trained model and the history of its loss out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Int, Integer, Key, PyTree

from vmm_edu.predict.clips import check_data

Loss = Callable[[Any, Any, Any, Any], Any]
"""(model, inputs, targets, key) -> mean loss over the batch, a scalar; `key` is for dropout and the like."""


class TrainState(NamedTuple):
    """Everything that one training step changes.

    Attributes:
        params: what is learned.
        rest: what else the model carries from step to step (running means, counters of random streams).
        optimizer: moments of the gradient, kept by Optax.
    """

    params: PyTree
    rest: PyTree
    optimizer: PyTree


class History(NamedTuple):
    """The course of a training run.

    Attributes:
        loss: mean training loss of each epoch, measured while it ran.
        validation_loss: loss on the validation clips after each epoch; empty without them.
    """

    loss: Float[np.ndarray, " epoch"]
    validation_loss: Float[np.ndarray, " epoch"]


def cross_entropy(
    model: Any, inputs: PyTree, targets: Integer[Array | np.ndarray, " batch"], key: Key[Array, ""] | None = None
) -> Float[Array, ""]:
    r"""Mean of $-\log p(y)$ over the batch, where the model returns logits (batch, class).

    Args:
        model: called as `model(inputs)`.
        inputs: a batch of whatever the model takes.
        targets: the true class of each row.
        key: not used; every loss that `fit` takes has it.

    Returns:
        Nats, at least 0.

    Raises:
        ValueError: shapes that do not fit.
    """
    del key
    return optax.softmax_cross_entropy_with_integer_labels(model(inputs), jnp.asarray(targets, jnp.int32)).mean()


def make_step(graph: nnx.GraphDef, optimizer: optax.GradientTransformation, loss: Loss) -> Callable[..., Any]:
    """Write one training step as a pure function: state in, state out.

    `jax.jit` of a step that takes an nnx module and changes it runs and learns nothing: the change is made to a copy
    that is thrown away. Here the parameters go in and come out in the open. The step is not compiled yet.

    Args:
        graph: the static part of the model, from `nnx.split(model, nnx.Param, ...)`.
        optimizer: an Optax transformation.
        loss: (model, inputs, targets, key) -> scalar.

    Returns:
        (state, inputs, targets, key) -> (new state, loss).

    Raises:
        ValueError: none of its own; the step raises what the model and the loss raise.
    """

    def step(
        state: TrainState, inputs: PyTree, targets: PyTree, key: Key[Array, ""]
    ) -> tuple[TrainState, Float[Array, ""]]:
        def objective(params: PyTree) -> tuple[Float[Array, ""], PyTree]:
            # A copy: what the model changes while it runs (running means) must belong to this trace.
            model = nnx.merge(graph, params, state.rest, copy=True)
            value = loss(model, inputs, targets, key)
            _, _, rest = nnx.split(model, nnx.Param, ...)
            return value, rest

        (value, rest), gradient = jax.value_and_grad(objective, has_aux=True)(state.params)
        # Optax mixes its Python floats with an integer step count, which strict promotion forbids.
        with jax.numpy_dtype_promotion("standard"):
            updates, moments = optimizer.update(gradient, state.optimizer, state.params)
            params = optax.apply_updates(state.params, updates)
        return TrainState(params, rest, moments), value

    return step


def make_epoch(step: Callable[..., Any], *, clips: int, batch_size: int) -> Callable[..., Any]:
    """Write one epoch as a pure function: a scan of a training step over batches drawn anew.

    Where `batch_size` does not divide the number of clips, the last batch is filled up with clips of the same epoch's
    first one, so that no clip is left out and nothing recompiles.

    Args:
        step: from `make_step`.
        clips: number of clips.
        batch_size: clips in one step; all of them where there are fewer.

    Returns:
        (state, (inputs, targets), key) -> (new state, mean loss).

    Raises:
        ValueError: none of its own; the epoch raises what the step raises.
    """
    batch_size = min(batch_size, clips)
    steps = -(-clips // batch_size)

    def run_epoch(
        state: TrainState, data: tuple[PyTree, PyTree], key: Key[Array, ""]
    ) -> tuple[TrainState, Float[Array, ""]]:
        order_key, step_key = jax.random.split(key)
        order = jax.random.permutation(order_key, clips)
        batches = jnp.resize(order, (steps, batch_size))

        def run_step(
            state: TrainState, batch: tuple[Int[Array, " batch"], Key[Array, ""]]
        ) -> tuple[TrainState, Float[Array, ""]]:
            rows, key = batch
            batch_inputs, batch_targets = jax.tree.map(lambda array: array[rows], data)
            return step(state, batch_inputs, batch_targets, key)

        state, losses = jax.lax.scan(run_step, state, (batches, jax.random.split(step_key, steps)))
        return state, losses.mean()

    return run_epoch


def fit(
    model: nnx.Module,
    inputs: PyTree,
    targets: PyTree,
    *,
    key: Key[Array, ""],
    loss: Loss = cross_entropy,
    epochs: int = 20,
    batch_size: int = 64,
    learning_rate: float | optax.Schedule = 1e-3,
    weight_decay: float = 0.0,
    validation: tuple[PyTree, PyTree] | None = None,
) -> History:
    """Train a model in place with AdamW, in batches drawn anew in every epoch.

    The same key, data and machine give the same parameters. An epoch is one compiled call (`make_epoch`), so all inputs
    must fit in the device's memory. `fit_seeds` trains several models of one kind at once.

    Args:
        model: an nnx module; its parameters are replaced.
        inputs: an array, or a tree of arrays, with clips on the first axis.
        targets: alike.
        key: source of the order of the clips and of the keys that `loss` gets.
        loss: (model, inputs, targets, key) -> mean over the batch.
        epochs: number of times that every clip is seen.
        batch_size: clips in one step; all of them where there are fewer.
        learning_rate: step length, or an Optax schedule over steps.
        weight_decay: AdamW's decoupled decay.
        validation: inputs and targets that are only measured, once after every epoch.

    Returns:
        The losses.

    Raises:
        ValueError: no clip, unequal numbers of clips, `epochs` or `batch_size` below 1, or a loss that became NaN or
            infinite (the model keeps the parameters that it had before).

    Reference:
        Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, doi:10.48550/arXiv.1711.05101.
    """
    clips, data, validation = check_data((inputs, targets), validation, epochs=epochs, batch_size=batch_size)
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    optimizer = optax.adamw(learning_rate, weight_decay=weight_decay)
    # The data are arguments: closed over, they would be compiled in as constants.
    run_epoch = jax.jit(make_epoch(make_step(graph, optimizer, loss), clips=clips, batch_size=batch_size))

    @jax.jit
    def measure(state: TrainState, data: tuple[PyTree, PyTree], key: Key[Array, ""]) -> Float[Array, ""]:
        return loss(nnx.merge(graph, state.params, state.rest, copy=True), *data, key)

    state = TrainState(params, rest, optimizer.init(params))
    losses, validation_losses = [], []
    for epoch in range(epochs):
        key, epoch_key, validation_key = jax.random.split(key, 3)
        state, value = run_epoch(state, data, epoch_key)
        if not np.isfinite(value):
            raise loss_error("the loss", value, epoch=epoch, epochs=epochs)
        losses.append(float(value))
        if validation is not None:
            validation_losses.append(float(measure(state, validation, validation_key)))
    nnx.update(model, state.params, state.rest)
    return History(np.array(losses), np.array(validation_losses))


def loss_error(what: str, value: Any, *, epoch: int, epochs: int) -> ValueError:
    """What to raise when a loss is no number any more.

    Args:
        what: whose loss: the start of the sentence.
        value: the loss.
        epoch: when, counted from 0.
        epochs: of how many.
    """
    return ValueError(
        f"{what} became {value} in epoch {epoch + 1} of {epochs}: lower learning_rate, "
        "or look for NaN and very large numbers in the inputs"
    )
