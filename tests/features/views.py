"""A photograph in; the same photograph turned, resized, tilted, lit, blurred or made noisy in a known way, out."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage import data, transform
from skimage.feature import SIFT

from vmm_edu.features import Keypoints, match

PHOTOGRAPHS = ["astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass", "gravel", "moon", "rocket"]
# Kind and strength of what is done to the second view.
VIEWS = [("turn", 30), ("turn", 110), ("turn", 180), ("size", 0.6), ("size", 1.5), ("size", 2.0), ("light", 0.7)]
VIEWS += [("blur", 1.0), ("noise", 0.03), ("tilt", 25), ("tilt", 45)]


def photograph(name, side=256):
    """The middle of a photograph that comes with scikit-image, grey, 0…1."""
    image = getattr(data, name)()
    if image.ndim == 3:
        image = image[..., :3] @ np.array([0.2125, 0.7154, 0.0721])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return (image[top : top + side, left : left + side] / 255).astype(np.float32)


def view(image, kind, strength):
    """A second view and the 3 × 3 matrix that carries points (x, y, 1) of the first one onto it."""
    matrix = np.eye(3)
    if kind in ("turn", "size"):
        angle, size = (np.deg2rad(strength), 1) if kind == "turn" else (0.0, strength)
        matrix[:2, :2] = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = (np.array(image.shape[::-1]) - 1) / 2
        matrix[:2, 2] = middle - matrix[:2, :2] @ middle
        source = gaussian_filter(image, 0.5 / size) if size < 1 else image
        second = transform.warp(source, np.linalg.inv(matrix), order=1, mode="reflect")
    elif kind == "tilt":
        # A camera that looks at the photograph from the side, two frames away: a homography.
        far, angle = 2.0 * image.shape[1], np.deg2rad(strength)
        matrix = np.array([[far * np.cos(angle), 0, 0], [0, far, 0], [np.sin(angle), 0, far]]) / far
        to_middle = np.eye(3)
        to_middle[:2, 2] = (1 - np.array(image.shape[::-1])) / 2
        matrix = np.linalg.inv(to_middle) @ matrix @ to_middle
        matrix /= matrix[2, 2]
        source = gaussian_filter(image, (0, 0.4 / np.cos(angle)))
        second = transform.warp(source, np.linalg.inv(matrix), order=1, mode="reflect")
    elif kind == "light":
        second = strength * image + 0.1
    elif kind == "blur":
        second = gaussian_filter(image, strength)
    else:
        second = image + strength * np.random.default_rng(7).normal(size=image.shape)
    return np.clip(second, 0, 1).astype(np.float32), matrix


def skimage_sift(image):
    """Keypoints of scikit-image in our convention."""
    found = SIFT()
    found.detect_and_extract(image)
    return Keypoints(
        (found.positions[:, ::-1] - 0.25).astype(np.float32),
        found.sigmas.astype(np.float32),
        (np.pi / 2 - found.orientations).astype(np.float32),
        found.descriptors.astype(np.float32),
    )


def found_again(a, b, second, matrix):
    """Counts for the keypoints of an image and of its second view.

    Points found again, points that are in both views, right matches, matches, right matches of points in both views.
    """
    moved = np.concatenate([a.xy, np.ones((len(a.xy), 1))], axis=1) @ matrix.T
    moved = moved[:, :2] / moved[:, 2:]
    size = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    seen = ((moved > 8) & (moved < np.array(second.shape[::-1]) - 9)).all(axis=1)
    away = np.linalg.norm(moved[:, None] - b.xy[None], axis=-1)
    octaves = np.abs(np.log2(a.scale[:, None] * size / b.scale[None]))
    again = ((away < 1.5 * max(1, size)) & (octaves < 0.5)).any(axis=1)[seen]
    pairs = match(a, b)
    right = away[pairs[:, 0], pairs[:, 1]] < 3 * max(1, size)
    return np.array([again.sum(), seen.sum(), right.sum(), len(pairs), (right & seen[pairs[:, 0]]).sum()])


def shares_of(counts):
    """From such counts: the share of points found again, of matches that are right, of points in a right match."""
    return np.array([counts[0] / counts[1], counts[2] / counts[3], counts[4] / counts[1]])
