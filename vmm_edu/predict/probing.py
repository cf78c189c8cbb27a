"""Features of labelled clips in; how well a straight line through them tells unseen clips apart out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Array, Float, Integer

from vmm_edu.predict.clips import count_clips
from vmm_edu.predict.metrics import accuracy

# Inverse strength of the penalty, for features brought to length 1 on average: the same for all kinds of features.
FREEDOM = 100.0


def linear_probe(
    features: Float[Array | np.ndarray, "batch feature"],
    labels: Integer[Array | np.ndarray, " batch"],
    unseen: Float[Array | np.ndarray, "unseen feature"],
    unseen_labels: Integer[Array | np.ndarray, " unseen"],
) -> float:
    r"""Train a linear classifier on features that stay as they are, and score it on unseen clips.

    Every feature is brought to mean 0 and deviation $1/\sqrt{d}$ on the training clips, where d is the number of
    features; then scikit-learn's logistic regression is fitted with one and the same penalty, so that few and many
    features are treated alike.

    Args:
        features: of the training clips.
        labels: their classes, at least two different ones.
        unseen: features of the test clips.
        unseen_labels: their classes.

    Returns:
        Accuracy on the unseen clips, 0…1.

    Raises:
        ValueError: no clip, unequal numbers, another number of features, one class only, or NaN.

    Reference:
        G. Alain, Y. Bengio, "Understanding intermediate layers using linear classifier probes" (2016),
        doi:10.48550/arXiv.1610.01644.
    """
    from sklearn.linear_model import LogisticRegression

    count_clips((features, labels))
    count_clips((unseen, unseen_labels))
    known, new = np.asarray(features, np.float64), np.asarray(unseen, np.float64)
    if known.shape[1] != new.shape[1]:
        raise ValueError(f"expected unseen clips with {known.shape[1]} features, got {new.shape[1]}")
    if not (np.isfinite(known).all() and np.isfinite(new).all()):
        raise ValueError("expected finite features, got NaN or infinity; remove or replace those values first")
    classes = np.unique(np.asarray(labels))
    if len(classes) < 2:
        raise ValueError(f"expected at least two classes among the training clips, got only {classes}")
    mean, scale = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-6) * np.sqrt(known.shape[1])
    line = LogisticRegression(C=FREEDOM, max_iter=400).fit((known - mean) / scale, np.asarray(labels))
    return accuracy(np.asarray(unseen_labels), line.predict((new - mean) / scale))
