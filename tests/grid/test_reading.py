"""Readers of words: features, folds, training and reading, on small made-up clips whose words can be told."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from sklearn.decomposition import PCA

from vmm_edu.fusion import sum_log_probabilities
from vmm_edu.grid import (
    Clock,
    Schedule,
    SpeechReader,
    WordReader,
    describing,
    fit_projection,
    fit_trust,
    fold_of,
    fuse,
    linear_beliefs,
    read_words,
    right,
    train_readers,
    unsureness,
    weigh,
    word_steps,
)
from vmm_edu.grid.reader import drop
from vmm_edu.grid.training import even_rows

CLOCK = Clock(rate_hz=10.0, middle_s=0.05, steps=3, context_s=0.1)
CLASSES = (2, 3)
CLIPS, MOMENTS, FEATURES = 24, 20, 4


@pytest.fixture(scope="module")
def made():
    """Two words a clip; the first sense shows the word, the second only the second word."""
    rng = np.random.default_rng(0)
    labels = np.stack([rng.integers(0, size, CLIPS) for size in CLASSES], axis=1)
    times_s = np.tile(np.array([[0.3, 0.7], [1.0, 1.5]]), (CLIPS, 1, 1)) + rng.uniform(-0.1, 0.1, (CLIPS, 1, 1))
    shown = {name: rng.normal(0, 0.3, (CLIPS, MOMENTS, FEATURES)) for name in ("audio", "video")}
    for clip in range(CLIPS):
        for place, (start_s, end_s) in enumerate(times_s[clip]):
            frames = slice(int(start_s * 10), int(end_s * 10) + 1)
            shown["video"][clip, frames, labels[clip, place]] += 2
            if place == 1:
                shown["audio"][clip, frames, labels[clip, place]] += 2
    folds = np.arange(CLIPS) % 3
    features = {name: np.tile(x, (3, 1, 1, 1, 1)).transpose(0, 1, 2, 3, 4) for name, x in shown.items()}
    return {name: x.astype(np.float32) for name, x in features.items()}, labels, times_s, folds


@pytest.fixture(scope="module")
def readers(made):
    features, labels, times_s, folds = made
    schedule = Schedule(epochs=12, batch=8, rate=0.02)
    clocks = {"audio": CLOCK, "video": CLOCK}
    key = jax.random.key(0)
    return train_readers(features, clocks, labels, times_s, folds, CLASSES, key=key, schedule=schedule)


def test_steps_are_spread_evenly_over_the_widened_word():
    steps = word_steps(np.array([[[1.02, 1.42]]]), CLOCK, moments=20)
    at_s = 0.92 + 0.6 * (np.arange(3) + 0.5) / 3
    assert steps.tolist() == [[np.round((at_s - 0.05) * 10).astype(int).tolist()]]


def test_steps_stay_inside_the_clip_and_follow_a_shift():
    times_s = np.array([[[0.0, 0.2], [1.9, 2.0]]])
    steps = np.asarray(word_steps(times_s, CLOCK, moments=20))
    assert steps.min() == 0
    assert steps.max() == 19
    middle = np.array([[[0.9, 1.1]]])
    moved = word_steps(middle, CLOCK, moments=20, shift_s=np.array([[0.2]]))
    assert (np.asarray(moved) == np.asarray(word_steps(middle + 0.2, CLOCK, moments=20))).all()
    longer = np.asarray(word_steps(middle, CLOCK, moments=20, stretch=np.array([[3.0]])))
    assert np.ptp(longer) > np.ptp(np.asarray(word_steps(middle, CLOCK, moments=20)))


def test_each_kind_of_word_is_widened_by_its_own():
    times_s = np.array([[[0.4, 0.8], [1.0, 1.4]]])
    both = np.asarray(word_steps(times_s, CLOCK, moments=20, context_s=np.array([0.0, 0.3])))
    for place, context_s in enumerate((0.0, 0.3)):
        alone = word_steps(times_s, CLOCK._replace(context_s=context_s), moments=20)
        assert both[:, place].tolist() == alone[:, place].tolist()
    assert np.ptp(both[0, 1]) > np.ptp(both[0, 0])


def test_directions_are_those_of_scikit_learn():
    x = np.random.default_rng(0).normal(size=(5, 20, 6)) @ np.random.default_rng(1).normal(size=(6, 6))
    project, rows = fit_projection(x.astype(np.float32), directions=3), x.reshape(-1, 6)
    theirs = PCA(3).fit(rows)
    ours = project.basis / np.linalg.norm(project.basis, axis=0)
    assert np.abs(np.sum(ours * theirs.components_.T, axis=0)) == pytest.approx(1, abs=1e-4)
    spread = project(rows.astype(np.float32)).std(axis=0)
    wanted = np.sqrt(theirs.singular_values_ / np.sqrt(len(rows)))  # divided by the root of its own spread
    assert spread / spread[0] == pytest.approx(wanted / wanted[0], rel=1e-3)


def test_directions_have_one_sign_whatever_the_machine_finds(monkeypatch):
    """An eigenvector's sign is free: readers that are kept must meet the same features in the next run."""
    x = np.random.default_rng(0).normal(size=(5, 20, 6)).astype(np.float32) * np.arange(1, 7, dtype=np.float32)
    first, real = fit_projection(x, directions=4), describing.eigh

    def turned(*args, **kwargs):
        values, vectors = real(*args, **kwargs)
        return values, vectors * np.array([1, -1, -1, 1])

    monkeypatch.setattr(describing, "eigh", turned)
    np.testing.assert_allclose(fit_projection(x, directions=4).basis, first.basis, rtol=1e-5)


