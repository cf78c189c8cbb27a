"""Frames of a photograph in; the time of HOG against scikit-image and OpenCV, out.

python benchmarks/hog.py [--rounds 20] [--frames 128 --side 128]
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util

import jax.numpy as jnp
import numpy as np
from interleave import interleave, print_ratios
from skimage import data
from skimage.feature import hog as skimage_hog

from vmm_edu.features import hog


def main() -> None:
    """Time all candidates that are installed, print the largest difference to scikit-image and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("rounds", 20), ("frames", 128), ("side", 128)):
        parser.add_argument(f"--{name}", type=int, default=value)
    size = parser.parse_args()
    photograph = data.camera()
    corners = np.random.default_rng(0).integers(0, 512 - size.side, (size.frames, 2))
    eight_bit = np.stack([photograph[y : y + size.side, x : x + size.side] for y, x in corners])
    frames = (eight_bit / 255).astype(np.float32)
    on_device = jnp.asarray(frames)

    def theirs() -> np.ndarray:
        return np.stack([skimage_hog(frame, 9, (8, 8), (2, 2)) for frame in frames])

    print(f"largest difference to scikit-image: {np.abs(np.asarray(hog(frames)) - theirs()).max():.1e}")
    candidates = {
        "ours": lambda: hog(on_device).block_until_ready(),
        "ours, from NumPy": lambda: hog(frames).block_until_ready(),
        "scikit-image": theirs,
    }
    packages = ("jax", "scikit-image")
    if importlib.util.find_spec("cv2"):
        cv2 = importlib.import_module("cv2")
        if hasattr(cv2, "HOGDescriptor"):
            # OpenCV computes another HOG (votes shared between bins, a Gaussian window): a peer in speed only.
            describe = cv2.HOGDescriptor((size.side, size.side), (16, 16), (8, 8), (8, 8), 9).compute
            candidates["OpenCV"] = lambda: [describe(frame) for frame in eight_bit]
            packages = (*packages, "opencv-python-headless")

    title = f"HOG of {size.frames} frames of {size.side}×{size.side}, 9 bins, 8×8 cells, 2×2 blocks"
    print_ratios(title, interleave(candidates, rounds=size.rounds), packages=packages)


if __name__ == "__main__":
    main()
