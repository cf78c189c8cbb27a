import numpy as np
import pytest
from scipy.spatial.distance import cdist

from vmm_edu.features import VisualVocabulary, vlad


def clouds(*, per_cloud=40, seed=0):
    """Three clouds of descriptors, far apart, and their middles."""
    rng = np.random.default_rng(seed)
    middles = rng.random((3, 16)) * 4
    points = np.concatenate([middle + 0.05 * rng.normal(size=(per_cloud, 16)) for middle in middles])
    return points.astype(np.float32), middles


def test_words_are_the_middles_of_clouds():
    points, middles = clouds()
    vocabulary = VisualVocabulary.learn(points, words=3, seed=0)
    assert len(vocabulary) == 3
    away = cdist(vocabulary.centres, middles)
    assert sorted(away.argmin(axis=1)) == [0, 1, 2]
    assert away.min(axis=1).max() < 0.1
    np.testing.assert_array_equal(VisualVocabulary.learn(points, words=3, seed=0).centres, vocabulary.centres)


def test_each_descriptor_goes_to_its_nearest_word():
    rng = np.random.default_rng(1)
    vocabulary = VisualVocabulary(rng.random((9, 128)).astype(np.float32))
    descriptors = rng.random((200, 128)).astype(np.float32)
    nearest = cdist(descriptors, vocabulary.centres).argmin(axis=1)
    np.testing.assert_array_equal(vocabulary.words(descriptors), nearest)
    np.testing.assert_array_equal(vocabulary.count(descriptors), np.bincount(nearest, minlength=9))


def plain_vlad(descriptors, centres):
    rows = np.zeros(centres.shape)
    for descriptor in descriptors:
        k = np.argmin(((centres - descriptor) ** 2).sum(axis=1))
        rows[k] += descriptor - centres[k]
    rows = np.sign(rows) * np.abs(rows) ** 0.5
    return rows.ravel() / np.linalg.norm(rows)


def test_vlad_adds_up_what_the_words_leave_over():
    rng = np.random.default_rng(2)
    vocabulary = VisualVocabulary(rng.random((5, 12)).astype(np.float32))
    descriptors = rng.random((60, 12)).astype(np.float32)
    found = vlad(descriptors, vocabulary=vocabulary)
    np.testing.assert_allclose(found, plain_vlad(descriptors, vocabulary.centres.astype(float)), atol=1e-4)
    np.testing.assert_allclose(vlad(descriptors[::-1], vocabulary=vocabulary), found, atol=1e-4)


def test_nothing_seen_is_all_zero():
    vocabulary = VisualVocabulary(np.eye(4, 6, dtype=np.float32))
    nothing = np.zeros((0, 6), np.float32)
    assert vocabulary.count(nothing).tolist() == [0, 0, 0, 0]
    assert vlad(nothing, vocabulary=vocabulary).tolist() == [0.0] * 24


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    points, _ = clouds(per_cloud=3)
    vocabulary = VisualVocabulary.learn(points, words=2, seed=0)
    with pytest.raises(ValueError, match="expected between 1 and 9 words, as many as there are descriptors, got 10"):
        VisualVocabulary.learn(points, words=10, seed=0)
    with pytest.raises(ValueError, match="expected between 1"):
        VisualVocabulary.learn(points, words=0, seed=0)
    with pytest.raises(ValueError, match="expected descriptors of 16 values, as the words have, got 5"):
        vlad(points[:, :5], vocabulary=vocabulary)
    with pytest.raises(ValueError, match="expected finite descriptors"):
        vocabulary.count(points * np.nan)
    with pytest.raises(ValueError, match=r"expected descriptors \(keypoint, value\), got \(16,\)"):
        vocabulary.words(points[0])
    with pytest.raises(ValueError, match="expected finite centres"):
        VisualVocabulary(np.full((2, 3), np.nan, np.float32))
