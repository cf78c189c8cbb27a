from __future__ import annotations

import itertools

import jax
import numpy as np
import pytest

from vmm_edu.features import frozen_frames, noisy_frames, noisy_sound

KEY = jax.random.key(0)
RNG = np.random.default_rng(0)
SOUND = (RNG.normal(size=(3, 20_000)) * np.array([[0.05], [0.2], [0.0]])).astype(np.float32)
IMAGES = RNG.integers(90, 160, (2, 8, 24, 24, 3)).astype(np.uint8)


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 20.0])
def test_the_ratio_measured_is_the_one_asked_for(snr_db):
    noise = np.asarray(noisy_sound(SOUND, snr_db=snr_db, key=KEY)) - SOUND
    for clip in range(2):
        ratio = 10 * np.log10((SOUND[clip] ** 2).mean() / (noise[clip] ** 2).mean())
        assert ratio == pytest.approx(snr_db, abs=0.15)
    assert (noise[2] == 0).all()


@pytest.mark.parametrize("snr_db", [0.0, 10.0])
def test_the_ratio_of_frames_counts_from_their_mean_brightness(snr_db):
    noise = np.asarray(noisy_frames(IMAGES, snr_db=snr_db, key=KEY)).astype(float) - IMAGES
    ratio = 10 * np.log10(IMAGES.astype(float).var(axis=(1, 2, 3, 4)) / (noise**2).mean(axis=(1, 2, 3, 4)))
    np.testing.assert_allclose(ratio, snr_db, atol=0.2)
    assert abs(noise.mean()) < 0.5


def test_the_same_key_gives_the_same_and_another_key_another():
    for degrade, clean in ((noisy_sound, SOUND), (noisy_frames, IMAGES)):
        first, again = (np.asarray(degrade(clean, snr_db=5.0, key=KEY)) for _ in range(2))
        np.testing.assert_array_equal(first, again)
        assert (first != np.asarray(degrade(clean, snr_db=5.0, key=jax.random.key(1)))).any()
        np.testing.assert_array_equal(degrade(clean, snr_db=np.inf, key=KEY), clean)


def test_noise_of_a_clip_does_not_depend_on_how_bright_or_what_the_others_are():
    brighter = (IMAGES + 40).astype(np.uint8)
    first = np.asarray(noisy_frames(IMAGES, snr_db=20.0, key=KEY)).astype(int) - IMAGES
    second = np.asarray(noisy_frames(brighter, snr_db=20.0, key=KEY)).astype(int) - brighter
    assert np.abs(first - second).max() <= 1  # rounding


def test_a_lost_frame_shows_the_last_that_arrived():
    frames, arrived = (np.asarray(x) for x in frozen_frames(IMAGES, loss=0.5, key=KEY))
    assert 0 < arrived[:, 1:].mean() < 1
    assert arrived[:, 0].all()
    for clip in range(2):
        last = 0
        for t in range(8):
            last = t if arrived[clip, t] else last
            np.testing.assert_array_equal(frames[clip, t], IMAGES[clip, last])


def test_a_greater_loss_loses_the_same_frames_and_more():
    arrived = [np.asarray(frozen_frames(IMAGES, loss=loss, key=KEY)[1]) for loss in (0.0, 0.2, 0.6, 1.0)]
    assert arrived[0].all()
    assert arrived[3].sum() == 2
    for less, more in itertools.pairwise(arrived):
        assert (more <= less).all()


def test_compiled_is_the_same():
    np.testing.assert_allclose(
        jax.jit(lambda x: noisy_sound(x, snr_db=3.0, key=KEY))(SOUND),
        noisy_sound(SOUND, snr_db=3.0, key=KEY),
        atol=1e-6,
    )
    np.testing.assert_array_equal(
        jax.jit(lambda x: frozen_frames(x, loss=0.5, key=KEY)[0])(IMAGES), frozen_frames(IMAGES, loss=0.5, key=KEY)[0]
    )


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: noisy_sound(SOUND[0], snr_db=0.0, key=KEY), r"samples\[None\]"),
        (lambda: noisy_sound(SOUND, snr_db=float("nan"), key=KEY), "decibels"),
        (lambda: noisy_frames(IMAGES[0], snr_db=0.0, key=KEY), "batch, time"),
        (lambda: frozen_frames(IMAGES, loss=1.5, key=KEY), "0…1"),
        (lambda: frozen_frames(IMAGES[0], loss=0.5, key=KEY), "batch, time"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
