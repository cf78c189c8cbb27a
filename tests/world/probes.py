"""A linear reader of something that should know nothing, and the bound that chance alone stays under."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def accuracy(features, labels, groups, *, penalty: float = 30.0) -> float:
    """Share of clips that a linear probe gets right on folds that share no nuisance seed."""
    x = np.asarray(features, dtype=np.float64).reshape(len(labels), -1)
    x = x[:, x.std(axis=0) > 1e-9]
    if x.shape[1] == 0:  # A constant knows the largest class, no more.
        return float(np.bincount(labels).max() / len(labels))
    probe = make_pipeline(StandardScaler(), RidgeClassifier(alpha=penalty))
    folds = GroupKFold(n_splits=4)
    return float(np.mean(cross_val_predict(probe, x, labels, groups=groups, cv=folds) == labels))


def bound(labels) -> float:
    """Chance plus three standard deviations of a guesser on this many clips."""
    chance = np.bincount(labels).max() / len(labels)
    return float(chance + 3 * np.sqrt(chance * (1 - chance) / len(labels)))


def one_hot(values) -> np.ndarray:
    """Indicator columns, so that a linear probe can read any function of a small integer."""
    values = np.asarray(values)
    return (values[:, None] == np.unique(values)[None]).astype(np.float64)
