"""A model that can do without some senses, and labelled clips, in; how much each sense is worth to it out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Array, Bool, Float, Integer, Num

from vmm_edu.predict.clips import count_clips
from vmm_edu.predict.metrics import accuracy

Vectors = Mapping[str, Num[Array | np.ndarray, "batch ..."]]
Masks = Mapping[str, Bool[Array | np.ndarray, "batch ..."]]
Decide = Callable[..., Any]
"""(vectors, mask=...) -> logits (batch, class), as every module of `vmm_edu.fusion` is called."""
Scores = Mapping[tuple[str, ...], float]


def subset_scores(
    decide: Decide,
    vectors: Vectors,
    labels: Integer[Array | np.ndarray, " batch"],
    *,
    mask: Masks | None = None,
    score: Callable[[Any, Any], float] = accuracy,
) -> dict[tuple[str, ...], float]:
    """Score a model with every set of senses, the other ones masked: all of them, each pair, each alone, none.

    A model answers sensibly with a sense masked only if it was trained with senses masked; a low score may otherwise
    tell of surprise, not of what the sense is worth.

    Args:
        decide: called as `decide(vectors, mask=mask)`, returns logits.
        vectors: sense → (batch, …).
        labels: the true class of each clip.
        mask: sense → True where it is present to begin with. None: all are.
        score: (true classes, predicted classes) → a number, more is better.

    Returns:
        Set of senses, sorted by name → score; () is the model's blind answer.

    Raises:
        ValueError: no sense, no clip, unequal numbers of clips, or NaN in the logits.
    """
    if not vectors:
        raise ValueError("expected the vectors of at least one sense, got an empty dictionary")
    count_clips((dict(vectors), labels))
    scores = {}
    for names in subsets(vectors):
        logits = np.asarray(decide(vectors, mask=_only(names, vectors, mask)))
        if np.isnan(logits).any():
            raise ValueError(f"expected logits without NaN, got some with the senses {names}")
        scores[names] = float(score(np.asarray(labels), logits.argmax(axis=-1)))
    return scores


def subsets(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Every set of names, the empty one first, each sorted.

    Args:
        names: of the senses.

    Returns:
        2^n tuples.

    Raises:
        ValueError: none of its own.
    """
    known = sorted(names)
    return [some for size in range(len(known) + 1) for some in itertools.combinations(known, size)]


def ablation(scores: Scores) -> dict[str, float]:
    r"""What a model loses without one sense: $v(\text{all}) - v(\text{all} \setminus m)$.

    Where two senses know the same, each is worth 0 so; where only both together know, each is worth all of it.

    Args:
        scores: of every set of senses, from `subset_scores`.

    Returns:
        Sense → loss; they need not add up to anything.

    Raises:
        ValueError: the scores of a set are missing.
    """
    senses = _players(scores)
    return {name: scores[senses] - scores[tuple(other for other in senses if other != name)] for name in senses}


def shapley_shares(scores: Scores) -> dict[str, float]:
    r"""Each sense's fair share of the score: what it adds when it joins, averaged over all orders of joining.

    $$\phi_m = \frac{1}{M!} \sum_{\text{orders}} \left( v(\text{those before } m \text{, and } m) -
      v(\text{those before } m) \right)$$

    The shares add up to $v(\text{all}) - v(\emptyset)$; a sense that never adds anything gets 0, and senses that can
    be exchanged get the same.

    Args:
        scores: of every set of senses, from `subset_scores` or from exact ceilings; at most 8 senses.

    Returns:
        Sense → share.

    Raises:
        ValueError: the scores of a set are missing, or there are more than 8 senses.

    Reference:
        Shapley, "A value for n-person games", 1953. doi:10.1515/9781400881970-018. `vmm_edu.world.shapley` sums over
        sets with weights instead of over orders.
    """
    senses = _players(scores)
    if len(senses) > 8:
        raise ValueError(f"expected at most 8 senses, got {len(senses)}: their orders are too many to list")
    shares = dict.fromkeys(senses, 0.0)
    for order in itertools.permutations(senses):
        for place, name in enumerate(order):
            before, after = (tuple(sorted(order[:end])) for end in (place, place + 1))
            shares[name] += (scores[after] - scores[before]) / math.factorial(len(senses))
    return shares


