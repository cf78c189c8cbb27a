"""Bits from losses and from counts, against exact tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu import world
from vmm_edu.predict import information_bound, joint_table


def exact(task: str):
    """An exact test set: labels, and which of its symbols' values each of two senses shows."""
    clips = world.sample(task, clips=world.exact_multiple(task), seed=3, split="test")
    shown = [
        np.unique([list(c.symbols[s].values()) for c in clips], axis=0, return_inverse=True)[1].reshape(-1)
        for s in ("video", "audio")
    ]
    return np.array([clip.label for clip in clips]), *shown


@pytest.mark.parametrize("task", ["sync", "xor", "gate", "main"])
@pytest.mark.parametrize("senses", [("video",), ("audio",), ("video", "audio")])
def test_true_probabilities_give_exactly_the_information(task, senses):
    """A model with the true posterior on the whole table, each outcome as often as it is likely."""
    _, table, _ = world.joint_table(task, senses)
    rows, labels = np.nonzero(table)
    repeats = table[rows, labels] // np.gcd.reduce(table[rows, labels])
    rows, labels = np.repeat(rows, repeats), np.repeat(labels, repeats)
    with np.errstate(divide="ignore"):
        logits = np.maximum(np.log(table[rows] / table[rows].sum(axis=1, keepdims=True)), -700)
    assert information_bound(labels, logits) == pytest.approx(world.mutual_information(task, senses), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_no_model_on_a_table_exceeds_the_information(seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(1, 6, size=(4, 3))  # what is seen, the label
    rows, labels = np.nonzero(table)
    rows, labels = np.repeat(rows, table[rows, labels]), np.repeat(labels, table[rows, labels])
    share = table / table.sum()
    information = (share * np.log2(share / share.sum(0) / share.sum(1, keepdims=True))).sum()
    assert information_bound(labels, rng.normal(size=(4, 3))[rows]) <= information + 1e-9


def test_knowing_nothing_is_zero_bits_and_being_sure_of_wrong_answers_less():
    labels = np.arange(300) % 3
    assert information_bound(labels, np.zeros((300, 3))) == pytest.approx(0, abs=1e-9)
    assert information_bound(labels, 9 * np.eye(3)[(labels + 1) % 3]) < -5
    assert information_bound(labels, 90 * np.eye(3)[labels]) == pytest.approx(np.log2(3))
    assert information_bound(labels[:90], np.zeros((90, 3)), prior=np.full(3, 1 / 3)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("task", ["sync", "xor", "gate", "main"])
def test_counts_of_an_exact_set_give_the_exact_table_and_its_parts(task):
    labels, first, second = exact(task)
    wanted = world.triple_table(task)
    found = joint_table(first, second, labels, classes=len(wanted))
    if task != "main":  # A thousand clips hold its noise in proportion, not each of its 16,000 outcomes.
        np.testing.assert_allclose(found, wanted, atol=1e-12)
    known, parts = world.information(task), world.decompose(found)
    bound = 0.05 if task == "main" else 1e-5
    assert parts == pytest.approx((known.R, known.U_video, known.U_audio, known.S), abs=bound)


def test_probabilities_take_the_place_of_labels():
    labels, first, second = exact("xor")
    sure = joint_table(first, second, np.eye(4)[labels])
    np.testing.assert_allclose(sure, joint_table(first, second, labels))
    unsure = world.decompose(joint_table(first, second, np.full((len(labels), 4), 0.25)))
    assert unsure == pytest.approx((0, 0, 0, 0), abs=1e-5)


def test_copies_are_redundant_and_one_sided_bits_unique():
    bits = np.arange(400) % 2
    coin = np.arange(400) // 2 % 2
    assert world.decompose(joint_table(bits, bits, bits)) == pytest.approx((1, 0, 0, 0), abs=1e-5)
    assert world.decompose(joint_table(bits, coin, bits)) == pytest.approx((0, 1, 0, 0), abs=1e-5)
    assert world.decompose(joint_table(coin, bits, bits)) == pytest.approx((0, 0, 1, 0), abs=1e-5)
    assert world.decompose(joint_table(coin, bits, bits ^ coin)) == pytest.approx((0, 0, 0, 1), abs=1e-5)


def test_bad_input(as_users_run):
    labels = np.zeros(4, int)
    with pytest.raises(ValueError, match="prior of 2 probabilities"):
        information_bound(labels, np.zeros((4, 2)), prior=np.array([0.5, 0.6]))
    with pytest.raises(ValueError, match="without NaN"):
        information_bound(labels, np.full((4, 2), np.nan))
    with pytest.raises(ValueError, match="one entry per clip"):
        joint_table(labels, labels[:3], labels)
    with pytest.raises(ValueError, match="at least one clip"):
        joint_table(labels[:0], labels[:0], labels[:0])
    with pytest.raises(ValueError, match=r"labels in 0…1, got 0…3"):
        joint_table(labels, labels, np.arange(4), classes=2)
    with pytest.raises(ValueError, match="as integers"):
        joint_table(labels, labels, np.zeros(4))
    with pytest.raises(ValueError, match="rows that sum to 1"):
        joint_table(labels, labels, np.zeros((4, 2)))
    with pytest.raises(ValueError, match="numbered from 0"):
        joint_table(labels - 1, labels, labels)
    with pytest.raises(ValueError, match="not all zero"):
        world.decompose(np.zeros((2, 2, 2)))
