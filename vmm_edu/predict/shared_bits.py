"""Answers of a model in; bits that its senses know about the label out: from its loss, and as a joint table."""

from __future__ import annotations

import numpy as np
from jaxtyping import Array, Float, Integer, Num

from vmm_edu.predict.evaluation import score_logits


def information_bound(
    labels: Integer[Array | np.ndarray, " batch"],
    logits: Float[Array | np.ndarray, "batch class"],
    *,
    prior: Float[np.ndarray, " class"] | None = None,
) -> float:
    r"""Bits that the senses behind a model carry about the label at the least: $H(Y) - \text{cross-entropy}$.

    No model's expected cross-entropy is below $H(Y \mid X) = H(Y) - I(Y; X)$, so that this is a lower bound on
    $I(Y; X)$, in expectation over test clips that the model was not trained on. It is tight for a model that gives
    the true probabilities; an overconfident one can go below 0, which says nothing about the senses.

    Args:
        labels: the true class of each test clip.
        logits: unnormalised log-probabilities from the senses in question.
        prior: probabilities of the classes. None: their shares among `labels`.

    Returns:
        Bits.

    Raises:
        ValueError: unequal lengths, no clip, NaN, or a prior that is not one probability per class.

    Reference:
        Barber and Agakov, "The IM algorithm: a variational approach to information maximization", NIPS 2003.
    """
    loss = score_logits(logits, labels).log_loss
    classes = logits.shape[1]
    shares = np.bincount(np.asarray(labels), minlength=classes) / len(labels) if prior is None else np.asarray(prior)
    if shares.shape != (classes,) or shares.min() < 0 or abs(shares.sum() - 1) > 1e-6:
        raise ValueError(f"expected a prior of {classes} probabilities that sum to 1, got {shares}")
    some = shares[shares > 0]
    return float(-(some @ np.log2(some)) - loss / np.log(2))


def joint_table(
    first: Integer[Array | np.ndarray, " batch"],
    second: Integer[Array | np.ndarray, " batch"],
    answer: Num[Array | np.ndarray, "batch ..."],
    *,
    classes: int | None = None,
) -> Float[np.ndarray, "label first second"]:
    """Count how often a label, what one sense shows and what another shows came together.

    The table is what `vmm_edu.world.decompose` takes. With decoded symbols and true labels it estimates what is in the
    clips; with the model's probabilities in place of the labels, what the model believes. Counts of few clips see
    patterns where there are none: information from a table of k cells is too high by about k / (2 N ln 2) bits.

    Args:
        first: which symbol the first sense shows, numbered from 0.
        second: alike.
        answer: class of each clip, integers (batch,), or its probabilities (batch, class).
        classes: number of labels, for integers; None: the largest plus one.

    Returns:
        Probabilities that sum to 1.

    Raises:
        ValueError: unequal lengths, no clip, negative numbers, a label beyond `classes`, or rows that do not sum to 1.
    """
    one, two, given = np.asarray(first), np.asarray(second), np.asarray(answer)
    if not len(one) or {one.shape, two.shape} != {given.shape[:1]} or given.ndim > 2:
        raise ValueError(
            f"expected one entry per clip, at least one clip, got {one.shape}, {two.shape} and {given.shape}"
        )
    if given.ndim == 1:
        if not np.issubdtype(given.dtype, np.integer):
            raise ValueError(
                f"expected classes as integers (batch,) or probabilities (batch, class), got {given.dtype}"
            )
        count = int(given.max()) + 1 if classes is None else classes
        if given.min() < 0 or given.max() >= count:
            raise ValueError(f"expected labels in 0…{count - 1}, got {given.min()}…{given.max()}")
        given = np.eye(count)[given]
    elif not (np.abs(given.sum(axis=1) - 1).max() <= 1e-3 and given.min() >= 0):
        raise ValueError("expected probabilities: not negative, rows that sum to 1; apply softmax to logits first")
    if min(one.min(), two.min()) < 0:
        raise ValueError("expected symbols numbered from 0, got a negative one")
    table = np.zeros((int(one.max()) + 1, int(two.max()) + 1, given.shape[1]))
    np.add.at(table, (one, two), given)
    return np.moveaxis(table, -1, 0) / table.sum()
