"""Models of one kind, data of several folds in; every fold's model trained, all in one program, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Int, Integer, Key, PyTree

from vmm_edu.predict import warm_cosine

FoldLoss = Callable[[Any, PyTree, Int[Array, " batch"], Key[Array, ""]], Any]
"""(model, data of the fold, rows of its clips, key) -> mean loss over those clips."""


class Schedule(NamedTuple):
    """How long and how fast to train.

    Attributes:
        epochs: times that each clip is seen.
        batch: clips in a step.
        rate: the largest step length.
        decay: AdamW's pull of the weights towards 0.
    """

    epochs: int = 30
    batch: int = 16
    rate: float = 3e-3
    decay: float = 0.03


class Trained(NamedTuple):
    """One model for each fold.

    Attributes:
        graph: what their structure is.
        params: their parameters; the first axis counts the folds.
        losses: mean loss of each fold in each epoch.
    """

    graph: nnx.GraphDef
    params: PyTree
    losses: Float[np.ndarray, "fold epoch"]


def train_folds(
    make: Callable[[nnx.Rngs], nnx.Module],
    loss: FoldLoss,
    data: PyTree,
    rows: Integer[np.ndarray, "fold clip"],
    *,
    key: Key[Array, ""],
    schedule: Schedule,
    keep: Path | None = None,
) -> Trained:
    """Train a model for each fold, side by side: one program, compiled once, whatever the number of folds.

    Args:
        make: makes an untrained model; its state must be parameters alone.
        loss: see `FoldLoss`.
        data: arrays whose first axis counts the folds.
        rows: training clips of each fold; as many in each.
        key: source of the parameters, of the order of the clips and of what the loss draws.
        schedule: how long and how fast.
        keep: file for the parameters (.npz); where it is there already, they are read and nothing is trained. Its name
            must tell apart whatever else may differ. None: nothing is kept.

    Returns:
        The models.

    Raises:
        ValueError: no clip, numbers of folds that differ, or a loss that became NaN or infinite.
    """
    folds, clips = rows.shape
    if not clips or {len(leaf) for leaf in jax.tree.leaves(data)} - {folds}:
        raise ValueError(f"expected data and training clips of {folds} folds, at least one clip, got {rows.shape}")
    batch = min(schedule.batch, clips)
    steps = clips // batch
    rate = warm_cosine(schedule.rate, steps=max(schedule.epochs * steps, 2))
    rule = optax.adamw(rate, weight_decay=schedule.decay)
    graph, shapes = nnx.split(nnx.eval_shape(lambda: make(nnx.Rngs(0))))
    structure = jax.tree.structure(shapes)
    if keep is not None and keep.exists():
        with np.load(keep, allow_pickle=False) as file:
            leaves = [jnp.asarray(file[str(number)]) for number in range(structure.num_leaves)]
            return Trained(graph, jax.tree.unflatten(structure, leaves), file["losses"])

    def train(
        params: PyTree, course: Key[Array, ""], data: PyTree, rows: Int[Array, " clip"]
    ) -> tuple[PyTree, Float[Array, " epoch"]]:
        def step(state: PyTree, now: tuple[Int[Array, " batch"], Key[Array, ""]]) -> tuple[PyTree, Float[Array, ""]]:
            params, moments = state
            chosen, key = now
            value, slopes = jax.value_and_grad(lambda p: loss(nnx.merge(graph, p), data, rows[chosen], key))(params)
            # Optax mixes its Python floats with an integer step count, which strict promotion forbids.
            with jax.numpy_dtype_promotion("standard"):
                updates, moments = rule.update(slopes, moments, params)
                params = optax.apply_updates(params, updates)
            return (params, moments), value

        def epoch(state: PyTree, key: Key[Array, ""]) -> tuple[PyTree, Float[Array, ""]]:
            order_key, step_key = jax.random.split(key)
            order = jax.random.permutation(order_key, clips)[: steps * batch].reshape(steps, batch)
            state, values = jax.lax.scan(step, state, (order, jax.random.split(step_key, steps)))
            return state, values.mean()

        keys = jax.random.split(course, schedule.epochs)
        (params, _), losses = jax.lax.scan(epoch, (params, rule.init(params)), keys)
        return params, losses

    data, rows = jax.tree.map(jnp.asarray, (data, rows.astype(np.int32)))
    # One by one: several batched orthogonal draws at once can wait for each other for ever on two cores.
    starts, courses = jax.vmap(jax.random.split, out_axes=1)(jax.random.split(key, folds))
    drawn = [nnx.split(make(nnx.Rngs(start)))[1] for start in starts]
    params = jax.tree.map(lambda *leaves: jnp.stack(leaves), *drawn)
    params, losses = jax.jit(jax.vmap(train))(params, courses, data, rows)
    if not np.isfinite(losses).all():
        raise ValueError("the loss became NaN or infinite: lower the rate, or look for NaN in the data")
    if keep is not None:
        keep.parent.mkdir(parents=True, exist_ok=True)
        part = keep.with_suffix(".part")
        with part.open("wb") as file:
            leaves = {str(number): np.asarray(leaf) for number, leaf in enumerate(jax.tree.leaves(params))}
            np.savez(file, losses=np.asarray(losses), **leaves)  # pyright: ignore[reportArgumentType]
        part.replace(keep)
    return Trained(graph, params, np.asarray(losses))


def even_rows(
    folds: Integer[np.ndarray, " clip"],
) -> tuple[Int[np.ndarray, "fold train"], Int[np.ndarray, "fold test"]]:
    """List the training and test clips of each fold, as many in each: in short lists the first ones come again.

    Args:
        folds: in which fold each clip is tested.

    Returns:
        Training rows and test rows.

    Raises:
        ValueError: fewer than two folds.
    """
    names = np.unique(folds)
    if len(names) < 2:
        raise ValueError(f"expected at least 2 folds, got {len(names)}")
    train, test = ([np.flatnonzero((folds == fold) == own) for fold in names] for own in (False, True))
    return even(train), even(test)


def even(lists: Sequence[Int[np.ndarray, " _clip"]]) -> Int[np.ndarray, "list clip"]:
    """Make lists of clips equally long: in short ones the first come again.

    Args:
        lists: numbers of clips.

    Returns:
        The lists, one a row.

    Raises:
        ValueError: no list.
    """
    longest = max(map(len, lists))
    return np.stack([np.resize(rows, longest) for rows in lists])
