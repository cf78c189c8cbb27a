"""Tracking a hidden chain: every sequence of a short chain enumerated, and WORLD.md's row T7."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from vmm_edu.world import Chain, ceiling, lag_accuracy, path_accuracy, sample, task
from vmm_edu.world.phases import best_path, posteriors

CHAIN = Chain(3, Fraction(1, 5), Fraction(7, 10), 4)
V = ("video",)


def every_path(chain: Chain) -> dict[tuple[int, ...], float]:
    """Probability of each state sequence, from the definition in words."""
    chance = {}
    for path in itertools.product(range(chain.states), repeat=chain.frames):
        p = 1 / chain.states
        for before, after in itertools.pairwise(path):
            p *= {0: 1 - float(chain.advance), 1: float(chain.advance)}.get((after - before) % chain.states, 0.0)
        chance[path] = p
    return chance


def joint(chain: Chain, seen: tuple[int, ...]) -> dict[tuple[int, ...], float]:
    """Probability of each state sequence together with these observations."""
    lie = (1 - float(chain.truth)) / (chain.states - 1)
    return {
        path: p * np.prod([float(chain.truth) if s == o else lie for s, o in zip(path, seen, strict=False)])
        for path, p in every_path(chain).items()
    }


OBSERVED = list(itertools.product(range(CHAIN.states), repeat=CHAIN.frames))


@pytest.mark.parametrize("lag", [0, 1, 2, 3, 9])
def test_posteriors_equal_enumeration(lag):
    found = posteriors(CHAIN, np.array(OBSERVED[::7]), lag=lag)
    for row, seen in zip(found, OBSERVED[::7], strict=True):
        for t in range(CHAIN.frames):
            known = joint(CHAIN, seen[: t + lag + 1])
            exact = np.array([sum(p for path, p in known.items() if path[t] == s) for s in range(CHAIN.states)])
            np.testing.assert_allclose(row[t], exact / exact.sum(), atol=1e-12)


def test_best_path_is_the_likeliest_of_all():
    found = best_path(CHAIN, np.array(OBSERVED))
    for path, seen in zip(found, OBSERVED, strict=True):
        known = joint(CHAIN, seen)
        assert known[tuple(path.tolist())] == pytest.approx(max(known.values()), rel=1e-12)


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_expected_accuracy_equals_enumeration(lag):
    exact = 0.0
    for seen in OBSERVED:
        known = joint(CHAIN, seen)
        belief = posteriors(CHAIN, np.array([seen]), lag=lag)[0]
        exact += sum(known.values()) * belief.max(axis=1).mean()
    found = lag_accuracy(CHAIN, lag=lag, clips=20_000, rng=np.random.default_rng(3))
    assert 0 < found.standard_error < 0.005
    assert abs(found.accuracy - exact) < 4 * found.standard_error


def test_path_accuracy_equals_enumeration():
    exact = 0.0
    for seen in OBSERVED:
        known, path = joint(CHAIN, seen), best_path(CHAIN, np.array([seen]))[0]
        exact += sum(p * np.mean(np.array(truth) == path) for truth, p in known.items())
    found = path_accuracy(CHAIN, clips=20_000, rng=np.random.default_rng(4))
    assert abs(found.accuracy - exact) < 4 * found.standard_error


# WORLD.md section 5, T7; its numbers and ours are both Monte Carlo.
@pytest.mark.parametrize(
    ("seen", "expected"), [("filter", 0.732), ("lag_4", 0.821), ("smoother", 0.837), ("viterbi", 0.814)]
)
def test_the_published_row(seen, expected):
    assert ceiling("phases", V, seen=seen) == pytest.approx(expected, abs=0.004)


def test_ceilings_of_the_tracking_tasks():
    assert ceiling("phases", V, seen="frame") == pytest.approx(0.6)
    assert ceiling("streaming", ()) == 0.25
    short = task("phases", frames=6)
    curve = [ceiling(short, V, seen=f"lag_{lag}") for lag in range(6)]
    assert curve == sorted(curve)
    assert ceiling(short, V, seen="filter") == curve[0]
    assert ceiling(short, V, seen="all") == pytest.approx(curve[5], abs=1e-12)
    # A single frame has nothing to remember.
    assert ceiling(task("phases", frames=1), V) == pytest.approx(0.6)


def test_drawn_clips_move_as_stated():
    """Clips come from the sources, ceilings from the chain: both must be the same process."""
    chain = task("phases").chain
    clips = sample("phases", clips=400, seed=2)
    track = np.array([clip.track for clip in clips])
    lamp = np.array([[clip.symbols["video"][f"lamp_{t}"] for t in range(chain.frames)] for clip in clips])
    moves = np.diff(track, axis=1) % chain.states
    assert set(np.unique(moves).tolist()) == {0, 1}
    assert abs(moves.mean() - 0.1) < 4 * np.sqrt(0.1 * 0.9 / moves.size)
    assert abs((lamp == track).mean() - 0.6) < 4 * np.sqrt(0.6 * 0.4 / lamp.size)
    wrong = (lamp - track)[lamp != track] % chain.states
    assert np.all(np.abs(np.bincount(wrong)[1:] / wrong.size - 1 / 3) < 4 * np.sqrt(2 / 9 / wrong.size))
    assert np.all(np.abs(np.bincount(track[:, 0]) / 400 - 0.25) < 4 * np.sqrt(3 / 16 / 400))
    assert [clip.label for clip in clips] == track[:, -1].tolist()
    # The filter, run on these clips, reaches its own ceiling.
    right = (posteriors(chain, lamp, lag=0).argmax(axis=-1) == track).mean(axis=1)
    assert abs(right.mean() - ceiling("phases", V, seen="filter")) < 4 * right.std() / 20


def test_bad_input():
    with pytest.raises(ValueError, match="unknown seen='bag'"):
        ceiling("phases", V, seen="bag")
    with pytest.raises(ValueError, match="lag ≥ 0"):
        posteriors(CHAIN, np.array(OBSERVED[:1]), lag=-1)
    with pytest.raises(ValueError, match="at least 2 clips"):
        lag_accuracy(CHAIN, lag=0, clips=1, rng=np.random.default_rng(0))
