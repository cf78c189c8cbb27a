"""Mutants differ from the original in one place, and every kind of mistake is among them."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.course.mutants import mutants


def example(x, axis):
    """A docstring is no code: 1 + 1."""
    total = x.sum(axis=axis)
    if total > 2 and not axis:
        total = total - 1
    for k in range(1, 3):
        total += k * np.where(axis, total, 0.5)
    return np.sqrt(total**2 + 1e-6) / max(axis, 1)


def changes(function):
    return [mutant.change for mutant in mutants(function)]


@pytest.mark.parametrize(
    "change",
    [
        "total = x.sum(axis=axis) ⇒ total = x.mean(axis=axis)",
        "total = x.sum(axis=axis) ⇒ total = x.sum()",
        "total = x.sum(axis=axis) ⇒ left out",
        "total = total - 1 ⇒ total = total + 1",
        "total = total - 1 ⇒ total = 1 - total",
        "total = total - 1 ⇒ total = total - 2",
        "total = total - 1 ⇒ total = total",
        "if total > 2 and (not axis): ⇒ if total >= 2 and (not axis):",
        "if total > 2 and (not axis): ⇒ if total > 2 or not axis:",
        "if total > 2 and (not axis): ⇒ if total > 2 and axis:",
        "if total > 2 and (not axis): ⇒ if not (total > 2 and (not axis)):",
        "for k in range(1, 3): ⇒ for k in range(1, 4):",
        "for k in range(1, 3): ⇒ for k in range(3, 1):",
        "total += k * np.where(axis, total, 0.5) ⇒ total -= k * np.where(axis, total, 0.5)",
        "total += k * np.where(axis, total, 0.5) ⇒ total += k / np.where(axis, total, 0.5)",
        "total += k * np.where(axis, total, 0.5) ⇒ total += k * np.where(axis, 0.5, total)",
        "total += k * np.where(axis, total, 0.5) ⇒ total += k * np.where(axis, total, 1.5)",
    ],
)
def test_the_mistake_is_among_the_mutants(change):
    assert change in changes(example)


def test_a_dropped_eps_a_dropped_root_and_a_sign_are_among_them():
    ends = [change.partition("⇒ return ")[2] for change in changes(example)]
    assert "np.sqrt(total ** 2) / max(axis, 1)" in ends
    assert "(total ** 2 + 1e-06) / max(axis, 1)" in ends
    assert "-(np.sqrt(total ** 2 + 1e-06) / max(axis, 1))" in ends
    assert "max(axis, 1) / np.sqrt(total ** 2 + 1e-06)" in ends


def test_all_are_different_and_run():
    found = mutants(example)
    assert len({mutant.change for mutant in found}) == len(found) > 25
    assert not any("docstring" in mutant.change for mutant in found)
    right = example(np.array([2.0, 3.0]), 0)
    different = 0
    for mutant in found:
        try:
            with np.errstate(all="ignore"):
                different += not np.array_equal(mutant.function(np.array([2.0, 3.0]), 0), right)
        except (TypeError, ValueError, ArithmeticError, NameError):
            different += 1
    assert different > 0.5 * len(found)


def test_the_original_is_left_alone():
    before = example(np.array([2.0, 3.0]), 0)
    mutants(example)
    assert np.array_equal(example(np.array([2.0, 3.0]), 0), before)


def test_nested_functions_are_mutated_too():
    assert "return c + 1 ⇒ return c - 1" in changes(outer)


def outer(x):
    def inner(c):
        return c + 1

    return inner(x)


def test_a_closure_cannot_be_copied():
    secret = 3

    def closed(x):
        return x + secret

    with pytest.raises(ValueError, match="may not close over"):
        mutants(closed)
