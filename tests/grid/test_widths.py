"""How widely words are cut: chosen by held-out clips, for each fold and kind of word, and never by the fold's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_softmax

from vmm_edu.grid.widths import at_width, choose_widths

FOLDS, CLIPS, CLASSES, WIDTHS = 3, 30, (3, 4), (0.0, 0.05, 0.1)
FOLD_OF = np.arange(CLIPS) % FOLDS


@pytest.fixture
def labels() -> np.ndarray:
    return np.stack([np.random.default_rng(1).integers(0, size, CLIPS) for size in CLASSES], axis=1)


@pytest.fixture
def told() -> list[list[np.ndarray]]:
    """Beliefs by chance at each width; for each fold about the clips of the two others."""
    rng, asked = np.random.default_rng(0), np.arange(FOLDS)[:, None] != FOLD_OF
    shapes = [(FOLDS, CLIPS, size) for size in CLASSES]
    return [
        [np.where(asked[..., None], log_softmax(rng.normal(0, 2, shape), axis=2), np.nan) for shape in shapes]
        for _ in WIDTHS
    ]


def test_the_width_chosen_makes_the_true_words_most_probable(told, labels):
    chosen = choose_widths(told, labels, WIDTHS)
    assert chosen.shape == (FOLDS, len(CLASSES))
    assert len(np.unique(chosen)) > 1
    for fold in range(FOLDS):
        for place in range(len(CLASSES)):
            sums = [
                sum(beliefs[place][fold, clip, labels[clip, place]] for clip in range(CLIPS) if FOLD_OF[clip] != fold)
                for beliefs in told
            ]
            assert chosen[fold, place] == np.float32(WIDTHS[sums.index(max(sums))])


def test_the_words_of_a_fold_change_nothing_that_is_chosen_for_it(told, labels):
    chosen = choose_widths(told, labels, WIDTHS)
    changed = 0
    for fold in range(FOLDS):
        for turn in (1, 2):
            other = labels.copy()
            other[fold == FOLD_OF] = (other[fold == FOLD_OF] + turn) % CLASSES
            again = choose_widths(told, other, WIDTHS)
            assert np.array_equal(again[fold], chosen[fold])
            changed += (again != chosen).sum()
    assert changed  # the other folds are asked about these clips


def test_of_two_as_good_the_narrower_is_taken(told, labels):
    assert (choose_widths([told[0], told[0], told[0]], labels, WIDTHS) == 0).all()


def test_what_is_told_of_a_word_comes_from_its_own_width(told):
    chosen = np.array([[0.0, 0.1], [0.05, 0.0], [0.1, 0.05]], np.float32)
    for place, part in enumerate(at_width(told, chosen, WIDTHS)):
        for fold in range(FOLDS):
            width = [np.float32(one) for one in WIDTHS].index(chosen[fold, place])
            np.testing.assert_array_equal(part[fold], told[width][place][fold])


def test_bad_input(told, labels):
    with pytest.raises(ValueError, match="the narrowest first, got 3"):
        choose_widths(told, labels, (0.1, 0.05, 0.0))
    with pytest.raises(ValueError, match="got 0 at widths"):
        choose_widths([], labels, ())
    with pytest.raises(ValueError, match="about 1 words"):
        choose_widths(told, labels[:, :1], WIDTHS)
    with pytest.raises(ValueError, match="none for fold 0"):
        choose_widths([[np.full_like(part, np.nan) for part in one] for one in told], labels, WIDTHS)
    with pytest.raises(ValueError, match="widths among"):
        at_width(told, np.full((FOLDS, 2), 0.03), WIDTHS)
