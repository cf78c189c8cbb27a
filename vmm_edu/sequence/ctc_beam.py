"""Scores of symbols at every step in; the likeliest text out, found among the few best beginnings of texts."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from jaxtyping import Num

from vmm_edu.features.arrays import AnyArray


class Text(NamedTuple):
    """A text and how likely it is.

    Attributes:
        labels: its symbols, blanks left out.
        log_p: natural logarithm of the probability of the paths that were followed; with a beam as wide as there are
            texts it is −`ctc_loss`, else it may be less.
    """

    labels: tuple[int, ...]
    log_p: float


def ctc_beam(logits: Num[AnyArray, "time symbol"], *, width: int = 16, blank: int = 0) -> tuple[Text, ...]:
    r"""Search for the likeliest text step by step, keeping the `width` likeliest beginnings (prefix beam search).

    All paths that mean one beginning are counted together, in two sums: those that end in a blank, and those that end
    in its last letter. Only the first can be followed by that letter once more.

    Args:
        logits: scores of each symbol at each step, one clip.
        width: how many beginnings are kept.
        blank: which symbol is the blank.

    Returns:
        At most `width` texts, the likeliest first. Plain NumPy and Python, for decoding, not for training.

    Raises:
        ValueError: not (time, symbol), NaN, `width` below 1, or a blank that is no symbol.

    References:
        A. Graves, "Supervised sequence labelling with recurrent neural networks", 2012,
        doi:10.1007/978-3-642-24797-2, section 7.5; A. Hannun et al., 2014, doi:10.48550/arXiv.1408.2873.
    """
    scores = np.asarray(logits, np.float64)
    if scores.ndim != 2 or not 0 <= blank < scores.shape[1]:
        raise ValueError(
            f"expected logits (time, symbol) and a blank among the symbols, got {scores.shape} and {blank}"
        )
    if width < 1 or np.isnan(scores).any():
        raise ValueError(f"expected a width of at least 1 and logits without NaN, got width {width}")
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -np.inf)}
    for now in log_p:
        grown: defaultdict[tuple[int, ...], list[float]] = defaultdict(lambda: [-np.inf, -np.inf])
        for text, (in_blank, in_letter) in beam.items():
            total = np.logaddexp(in_blank, in_letter)
            grown[text][0] = np.logaddexp(grown[text][0], total + now[blank])
            for symbol, score in enumerate(now):
                if symbol == blank:
                    continue
                again = bool(text) and symbol == text[-1]
                longer = grown[(*text, symbol)]
                longer[1] = np.logaddexp(longer[1], (in_blank if again else total) + score)
                if again:
                    grown[text][1] = np.logaddexp(grown[text][1], in_letter + score)
        possible = {text: (ending[0], ending[1]) for text, ending in grown.items() if max(ending) > -np.inf}
        beam = dict(sorted(possible.items(), key=lambda entry: -np.logaddexp(*entry[1]))[:width])
    return tuple(Text(text, float(np.logaddexp(*ending))) for text, ending in beam.items())
