"""Mouths, or spectrograms, and the word at each moment in; features that a small CNN learns from them out."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Float32, Int, Integer, Key, Num, PyTree, UInt8

from vmm_edu.features.arrays import AnyArray
from vmm_edu.grid.describing import Projection, fit_projection
from vmm_edu.grid.moment_cnn import FEATURES, WINDOWS, MouthCNN, SoundCNN, taken
from vmm_edu.grid.reading import draw_version
from vmm_edu.grid.training import Schedule, Trained, train_folds

MOMENTS = 16
"""Of a clip in each step of training; neighbours are alike."""
LEARNING = Schedule(epochs=80, batch=16, rate=3e-3, decay=0.05)
SETTINGS = (MOMENTS, LEARNING)


class Learned(NamedTuple):
    """What the networks of all splits have learned to see, or hear.

    Attributes:
        trained: their parameters.
        projections: how each split's features are turned and scaled, fitted to its training clips.
        size: rows and columns of a mouth, or bands of a spectrum.
    """

    trained: Trained
    projections: list[Projection]
    size: tuple[int, ...]

    def __call__(
        self, shown: UInt8[np.ndarray, "clip frame row column"] | Float[np.ndarray, "clip window mel"]
    ) -> Float32[np.ndarray, "split clip moment feature"]:
        """Describe clips, by the network of each split.

        Args:
            shown: mouths of bytes, or log-mel spectra in one version: what the networks were trained on.

        Returns:
            Features at all moments: of each frame, or of every four windows of sound.

        Raises:
            ValueError: another kind or size than they were trained on.
        """
        mouths = len(self.size) == 2
        if shown.shape[2:] != self.size or (shown.dtype == np.uint8) != mouths:
            what = "mouths (clip, frame, row, column) of bytes" if mouths else "spectra (clip, window, mel)"
            raise ValueError(
                f"expected {what}, {' × '.join(map(str, self.size))} each, as in training, got {shown.dtype} "
                f"{shown.shape}"
            )
        raw = _describe(self.trained, shown)
        return np.stack([project(part) for project, part in zip(self.projections, raw, strict=True)]).astype(np.float32)


def moments_of(shown: Num[AnyArray, "*shape"]) -> int:
    """Count the moments at which features are learned: the frames of mouths, 40 ms of sound each.

    Args:
        shown: mouths (…, clip, frame, row, column) of bytes, or log-mel spectra (…, clip, window, mel).

    Returns:
        How many.

    Raises:
        ValueError: none of its own.
    """
    return shown.shape[-3] if shown.dtype == np.uint8 else -(-shown.shape[-2] // WINDOWS)


def learn_features(
    shown: UInt8[np.ndarray, "clip frame row column"] | Float[np.ndarray, "version clip window mel"],
    tags: Integer[np.ndarray, "clip moment"],
    rows: Integer[np.ndarray, "split train"],
    *,
    count: int,
    key: Key[Array, ""],
    schedule: Schedule = LEARNING,
    keep: Path | None = None,
) -> Learned:
    """Train, for each split, a CNN to tell which word is said at a moment; what it sees of it is what we want.

    The alignments of the training clips say which word it is; those of other clips are never looked at. The answers
    themselves are thrown away; what the last layer but one holds are the features (in speech: bottle-neck features).

    Args:
        shown: mouths, grey, 0…255; or log-mel spectra in several versions, the plain one first.
        tags: the word at each moment, from `frame_tags`: 0 … count − 1.
        rows: numbers of the training clips of each split; some may come twice.
        count: number of tags.
        key: source of all chance.
        schedule: how long and how fast.
        keep: as `train_folds`.

    Returns:
        The networks, which describe clips when called.

    Raises:
        ValueError: sizes that do not fit, tags or clips that are not there, or as `train_folds`.

    Reference:
        F. Grézl, M. Karafiát, S. Kontár, J. Černocký, "Probabilistic and bottle-neck features for LVCSR of meetings",
        ICASSP 2007, doi:10.1109/ICASSP.2007.367023.
    """
    versions = shown[None] if shown.dtype == np.uint8 else shown
    if versions.ndim not in (4, 5) or tags.shape != (versions.shape[1], moments_of(shown)):
        raise ValueError(
            f"expected mouths (clip, frame, row, column) of bytes or spectra (version, clip, window, mel), and a tag "
            f"for each moment of each clip, got {shown.dtype} {shown.shape} and tags {tags.shape}"
        )
    for name, numbers, end in (("tags", tags, count), ("rows", rows, versions.shape[1])):
        if numbers.ndim != 2 or numbers.dtype.kind not in "iu" or not ((numbers >= 0) & (numbers < end)).all():
            raise ValueError(
                f"expected {name} of two axes, whole numbers within 0 … {end - 1}, got {numbers.dtype} {numbers.shape}"
            )
    known, seen = jnp.asarray(tags, jnp.int32), jnp.asarray(versions)

    def make(rngs: nnx.Rngs) -> MouthCNN | SoundCNN:
        if versions.ndim == 5:
            return MouthCNN((versions.shape[3], versions.shape[4]), count, rngs=rngs)
        return SoundCNN(versions.shape[3], count, rngs=rngs)

    def loss(model: Any, data: PyTree, rows: Int[Array, " batch"], key: Key[Array, ""]) -> Float[Array, ""]:
        version_key, at_key, key = jax.random.split(key, 3)
        version = draw_version(version_key, len(rows), len(seen))
        at = jax.random.randint(at_key, (len(rows), min(MOMENTS, known.shape[1])), 0, known.shape[1])
        logits = model.tell(nnx.relu(model(_scaled(seen[version, rows]), at, key=key)))
        return optax.softmax_cross_entropy_with_integer_labels(logits, taken(known[rows], at)).mean()

    nothing = np.zeros((len(rows), 1), np.float32)
    trained = train_folds(make, loss, nothing, rows, key=key, schedule=schedule, keep=keep)
    plain = _describe(trained, versions[0])
    return Learned(
        trained,
        [fit_projection(part[np.unique(own)], directions=FEATURES) for part, own in zip(plain, rows, strict=True)],
        versions.shape[3:],
    )


def _describe(
    trained: Trained, shown: Num[AnyArray, "clip time *size"]
) -> Float32[np.ndarray, "split clip moment feature"]:
    """Features before they are turned and scaled, clip by clip: all at once would not fit into memory."""
    at = jnp.arange(moments_of(shown))[None]
    return np.asarray(_describe_all(trained.graph, trained.params, jnp.asarray(shown), at))


@functools.partial(jax.jit, static_argnums=0)
def _describe_all(
    graph: nnx.GraphDef, params: PyTree, shown: Num[Array, "clip time *size"], at: Int[Array, "one moment"]
) -> Float[Array, "split clip moment feature"]:
    def of_split(params: PyTree) -> Float[Array, "clip moment feature"]:
        model = nnx.merge(graph, params)
        return jax.lax.map(lambda clip: model(_scaled(clip[None]), at)[0], shown)

    return jax.lax.map(of_split, params)


def _scaled(shown: Num[Array, "*shape"]) -> Float[Array, "*shape"]:
    return shown.astype(jnp.float32) / 255 if shown.dtype == jnp.uint8 else shown
