"""Both descriptions of each sense: which clips the networks see, with which words at which moments."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from vmm_edu.grid import VOCABULARY, Prepared, Projection, mouth_features, sentence_lattice, views
from vmm_edu.grid.learned import moments_of
from vmm_edu.grid.training import even_rows
from vmm_edu.grid.views import CLOCKS, LEARNED, VIEWS, describe

CLASSES = tuple(len(words) for words in VOCABULARY.values())
CLIPS = 12


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    rng = np.random.default_rng(0)
    labels = np.stack([rng.integers(0, size, CLIPS) for size in CLASSES], axis=1)
    edges = 0.2 + np.cumsum(rng.uniform(0.2, 0.4, (CLIPS, 7)), axis=1)
    times_s = np.stack([edges[:, :-1], edges[:, 1:]], axis=2)
    mouths = rng.integers(0, 255, (CLIPS, 75, 32, 48), dtype=np.uint8)
    samples = rng.integers(-9000, 9000, (CLIPS, 48_000), dtype=np.int16)
    return Prepared(tuple(f"s1/{k:06d}" for k in range(CLIPS)), mouths, samples, labels, times_s, {})


@pytest.fixture(scope="module")
def described(prepared):
    """What is described where networks only take the mean of a first column; and what they were given."""
    folds, given = np.arange(CLIPS) % 2, {}

    def learn(shown, tags, rows, *, count, key, keep):
        sense = "video" if shown.dtype == np.uint8 else "audio"
        given[sense] = {"tags": tags, "rows": rows, "count": count, "key": jax.random.key_data(key), "keep": keep}

        def learned(clips):
            means = clips[..., 0].reshape(len(clips), -1).mean(axis=1)[:, None, None] + np.zeros(
                (1, moments_of(clips), 1)
            )
            return np.stack([means + split for split in range(len(rows))]).astype(np.float32)

        return learned

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "learn_features", learn)
        patch.setattr("vmm_edu.grid.folds.babble", lambda sound, folds, rng: sound[::-1].copy())
        options = {"rng": np.random.default_rng(0), "key": jax.random.key(0), "keep": lambda name: name}
        found = describe(prepared, folds, even_rows(folds)[0], sentence_lattice(CLASSES), **options)
    return found, given, folds


def test_there_are_two_views_of_each_sense_alike_in_splits_versions_and_clips(described):
    found, _, _ = described
    assert set(found.features) == set(CLOCKS) == {view for both in VIEWS.values() for view in both}
    for sense, versions in {"video": 2, "audio": 7}.items():
        assert found.features[sense].shape[:3] == found.features[LEARNED[sense]].shape[:3] == (2, versions, CLIPS)
    assert found.features[LEARNED["video"]].shape[3] == found.features[LEARNED["audio"]].shape[3] == 75


def test_networks_see_training_clips_and_chance_of_their_own(described):
    _, given, folds = described
    for split in range(2):
        assert all((folds[each["rows"][split]] != split).all() for each in given.values())
    assert [each["keep"] for each in given.values()] == ["cnn-video", "cnn-audio"]
    assert not np.array_equal(given["video"]["key"], given["audio"]["key"])


@pytest.mark.parametrize("kept_out", [1, 2])
def test_projections_are_fitted_to_the_training_clips_of_a_split_whatever_the_folds(prepared, monkeypatch, kept_out):
    """Splits that hold out more than one fold, as those of inner folds do."""
    prepared = prepared._replace(mouths=prepared.mouths[:, :8], samples=prepared.samples[:, :8000])
    folds, fitted = np.arange(CLIPS) % 3, []

    def fit(features, *, directions):
        fitted.append(len(features))
        rows = features.reshape(-1, features.shape[2])
        return Projection(rows.mean(axis=0), np.eye(len(rows[0]), directions, dtype=np.float32))

    monkeypatch.setattr("vmm_edu.grid.folds.fit_projection", fit)
    monkeypatch.setattr("vmm_edu.grid.folds.babble", lambda sound, folds, rng: sound[::-1].copy())
    monkeypatch.setattr(views, "learn_features", lambda shown, *args, **rest: lambda clips: np.zeros((3, *clips.shape)))
    held = [np.isin(folds, (np.arange(kept_out) + fold) % 3) for fold in range(3)]
    rows = np.stack([np.flatnonzero(~out) for out in held])
    options = {"rng": np.random.default_rng(0), "key": jax.random.key(0), "keep": lambda name: None}
    found = describe(prepared, folds, rows, sentence_lattice(CLASSES), **options)
    for out, projection in zip(held, found.senses.projections["video"], strict=True):
        wanted = mouth_features(prepared.mouths[~out])[:, ::5].reshape(-1, len(projection.mean)).mean(axis=0)
        np.testing.assert_allclose(projection.mean, wanted, atol=1e-5)
    assert fitted == [CLIPS * (3 - kept_out) // 3] * 6


def test_a_moment_has_the_word_that_is_said_in_its_middle(prepared, described):
    _, given, _ = described
    first = np.cumsum([1, *CLASSES])
    for sense, each in given.items():
        clock = CLOCKS[LEARNED[sense]]
        for moment in range(0, 75, 7):
            middle_s = clock.middle_s + moment / clock.rate_hz
            for clip in range(CLIPS):
                begun = int((prepared.word_times_s[clip, :, 0] <= middle_s).sum())
                over = middle_s >= prepared.word_times_s[clip, -1, 1]
                word = first[begun - 1] + prepared.labels[clip, begun - 1] if begun else 0
                assert each["tags"][clip, moment] == (first[-1] if over else word)
        assert each["count"] == 2 + sum(CLASSES)
    assert CLOCKS[LEARNED["audio"]].middle_s == pytest.approx(
        np.mean([CLOCKS["audio"].middle_s + k / 100 for k in range(4)])
    )


def test_the_same_sound_heard_again_is_described_alike(described):
    found, _, _ = described
    for version in (0, 3):
        again = found.hear(found.senses.heard[version])
        for name in VIEWS["sound"]:
            np.testing.assert_allclose(again[name], found.features[name][:, version], rtol=1e-5, atol=1e-5)


def test_the_second_version_of_lips_is_the_mirror(prepared, described):
    found, _, _ = described
    shown = found.features[LEARNED["video"]][0, :, :, 0, 0]
    for version, column in enumerate((0, -1)):
        wanted = prepared.mouths[..., column].reshape(CLIPS, -1).mean(axis=1)
        np.testing.assert_allclose(shown[version], wanted, rtol=1e-5)
    assert not np.array_equal(found.features["video"][:, 0], found.features["video"][:, 1])
