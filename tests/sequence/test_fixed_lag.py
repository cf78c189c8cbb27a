from __future__ import annotations

import itertools

import jax
import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.sequence import FixedLagSmoother, crf_marginals, fixed_lag

RNG = np.random.default_rng(0)


def chain(tags=3, time=6, batch=2, *, forbid=False):
    """A random hidden Markov model's logarithms: rows of exp(A) and exp(start) sum to 1."""
    moves, start = RNG.dirichlet(np.ones(tags), size=tags), RNG.dirichlet(np.ones(tags))
    if forbid:
        moves[0, 1] = 0
        moves /= moves.sum(axis=1, keepdims=True)
    emissions = np.log(RNG.uniform(0.05, 1, (batch, time, tags)))
    with np.errstate(divide="ignore"):
        return (x.astype(np.float32) for x in (emissions, np.log(moves), np.log(start)))


def listed(emissions, moves, start, lag):
    """Bayes' rule over every path of the whole clip, with the likelihoods of frames after t + lag set to 1."""
    time, tags = emissions.shape
    out = np.zeros((time, tags))
    for t in range(time):
        for path in itertools.product(range(tags), repeat=time):
            score = start[path[0]] + sum(moves[a, b] for a, b in itertools.pairwise(path))
            score += sum(emissions[s, k] for s, k in enumerate(path) if s <= t + lag)
            out[t, path[t]] += np.exp(float(score))
    return out / out.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("forbid", [False, True])
@pytest.mark.parametrize("lag", [0, 1, 3, 5, 50])
def test_same_as_summing_over_every_path(lag, forbid):
    emissions, moves, start = chain(time=5, forbid=forbid)
    found = fixed_lag(emissions, moves, lag=lag, start=start)
    for row, clip in enumerate(emissions):
        np.testing.assert_allclose(found[row], listed(clip, moves, start, lag), atol=2e-5)


def test_the_longest_lag_is_the_smoother_and_no_lag_never_looks_ahead():
    emissions, moves, start = chain(tags=4, time=20)
    np.testing.assert_allclose(
        fixed_lag(emissions, moves, lag=19, start=start), crf_marginals(emissions, moves, start=start), atol=2e-5
    )
    other = emissions.copy()
    other[:, 8:] = RNG.normal(size=other[:, 8:].shape)
    for lag in (0, 3):
        a, b = (fixed_lag(e, moves, lag=lag, start=start) for e in (emissions, other))
        np.testing.assert_allclose(a[:, : 8 - lag], b[:, : 8 - lag], atol=1e-6)
        assert np.abs(a[:, 8 - lag :] - b[:, 8 - lag :]).max() > 0.01


def test_its_accuracy_is_the_worlds_exact_curve():
    """Against the other implementation, in probabilities instead of logarithms, on drawn clips with their truth."""
    clips = world.sample("phases", clips=1500, seed=11)
    lamps = np.array([list(clip.symbols["video"].values()) for clip in clips])
    truth = np.array([clip.track for clip in clips])
    stay, move, right, wrong = np.log([0.9, 0.1, 0.6, 0.4 / 3]).astype(np.float32)
    moves = np.full((4, 4), -np.inf, np.float32)
    for k in range(4):
        moves[k, k], moves[k, (k + 1) % 4] = stay, move
    emissions = np.where(lamps[:, :, None] == np.arange(4), right, wrong)
    known = world.task("phases").chain
    for lag in (0, 4, 47):
        each = (np.asarray(fixed_lag(emissions, moves, lag=lag).argmax(2)) == truth).mean(axis=1)
        exact = world.lag_accuracy(known, lag=lag, clips=2000, rng=np.random.default_rng(1))
        sigma = np.hypot(each.std() / np.sqrt(len(each)), exact.standard_error)
        assert abs(each.mean() - exact.accuracy) < 4 * sigma


@pytest.mark.parametrize("lag", [0, 2, 9, 30])
def test_streaming_equals_the_whole_clip(lag):
    emissions, moves, start = chain(time=14, batch=1, forbid=True)
    stream = FixedLagSmoother(moves, lag=lag, start=start)
    told = [stream.push(now) for now in emissions[0]]
    assert all(row is None for row in told[:lag])
    told = [row for row in told if row is not None]
    rows = np.concatenate([np.array(told).reshape(-1, 3), stream.finish()])
    np.testing.assert_allclose(rows, fixed_lag(emissions[0], moves, lag=lag, start=start), atol=2e-5)


def test_a_long_stream_keeps_a_bounded_memory_and_does_not_drift():
    emissions, moves, start = chain(time=400, batch=1)
    stream = FixedLagSmoother(moves, lag=3, start=start)
    rows = [stream.push(now) for now in emissions[0]]
    assert len(stream.finish()) == 3
    np.testing.assert_allclose(np.array(rows[3:]), fixed_lag(emissions[0], moves, lag=3, start=start)[:-3], atol=1e-4)


def test_padding_changes_nothing_and_gets_0():
    emissions, moves, start = chain(time=9, batch=3)
    mask = np.arange(9) < np.array([9, 4, 0])[:, None]
    found = fixed_lag(np.where(mask[..., None], emissions, np.nan), moves, lag=2, start=start, mask=mask)
    np.testing.assert_allclose(found[1, :4], fixed_lag(emissions[1, :4], moves, lag=2, start=start), atol=1e-5)
    assert (found[1, 4:] == 0).all()
    assert (found[2] == 0).all()


def test_compiled_is_the_same_and_one_program_serves_every_lag():
    from vmm_edu.sequence.fixed_lag import _shares

    emissions, moves, start = chain(time=7)
    fixed_lag(emissions, moves, lag=1, start=start)
    before = _shares._cache_size()
    plain = [fixed_lag(emissions, moves, lag=lag, start=start) for lag in (0, 2, 6)]
    assert _shares._cache_size() == before
    for lag, expected in zip((0, 2, 6), plain, strict=True):
        compiled = jax.jit(lambda e, lag=lag: fixed_lag(e, moves, lag=lag, start=start))(emissions)
        np.testing.assert_allclose(compiled, expected, atol=1e-6)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda e, a: fixed_lag(e, a, lag=-1), "lag of at least 0"),
        (lambda e, a: fixed_lag(e, a[:2], lag=1), "transitions"),
        (lambda e, a: fixed_lag(e, a, lag=1, mask=np.array([[False, True, True, True]] * 2)), "end of a clip"),
        (lambda e, a: FixedLagSmoother(a, lag=-2), "lag of at least 0"),
        (lambda e, a: FixedLagSmoother(a, lag=1).push(e[0, 0, :2]), "emission"),
        (lambda e, a: FixedLagSmoother(a, lag=1).push(np.full(3, np.nan)), "NaN"),
    ],
)
def test_bad_input(call, words):
    emissions, moves, _ = chain(time=4)
    with pytest.raises(ValueError, match=words):
        call(emissions, moves)
