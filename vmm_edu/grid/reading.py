"""Features, words and times of clips in; readers of words for each fold, and what they say of unseen clips, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Int, Integer, Key, PyTree

from vmm_edu.grid.reader import Logits, SpeechReader
from vmm_edu.grid.training import Schedule, Trained, even_rows, train_folds
from vmm_edu.grid.words import Clock, word_steps

SMOOTHING = 0.1
DROPOUT = (0.2, 0.3)
PLAIN = 0.7
"""How often a clip is shown as it is, and not mirrored or in noise."""
SETTINGS = (SMOOTHING, DROPOUT, PLAIN)

Versions = Float[np.ndarray, "fold _version clip _moment _feature"]
Contexts = Float[np.ndarray, "split word"]


class Readers(NamedTuple):
    """A reader for each fold.

    Attributes:
        trained: their parameters.
        clocks: name of each sense → its clock.
        context_s: name → by how much each kind of word is widened in each split.
    """

    trained: Trained
    clocks: dict[str, Clock]
    context_s: dict[str, Contexts]


def train_readers(
    features: Mapping[str, Versions],
    clocks: Mapping[str, Clock],
    labels: Integer[np.ndarray, "clip word"],
    times_s: Float[np.ndarray, "clip word 2"],
    folds: Integer[np.ndarray, " clip"],
    classes: Sequence[int],
    *,
    key: Key[Array, ""],
    schedule: Schedule,
    keep: Path | None = None,
    rows: Integer[np.ndarray, "split train"] | None = None,
    context_s: Mapping[str, Contexts] | None = None,
) -> Readers:
    """Train a `SpeechReader` for each fold on the clips of the other folds.

    In each step every clip is asked about once for each sense, or description of one: what do you read in it alone?
    That is modality dropout with all others hidden in turn, none by chance; how to add what both say is found
    afterwards, on clips that they have not learned from (`fit_trust`). In each step one version of a clip is drawn for
    each sense: as it is, most often, or else one of the rest (mirrored, noisy).

    Args:
        features: name of each sense → its features, projected for each fold; several versions of each clip.
        clocks: name → its clock.
        labels: number of the word at each place.
        times_s: start and end of each word.
        folds: in which fold each clip is tested.
        classes: number of words at each place.
        key: source of all chance.
        schedule: how long and how fast.
        keep: as `train_folds`.
        rows: training clips of each split, if they are to be other ones than those of the other folds.
        context_s: name of each sense → by how much each kind of word is widened at both ends, for each split; None: as
            the clocks say.

    Returns:
        The readers.

    Raises:
        ValueError: sizes that do not fit, or as `train_folds`.
    """
    clips, rows = len(folds), even_rows(folds)[0] if rows is None else rows
    for name, array in features.items():
        if array.ndim != 5 or array.shape[0] != len(rows) or array.shape[2] != clips:
            raise ValueError(
                f"expected {name!r} ({len(rows)} folds, version, {clips} clips, moment, feature), got {array.shape}"
            )
    if labels.shape != (clips, len(classes)) or times_s.shape != (clips, len(classes), 2):
        raise ValueError(f"expected {len(classes)} words a clip, got labels {labels.shape} and times {times_s.shape}")
    if context_s is None:
        context_s = {name: np.full((len(rows), len(classes)), clocks[name].context_s) for name in features}
    for name in features:
        if name not in context_s or context_s[name].shape != (len(rows), len(classes)):
            raise ValueError(f"expected context_s of {name!r} ({len(rows)} splits, {len(classes)} words)")
    wide = {name: np.asarray(context_s[name], np.float32) for name in features}
    sizes = {name: array.shape[-1] for name, array in features.items()}
    known, when = jnp.asarray(labels, jnp.int32), jnp.asarray(times_s, jnp.float32)

    def make(rngs: nnx.Rngs) -> SpeechReader:
        return SpeechReader(sizes, clocks, classes, rngs=rngs)

    def loss(model: Any, data: PyTree, rows: Int[Array, " batch"], key: Key[Array, ""]) -> Float[Array, ""]:
        drop_key, shift_key, stretch_key, key = jax.random.split(key, 4)
        jitter = (len(rows), len(classes))
        shift, stretch = jax.random.normal(shift_key, jitter), jax.random.normal(stretch_key, jitter)
        x = {}
        for name, version_key in zip(sorted(data), jax.random.split(key, len(data)), strict=True):
            shown, contexts = data[name]
            version = draw_version(version_key, len(rows), len(shown))
            clock, moments = clocks[name], shown.shape[2]
            shift_s, longer = clock.shift_s * shift, 1 + clock.stretch * stretch
            steps = word_steps(when[rows], clock, moments=moments, shift_s=shift_s, stretch=longer, context_s=contexts)
            x[name] = shown[version[:, None, None], rows[:, None, None], steps]
        each = model.each(x, key=drop_key, dropout=DROPOUT)
        return sum((smoothed(logits, known[rows]) for logits in each.values()), jnp.float32(0))

    data = {name: (array, wide[name]) for name, array in features.items()}
    trained = train_folds(make, loss, data, rows, key=key, schedule=schedule, keep=keep)
    return Readers(trained, dict(clocks), wide)


def draw_version(key: Key[Array, ""], clips: int, versions: int) -> Int[Array, " clip"]:
    """Draw a version of each clip: the plain one, 0, most often, or else one of the rest.

    Args:
        key: source of the draws.
        clips: how many to draw.
        versions: how many there are.

    Returns:
        Numbers of versions.

    Raises:
        ValueError: none of its own.
    """
    if versions == 1:
        return jnp.zeros(clips, jnp.int32)
    plain_key, other_key = jax.random.split(key)
    other = jax.random.randint(other_key, (clips,), 1, versions)
    return jnp.where(jax.random.bernoulli(plain_key, PLAIN, (clips,)), 0, other)


def smoothed(logits: Logits, labels: Int[Array, "batch word"]) -> Float[Array, ""]:
    """Cross-entropy with a tenth of the belief spread over all words, summed over the places.

    Args:
        logits: of each place.
        labels: the true words.

    Returns:
        Nats.

    Raises:
        ValueError: shapes that do not fit.
    """
    total = jnp.float32(0)
    for place, scores in enumerate(logits):
        wanted = optax.smooth_labels(jax.nn.one_hot(labels[:, place], scores.shape[1]), SMOOTHING)
        total = total + optax.softmax_cross_entropy(scores, wanted).mean()
    return total


def read_words(
    readers: Readers,
    features: Mapping[str, Float[np.ndarray, "fold clip _moment _feature"]],
    times_s: Float[np.ndarray, "clip word 2"],
    folds: Integer[np.ndarray, " clip"],
) -> dict[str, list[Float[np.ndarray, "clip _class"]]]:
    """Let each clip be read by the reader that never saw it.

    Args:
        readers: from `train_readers`.
        features: name of each sense → one version of all clips, projected for each fold. Any of the senses.
        times_s: start and end of each word.
        folds: as in training.

    Returns:
        Name of each sense → log-probabilities of the words at each place, clips in their order.

    Raises:
        ValueError: as `SpeechReader`.
    """
    _, tested = even_rows(folds)
    found = read_rows(readers, features, times_s, tested)
    back = np.empty(len(folds), np.int64)
    back[tested.ravel()] = np.arange(tested.size)
    return {name: [part.reshape(tested.size, -1)[back] for part in parts] for name, parts in found.items()}


def read_rows(
    readers: Readers,
    features: Mapping[str, Float[np.ndarray, "split clip _moment _feature"]],
    times_s: Float[np.ndarray, "clip word 2"],
    rows: Integer[np.ndarray, "split row"],
) -> dict[str, list[Float[np.ndarray, "split row _class"]]]:
    """Let each reader read some clips.

    Args:
        readers: from `train_readers`.
        features: name of each sense → one version of all clips, projected for each split. Any of the senses.
        times_s: start and end of each word.
        rows: the clips of each reader.

    Returns:
        Name of each sense → log-probabilities of the words at each place.

    Raises:
        ValueError: as `SpeechReader`.
    """
    own = {
        name: np.stack([x[chosen] for x, chosen in zip(array, rows, strict=True)]) for name, array in features.items()
    }
    contexts = {name: readers.context_s[name] for name in own}
    found = _read(readers.trained.graph, _Clocks(readers.clocks), readers.trained.params, own, contexts, times_s[rows])
    return {name: [np.asarray(part) for part in parts] for name, parts in found.items()}


class _Clocks:
    """Clocks that `jit` can compare."""

    def __init__(self, clocks: Mapping[str, Clock]) -> None:
        self.of = dict(clocks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Clocks) and self.of == other.of

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.of.items())))


def _read_one(
    graph: nnx.GraphDef, clocks: _Clocks, params: PyTree, x: PyTree, contexts: PyTree, times_s: PyTree
) -> PyTree:
    model = nnx.merge(graph, params)
    moments = {}
    for name in x:
        steps = word_steps(times_s, clocks.of[name], moments=x[name].shape[1], context_s=contexts[name])
        moments[name] = x[name][jnp.arange(len(steps))[:, None, None], steps]
    each = model.each(moments)
    return {name: tuple(jax.nn.log_softmax(part) for part in parts) for name, parts in each.items()}


_read = jax.jit(jax.vmap(_read_one, in_axes=(None, None, 0, 0, 0, 0)), static_argnums=(0, 1))
