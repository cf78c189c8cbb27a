"""Features and labels in; the linear model that fits them best out (softmax regression)."""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Integer, Num

Descent = tuple[Float[Array, "feature class"], Float[Array, "feature class"], Int[Array, ""]]


class LinearClassifier(NamedTuple):
    """One weight for each feature and class, one offset for each class.

    Attributes:
        w: weights, (feature, class).
        b: offsets, (class,).
    """

    w: Float[Array, "feature class"]
    b: Float[Array, " class"]


def linear_logits(model: LinearClassifier, x: Num[Array | np.ndarray, "batch feature"]) -> Float[Array, "batch class"]:
    r"""Score every class: $x W + b$.

    Args:
        model: from `fit_linear`.
        x: features, one row per example.

    Returns:
        Scores; the largest names the class, `jax.nn.softmax` makes probabilities of them.

    Raises:
        ValueError: another number of features than the model has weights for.
    """
    if x.ndim != 2 or x.shape[1] != model.w.shape[0]:
        raise ValueError(f"expected features (batch, {model.w.shape[0]}), got {x.shape}; describe them as for training")
    return jnp.asarray(x).astype(model.w.dtype) @ model.w + model.b[None]


def fit_linear(
    x: Num[Array | np.ndarray, "batch feature"],
    labels: Integer[Array | np.ndarray, " batch"],
    *,
    decay: float,
    classes: int | None = None,
    steps: int = 200,
) -> LinearClassifier:
    r"""Find the weights with the smallest loss by gradient descent with momentum, from zero.

    $$L = -\frac{1}{n}\sum_i \log \mathrm{softmax}(x_i W + b)_{y_i} + \frac{\text{decay}}{2} \lVert W \rVert^2$$

    The loss has one valley, so no key is needed and the start does not matter. The step is one over the
    steepest curvature that the features allow; momentum starts anew whenever it would carry uphill.

    Args:
        x: features, one row per example, best of similar size in every column.
        labels: the true class of each row.
        decay: pull of the weights towards 0, at least 0; choose it on validation data. scikit-learn's
            `LogisticRegression` has `C` = 1 / (n · decay).
        classes: number of classes; None: one more than the largest label.
        steps: steps of gradient descent; with little decay the last digits need more of them.

    Returns:
        The model; offsets are not pulled.

    Raises:
        ValueError: no row, another number of labels than rows, NaN, a label outside 0…classes − 1, `decay` below 0 or
            `steps` below 1.

    References:
        B. O'Donoghue and E. Candès, "Adaptive restart for accelerated gradient schemes", Foundations of Computational
        Mathematics 15 (2015), doi:10.1007/s10208-013-9150-3.
    """
    rows, true = np.asarray(x, np.float32), np.asarray(labels)
    if rows.ndim != 2 or true.shape != rows.shape[:1] or not len(true):
        raise ValueError(f"expected as many labels as rows, at least one, got {true.shape} and {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError("expected finite features, got NaN or infinity; remove or replace those values first")
    classes = int(true.max()) + 1 if classes is None else classes
    if true.min() < 0 or true.max() >= classes:
        raise ValueError(f"expected labels in 0…{classes - 1}, got {true.min()}…{true.max()}")
    if decay < 0 or steps < 1:
        raise ValueError(f"expected decay of at least 0 and steps of at least 1, got {decay} and {steps}")
    # What all rows have in common goes into the offsets at the end: without it the valley is far rounder.
    middle = rows.mean(axis=0)
    with_one = np.concatenate([rows - middle, np.ones((len(rows), 1), np.float32)], axis=1)
    gram = with_one @ with_one.T if len(rows) < with_one.shape[1] else with_one.T @ with_one
    # Softmax bends at most half as much as the squares of its inputs do; a little more, for rounding.
    steepest = 1.01 * (0.5 * float(np.linalg.eigvalsh(gram)[-1]) / len(rows) + decay)
    targets = np.eye(classes, dtype=np.float32)[true]
    pull = np.full((with_one.shape[1], 1), decay, np.float32)
    pull[-1] = 0
    w, b = _descend(with_one, targets, pull, np.float32(1 / steepest), middle, steps=steps)
    return LinearClassifier(w, b)


@functools.partial(jax.jit, static_argnames="steps")
def _descend(
    x: Float[Array, "batch feature"],
    targets: Float[Array, "batch class"],
    pull: Float[Array, "feature 1"],
    rate: Float[Array, ""],
    middle: Float[Array, " column"],
    *,
    steps: int,
) -> tuple[Float[Array, "column class"], Float[Array, " class"]]:
    """Nesterov's momentum: the gradient is taken a little ahead, where the last step is leading.

    The features x are the columns less their `middle`, and a column of ones.
    """

    def step(state: Descent, _: None) -> tuple[Descent, None]:
        w, ahead, age = state
        gradient = x.T @ (jax.nn.softmax(x @ ahead) - targets) / len(x) + pull * ahead
        new = ahead - rate * gradient
        age = jnp.where((gradient * (new - w)).sum() > 0, 0, age + 1)
        momentum = age.astype(x.dtype) / (age.astype(x.dtype) + 3)
        return (new, new + momentum * (new - w), age), None

    zero = jnp.zeros((x.shape[1], targets.shape[1]), x.dtype)
    (w, _, _), _ = jax.lax.scan(step, (zero, zero, jnp.int32(0)), length=steps)
    return w[:-1], w[-1] - middle @ w[:-1]
