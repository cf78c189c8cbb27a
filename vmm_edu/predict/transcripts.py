"""Letters that were heard, and when, in; captions with times, and how many errors a transcript has, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Array, Float, Int, Integer

from vmm_edu.framing import Cue
from vmm_edu.predict.segments import edit_distance


class Errors(NamedTuple):
    """How far each transcript is from the truth.

    Attributes:
        edits: insertions, deletions and replacements that repair it.
        lengths: how many words (or letters) the truth has.
    """

    edits: Int[np.ndarray, " batch"]
    lengths: Int[np.ndarray, " batch"]


def count_errors(truth: Sequence[Sequence[Any]], transcripts: Sequence[Sequence[Any]]) -> Errors:
    """Count the repairs that each transcript needs. Give lists of words for words, strings for letters.

    Args:
        truth: what was said, one sequence for each utterance.
        transcripts: what was understood.

    Returns:
        Repairs and lengths; `error_rate(*count_errors(…))` is the word or letter error rate.

    Raises:
        ValueError: no utterance, or another number of transcripts.
    """
    if len(truth) != len(transcripts) or not len(truth):
        raise ValueError(
            f"expected one transcript for each utterance, at least one, got {len(transcripts)} for {len(truth)}"
        )
    edits = [edit_distance(said, heard) for said, heard in zip(truth, transcripts, strict=True)]
    return Errors(np.array(edits), np.array([len(said) for said in truth]))


def error_rate(edits: Integer[Array | np.ndarray, " batch"], lengths: Integer[Array | np.ndarray, " batch"]) -> float:
    """Repairs over the length of the truth, all utterances together: the word (or letter) error rate.

    Long utterances count for more, as is usual; with many insertions it exceeds 1. For an interval give this function
    and the two columns to `bootstrap_interval`: whole utterances are then drawn, whose errors come together.

    Args:
        edits: from `count_errors`.
        lengths: from `count_errors`.

    Returns:
        0 or more.

    Raises:
        ValueError: nothing was said.
    """
    said = int(np.sum(np.asarray(lengths)))
    if said == 0:
        raise ValueError("expected at least one word or letter that was said, got none; leave silent clips out")
    return float(np.sum(np.asarray(edits)) / said)


def spoken_cues(
    letters: str, times_s: Float[Array | np.ndarray, " letter"], *, end_s: float, separator: str = " "
) -> tuple[Cue, ...]:
    """Cut what was heard into words with times: captions, made from sound.

    Each word is shown from its first letter to the separator behind it.

    Args:
        letters: what was heard, letter by letter, separators between the words.
        times_s: when each letter begins, in seconds, never falling.
        end_s: when the sound ends, in seconds.
        separator: the letter between two words.

    Returns:
        One cue for each word.

    Raises:
        ValueError: as many times as letters are expected, in order and not after `end_s`.
    """
    starts = np.asarray(times_s, float)
    if starts.shape != (len(letters),):
        raise ValueError(f"expected a time for each of {len(letters)} letters, got {starts.shape}")
    bounds = np.append(starts, end_s)
    if not (np.diff(bounds) >= 0).all():
        raise ValueError(f"expected times in order, and end_s after the last, got {bounds.tolist()}")
    cues, first = [], 0
    for place, letter in enumerate([*letters, separator]):
        if letter == separator:
            if place > first:
                cues.append(Cue(float(bounds[first]), float(bounds[place]), letters[first:place]))
            first = place + 1
    return tuple(cues)