def test_a_sentence_is_in_one_fold_whoever_says_it():
    names = tuple(f"s{talker}/{sentence:06d}" for talker in (1, 2) for sentence in range(20))
    folds = fold_of(names, folds=4)
    assert np.array_equal(folds[:20], folds[20:])
    assert np.bincount(folds).tolist() == [10] * 4
    with pytest.raises(ValueError, match="folds within"):
        fold_of(names, folds=1)


def test_no_clip_is_trained_and_tested_on():
    folds = np.array([0, 1, 2, 3, 0, 1, 2])
    train, test = even_rows(folds)
    for fold in range(4):
        assert not set(train[fold]) & set(test[fold])
        assert set(train[fold]) | set(test[fold]) == set(range(7))
        assert set(folds[test[fold]]) == {fold}


def test_readers_learn_what_a_sense_shows_and_no_more(made, readers):
    features, labels, times_s, folds = made
    said = read_words(readers, {name: x[:, 0] for name, x in features.items()}, times_s, folds)
    seen, heard = (right(said[name], labels).mean(axis=0) for name in ("video", "audio"))
    assert seen.min() > 0.9
    assert heard[1] > 0.9
    often = np.bincount(labels[:, 0]).max() / CLIPS
    assert heard[0] < often + 3 * np.sqrt(often * (1 - often) / CLIPS)  # not shown: a guess
    linear = linear_beliefs(features["video"][:, 0], CLOCK, labels, times_s, folds, CLASSES)
    assert right(linear, labels).mean() > 0.9
    wide = {"context_s": np.array([[0.0, 0.2], [0.1, 0.1], [0.1, 0.1]])}
    other = linear_beliefs(features["video"][:, 0], CLOCK, labels, times_s, folds, CLASSES, **wide)
    for one, two in zip(linear, other, strict=True):
        same = np.isclose(one, two).all(axis=1)
        assert np.array_equal(same, folds != 0)  # as the clock says, but in fold 0


def test_a_clip_is_read_by_the_reader_that_never_saw_it(made, readers):
    features, _, times_s, folds = made
    plain = {"video": features["video"][:, 0]}
    context_s = np.array([[0.1, 0.3], [0.2, 0.0], [0.0, 0.1]], np.float32)  # each fold and word its own width
    wide = readers._replace(context_s={"video": context_s})
    said = read_words(wide, plain, times_s, folds)["video"]
    for fold in range(3):
        params = jax.tree.map(lambda leaf, fold=fold: leaf[fold], readers.trained.params)
        model, rows = nnx.merge(readers.trained.graph, params), np.flatnonzero(folds == fold)
        steps = np.asarray(word_steps(times_s[rows], CLOCK, moments=MOMENTS, context_s=context_s[fold]))
        alone = model.each({"video": plain["video"][fold][rows[:, None, None], steps]})["video"]
        for ours, theirs in zip(said, alone, strict=True):
            assert ours[rows] == pytest.approx(np.asarray(jax.nn.log_softmax(theirs)), abs=1e-4)


def test_kept_readers_are_read_and_not_trained_again(made, readers, tmp_path):
    features, labels, times_s, folds = made
    file, key, clocks = tmp_path / "readers.npz", jax.random.key(1), {"video": CLOCK}
    given = ({"video": features["video"]}, clocks, labels, times_s, folds, CLASSES)
    first = train_readers(*given, key=key, schedule=Schedule(epochs=1), keep=file)
    again = train_readers(*given, key=jax.random.key(2), schedule=Schedule(epochs=1), keep=file)
    assert jax.tree.all(jax.tree.map(np.array_equal, first.trained.params, again.trained.params))


