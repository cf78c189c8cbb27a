import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmm_edu.framing import key_frames, motion_energy


def test_energy_is_the_mean_absolute_difference():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (7, 9, 11, 3), np.uint8)
    expected = abs(np.diff(images.astype(float), axis=0)).mean(axis=(1, 2, 3)) / 255
    energy = motion_energy(images)
    assert energy[0] == 0
    np.testing.assert_allclose(energy[1:], expected)
    np.testing.assert_allclose(motion_energy(images[::-1])[1:], expected[::-1])
    np.testing.assert_allclose(motion_energy(255 - images), energy)


def moving(steps):
    """A bright square that moves by so many pixels from each frame to the next."""
    images = np.zeros((len(steps) + 1, 8, 400, 3), np.uint8)
    for image, left in zip(images, np.cumsum([0, *steps]), strict=True):
        image[:, left : left + 20] = 200
    return images


def test_key_frames_gather_where_something_moves():
    images = moving([0] * 20 + [4] * 20 + [0] * 20)
    chosen = key_frames(images, 10)
    assert chosen.tolist() == list(range(21, 41, 2))
    still = np.zeros((20, 8, 8, 3), np.uint8)
    assert key_frames(still, 4).tolist() == [2, 7, 12, 17]


def test_even_motion_gives_even_frames():
    chosen = key_frames(moving([3] * 60), 6)
    assert set(np.diff(chosen)) == {10}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=30), st.data())
def test_key_frames_are_distinct_ascending_and_on_the_motion_clock(steps, data):
    images = moving(steps)
    count = data.draw(st.integers(1, len(images)))
    chosen = key_frames(images, count)
    assert len(chosen) == count
    assert chosen[0] >= 0
    assert chosen[-1] < len(images)
    assert (np.diff(chosen) > 0).all()
    if count == 1 and any(steps):
        total = np.cumsum(motion_energy(images))
        assert total[chosen[0]] >= total[-1] / 2 - 1e-12
        assert chosen[0] == 0 or total[chosen[0] - 1] < total[-1] / 2


@pytest.mark.parametrize("count", [0, 6])
def test_a_count_that_cannot_be_is_named(count):
    with pytest.raises(ValueError, match="count: expected 1…5"):
        key_frames(np.zeros((5, 4, 4, 3), np.uint8), count)


def test_frames_without_pixels_are_named():
    with pytest.raises(ValueError, match="pixels"):
        motion_energy(np.zeros((5, 0, 4, 3), np.uint8))
