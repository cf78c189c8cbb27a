"""What readers of words cut more and less widely say of clips held out for a fold in; the best width there out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float32, Integer

FoldBeliefs = list[Float[np.ndarray, "fold clip _class"]]
"""For each fold, log-probabilities of the words at each place; NaN where nobody may be asked."""
WIDTH = "width"


def choose_widths(
    told: Sequence[FoldBeliefs], labels: Integer[np.ndarray, "clip word"], contexts_s: Sequence[float]
) -> Float32[np.ndarray, "fold word"]:
    """Choose for each fold and kind of word the width whose readers find the true words most probable.

    What comes before and after a word helps where lips prepare a sound early, and hurts where it is only a neighbour.
    Which it is differs from kind to kind. Nobody asked for a fold has seen that fold, and no clip of it is asked about:
    its words cannot change what is chosen for it.

    Args:
        told: what the readers of each width say for each fold, about the same clips: NaN for all others.
        labels: the true words; only those of clips asked about are looked at.
        contexts_s: by how much each of them widened words at both ends, the narrowest first.

    Returns:
        Seconds. Where two are as good, the narrower.

    Raises:
        ValueError: another number of widths or words, widths out of order, or a fold for which no clip is asked about.
    """
    if len(told) != len(contexts_s) or not told or list(contexts_s) != sorted(contexts_s):
        raise ValueError(
            f"expected beliefs at each width, the narrowest first, got {len(told)} at widths {tuple(contexts_s)}"
        )
    if {len(beliefs) for beliefs in told} != {labels.shape[1]}:
        raise ValueError(f"expected beliefs about {labels.shape[1]} words, got {[len(beliefs) for beliefs in told]}")
    chosen = np.empty((len(told[0][0]), labels.shape[1]), np.float32)
    for place in range(labels.shape[1]):
        for fold in range(len(chosen)):
            each = np.stack([beliefs[place][fold] for beliefs in told])
            rows = np.flatnonzero(np.isfinite(each).all(axis=(0, 2)))
            if not len(rows):
                raise ValueError(f"expected clips asked about for each fold, got none for fold {fold}")
            true = each[:, rows, labels[rows, place]]
            chosen[fold, place] = contexts_s[int(true.mean(axis=1).argmax())]
    return chosen


def at_width(
    told: Sequence[FoldBeliefs], chosen: Float[np.ndarray, "fold word"], contexts_s: Sequence[float]
) -> FoldBeliefs:
    """Take what is told of each kind of word from the readers of the width that was chosen for it.

    Args:
        told: as `choose_widths`.
        chosen: from `choose_widths`.
        contexts_s: as `choose_widths`.

    Returns:
        Beliefs for each fold, at each place.

    Raises:
        ValueError: a chosen width that is not among them.
    """
    which = np.abs(chosen[..., None] - np.asarray(contexts_s)).argmin(axis=2)
    if not np.allclose(np.asarray(contexts_s)[which], chosen):
        raise ValueError(f"expected widths among {tuple(contexts_s)}, got {np.unique(chosen)}")
    return [
        np.stack([told[width][place][fold] for fold, width in enumerate(which[:, place])])
        for place in range(chosen.shape[1])
    ]
