"""A face is found where it is, followed as it is known to move, and the mouth cut out below it keeps still."""

from __future__ import annotations

import numpy as np
import pytest
from grid import media
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.ndimage import shift as shift_image
from skimage import data
from skimage.registration import phase_cross_correlation

from vmm_edu.features.faces import FaceTrack, drift, find_faces, track_face
from vmm_edu.features.mouth import HEIGHT, WIDTH, mouth_centres, mouth_crops


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    return media.talking(0)


def test_a_face_is_found_and_a_wall_is_not():
    (face,) = find_faces(data.astronaut()[:300, 60:420])
    row, column, height, width = face
    assert height == width
    assert row < 110 < row + height, "the eyes are inside"
    assert column < 162 < column + width, "so is the nose"
    assert len(find_faces(np.repeat(data.brick()[:, :, None], 3, axis=2))) == 0


def test_drift_is_that_of_scikit_image_and_of_the_truth():
    rng = np.random.default_rng(5)
    picture = gaussian_filter(rng.normal(size=(60, 90)), 2) * 100 + 90
    moves = rng.uniform(-4, 4, (9, 2))
    moves[4] = 0
    patches = np.stack([shift_image(picture, (y, x), order=3, mode="nearest") for x, y in moves])
    found = drift(patches)
    np.testing.assert_allclose(found, moves, atol=0.25)
    for patch, (x, y) in zip(patches, found, strict=True):
        back, *_ = phase_cross_correlation(patches[4], patch, upsample_factor=20, normalization=None)
        np.testing.assert_allclose((-back[1], -back[0]), (x, y), atol=0.4)


def test_drift_does_not_depend_on_brightness_or_contrast():
    rng = np.random.default_rng(6)
    picture = gaussian_filter(rng.normal(size=(40, 40)), 2)
    patches = np.stack([shift_image(picture, (k, -k), order=3, mode="nearest") for k in (-1.5, 0, 2.0)])
    np.testing.assert_allclose(drift(patches * 30 + 100), drift(patches), atol=1e-3)


def test_a_head_is_followed_to_a_fraction_of_a_pixel(frames):
    track, truth = track_face(frames), media.head_path(0)
    relative = (track.centres - track.centres[37]) - (truth - truth[37])
    assert np.ptp(truth, axis=0).max() > 2, "the head does move"
    assert np.abs(relative).max() < 0.3
    cascade = np.array([find_faces(image)[0] for image in frames[::5]])
    boxes = cascade[:, [1, 0]] + cascade[:, [3, 2]] / 2
    trembling = boxes - boxes.mean(axis=0) - (truth[::5] - truth[::5].mean(axis=0))
    assert np.abs(trembling).max() > 3 * np.abs(relative).max(), "the boxes alone are worse"


def test_the_place_is_that_of_the_cascade(frames):
    track = track_face(frames)
    boxes = np.array([find_faces(image)[0] for image in frames[::5]])
    assert track.side == np.median(boxes[:, 2])
    middle = np.median(boxes[:, [1, 0]] + boxes[:, [3, 2]] / 2, axis=0)
    assert np.abs(np.median(track.centres, axis=0) - middle).max() < 4


def test_the_mouth_moves_with_the_head_and_is_where_it_was_drawn(frames):
    track = track_face(frames)
    centres = mouth_centres(track) - media.head_path(0)
    assert np.abs(centres - [162, 180]).max() < 0.08 * track.side


def test_the_mouth_window_keeps_still_while_the_head_moves(frames):
    """While nothing is said, consecutive crops are alike; with the first frame's box they are not."""
    track = track_face(frames)
    fixed = FaceTrack(np.repeat(track.centres[:1], len(frames), axis=0), track.side)

    def change(crops: np.ndarray) -> float:
        quiet = crops[np.r_[:18, 50:75]].astype(float)
        return float(np.abs(quiet - quiet.mean(axis=0)).mean())

    assert change(mouth_crops(frames, track)) < 0.5 * change(mouth_crops(frames, fixed))


def test_the_crop_is_that_of_an_interpolation_of_the_blurred_picture():
    """On a picture without detail both ways to scale it must agree."""
    rng = np.random.default_rng(7)
    grey = gaussian_filter(rng.uniform(0, 255, (200, 240)), 6) * 3 - 250
    images = np.repeat(np.rint(grey.clip(0, 255)).astype(np.uint8)[None, :, :, None], 3, axis=3)
    track = FaceTrack(np.array([[118.3, 90.7]]), 101.0)
    (crop,) = mouth_crops(images, track)
    x, y = mouth_centres(track)[0]
    rows = y - 0.5 + (np.arange(32) + 0.5 - 16) * HEIGHT * 101 / 32
    columns = x - 0.5 + (np.arange(48) + 0.5 - 24) * WIDTH * 101 / 48
    expected = map_coordinates(images[0, :, :, 0].astype(float), np.meshgrid(rows, columns, indexing="ij"), order=1)
    assert np.abs(crop - expected).max() < 3


def test_a_face_twice_as_large_gives_the_same_mouth(frames):
    track = FaceTrack(np.array([[162.0, 131.0]]), 140.0)
    large = np.kron(frames[:1], np.ones((1, 2, 2, 1), np.uint8))
    twice = FaceTrack(track.centres * 2, 280.0)
    difference = mouth_crops(frames[:1], track).astype(int) - mouth_crops(large, twice)
    assert np.abs(difference).mean() < 2


def test_another_size_is_given_where_it_is_asked_for(frames):
    assert mouth_crops(frames[:2], track_face(frames[:2]), size=(16, 20)).shape == (2, 16, 20)


def test_what_is_no_clip_of_one_face_is_refused(frames):
    with pytest.raises(ValueError, match="at least one frame"):
        track_face(frames[:0])
    with pytest.raises(ValueError, match="found one in 0 of"):
        track_face(np.full_like(frames[:9], 128))
    with pytest.raises(ValueError, match="at least 24 × 24"):
        find_faces(np.zeros((20, 30, 3), np.uint8))
    with pytest.raises(ValueError, match="8 × 8"):
        drift(np.zeros((3, 7, 20)))
    track = FaceTrack(np.array([[162.0, 131.0]]), 140.0)
    with pytest.raises(ValueError, match="a place of the face per frame"):
        mouth_crops(frames[:2], track)
    with pytest.raises(ValueError, match="over the edge"):
        mouth_crops(frames[:1], FaceTrack(np.array([[162.0, 240.0]]), 140.0))


def test_a_few_frames_without_the_face_are_told(frames):
    hidden = frames[:20].copy()
    hidden[16:18] = np.random.default_rng(0).integers(0, 255, hidden[16:18].shape)
    with pytest.raises(ValueError, match="something else in 2, the first of them frame 16"):
        track_face(hidden)
