"""What readers say and what was said in; accuracies with intervals, sums over seeds, and tables of confusions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float, Integer
from scipy.special import log_softmax

from vmm_edu.predict import confusion

Beliefs = list[Float[np.ndarray, "clip ..."]]
"""Log-probabilities of the words at each place (clip, class); of the tags of frames (clip, frame, tag)."""
MEAN = "mean of the words"
RESAMPLES = 1000


def add(beliefs: Sequence[Beliefs], *, mean: bool = False) -> Beliefs:
    """Add the log-probabilities of several readers, place by place.

    Args:
        beliefs: of each reader.
        mean: divide by their number: seeds know the same, so their sum would be too sure.

    Returns:
        The sums, normalised.

    Raises:
        ValueError: no reader.
    """
    if not beliefs:
        raise ValueError("expected the beliefs of at least one reader, got none")
    join = np.mean if mean else np.sum
    return [log_softmax(join(parts, axis=0, dtype=np.float64), axis=-1) for parts in zip(*beliefs, strict=True)]


def right(beliefs: Beliefs, labels: Integer[np.ndarray, "clip word"]) -> Bool[np.ndarray, "clip word"]:
    """Tell which words are read rightly.

    Args:
        beliefs: of one reader, or a sum.
        labels: the true words.

    Returns:
        True where the most probable word is the true one.

    Raises:
        ValueError: another number of words.
    """
    if len(beliefs) != labels.shape[1]:
        raise ValueError(f"expected beliefs about {labels.shape[1]} words, got {len(beliefs)}")
    return np.stack([part.argmax(axis=1) for part in beliefs], axis=1) == labels


def scores(
    correct: Bool[np.ndarray, "*seed clip word"], names: Sequence[str], *, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Accuracy of each kind of word, and of all, with 95 % intervals over the choice of clips, and of seeds.

    Args:
        correct: from `right`; of one reader, or of one a seed.
        names: of the kinds of word.
        rng: source of the bootstrap's draws.

    Returns:
        Name → accuracy, lower end, upper end; `MEAN` for all words together.

    Raises:
        ValueError: no clip, or another number of names than words.
    """
    if len(names) != correct.shape[-1]:
        raise ValueError(f"expected a name for each of {correct.shape[-1]} words, got {len(names)}")
    columns = {name: correct[..., place].astype(float) for place, name in enumerate(names)}
    if len(names) > 1:
        columns[MEAN] = correct.mean(axis=-1)
    return {name: interval(column, rng=rng) for name, column in columns.items()}


def interval(values: Float[np.ndarray, "*seed clip"], *, rng: np.random.Generator) -> list[float]:
    """A mean over clips, and seeds, with its 95 % bootstrap interval: both are drawn anew, with replacement.

    Args:
        values: one a clip, or one a seed and clip.
        rng: source of the draws.

    Returns:
        Mean, lower end, upper end, to four digits.

    Raises:
        ValueError: no clip.
    """
    table = np.atleast_2d(values)
    if not table.size:
        raise ValueError(f"expected a value of at least one clip, got shape {values.shape}")
    shares = [rng.multinomial(size, np.full(size, 1 / size), RESAMPLES) / size for size in table.shape]
    drawn = np.einsum("rs,sc,rc->r", shares[0], table, shares[1])
    return [round(float(number), 4) for number in (table.mean(), *np.quantile(drawn, (0.025, 0.975)))]


def compare(
    each: Mapping[str, Bool[np.ndarray, "*seed clip word"]],
    both: Bool[np.ndarray, "*seed clip word"],
    *,
    rng: np.random.Generator,
) -> dict[str, object]:
    """How much better both senses together are than the better one alone, clip by clip.

    Args:
        each: name of each sense → which words it reads rightly.
        both: which both together do.
        rng: source of the draws.

    Returns:
        The better sense, and the difference of the mean accuracies with its interval.

    Raises:
        ValueError: no clip.
    """
    better = max(each, key=lambda name: float(each[name].mean()))
    gain = both.mean(axis=-1) - each[better].mean(axis=-1)
    return {"better": better, "gain": interval(gain, rng=rng)}


def confusions(
    beliefs: Beliefs, labels: Integer[np.ndarray, "clip word"], names: Sequence[str]
) -> dict[str, list[list[int]]]:
    """Count which word was taken for which.

    Args:
        beliefs: of one reader, or a sum.
        labels: the true words.
        names: of the kinds of word.

    Returns:
        Name → table of true word (row) and answer (column).

    Raises:
        ValueError: as `confusion`.
    """
    return {
        name: confusion(labels[:, place], part.argmax(axis=1), classes=part.shape[1]).tolist()
        for place, (name, part) in enumerate(zip(names, beliefs, strict=True))
    }
