"""Features of words in; what a linear model, trained on the other folds, says of them, out: the one to beat."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Float, Float32, Integer

from vmm_edu.grid.words import Clock, word_steps
from vmm_edu.predict import fit_linear, linear_logits

DECAY = 1e-3


def linear_beliefs(
    features: Float32[np.ndarray, "fold clip moment feature"],
    clock: Clock,
    labels: Integer[np.ndarray, "clip word"],
    times_s: Float[np.ndarray, "clip word 2"],
    folds: Integer[np.ndarray, " clip"],
    classes: Sequence[int],
) -> list[Float[np.ndarray, "clip _class"]]:
    """Read each word from the features of all its steps side by side, by softmax regression.

    Args:
        features: of one sense, projected for each fold.
        clock: of that sense.
        labels: the true words; those of a test fold are not looked at.
        times_s: start and end of each word.
        folds: in which fold each clip is tested.
        classes: number of words at each place.

    Returns:
        Log-probabilities of the words at each place, each clip's by the model that never saw it.

    Raises:
        ValueError: sizes that do not fit.
    """
    if features.shape[1] != len(labels) or labels.shape[1] != len(classes):
        raise ValueError(f"expected features and {len(classes)} labels a clip, got {features.shape}, {labels.shape}")
    steps = np.asarray(word_steps(times_s, clock, moments=features.shape[2]))
    beliefs = [np.empty((len(labels), size), np.float32) for size in classes]
    rows = np.arange(len(labels))[:, None]
    for number, fold in enumerate(np.unique(folds)):
        tested = folds == fold
        for place, size in enumerate(classes):
            x = features[number][rows, steps[:, place]].reshape(len(labels), -1)
            x = x / np.sqrt(np.float32(x.shape[1]))  # vectors of about length 1, whatever the sense
            model = fit_linear(x[~tested], labels[~tested, place], decay=DECAY, classes=size)
            beliefs[place][tested] = jax.nn.log_softmax(linear_logits(model, x[tested]))
    return beliefs
