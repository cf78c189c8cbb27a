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
    *,
    context_s: Float[np.ndarray, "fold word"] | None = None,
) -> list[Float[np.ndarray, "clip _class"]]:
    """Read each word from the features of all its steps side by side, by softmax regression.

    Args:
        features: of one sense, projected for each fold.
        clock: of that sense.
        labels: the true words; those of a test fold are not looked at.
        times_s: start and end of each word.
        folds: in which fold each clip is tested.
        classes: number of words at each place.
        context_s: how much each kind of word is widened in each fold, from `choose_widths`; None: as the clock says.

    Returns:
        Log-probabilities of the words at each place, each clip's by the model that never saw it.

    Raises:
        ValueError: sizes that do not fit.
    """
    if features.shape[1] != len(labels) or labels.shape[1] != len(classes):
        raise ValueError(f"expected features and {len(classes)} labels a clip, got {features.shape}, {labels.shape}")
    beliefs = [np.empty((len(labels), size), np.float32) for size in classes]
    for number, fold in enumerate(np.unique(folds)):
        tested, wide = folds == fold, None if context_s is None else context_s[number]
        steps = np.asarray(word_steps(times_s, clock, moments=features.shape[2], context_s=wide))
        for place, size in enumerate(classes):
            x = side_by_side(features[number], steps[:, place])
            model = fit_linear(x[~tested], labels[~tested, place], decay=DECAY, classes=size)
            beliefs[place][tested] = jax.nn.log_softmax(linear_logits(model, x[tested]))
    return beliefs


def side_by_side(
    features: Float32[np.ndarray, "clip moment feature"], steps: Integer[np.ndarray, "clip step"]
) -> Float32[np.ndarray, "clip wide"]:
    """Put what is known of all steps of a word into one vector.

    Args:
        features: of whole clips.
        steps: the moments of one word of each.

    Returns:
        Vectors of about length 1, whatever the sense.

    Raises:
        IndexError: a step beyond the clip.
    """
    x = features[np.arange(len(features))[:, None], steps].reshape(len(features), -1)
    return x / np.sqrt(np.float32(x.shape[1]))
