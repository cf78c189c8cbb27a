"""Noise is as strong as asked, of the right kind, and never the clip's own voice."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.grid import babble, mix, white_noise


def power(x):
    return np.mean(x.astype(np.float64) ** 2, axis=-1)


@pytest.fixture
def speech():
    rng = np.random.default_rng(0)
    return (rng.normal(0, [[0.05], [0.2], [0.01]], (3, 4000)) * np.linspace(0, 2, 4000)).astype(np.float32)


@pytest.mark.parametrize("snr_db", [20, 0, -7.5, -15])
def test_the_ratio_is_the_one_asked_for(speech, snr_db):
    noise = white_noise(speech, rng=np.random.default_rng(1)) * np.float32(3)
    mixed = mix(speech, noise, snr_db=snr_db).astype(np.float64)
    for x, n, y in zip(speech, noise, mixed, strict=True):
        # Take the mixture apart again: least squares on speech and noise.
        (of_speech, of_noise), *_ = np.linalg.lstsq(np.stack([x, n], 1).astype(np.float64), y, rcond=None)
        assert 10 * np.log10(of_speech**2 * power(x) / (of_noise**2 * power(n))) == pytest.approx(snr_db, abs=0.01)


def test_loudness_does_not_tell_how_noisy_it_is(speech):
    noise = white_noise(speech, rng=np.random.default_rng(1))
    for snr_db in (10, -15):
        assert power(mix(speech, noise, snr_db=snr_db)) == pytest.approx(power(speech), rel=0.15)


def test_infinity_is_no_noise(speech):
    assert np.array_equal(mix(speech, np.ones_like(speech), snr_db=np.inf), speech)


def test_a_silent_clip_stays_silent(speech):
    assert not mix(np.zeros_like(speech), speech, snr_db=0).any()


def test_white_noise_is_even_over_frequencies():
    spectrum = power(np.abs(np.fft.rfft(white_noise(np.zeros((400, 256)), rng=np.random.default_rng(0)))).T)
    assert spectrum[1:-1].std() / spectrum[1:-1].mean() < 0.1


def test_only_others_of_the_same_group_babble():
    clips, samples = 9, 500
    tones = np.sin(2 * np.pi * np.arange(samples) * (20 + 10 * np.arange(clips))[:, None] / samples)
    groups = np.array([0, 1, 2] * 3)
    heard = babble(tones, groups, rng=np.random.default_rng(0), voices=2)
    strength = np.abs(np.fft.rfft(heard))[:, 20 + 10 * np.arange(clips)]
    for clip in range(clips):
        others = set(np.flatnonzero(groups == groups[clip])) - {clip}
        assert set(np.flatnonzero(strength[clip] > 1)) == others
        assert np.ptp(strength[clip, sorted(others)]) < 1e-3 * strength[clip].max()  # each as loud as the others


def test_the_same_generator_gives_the_same_babble(speech):
    draws = [babble(speech, np.zeros(3, int), rng=np.random.default_rng(seed), voices=1) for seed in (3, 3, 4)]
    assert np.array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


@pytest.mark.usefixtures("as_user")
def test_bad_input(speech):
    with pytest.raises(ValueError, match="the shape of the speech"):
        mix(speech, speech[0], snr_db=0)
    with pytest.raises(ValueError, match="snr_db"):
        mix(speech, speech, snr_db=np.nan)
    with pytest.raises(ValueError, match="silent"):
        mix(speech, np.zeros_like(speech), snr_db=0)
    with pytest.raises(ValueError, match="more clips than voices"):
        babble(speech, np.zeros(3, int), rng=np.random.default_rng(0), voices=3)