def additive_projection(
    decide: Decide,
    vectors: Vectors,
    *,
    mask: Masks | None = None,
    first: Iterable[str] | None = None,
    most_pairs: int = 65_536,
) -> Float[np.ndarray, "batch class"]:
    r"""What is left of a model's logits when no interaction between two groups of senses may count (EMAP).

    The model is asked about every pair (i, j): the first group from clip i, the rest from clip j. The nearest
    function of the form $g(\text{first}) + h(\text{rest})$, by least squares over all pairs, is then

    $$\hat f_i = \frac{1}{N} \sum_j f(x_i, z_j) + \frac{1}{N} \sum_j f(x_j, z_i) - \frac{1}{N^2} \sum_{jk} f(x_j, z_k)$$

    If it predicts as well as the model does, the model gains nothing from interactions on these clips.

    Args:
        decide: called as `decide(vectors, mask=mask)`, returns logits.
        vectors: sense → (batch, …), at least two senses; N clips cost N² evaluations.
        mask: sense → True where it is present. None: all are.
        first: senses of the first group. None: the first by name.
        most_pairs: pairs evaluated in one call; bounds the memory.

    Returns:
        The projected logits of each clip.

    Raises:
        ValueError: fewer than two senses, an unknown one, a group without any, or unequal numbers of clips.

    Reference:
        Hessel and Lee, "Does my multimodal model learn cross-modal interactions? It's harder to tell than you might
        think!", EMNLP 2020, doi:10.18653/v1/2020.emnlp-main.62 (EMAP, for two senses; here a group may hold several).
    """
    names = set(vectors)
    chosen = set(first) if first is not None else {min(names)} if names else set()
    if not chosen or not chosen < names:
        raise ValueError(
            f"expected `first` to be some but not all of the senses {sorted(names)}, got {sorted(chosen)}; an additive "
            "projection needs two groups"
        )
    clips = count_clips((dict(vectors), dict(mask or {})))
    if most_pairs < 1:
        raise ValueError(f"expected most_pairs of at least 1, got {most_pairs}")
    # Calls of one length, so that a compiled model is compiled once: the last one is filled up.
    size = min(most_pairs, clips * clips)
    parts = []
    for start in range(0, clips * clips, size):
        pairs = np.minimum(np.arange(start, start + size), clips * clips - 1)
        at = {True: pairs // clips, False: pairs % clips}
        picked = {name: np.asarray(array)[at[name in chosen]] for name, array in vectors.items()}
        there = {name: np.asarray(array)[at[name in chosen]] for name, array in (mask or {}).items()}
        parts.append(np.asarray(decide(picked, mask=there or None), np.float64))
    every = np.concatenate(parts)[: clips * clips].reshape(clips, clips, -1)
    return every.mean(axis=1) + every.mean(axis=0) - every.mean(axis=(0, 1))


def _players(scores: Scores) -> tuple[str, ...]:
    senses = max(scores, key=len, default=())
    if not senses:
        raise ValueError("expected scores of at least one sense, got none")
    if missing := [names for names in subsets(senses) if names not in scores]:
        raise ValueError(f"expected the score of every set of the senses {senses}, sorted by name; missing: {missing}")
    return senses


def _only(names: tuple[str, ...], vectors: Vectors, mask: Masks | None) -> dict[str, Any]:
    """Masks that leave these senses as they are and hide the others."""
    clips = len(next(iter(vectors.values())))
    there = {name: np.asarray((mask or {}).get(name, np.ones(clips, bool))) for name in vectors}
    return {name: rows if name in names else np.zeros_like(rows) for name, rows in there.items()}
