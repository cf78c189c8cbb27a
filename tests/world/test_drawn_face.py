"""The place that a clip's face is said to have is where its mouth is."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.world import face
from vmm_edu.world.talking import drawn_face


@pytest.mark.parametrize("clip", world.sample("talker", clips=4, seed=3), ids=lambda clip: str(clip.index))
def test_the_lips_are_where_the_face_says(clip):
    first, who = world.perform(clip).images[0].astype(float), drawn_face(clip)  # the mouth is closed: lips alone
    rows, columns = np.nonzero(np.abs(first - np.array(face.LIPS)).max(axis=2) < 30)
    assert columns.mean() == pytest.approx(who.x, abs=1.0)
    assert rows.mean() == pytest.approx(who.mouth_y, abs=1.0)
