"""What a fold's trust is measured on: readers that saw neither the fold nor the clip, for every fold and clip."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.grid import VOCABULARY, Prepared, inner
from vmm_edu.grid.asking import CLASSES
from vmm_edu.grid.inner import inner_answers, ring
from vmm_edu.grid.reading import PLAIN, Readers, draw_version
from vmm_edu.grid.views import CLOCKS, LEARNED

FOLDS = np.repeat(np.arange(5), 6)[np.random.default_rng(0).permutation(30)]


@pytest.fixture
def prepared() -> Prepared:
    rng = np.random.default_rng(0)
    labels = np.stack([rng.integers(0, size, len(FOLDS)) for size in CLASSES], axis=1)
    times_s = 0.2 + np.tile(np.arange(6)[:, None] * 0.4 + [0, 0.3], (len(FOLDS), 1, 1))
    mouths = rng.integers(0, 255, (len(FOLDS), 75, 32, 48), dtype=np.uint8)
    samples = rng.integers(-9000, 9000, (len(FOLDS), 48_000), dtype=np.int16)
    return Prepared(tuple(f"s1/{k:06d}" for k in range(len(FOLDS))), mouths, samples, labels, times_s, {})


class Shown:
    """Descriptions of nothing, in the form of real ones."""

    def __init__(self) -> None:
        self.features = {name: np.zeros((5, 2, len(FOLDS), 3, 1), np.float32) for name in CLOCKS}

    def hear(self, heard):
        assert heard.ndim == 3
        return {name: self.features[name][:, 0] for name in ("audio", LEARNED["audio"])}


@pytest.fixture
def described_by(monkeypatch) -> list[np.ndarray]:
    """The rows that networks were trained on, and nothing else may be fitted to."""
    seen: list[np.ndarray] = []

    def describe(prepared, folds, rows, lattice, *, rng, key, keep):
        seen.append(rows)
        return Shown()

    monkeypatch.setattr(inner, "describe", describe)
    return seen


@pytest.fixture
def trained_on(monkeypatch, described_by) -> list[np.ndarray]:
    """The rows that readers were trained on; each of them then answers with the number of its pair."""
    seen: list[np.ndarray] = []

    def train(features, clocks, labels, times_s, folds, classes, *, rows, context_s, **rest):
        seen.append(rows)
        assert all(len(versions) == len(rows) for versions in features.values())
        return Readers(None, dict(clocks), context_s)

    def read(readers, features, times_s, rows):
        pairs = np.broadcast_to(np.arange(len(rows))[:, None, None], (*rows.shape, 1)).astype(np.float32)
        return {name: [told(pairs, size) for size in CLASSES] for name in features}

    def told(pairs, size):
        """Log-probabilities that tell the number of the pair: that of the first word, less that of the second."""
        logits = np.concatenate([pairs, np.zeros((*pairs.shape[:2], size - 1), np.float32)], axis=2)
        return logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))

    monkeypatch.setattr(inner, "train_readers", train)
    monkeypatch.setattr(inner, "read_rows", read)
    monkeypatch.setattr("vmm_edu.grid.asking.LEVELS_DB", (0,))
    return seen


def test_a_pair_is_a_fold_and_the_next():
    held = ring(np.array([0, 1, 2, 3, 0]))
    assert held.tolist() == [
        [True, True, False, False, True],
        [False, True, True, False, False],
        [False, False, True, True, False],
        [True, False, False, True, True],
    ]
    for folds in ([0, 1], [0, 2, 3], [1, 2, 3], []):
        with pytest.raises(ValueError, match="at least 3 folds, numbered from 0"):
            ring(np.array(folds, int))


def test_the_reader_asked_saw_neither_the_fold_nor_the_clip(prepared, trained_on, described_by, tmp_path):
    told = inner_answers(prepared, FOLDS, 0, say=lambda words: None, keep=tmp_path)
    assert set(told) == {"lips", "sound", "sound babble 0", "sound white 0", "width lips", "width sound"}
    assert [part.shape for part in told["lips"]] == [(5, len(FOLDS), len(words)) for words in VOCABULARY.values()]
    rows = trained_on[0]
    assert all(np.array_equal(others, rows) for others in trained_on)  # whatever the sense and the width
    assert [own.tolist() for own in described_by] == [rows.tolist()]
    assert told.pop("width lips")[0].shape == told.pop("width sound")[0].shape == (5, len(CLASSES))
    for beliefs in told.values():
        for fold in range(5):
            asked = np.isfinite(beliefs[3][fold, :, 0])
            assert np.array_equal(asked, np.isin((FOLDS - fold) % 5, (1, 4)))
            for clip in np.flatnonzero(asked):
                learned = rows[round(float(beliefs[3][fold, clip, 0] - beliefs[3][fold, clip, 1]))]
                assert clip not in learned
                assert not np.isin(FOLDS[learned], (fold, FOLDS[clip])).any()


@pytest.mark.usefixtures("described_by")
def test_the_words_of_a_fold_change_nothing_that_is_chosen_or_told_for_it(prepared, monkeypatch):
    """Readers that answer by chance, a chance that is sown with the words that they were trained on."""

    def train(features, clocks, labels, times_s, folds, classes, *, rows, context_s, **rest):
        wide = next(iter(context_s.values()))
        sown = [[*labels[own].ravel(), round(1000 * width[0])] for own, width in zip(rows, wide, strict=True)]
        return Readers(sown, dict(clocks), context_s)

    def read(readers, features, times_s, rows):
        rngs = [np.random.default_rng(seed) for seed in readers.trained]
        drawn = [[rng.normal(size=(len(own), size)) for size in CLASSES] for rng, own in zip(rngs, rows, strict=True)]
        return {name: [np.stack(parts) for parts in zip(*drawn, strict=True)] for name in features}

    monkeypatch.setattr(inner, "train_readers", train)
    monkeypatch.setattr(inner, "read_rows", read)
    monkeypatch.setattr("vmm_edu.grid.asking.LEVELS_DB", ())
    first = inner_answers(prepared, FOLDS, 0, say=lambda words: None, keep=None)
    assert len(np.unique(first["width lips"][0])) > 1
    labels = prepared.labels.copy()
    labels[FOLDS == 2] = (labels[FOLDS == 2] + 1) % CLASSES
    again = inner_answers(prepared._replace(labels=labels), FOLDS, 0, say=lambda words: None, keep=None)
    for name, parts in first.items():
        for one, other in zip(parts, again[name], strict=True):
            np.testing.assert_array_equal(one[2], other[2])
    assert not np.array_equal(first["width lips"][0], again["width lips"][0])  # other folds are chosen for by them


def test_what_is_told_comes_from_both_descriptions_a_mirror_and_the_width_chosen(prepared, monkeypatch):
    """Readers that answer with what they are shown, and a hundred times the width that they were trained with."""
    shown = Shown()
    for number, name in enumerate(CLOCKS):  # video 0, audio 1, video learned 2, audio learned 3; mirrored 0.1 more
        shown.features[name] += number + np.array([0, 0.1], np.float32)[:, None, None, None]
    hear = {name: shown.features[name][:, 0] + 7 for name in ("audio", LEARNED["audio"])}
    monkeypatch.setattr(Shown, "hear", lambda self, heard: hear)

    def train(features, clocks, labels, times_s, folds, classes, *, rows, context_s, **rest):
        return Readers(next(iter(context_s.values()))[0, 0], dict(clocks), context_s)

    def read(readers, features, times_s, rows):
        found = {}
        for name, x in features.items():
            found[name] = [np.zeros((*rows.shape, size)) for size in CLASSES]
            for part in found[name]:
                part[..., 0] = x[0, 0, 0, 0] + 100 * readers.trained
        return found

    def choose(told, labels, contexts_s):
        return np.array(contexts_s, np.float32)[np.arange(30).reshape(5, 6) % len(contexts_s)]

    fakes = {"describe": lambda *args, **rest: shown, "train_readers": train, "read_rows": read}
    for name, fake in (fakes | {"choose_widths": choose}).items():
        monkeypatch.setattr(inner, name, fake)
    monkeypatch.setattr("vmm_edu.grid.asking.LEVELS_DB", (0,))
    told = inner_answers(prepared, FOLDS, 0, say=lambda words: None, keep=None)
    for name, number in (("lips", 1.05), ("sound", 2.0), ("sound babble 0", 9.0), ("sound white 0", 9.0)):
        chosen = told[f"width {name.split()[0]}"][0]
        assert len(np.unique(chosen)) > 1
        for place, part in enumerate(told[name]):
            for fold in range(5):
                difference = part[fold, :, 0] - part[fold, :, 1]
                wanted = np.full(12, number + 100 * chosen[fold, place])
                assert difference[np.isfinite(difference)] == pytest.approx(wanted, abs=1e-3), name


def test_what_was_asked_is_kept(prepared, trained_on, tmp_path):
    first = inner_answers(prepared, FOLDS, 0, say=lambda words: None, keep=tmp_path)
    again = inner_answers(prepared, FOLDS, 0, say=lambda words: None, keep=tmp_path)
    assert len(trained_on) == 5  # lips at three widths, sound at two
    assert list(first) == list(again)
    for name, parts in first.items():
        for one, other in zip(parts, again[name], strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_plain_version_is_drawn_most_often():
    import jax

    drawn = np.asarray(draw_version(jax.random.key(0), 4000, 5))
    shares = np.bincount(drawn, minlength=5) / len(drawn)
    assert shares == pytest.approx([PLAIN, *[(1 - PLAIN) / 4] * 4], abs=0.03)
    assert shares[0] > 0.5
    assert not np.asarray(draw_version(jax.random.key(0), 10, 1)).any()
