"""OpenCV's HOG beside ours: another HOG, in the ways that chapter 02 names."""

import numpy as np
import pytest
from skimage import data

from vmm_edu.features import hog, hog_length

cv2 = pytest.importorskip("cv2")
if not hasattr(cv2, "HOGDescriptor"):
    pytest.skip("OpenCV 5 has no HOGDescriptor", allow_module_level=True)

WINDOW = data.camera()[72:200, 168:232]
SHAPE = ((64, 128), (16, 16), (8, 8), (8, 8), 9)


def ours():
    return np.asarray(hog((WINDOW / 255).astype(np.float32)))


def in_our_order(vector):
    """From block column, block row, cell column, cell row to ours."""
    return vector.reshape(7, 15, 2, 2, 9).transpose(1, 0, 3, 2, 4).ravel()


def test_as_many_numbers_in_another_order():
    theirs = cv2.HOGDescriptor(*SHAPE).compute(WINDOW).ravel()
    assert len(theirs) == hog_length(128, 64) == 3780
    assert np.corrcoef(theirs, ours())[0, 1] < 0.3
    assert np.corrcoef(in_our_order(theirs), ours())[0, 1] > 0.7


def test_other_values_even_in_our_order():
    theirs = in_our_order(cv2.HOGDescriptor(*SHAPE).compute(WINDOW).ravel())
    assert np.abs(theirs - ours()).max() > 0.1


def test_only_the_descriptor_without_arguments_takes_the_root_of_the_brightness():
    assert cv2.HOGDescriptor().gammaCorrection
    assert not cv2.HOGDescriptor(*SHAPE).gammaCorrection


def test_its_votes_are_shared_between_neighbouring_bins():
    rows, columns = np.mgrid[:128, :64]
    slanted = np.clip(128 + 3 * (columns - 32) + 0.3 * (rows - 64), 0, 255).astype(np.uint8)
    theirs = in_our_order(cv2.HOGDescriptor(*SHAPE).compute(slanted).ravel()).reshape(-1, 9)
    own = np.asarray(hog((slanted / 255).astype(np.float32))).reshape(-1, 9)
    middle = slice(len(own) // 2, len(own) // 2 + 4)
    assert (own[middle] > 0.01).sum(axis=1).max() < (theirs[middle] > 0.01).sum(axis=1).min() + 1
    assert (theirs[middle] > 0.01).sum(axis=1).min() >= 2
