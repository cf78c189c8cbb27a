"""Texts in; how often each token occurs, and how telling that is (TF-IDF), out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int32, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.text import PADDING, Vocabulary


def count_tokens(texts: Sequence[str], *, vocabulary: Vocabulary) -> Int32[np.ndarray, "batch token"]:
    """Count how often each token of the vocabulary occurs in each text (a bag of words).

    Args:
        texts: any texts.
        vocabulary: column k counts the token with id k; column 0 (padding) stays 0, column 1 counts unknown ones.

    Returns:
        Counts, as many columns as the vocabulary has ids.

    Raises:
        ValueError: one string instead of a sequence of texts.
    """
    encoded = vocabulary.encode(texts)
    counts = np.zeros((len(encoded.tokens), len(vocabulary)), np.int32)
    rows, columns = np.nonzero(encoded.mask)
    np.add.at(counts, (rows, encoded.tokens[rows, columns]), 1)
    counts[:, PADDING] = 0
    return counts


def tf_idf(
    counts: Num[AnyArray, "batch token"], *, training_counts: Num[AnyArray, "document token"] | None = None
) -> Float[np.ndarray, "batch token"]:
    r"""Weigh counts by how rare a token is, and bring each text to length 1.

    $$w_{d,t} = n_{d,t} \Big(1 + \ln\frac{1 + D}{1 + D_t}\Big), \qquad w_d \leftarrow w_d / \lVert w_d \rVert$$

    with D training texts, of which $D_t$ hold token t.

    Args:
        counts: from `count_tokens`.
        training_counts: counts of the texts from which rarity is learned; None: `counts` itself. Give the training
            texts when you weigh others, or the test set leaks into its own features.

    Returns:
        float64 weights 0…1; a text without tokens is all 0.

    Raises:
        ValueError: negative or non-finite counts, no training text, or different numbers of tokens.

    References:
        K. Spärck Jones, Journal of Documentation 28, 1972, doi:10.1108/eb026526. Smoothed as in scikit-learn, so that
        a token of every text keeps weight.
    """
    here = np.asarray(counts, float)
    training = here if training_counts is None else np.asarray(training_counts, float)
    if here.ndim != 2 or training.ndim != 2 or here.shape[1] != training.shape[1]:
        raise ValueError(
            f"expected counts (batch, token) over one vocabulary, got {here.shape} and {training.shape}; "
            "count both with the same vocabulary"
        )
    if not (np.isfinite(here).all() and np.isfinite(training).all() and (here >= 0).all() and (training >= 0).all()):
        raise ValueError("expected counts that are finite and at least 0, got others; use count_tokens")
    if len(training) == 0:
        raise ValueError("expected at least one training text, got none")
    rarity = 1 + np.log((1 + len(training)) / (1 + (training > 0).sum(axis=0)))
    weights = here * rarity[None, :]
    length = np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return weights / np.where(length > 0, length, 1)
