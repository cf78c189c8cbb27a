from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import GroupShuffleSplit

from vmm_edu.predict import shared_groups, split_by_group

GROUPS = np.random.default_rng(0).integers(20, size=200)


def test_as_many_groups_as_scikit_learn_and_the_same_promise():
    theirs = next(GroupShuffleSplit(1, test_size=0.25, random_state=0).split(GROUPS, groups=GROUPS))
    ours = split_by_group(GROUPS, share=0.25, rng=np.random.default_rng(0))
    for train, test in (theirs, ours):
        assert not len(shared_groups(GROUPS[train], GROUPS[test]))
        assert len(np.unique(GROUPS[test])) == 5


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.floats(0.01, 0.99), st.integers(2, 30))
def test_every_example_is_in_one_part_and_neither_is_empty(seed, share, kinds):
    rng = np.random.default_rng(seed)
    groups = np.concatenate([np.arange(kinds), rng.integers(kinds, size=20)])
    train, test = split_by_group(groups, share=share, rng=rng)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), np.arange(len(groups)))
    assert len(train)
    assert len(test)
    assert not len(shared_groups(groups[train], groups[test]))


def test_names_do_as_well_and_a_leak_is_named():
    names = np.array(["anna", "ben", "anna", "cleo"])
    train, test = split_by_group(names, share=0.3, rng=np.random.default_rng(1))
    assert not set(names[train]) & set(names[test])
    assert list(shared_groups(names[:2], names[2:])) == ["anna"]


def test_the_same_generator_draws_the_same():
    a, b = (split_by_group(GROUPS, share=0.5, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(a.test, b.test)


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("groups", "share", "words"), [([1, 1], 0.5, "two kinds"), ([[1], [2]], 0.5, "two kinds"), ([1, 2], 1.0, "share")]
)
def test_bad_input(groups, share, words):
    with pytest.raises(ValueError, match=words):
        split_by_group(np.array(groups), share=share, rng=np.random.default_rng(0))
