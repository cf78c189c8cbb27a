"""Features of whole sentences in; a tagger of frames for each fold, and what it says of unseen clips, out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Int, Integer, Key, PyTree

from vmm_edu.features.arrays import AnyArray
from vmm_edu.grid.reader import drop
from vmm_edu.grid.training import Schedule, Trained, even_rows, train_folds
from vmm_edu.sequence import LSTM, bidirectional_lstm

HIDDEN, LOOKS = 48, 48
DROPOUT = (0.1, 0.3)


class FrameTagger(nnx.Module):
    """One sense: a linear layer, an LSTM in both directions over the whole clip, a score for each tag at each frame.

    Attributes:
        look: features to a few numbers, at each frame.
        forward, backward: the LSTM's two directions.
        tell: what both know, and the few numbers themselves, to scores.
    """

    def __init__(self, features: int, tags: int, *, looks: int = LOOKS, hidden: int = HIDDEN, rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            features: length of the vector at each frame.
            tags: how many tags there are.
            looks: what the linear layer makes of the features.
            hidden: length of the LSTM's state, in each direction.
            rngs: source of the random initial values.

        Raises:
            ValueError: a size below 1.
        """
        if min(features, tags, looks, hidden) < 1:
            raise ValueError(f"expected sizes of at least 1, got {(features, tags, looks, hidden)}")
        self.look = nnx.Linear(features, looks, rngs=rngs)
        self.forward, self.backward = (LSTM(looks, hidden, rngs=rngs) for _ in range(2))
        self.tell = nnx.Linear(2 * hidden + looks, tags, rngs=rngs)

    def __call__(
        self, x: Float[AnyArray, "batch frame feature"], *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "batch frame tag"]:
        """Score the tags.

        Args:
            x: features of whole clips.
            key: source of dropout; None: nothing is dropped.

        Returns:
            Logits.

        Raises:
            ValueError: another number of features.
        """
        x = jnp.asarray(x)
        first, second = (None, None) if key is None else jax.random.split(key)
        if first is not None:
            x = drop(x, (len(x), 1, x.shape[2]), DROPOUT[0], first)
        seen = self.look(x)
        h, _ = bidirectional_lstm(self.forward.params, self.backward.params, seen)
        both = jnp.concatenate([h, seen], axis=2)
        if second is not None:
            both = drop(both, both.shape, DROPOUT[1], second)
        return self.tell(both)


def train_taggers(
    features: Mapping[str, Float[np.ndarray, "fold _version clip frame _feature"]],
    tags: Integer[np.ndarray, "clip frame"],
    folds: Integer[np.ndarray, " clip"],
    *,
    count: int,
    key: Key[Array, ""],
    schedule: Schedule,
    keep: Path | None = None,
) -> Trained:
    """Train, for each fold and each sense, a `FrameTagger` on the clips of the other folds.

    The alignments of the training clips are used (each frame has a tag); those of the test clips never are.

    Args:
        features: name of each sense → its features at the frames' rate, projected for each fold; versions of each clip.
        tags: from `frame_tags`.
        folds: in which fold each clip is tested.
        count: number of tags.
        key: source of all chance.
        schedule: how long and how fast.
        keep: as `train_folds`.

    Returns:
        A dictionary of taggers for each fold.

    Raises:
        ValueError: as `train_folds`.
    """
    sizes = {name: array.shape[-1] for name, array in sorted(features.items())}
    known = jnp.asarray(tags, jnp.int32)

    def make(rngs: nnx.Rngs) -> nnx.Dict:
        return nnx.Dict({name: FrameTagger(size, count, rngs=rngs) for name, size in sizes.items()})

    def loss(model: Any, data: PyTree, rows: Int[Array, " batch"], key: Key[Array, ""]) -> Float[Array, ""]:
        total = jnp.float32(0)
        for name, sense_key in zip(sizes, jax.random.split(key, len(sizes)), strict=True):
            version_key, drop_key = jax.random.split(sense_key)
            version = jax.random.randint(version_key, (len(rows),), 0, len(data[name]))
            logits = model[name](data[name][version, rows], key=drop_key)
            total = total + optax.softmax_cross_entropy_with_integer_labels(logits, known[rows]).mean()
        return total

    rows, _ = even_rows(folds)
    return train_folds(make, loss, dict(features), rows, key=key, schedule=schedule, keep=keep)


def tag_frames(
    trained: Trained,
    features: Mapping[str, Float[np.ndarray, "fold clip frame _feature"]],
    folds: Integer[np.ndarray, " clip"],
) -> dict[str, Float[np.ndarray, "clip frame tag"]]:
    """Let each clip be tagged by the tagger that never saw it.

    Args:
        trained: from `train_taggers`.
        features: name of each sense → one version of all clips, projected for each fold. Any of the senses.
        folds: as in training.

    Returns:
        Name of each sense → log-probabilities of the tags, clips in their order.

    Raises:
        ValueError: as `FrameTagger`.
    """
    _, tested = even_rows(folds)
    back = np.empty(len(folds), np.int64)
    back[tested.ravel()] = np.arange(tested.size)
    own = {name: np.stack([x[rows] for x, rows in zip(array, tested, strict=True)]) for name, array in features.items()}

    def tag(params: PyTree, x: PyTree) -> PyTree:
        model = nnx.merge(trained.graph, params)
        return {name: jax.nn.log_softmax(model[name](x[name])) for name in x}

    found = jax.jit(jax.vmap(tag))(trained.params, own)
    return {name: np.asarray(part).reshape(tested.size, *part.shape[2:])[back] for name, part in found.items()}
