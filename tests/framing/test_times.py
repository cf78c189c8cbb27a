import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmm_edu.framing import segment_times, uniform_times, window_times

seconds = st.floats(0.01, 1e4)
starts = st.floats(0, 1e4)


@given(seconds, st.integers(1, 200), starts)
def test_a_count_cuts_the_stretch_into_equal_parts_and_takes_their_middles(duration, count, start):
    times = uniform_times(duration, count=count, start_s=start)
    edges = np.linspace(start, start + duration, count + 1)
    np.testing.assert_allclose(times, (edges[:-1] + edges[1:]) / 2, rtol=1e-9, atol=1e-9)


@given(st.floats(0.1, 100), st.floats(0.1, 60), starts)
def test_a_rate_begins_at_the_start_and_stops_before_the_end(duration, rate, start):
    times = uniform_times(duration, rate_hz=rate, start_s=start)
    assert times[0] == start
    assert times[-1] < start + duration
    assert times[-1] + 1 / rate > start + duration - 2e-6
    np.testing.assert_allclose(np.diff(times), 1 / rate, rtol=1e-6, atol=1e-9)


def test_a_whole_number_of_steps_does_not_gain_one_by_rounding():
    assert len(uniform_times(0.1 + 0.2, rate_hz=10)) == 3
    assert len(uniform_times(2.5, rate_hz=12)) == 30


@given(seconds, st.integers(1, 100), st.integers(0, 2**32 - 1))
def test_each_segment_gives_one_moment_of_its_own(duration, segments, seed):
    for times in (
        segment_times(duration, segments=segments),
        segment_times(duration, segments=segments, rng=np.random.default_rng(seed)),
    ):
        assert np.array_equal(np.floor(times / duration * segments * (1 - 1e-12)), np.arange(segments))
    np.testing.assert_allclose(segment_times(duration, segments=segments), uniform_times(duration, count=segments))


def test_jitter_makes_every_moment_as_likely_as_any_other():
    rng = np.random.default_rng(1)
    draws = np.concatenate([segment_times(2.0, segments=5, rng=rng) for _ in range(4000)])
    share, _ = np.histogram(draws, bins=20, range=(0, 2))
    assert abs(share / 1000 - 1).max() < 0.15  # five standard deviations of a binomial share


@given(st.floats(0.1, 100), st.floats(0.1, 20), st.floats(0.05, 20), starts)
def test_windows_are_whole_and_one_more_would_not_fit(duration, window, hop, start):
    rows = window_times(duration, window_s=window, hop_s=hop, start_s=start)
    np.testing.assert_allclose(rows[:, 1] - rows[:, 0], window, rtol=1e-6)
    np.testing.assert_allclose(rows[:, 0], start + hop * np.arange(len(rows)))
    assert (rows[:, 1] <= start + duration + 2e-6).all()
    assert len(rows) * hop + window > duration - 2e-6


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: uniform_times(1.0), "one of count and rate_hz"),
        (lambda: uniform_times(1.0, count=2, rate_hz=2), "one of count and rate_hz"),
        (lambda: uniform_times(1.0, count=0), "count"),
        (lambda: uniform_times(0.0, count=1), "duration_s"),
        (lambda: uniform_times(float("nan"), count=1), "duration_s"),
        (lambda: uniform_times(1.0, rate_hz=0.0), "rate_hz"),
        (lambda: segment_times(1.0, segments=0), "segments"),
        (lambda: window_times(1.0, window_s=1.0, hop_s=0.0), "hop_s"),
        (lambda: window_times(1.0, window_s=-1.0, hop_s=1.0), "window_s"),
    ],
)
def test_bad_values_are_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()