def test_the_sum_is_that_of_late_fusion():
    model = SpeechReader({"a": 3, "b": 2}, {"a": CLOCK, "b": CLOCK}, CLASSES, looks=4, hidden=3, rngs=nnx.Rngs(0))
    for leaf in jax.tree.leaves(nnx.state(model, nnx.Param), is_leaf=lambda leaf: isinstance(leaf, nnx.Param)):
        leaf[...] = jax.random.normal(jax.random.key(leaf[...].size), leaf[...].shape)  # heads begin at zero
    rng = np.random.default_rng(0)
    x = {"a": rng.normal(size=(2, 2, 3, 3)).astype(np.float32), "b": rng.normal(size=(2, 2, 3, 2)).astype(np.float32)}
    each = model.each(x)
    for place, both in enumerate(model(x)):
        wanted = sum(np.asarray(jax.nn.log_softmax(each[name][place])) for name in each)
        assert np.asarray(both) == pytest.approx(wanted, abs=1e-5)
    hidden = {"a": jnp.array([True, True]), "b": jnp.array([True, False])}
    for place, both in enumerate(fuse(each, mask=hidden)):
        assert np.asarray(both[1]) == pytest.approx(np.asarray(jax.nn.log_softmax(each["a"][place]))[1], abs=1e-5)
        assert both[0] == pytest.approx(
            np.asarray(sum_log_probabilities({n: each[n][place] for n in each}))[0], abs=1e-5
        )


def test_dropout_keeps_the_mean_and_drops_along_whole_axes():
    x = jnp.ones((2000, 3, 4))
    dropped = np.asarray(drop(x, (2000, 1, 4), 0.25, jax.random.key(0)))
    assert dropped.mean() == pytest.approx(1, abs=0.03)
    assert (dropped == dropped[:, :1]).all()


def test_trust_falls_on_the_sense_that_knows():
    rng, clips = np.random.default_rng(0), 200
    labels = rng.integers(0, 4, (clips, 1))
    knows = np.log(0.7 * np.eye(4)[labels[:, 0]] + 0.075)
    guesses = np.log(0.97 * np.eye(4)[rng.integers(0, 4, clips)] + 0.0075)  # very sure, and wrong
    trust = fit_trust([guesses], [knows], labels)
    assert np.exp(trust.a[0]) < 0.2 * np.exp(trust.b[0])
    assert right([np.asarray(part) for part in weigh(trust, [guesses], [knows])], labels).mean() == 1
    assert right([guesses + knows], labels).mean() < 0.6


def test_unsureness_is_0_for_the_sure_and_1_for_the_ignorant():
    sure, ignorant = np.log(np.eye(4)[[0, 1]] + 1e-30), np.zeros((2, 4))
    assert np.asarray(unsureness([sure])) == pytest.approx(0, abs=1e-6)
    assert np.asarray(unsureness([ignorant, ignorant])) == pytest.approx(1, abs=1e-6)


@pytest.mark.usefixtures("as_user")
def test_bad_input(made):
    features, labels, times_s, folds = made
    with pytest.raises(ValueError, match="sizes of at least 1"):
        WordReader(0, CLOCK, CLASSES, looks=2, hidden=2, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="a clock for each sense"):
        SpeechReader({"a": 3}, {}, CLASSES, rngs=nnx.Rngs(0))
    options = {"key": jax.random.key(0), "schedule": Schedule()}
    with pytest.raises(ValueError, match="2 words a clip"):
        train_readers(features, {"video": CLOCK, "audio": CLOCK}, labels[:, :1], times_s, folds, CLASSES, **options)
    narrow = {"video": np.zeros((3, 1))}
    with pytest.raises(ValueError, match="context_s of 'video'"):
        train_readers(
            {"video": features["video"]}, {"video": CLOCK}, labels, times_s, folds, CLASSES, context_s=narrow, **options
        )
    with pytest.raises(ValueError, match="directions within"):
        fit_projection(np.zeros((1, 2, 3), np.float32), directions=4)
    with pytest.raises(ValueError, match="times_s"):
        word_steps(np.zeros((2, 2)), CLOCK, moments=5)
    with pytest.raises(ValueError, match="beliefs about 2 words"):
        fit_trust([np.zeros((2, 3))], [np.zeros((2, 3))], np.zeros((2, 2), int))
