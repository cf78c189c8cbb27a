"""OpenCV's SIFT finds the same points."""

import numpy as np
import pytest
from features.views import PHOTOGRAPHS, photograph

from vmm_edu.features import sift

cv2 = pytest.importorskip("cv2")


@pytest.mark.parametrize("name", PHOTOGRAPHS[:4])
def test_most_points_of_opencv_are_ours(name):
    image = photograph(name)
    theirs = cv2.SIFT_create(contrastThreshold=0.04).detect(np.round(image * 255).astype(np.uint8), None)
    places = np.array([point.pt for point in theirs])
    ours = np.unique(sift(image).xy, axis=0)
    away = np.linalg.norm(ours[:, None] - places[None], axis=-1)
    assert (away.min(axis=1) < 1).mean() > 0.8
