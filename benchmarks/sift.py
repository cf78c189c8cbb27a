"""A photograph in; the time of SIFT against scikit-image and OpenCV, out.

python benchmarks/sift.py [--rounds 10] [--side 512]

Where the CPU time of one photograph of 512×512 with 880 keypoints goes, in per cent: blurs of the two large octaves 32
(58 pairs of neighbours are added for each pixel and axis), candidates among their differences 8, small octaves as
products with matrices 11, confirming and refining extrema 11, looking patches up 11, directions 7, descriptors 5,
doubling 3; the rest goes into calls. Confirming, refining and calls run on one core, all else on all cores.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import time

import numpy as np
from interleave import interleave, print_ratios
from skimage import data
from skimage.feature import SIFT

from vmm_edu.features import sift


def main() -> None:
    """Time all candidates that are installed and print the ratios, and what the first call costs more."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("rounds", 10), ("side", 512)):
        parser.add_argument(f"--{name}", type=int, default=value)
    size = parser.parse_args()
    eight_bit = data.camera()[: size.side, : size.side]
    image = (eight_bit / 255).astype(np.float32)

    started, own = time.perf_counter(), time.process_time()
    count = len(sift(image).xy)
    wall, cpu = time.perf_counter() - started, time.process_time() - own
    print(f"first call, compiling: {wall:.2f} s, {cpu:.2f} s of CPU; {count} keypoints")
    candidates = {"ours": lambda: sift(image), "scikit-image": lambda: SIFT().detect_and_extract(image)}
    packages = ("jax", "scikit-image")
    if importlib.util.find_spec("cv2"):
        cv2 = importlib.import_module("cv2")
        find = cv2.SIFT_create().detectAndCompute
        candidates["OpenCV"] = lambda: find(eight_bit, None)
        packages = (*packages, "opencv-python-headless")
    title = f"SIFT of one photograph of {eight_bit.shape[0]}×{eight_bit.shape[1]}"
    print_ratios(title, interleave(candidates, rounds=size.rounds), packages=packages)


if __name__ == "__main__":
    main()
