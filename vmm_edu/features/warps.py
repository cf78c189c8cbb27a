"""Matched points of two images in; the movement that carries one image onto the other, and who agrees with it, out."""

from __future__ import annotations

import warnings
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Num

from vmm_edu.features.arrays import AnyArray

FEWEST = {"shift and turn": 2, "similarity": 2, "homography": 4}


class Warp(NamedTuple):
    """A movement of the plane.

    Attributes:
        matrix: float64 (3, 3); (x, y, 1) of the first image times it, divided by the third entry, is (x, y) of the
            second.
        agrees: bool (pair,); True for the pairs that the movement carries onto each other.
    """

    matrix: Float[np.ndarray, "3 3"]
    agrees: Bool[np.ndarray, " pair"]

    def move(self, xy: Num[AnyArray, "point 2"]) -> Float[np.ndarray, "point 2"]:
        """Carry points of the first image over to the second.

        Args:
            xy: columns and rows, in pixels.

        Returns:
            Columns and rows in the second image.
        """
        points = np.asarray(xy, float)
        moved = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ self.matrix.T
        return moved[:, :2] / moved[:, 2:]


def fit_warp(
    a: Num[AnyArray, "pair 2"],
    b: Num[AnyArray, "pair 2"],
    *,
    rng: np.random.Generator,
    kind: Literal["shift and turn", "similarity", "homography"] = "homography",
    tolerance: int | float = 2.0,
    trials: int = 500,
) -> Warp | None:
    """Find the movement on which most pairs agree, wrong pairs or not (RANSAC).

    Few pairs, drawn at random, fix a movement; the other pairs vote for it if it carries them onto each other. The
    movement with most votes is fitted once more to all its voters.

    Args:
        a: points of the first image, columns and rows in pixels; row n belongs to row n of `b`.
        b: points of the second image.
        rng: draws the pairs.
        kind: what may happen between the images: a shift and a turn; those and a change of size ("similarity"); or any
            view of a flat thing ("homography").
        tolerance: a pair agrees within so many pixels.
        trials: movements tried at most.

    Returns:
        The movement, or None where fewer pairs agree than it needs and one more.

    Raises:
        ValueError: an unknown kind, arrays of other or different shapes, NaN, or tolerance or trials not above 0.

    References:
        M. A. Fischler and R. C. Bolles, "Random sample consensus", CACM 24, 1981, doi:10.1145/358669.358692.
        The work is done by `skimage.measure.ransac`.
    """
    from skimage.measure import ransac
    from skimage.transform import EuclideanTransform, ProjectiveTransform, SimilarityTransform

    models = {
        "shift and turn": EuclideanTransform,
        "similarity": SimilarityTransform,
        "homography": ProjectiveTransform,
    }
    if kind not in models:
        raise ValueError(f"expected kind to be one of {', '.join(models)}, got {kind!r}")
    first, second = np.asarray(a, float), np.asarray(b, float)
    if first.shape != second.shape or first.ndim != 2 or first.shape[1] != 2:
        raise ValueError(
            f"expected two arrays (pair, 2) of the same length, got {first.shape} and {second.shape}; "
            "index both by the pairs that match gives: a.xy[pairs[:, 0]], b.xy[pairs[:, 1]]"
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("expected finite points, got NaN or infinity; leave those pairs out")
    if not tolerance > 0 or trials < 1:
        raise ValueError(f"expected tolerance and trials above 0, got {tolerance} and {trials}")
    fewest = FEWEST[kind]
    if len(first) <= fewest:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-image warns where it finds nothing; here None says so
        model, voters = ransac(
            (first, second),
            models[kind],
            fewest,
            tolerance,
            max_trials=trials,
            stop_probability=0.9999,  # pyright: ignore[reportArgumentType]
            rng=rng,
        )
    agrees = np.zeros(len(first), bool) if voters is None else np.asarray(voters, bool)
    if not model or agrees.sum() <= fewest:
        return None
    return Warp(np.asarray(model.params, float), agrees)
