"""A trained model and labelled clips in; its scores on them out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int, Integer, PyTree

from vmm_edu.predict.calibration import calibration_error
from vmm_edu.predict.clips import count_clips
from vmm_edu.predict.metrics import accuracy, confusion, macro_f1


class Scores(NamedTuple):
    """How well a model does on labelled clips.

    Attributes:
        accuracy: share of right predictions, 0…1.
        macro_f1: mean F1 of the classes, 0…1.
        log_loss: mean of −log p(y), nats.
        calibration_error: mean gap between confidence and accuracy, 15 bins, 0…1.
        confusion: counts; true class by row, predicted class by column.
    """

    accuracy: float
    macro_f1: float
    log_loss: float
    calibration_error: float
    confusion: Int[np.ndarray, "class class"]


def predict_logits(model: nnx.Module, inputs: PyTree, *, batch_size: int = 256) -> Any:
    """Run a model over any number of clips in batches of one size, compiled once.

    Args:
        model: called as `model(inputs)`; returns an array or a tree of arrays with clips on the first axis.
        inputs: an array, or a tree of arrays, with clips on the first axis.
        batch_size: clips at a time; bounds the memory.

    Returns:
        What the model returns, as NumPy arrays.

    Raises:
        ValueError: no clip, unequal numbers of clips, or `batch_size` below 1.
    """
    graph, state = nnx.split(model)
    return in_batches(lambda batch: _run(graph, state, batch), inputs, batch_size=batch_size)


def in_batches(run: Callable[[Any], Any], inputs: PyTree, *, batch_size: int, clip_axis: int = 0) -> Any:
    """Run a compiled program over any number of clips.

    Args:
        run: takes a batch of the inputs, gives an array or a tree of arrays.
        inputs: an array, or a tree of arrays, with clips on the first axis.
        batch_size: clips at a time; bounds the memory.
        clip_axis: which axis of what `run` gives the clips are on.

    Returns:
        What it gives for all clips, as NumPy arrays.

    Raises:
        ValueError: no clip, unequal numbers of clips, or `batch_size` below 1.
    """
    clips = count_clips(inputs)
    if batch_size < 1:
        raise ValueError(f"expected batch_size of at least 1, got {batch_size}")
    size = min(batch_size, clips)
    parts = []
    for start in range(0, clips, size):
        # The last batch is filled by repeating its last clip: a new length would compile again.
        rows = np.minimum(np.arange(start, start + size), clips - 1)
        outputs = run(jax.tree.map(lambda array, rows=rows: jnp.asarray(np.asarray(array)[rows]), inputs))
        kept = (slice(None),) * clip_axis + (slice(clips - start),)
        parts.append(jax.tree.map(lambda array, kept=kept: np.asarray(array)[kept], outputs))
    return jax.tree.map(lambda *arrays: np.concatenate(arrays, axis=clip_axis), *parts)


@functools.partial(jax.jit, static_argnums=0)
def _run(graph: nnx.GraphDef[Any], state: Any, batch: PyTree) -> Any:
    """Compiled once for all calls with models of one architecture and inputs of one shape."""
    return nnx.merge(graph, state)(batch)


def score_logits(
    logits: Float[Array | np.ndarray, "batch class"], labels: Integer[Array | np.ndarray, " batch"]
) -> Scores:
    """Score unnormalised log-probabilities against the true labels.

    Args:
        logits: of each class.
        labels: the true class of each clip.

    Returns:
        Accuracy, macro F1, log-loss, calibration error and confusions.

    Raises:
        ValueError: unequal lengths, no clip, a label without a column, or NaN.
    """
    true = np.asarray(labels)
    table = np.asarray(logits, np.float64)
    if np.isnan(table).any():
        raise ValueError("expected logits without NaN; look for NaN in the inputs of the model")
    table = table - table.max(axis=1, keepdims=True)
    log_probabilities = table - np.log(np.exp(table).sum(axis=1, keepdims=True))
    error = calibration_error(true, np.exp(log_probabilities))  # checks the lengths and the range of the labels
    predictions = log_probabilities.argmax(axis=1)
    return Scores(
        accuracy(true, predictions),
        macro_f1(true, predictions),
        float(-np.mean(log_probabilities[np.arange(len(true)), true])),
        error,
        confusion(true, predictions, classes=table.shape[1]),
    )


def evaluate(
    model: nnx.Module, inputs: PyTree, labels: Integer[Array | np.ndarray, " batch"], *, batch_size: int = 256
) -> Scores:
    """Score a model that returns logits on labelled clips.

    Args:
        model: called as `model(inputs)`; returns logits (batch, class).
        inputs: an array, or a tree of arrays, with clips on the first axis.
        labels: the true class of each clip.
        batch_size: clips at a time; bounds the memory.

    Returns:
        Accuracy, macro F1, log-loss, calibration error and confusions.

    Raises:
        ValueError: no clip, unequal numbers of clips, a label without a column, or NaN in the logits.
    """
    count_clips((inputs, labels))
    return score_logits(predict_logits(model, inputs, batch_size=batch_size), labels)
