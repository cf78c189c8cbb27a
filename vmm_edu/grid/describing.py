"""Mouths and sound in; one vector per moment, turned and scaled by what the training clips are like, out."""

from __future__ import annotations

import math
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32, Integer, UInt8
from scipy.linalg import eigh

from vmm_edu.features import hog, log_mel

CELL = 6
"""Pixels: 5 × 8 cells on a mouth of 32 × 48."""
SOUND_RATE_HZ = 16_000
FAINTEST = math.log(1e-4)
"""Of a log-mel spectrum: 60 dB below a loud voice."""


class Projection(NamedTuple):
    """The directions in which features vary most.

    Attributes:
        mean: what is taken off.
        basis: orthogonal directions, scaled.
    """

    mean: Float32[np.ndarray, " feature"]
    basis: Float32[np.ndarray, "feature direction"]

    def __call__(self, features: Float[Array | np.ndarray, "*any feature"]) -> Float32[np.ndarray, "*any direction"]:
        """Describe by these directions.

        Args:
            features: as those it was fitted to.

        Returns:
            Coordinates, of standard deviation about 1 over all.
        """
        return (np.asarray(features) - self.mean) @ self.basis


def fit_projection(features: Float[Array | np.ndarray, "clip time feature"], *, directions: int) -> Projection:
    r"""Find the directions in which the training clips vary most (principal components), half-way to equal spread.

    Each coordinate is divided by $\sqrt{s}$, s its standard deviation: left as they are, a few large movements would
    drown the small ones; made equal, the small ones would be mostly noise.

    Args:
        features: of the training clips, and of no other.
        directions: how many to keep, the strongest first.

    Returns:
        The projection.

    Raises:
        ValueError: no clip, NaN, or `directions` not within 1 … features.

    Reference:
        K. Pearson, "On lines and planes of closest fit", 1901, doi:10.1080/14786440109462720.
    """
    rows = np.asarray(features, np.float32).reshape(-1, features.shape[-1])
    if not 1 <= directions <= rows.shape[1] or not len(rows):
        raise ValueError(f"expected rows, and directions within 1 … {rows.shape[1]}, got {len(rows)} and {directions}")
    if not np.isfinite(rows).all():
        raise ValueError("expected finite features, got NaN or infinity; leave those clips out")
    mean = rows.mean(axis=0, dtype=np.float64)
    centred = rows - mean.astype(np.float32)
    covariance = (centred.T @ centred).astype(np.float64) / len(rows)
    last = covariance.shape[0] - 1  # the strongest come last, and only they are asked for
    values, vectors = eigh(covariance, subset_by_index=(last - directions + 1, last))
    spread = np.sqrt(np.maximum(values[::-1], 1e-12))
    vectors = vectors[:, ::-1]
    # An eigenvector may as well point the other way: its largest part decides, so that every run finds the same.
    vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), np.arange(directions)] < 0, -1, 1)
    basis = vectors / np.sqrt(spread)
    return Projection(mean.astype(np.float32), (basis / np.sqrt(spread.mean())).astype(np.float32))


def mouth_features(
    mouths: UInt8[np.ndarray, "clip frame row column"], *, mirror: bool = False, cell: int = CELL
) -> Float32[np.ndarray, "clip frame feature"]:
    """Describe each frame of a mouth by its edges (HOG).

    Args:
        mouths: grey, 0…255.
        mirror: as in a mirror: a second, different-looking example of the same words.
        cell: side of a cell, pixels.

    Returns:
        `hog` of each frame.

    Raises:
        ValueError: as `hog`.
    """
    shown = mouths[..., ::-1] if mirror else mouths
    flat = shown.reshape(-1, *mouths.shape[2:]).astype(np.float32) / 255
    described = np.asarray(hog(flat, cell=cell))
    return described.reshape(*mouths.shape[:2], described.shape[1])


def sound_features(samples: Float[Array | np.ndarray, "clip sample"]) -> Float32[np.ndarray, "clip window mel"]:
    """Describe sound by its log-mel spectrum, 100 times a second.

    Args:
        samples: at 16 kHz.

    Returns:
        `log_mel` of each clip, with a floor 60 dB below a loud voice: what is fainter is not told apart.

    Raises:
        ValueError: as `log_mel`.
    """
    return np.asarray(log_mel(jnp.asarray(samples), SOUND_RATE_HZ, floor=math.exp(FAINTEST)))


def fold_of(names: tuple[str, ...], *, folds: int) -> Integer[np.ndarray, " clip"]:
    """Deal sentences out to folds, at random but always alike; whoever says it, a sentence is in one fold.

    Args:
        names: talker and sentence of each clip, such as "s1/bbaf2n".
        folds: how many.

    Returns:
        The fold of each clip.

    Raises:
        ValueError: fewer than 2 folds, or fewer sentences than folds.
    """
    sentences = sorted({name.split("/")[-1] for name in names})
    if not 2 <= folds <= len(sentences):
        raise ValueError(f"expected folds within 2 … {len(sentences)} (the sentences), got {folds}")
    dealt = dict(zip(sentences, np.random.default_rng(0).permutation(len(sentences)) % folds, strict=True))
    return np.array([dealt[name.split("/")[-1]] for name in names])
