from __future__ import annotations

import time

import jax.numpy as jnp
import pytest

from vmm_edu.predict import times_real_time


def test_a_function_that_sleeps_is_timed_and_its_first_call_is_not():
    calls = []

    def run():
        time.sleep(0.3 if not calls else 0.02)
        calls.append(1)
        return jnp.zeros(2)

    found = times_real_time(run, media_s=2.0, repeats=3)
    assert len(calls) == 4
    assert 2.0 / 0.3 < found <= 2.0 / 0.02


def test_twice_the_media_is_twice_the_speed():
    slow, fast = (times_real_time(lambda: time.sleep(0.03), media_s=s, repeats=3) for s in (1.0, 100.0))
    assert fast > 10 * slow


@pytest.mark.parametrize(("media_s", "repeats"), [(0.0, 3), (float("nan"), 3), (1.0, 0)])
def test_bad_input(media_s, repeats):
    with pytest.raises(ValueError, match="media_s"):
        times_real_time(lambda: None, media_s=media_s, repeats=repeats)
