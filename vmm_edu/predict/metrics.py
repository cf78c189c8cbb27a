"""True labels and predicted labels in; accuracy, F1 and the table of confusions out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Array, Float, Int, Integer

Labels = Integer[Array | np.ndarray, " batch"]


def accuracy(labels: Labels, predictions: Labels) -> float:
    """Share of the predictions that are right.

    Args:
        labels: the true class of each clip.
        predictions: the predicted class of each clip.

    Returns:
        0…1.

    Raises:
        ValueError: no clip, unequal lengths, or not integers.
    """
    true, predicted = as_labels(labels, predictions)
    return float(np.mean(true == predicted))


def confusion(labels: Labels, predictions: Labels, *, classes: int | None = None) -> Int[np.ndarray, "class class"]:
    """Count how often each true class (row) was called each class (column).

    Args:
        labels: the true class of each clip.
        predictions: the predicted class of each clip.
        classes: number of classes; None: one more than the largest that occurs.

    Returns:
        Numbers of clips; the diagonal holds the right answers.

    Raises:
        ValueError: no clip, unequal lengths, not integers, or a class outside 0…classes − 1.
    """
    true, predicted = as_labels(labels, predictions)
    lowest, highest = min(true.min(), predicted.min()), max(true.max(), predicted.max())
    classes = int(highest) + 1 if classes is None else classes
    if lowest < 0 or highest >= classes:
        raise ValueError(f"expected classes in 0…{classes - 1}, got {lowest}…{highest}")
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (true, predicted), 1)
    return table


def f1_scores(labels: Labels, predictions: Labels, *, classes: int | None = None) -> Float[np.ndarray, " class"]:
    r"""F1 of each class: the harmonic mean of its precision and its recall.

    $$F_1 = \frac{2\,TP}{2\,TP + FP + FN}$$

    Args:
        labels: the true class of each clip.
        predictions: the predicted class of each clip.
        classes: number of classes; None: one more than the largest that occurs.

    Returns:
        0…1 for each class; 0 for one that neither occurs nor is predicted.

    Raises:
        ValueError: as `confusion`.
    """
    table = confusion(labels, predictions, classes=classes)
    right = np.diag(table)
    involved = table.sum(axis=0) + table.sum(axis=1)
    return 2 * right / np.maximum(involved, 1)


def macro_f1(labels: Labels, predictions: Labels) -> float:
    """Mean of the F1 of the classes that occur or are predicted, each counted alike.

    A rare class weighs as much as a common one, so a model that ignores it cannot hide behind its accuracy.

    Args:
        labels: the true class of each clip.
        predictions: the predicted class of each clip.

    Returns:
        0…1.

    Raises:
        ValueError: as `confusion`.
    """
    occurring = np.union1d(*as_labels(labels, predictions))
    return float(np.mean(f1_scores(labels, predictions)[occurring]))


def as_labels(labels: Labels, predictions: Labels) -> tuple[Int[np.ndarray, " batch"], Int[np.ndarray, " batch"]]:
    """Check a pair of label lists.

    Args:
        labels: the true class of each clip.
        predictions: the predicted class of each clip.

    Returns:
        Both as int64.

    Raises:
        ValueError: no clip, unequal lengths, or not integers.
    """
    true, predicted = np.asarray(labels), np.asarray(predictions)
    for name, array in (("labels", true), ("predictions", predicted)):
        if array.ndim != 1 or array.dtype.kind not in "iu":
            raise ValueError(
                f"expected {name} as integers of shape (batch,), got {array.dtype} {array.shape}; "
                "take the argmax of probabilities first"
            )
    if true.shape != predicted.shape or not len(true):
        raise ValueError(f"expected as many predictions as labels, at least one, got {len(predicted)} and {len(true)}")
    return true.astype(np.int64), predicted.astype(np.int64)
