"""How many words are possible at each place in; the grammar as a lattice, and sentences decoded by it, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float, Float32, Int, Integer

from vmm_edu.sequence import viterbi


class Lattice(NamedTuple):
    """Which tag may follow which: silence, one word of each place in order, silence.

    Tag 0 is the silence before; then come the words, place by place; the last tag is the silence after.

    Attributes:
        classes: number of words at each place.
        transitions: 0 where a move is allowed, −inf elsewhere.
        start: alike, for the first tag.
        end: alike, for the last tag.
    """

    classes: tuple[int, ...]
    transitions: Float32[np.ndarray, "tag tag"]
    start: Float32[np.ndarray, " tag"]
    end: Float32[np.ndarray, " tag"]

    @property
    def first(self) -> tuple[int, ...]:
        """The first tag of each place, and of the silence after."""
        return tuple(np.cumsum([1, *self.classes]).tolist())


class Decoded(NamedTuple):
    """The best path through a lattice.

    Attributes:
        labels: the word at each place.
        times_s: start and end of each.
        tags: the path.
    """

    labels: Int[np.ndarray, "clip word"]
    times_s: Float[np.ndarray, "clip word 2"]
    tags: Int[np.ndarray, "clip frame"]


def sentence_lattice(classes: Sequence[int]) -> Lattice:
    """Write the grammar down as allowed moves.

    From the silence before to itself or to a word of the first place; from a word to itself, or to any word of the next
    place; from a word of the last place to the silence after. A pause between words belongs to the word before it. A
    path begins before the first word, or in it, and ends in the last, or after it.

    Args:
        classes: number of words at each place.

    Returns:
        The lattice.

    Raises:
        ValueError: no place, or one without words.
    """
    if not classes or min(classes) < 1:
        raise ValueError(f"expected at least one place with at least one word each, got {tuple(classes)}")
    place = np.repeat(np.arange(len(classes) + 2), [1, *classes, 1])
    allowed = np.eye(len(place), dtype=bool) | (place[None] == place[:, None] + 1)

    def scores(allowed: Bool[np.ndarray, "*tag"]) -> Float32[np.ndarray, "*tag"]:
        return np.where(allowed, 0, -np.inf).astype(np.float32)

    return Lattice(tuple(classes), scores(allowed), scores(place <= 1), scores(place >= len(classes)))


def frame_tags(
    lattice: Lattice,
    labels: Integer[np.ndarray, "clip word"],
    times_s: Float[np.ndarray, "clip word 2"],
    *,
    frames: int,
    rate_hz: float,
) -> Int[np.ndarray, "clip frame"]:
    """Tag each frame by the word that is said in its middle.

    Args:
        lattice: the grammar.
        labels: the word at each place.
        times_s: start and end of each.
        frames: how many a clip has.
        rate_hz: frames a second.

    Returns:
        Tags.

    Raises:
        ValueError: another number of words than the lattice has places.
    """
    places = len(lattice.classes)
    if labels.shape[1:] != (places,) or times_s.shape != (*labels.shape, 2):
        raise ValueError(f"expected {places} words a clip, got labels {labels.shape} and times {times_s.shape}")
    middle_s = (np.arange(frames) + 0.5) / rate_hz
    tags = np.zeros((len(labels), frames), np.int64)
    for place in range(places):
        begun = middle_s[None] >= times_s[:, place, :1]
        tags = np.where(begun, lattice.first[place] + labels[:, place, None], tags)
    return np.where(middle_s[None] >= times_s[:, -1, 1:], lattice.first[-1], tags)


def decode(lattice: Lattice, emissions: Float[Array | np.ndarray, "clip frame tag"], *, rate_hz: float) -> Decoded:
    """Find the best sentence and when its words are said.

    Args:
        lattice: the grammar.
        emissions: score of each tag at each frame, such as log-probabilities.
        rate_hz: frames a second.

    Returns:
        Words and times.

    Raises:
        ValueError: other tags than the lattice's, or fewer frames than places: some word would have none.
    """
    places = len(lattice.classes)
    if emissions.ndim != 3 or emissions.shape[2] != len(lattice.start) or emissions.shape[1] < places:
        raise ValueError(
            f"expected emissions (clip, frame, {len(lattice.start)} tags) with at least {places} frames, "
            f"got {emissions.shape}"
        )
    path, _ = viterbi(emissions, lattice.transitions, start=lattice.start, end=lattice.end)
    tags = np.asarray(path).astype(np.int64)
    place = np.searchsorted(lattice.first, tags, side="right") - 1  # −1: silence before; places: silence after
    labels, times_s = np.empty((len(tags), places), np.int64), np.empty((len(tags), places, 2))
    for number in range(places):
        here = place == number
        start = here.argmax(axis=1)
        labels[:, number] = tags[np.arange(len(tags)), start] - lattice.first[number]
        times_s[:, number] = np.stack([start, start + here.sum(axis=1)], axis=1) / rate_hz
    return Decoded(labels, times_s, tags)
