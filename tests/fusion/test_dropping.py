from __future__ import annotations

import jax
import numpy as np
import pytest

from vmm_edu.fusion import drop_senses

NAMES = ("audio", "text", "video")


def everyone(batch: int = 4000) -> dict[str, np.ndarray]:
    return {name: np.ones(batch, bool) for name in NAMES}


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.8, 1.0])
def test_each_sense_is_dropped_as_often_as_said_and_no_clip_loses_all(rate):
    kept = drop_senses(everyone(), key=jax.random.key(0), rate=rate)
    stacked = np.stack([kept[name] for name in NAMES])
    assert stacked.any(axis=0).all()
    share = rate - rate**3 / 3
    np.testing.assert_allclose(1 - stacked.mean(axis=1), share, atol=4 * 0.5 / np.sqrt(4000))


def test_dropping_is_independent_where_a_clip_may_lose_all():
    kept = drop_senses(everyone(), key=jax.random.key(1), rate=0.4, keep_one=False)
    patterns = 4 * np.asarray(kept["audio"]) + 2 * np.asarray(kept["text"]) + np.asarray(kept["video"])
    senses = np.array([bin(k).count("1") for k in range(8)])
    expected = 0.6**senses * 0.4 ** (3 - senses)
    np.testing.assert_allclose(np.bincount(patterns, minlength=8) / 4000, expected, atol=4 * 0.5 / np.sqrt(4000))


def test_what_is_missing_stays_missing_and_the_last_sense_stays():
    rng = np.random.default_rng(0)
    present = {name: rng.random(500) < 0.5 for name in NAMES}
    before = np.stack([present[name] for name in NAMES])
    kept = drop_senses(present, key=jax.random.key(2), rate=0.9)
    after = np.stack([kept[name] for name in NAMES])
    assert not (after & ~before).any()
    np.testing.assert_array_equal(after.any(axis=0), before.any(axis=0))
    alone = before.sum(axis=0) == 1
    np.testing.assert_array_equal(after[:, alone], before[:, alone])


def test_order_of_names_jit_and_keys():
    one = drop_senses(everyone(50), key=jax.random.key(3), rate=0.5)
    other = drop_senses(dict(reversed(everyone(50).items())), key=jax.random.key(3), rate=0.5)
    compiled = jax.jit(lambda present, key: drop_senses(present, key=key, rate=0.5))(everyone(50), jax.random.key(3))
    for name in NAMES:
        np.testing.assert_array_equal(one[name], other[name])
        np.testing.assert_array_equal(one[name], compiled[name])
    changed = drop_senses(everyone(50), key=jax.random.key(4), rate=0.5)
    assert any((np.asarray(one[name]) != np.asarray(changed[name])).any() for name in NAMES)


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("present", "rate", "words"),
    [
        ({}, 0.5, "at least one sense"),
        ({"audio": np.ones(3)}, 0.5, "bool .batch,. of one length, got .*float64"),
        ({"audio": np.ones(3, bool), "video": np.ones(4, bool)}, 0.5, "of one length"),
        ({"audio": np.ones((3, 2), bool)}, 0.5, "of one length"),
        ({"audio": np.ones(3, bool)}, 1.5, "rate within 0…1, got 1.5"),
    ],
)
def test_bad_input(present, rate, words):
    with pytest.raises(ValueError, match=words):
        drop_senses(present, key=jax.random.key(0), rate=rate)
