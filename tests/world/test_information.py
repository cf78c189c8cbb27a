"""Bits: the closed forms of WORLD.md section 4, an independent optimiser, and the identities of the decomposition."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import minimize

from vmm_edu.world import (
    blocks,
    copied_bit,
    erased_copies,
    exact_ceiling,
    information,
    log_loss_floor,
    mutual_information,
    noisy_copies,
    redundant_bit,
    synergy_bit,
    task,
    tasks,
    unique_bit,
    unique_information,
)
from vmm_edu.world.information import entropy, triple_table

V, A, T = ("video",), ("audio",), ("text",)
SHARES = (Fraction(0), Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
CLOSE = 1e-6


def h(p) -> float:
    p = float(p)
    return 0.0 if p in (0.0, 1.0) else -p * np.log2(p) - (1 - p) * np.log2(1 - p)


def split(table):
    found = information(table)
    return found.R, found.U_video, found.U_audio, found.S


def test_plain_dials():
    """Rows 1 to 3."""
    assert split(redundant_bit()) == pytest.approx((1, 0, 0, 0), abs=CLOSE)
    assert split(unique_bit()) == pytest.approx((0, 1, 0, 0), abs=CLOSE)
    assert split(synergy_bit()) == pytest.approx((0, 0, 0, 1), abs=CLOSE)
    for table, expected in ((redundant_bit(), (1, 1, 1)), (unique_bit(), (1, 0.5, 1)), (synergy_bit(), (0.5, 0.5, 1))):
        assert tuple(exact_ceiling(table, senses) for senses in (V, A, V + A)) == expected


@pytest.mark.parametrize("e", SHARES)
def test_noisy_synergy(e):
    """Row 4: S = 1 − h(e), accuracy 1 − e."""
    assert split(synergy_bit(noise=e)) == pytest.approx((0, 0, 0, 1 - h(e)), abs=CLOSE)
    assert exact_ceiling(synergy_bit(noise=e), V + A) == 1 - e


@pytest.mark.parametrize("copied", [*SHARES, Fraction(9, 10), Fraction(1)])
def test_copies(copied):
    """Row 5: R = 1 − h((1 − λ)/2), U_V = h((1 − λ)/2), A right with (1 + λ)/2."""
    lost = h((1 - copied) / 2)
    assert split(copied_bit(copied=copied)) == pytest.approx((1 - lost, lost, 0, 0), abs=CLOSE)
    assert exact_ceiling(copied_bit(copied=copied), A) == (1 + copied) / 2


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("e", [*SHARES, Fraction(9, 10)])
def test_erasures(classes, e):
    """Row 6: R = (1 − e) log₂ K, S = e (1 − e) log₂ K, accuracies 1 − e(1 − 1/K) and 1 − e²(1 − 1/K)."""
    table, size = erased_copies(classes=classes, erased=e), np.log2(classes)
    assert split(table) == pytest.approx((float(1 - e) * size, 0, 0, float(e * (1 - e)) * size), abs=CLOSE)
    for senses, power in ((V, 1), (A, 1), (V + A, 2)):
        assert exact_ceiling(table, senses) == 1 - e**power * (1 - Fraction(1, classes))


def test_independent_blocks_add():
    parts = (synergy_bit(noise=Fraction(1, 10)), copied_bit(), erased_copies())
    together = split(blocks(*parts))
    assert together == pytest.approx(tuple(np.sum([split(part) for part in parts], axis=0)), abs=CLOSE)
    assert exact_ceiling(blocks(*parts), V) == np.prod([exact_ceiling(part, V) for part in parts])


def test_main_task():
    """T14: V 1.531, A .531, VA 2.742, VAT 2.862; R .531, U_V 1, U_A 0, S 1.211."""
    found = information("main")
    bits = {"".join(name[0] for name in senses): round(value, 3) for senses, value in found.bits.items()}
    assert bits["v"] == 1.531
    assert bits["a"] == 0.531
    assert bits["va"] == 2.742
    assert bits["vat"] == 2.862
    assert found.entropy == pytest.approx(3)
    assert split("main") == pytest.approx((0.531, 1, 0, 1.211), abs=5e-4)


def test_sync_is_exactly_one_bit_of_synergy():
    """T10."""
    assert split("sync") == pytest.approx((0, 0, 0, 1), abs=CLOSE)


def by_another_optimiser(table) -> float:
    """min over the polytope of I(Y; S₁ | S₂), by a general-purpose solver on all cells."""
    labels, firsts, seconds = table.shape
    pairs = []
    for y in range(labels):
        for place in np.ndindex(firsts):
            row = np.zeros(table.shape)
            row[y, place[0], :] = 1
            pairs.append(row.ravel())
        for place in range(seconds):
            row = np.zeros(table.shape)
            row[y, :, place] = 1
            pairs.append(row.ravel())
    sums = np.array(pairs)

    def conditional(q):
        q = np.maximum(q.reshape(table.shape), 1e-15)
        return float(np.sum(q * np.log2(q * q.sum(axis=(0, 1)) / (q.sum(axis=0) * q.sum(axis=1)[:, None, :]))))

    goal = sums @ table.ravel()
    found = minimize(
        conditional,
        table.ravel(),
        bounds=[(0, 1)] * table.size,
        # One redundant equation per label would make the solver's matrix singular.
        constraints={"type": "eq", "fun": lambda q: (sums @ q - goal)[np.arange(len(goal)) % (firsts + seconds) > 0]},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert np.abs(sums @ found.x - goal).max() < 1e-7
    return found.fun


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 2, 3), (2, 3, 2), (3, 3, 3)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_another_optimiser_agrees(shape, seed):
    table = np.random.default_rng(seed).dirichlet(np.full(int(np.prod(shape)), 0.7)).reshape(shape)
    assert unique_information(table) == pytest.approx(by_another_optimiser(table), abs=1e-4)


counts = hnp.arrays(np.float64, st.tuples(*[st.integers(1, 3)] * 3), elements=st.integers(0, 6).map(float))


@settings(deadline=None, max_examples=60)
@given(counts.filter(lambda table: table.sum() > 0))
def test_identities_hold_for_any_table(table):
    joint = entropy(table.sum(axis=(1, 2))) + entropy(table.sum(axis=0)) - entropy(table)
    first = entropy(table.sum(axis=(1, 2))) + entropy(table.sum(axis=(0, 2))) - entropy(table.sum(axis=2))
    second = entropy(table.sum(axis=(1, 2))) + entropy(table.sum(axis=(0, 1))) - entropy(table.sum(axis=1))
    unique_first = unique_information(table)
    unique_second = unique_information(np.swapaxes(table, 1, 2))
    # R seen from either side is the same number, and no part is negative.
    assert first - unique_first == pytest.approx(second - unique_second, abs=CLOSE)
    assert -CLOSE <= unique_first <= first + CLOSE
    assert joint - second - unique_first >= -CLOSE
    assert unique_information(3 * table) == pytest.approx(unique_first, abs=CLOSE)


def test_symbols_that_say_the_same_may_be_split_freely():
    """The reduction to distinct posteriors must change nothing."""
    table = np.random.default_rng(4).dirichlet(np.ones(12)).reshape(3, 2, 2)
    doubled = np.concatenate([0.3 * table, 0.7 * table], axis=1)
    assert unique_information(doubled) == pytest.approx(unique_information(table), abs=CLOSE)


@pytest.mark.parametrize("name", [name for name in tasks() if name not in ("phases", "streaming")])
def test_every_task(name):
    found = information(name)
    assert min(found.R, found.U_video, found.U_audio, found.S, *found.bits.values()) >= 0
    assert found.R + found.U_video == pytest.approx(found.bits.get(V, 0.0), abs=CLOSE)
    assert found.R + found.U_audio == pytest.approx(found.bits.get(A, 0.0), abs=CLOSE)
    pair = tuple(sense for sense in ("video", "audio") if (sense,) in found.bits)
    assert sum(split(name)) == pytest.approx(found.bits[pair], abs=CLOSE)
    for senses, value in found.bits.items():
        assert value <= found.entropy + CLOSE
        assert log_loss_floor(name, senses) == pytest.approx(found.entropy - value, abs=1e-9)
        for sense in senses:
            assert value >= found.bits[(sense,)] - 1e-12


def test_representation_limits_information():
    assert mutual_information("direction", V, seen="frame") == pytest.approx(0, abs=1e-12)
    assert mutual_information("direction", V, seen="bag") == pytest.approx(1)
    assert mutual_information("direction", V) == pytest.approx(2)
    assert log_loss_floor("order", V, seen="windows") == pytest.approx(1)


def test_averaging_counts_as_synergy():
    """The warning of section 1: two equally noisy copies share no unique bit and yet have synergy."""
    found = information(noisy_copies())
    assert found.S > 0.3
    assert found.U_video == pytest.approx(found.U_audio, abs=CLOSE)
    assert found.U_video == pytest.approx(0, abs=CLOSE)


def test_bad_input():
    with pytest.raises(ValueError, match="non-negative"):
        unique_information(np.full((2, 2, 2), -1.0))
    with pytest.raises(ValueError, match="finite"):
        unique_information(np.full((2, 2, 2), np.nan))
    with pytest.raises(ValueError, match="not all zero"):
        unique_information(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="1e-9"):
        unique_information(np.ones((2, 2, 2)), tolerance=0.0)
    with pytest.raises(ValueError, match="non-negative"):
        entropy(np.array([0.0, -1.0]))
    with pytest.raises(ValueError, match="sight and sound"):
        triple_table("shape")
    with pytest.raises(ValueError, match="cannot be listed"):
        information("phases")
    with pytest.raises(ValueError, match="at least one task"):
        blocks()
    with pytest.raises(ValueError, match="0…1"):
        copied_bit(copied=Fraction(2))
    assert task("main").name == "main"
