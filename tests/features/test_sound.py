import math

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.fft import dct

from vmm_edu.features import hz_to_mel, log_mel, mel_filters, mel_to_hz, mfcc, power_spectrum

RATE_HZ = 16000


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 0.2, shape).astype(np.float32)


def rising_glide():
    # Window 400, hop 160: with this length the windows of the reversed sound are those of the sound, reversed.
    time_s = np.arange(400 + 48 * 160 + 1) / RATE_HZ
    cycles = 500 * time_s + 2500 * time_s**2
    return (0.3 * np.sin(2 * np.pi * cycles)).astype(np.float32)


@pytest.mark.parametrize(
    ("rate_hz", "fft_samples", "mels", "low_hz", "high_hz"), [(16000, 512, 40, 0, None), (8000, 256, 20, 80, 3800)]
)
def test_filters_equal_the_published_formula_one_weight_at_a_time(rate_hz, fft_samples, mels, low_hz, high_hz):
    filters = mel_filters(rate_hz, fft_samples=fft_samples, mels=mels, low_hz=low_hz, high_hz=high_hz)
    assert filters.shape == (mels, fft_samples // 2 + 1)

    def mel(hz):
        return 2595 * math.log10(1 + hz / 700)

    low, high = mel(low_hz), mel(high_hz or rate_hz / 2)
    corners = [700 * (10 ** ((low + (high - low) * k / (mels + 1)) / 2595) - 1) for k in range(mels + 2)]
    for b in range(mels):
        left, top, right = corners[b : b + 3]
        for k in range(fft_samples // 2 + 1):
            hz = k * rate_hz / fft_samples
            weight = 0.0
            if left < hz <= top:
                weight = (hz - left) / (top - left)
            elif top < hz < right:
                weight = (right - hz) / (right - top)
            assert filters[b, k] == pytest.approx(weight, abs=1e-9)


def test_neighbouring_filters_add_up_to_one():
    filters = mel_filters(RATE_HZ, fft_samples=512)
    corners = mel_to_hz(np.linspace(0, hz_to_mel(8000), 42))
    frequency = np.arange(257) * RATE_HZ / 512
    inner = (frequency >= corners[1]) & (frequency <= corners[-2])
    np.testing.assert_allclose(filters.sum(axis=0)[inner], 1)


def test_the_mel_scale_and_its_inverse():
    hz = np.linspace(0, 8000, 33)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz)), hz, atol=1e-9)
    assert float(hz_to_mel(1000)) == pytest.approx(1000, abs=0.1)
    for convert in (hz_to_mel, mel_to_hz):
        with pytest.raises(ValueError, match="at least 0, got -1"):
            convert(np.array([3.0, -1.0]))


def test_log_mel_is_the_logarithm_of_filtered_power():
    samples = noise(2, 4000)
    power = np.asarray(power_spectrum(samples, RATE_HZ), float)
    expected = np.log(np.einsum("bfk,mk->bfm", power, mel_filters(RATE_HZ, fft_samples=512)))
    ours = log_mel(samples, RATE_HZ)
    assert ours.shape == (2, 23, 40)
    np.testing.assert_allclose(ours, expected, atol=1e-4)
    np.testing.assert_allclose(log_mel(samples[1], RATE_HZ), ours[1], atol=1e-5)


def test_silence_is_the_floor_and_has_no_gradient():
    silence = jnp.zeros(1600)
    np.testing.assert_allclose(log_mel(silence, RATE_HZ, floor=1e-6), math.log(1e-6), rtol=1e-6)
    gradient = jax.grad(lambda samples: log_mel(samples, RATE_HZ).sum())(silence)
    np.testing.assert_array_equal(gradient, 0)


def test_gradient_equals_finite_differences():
    rng = np.random.default_rng(1)
    with jax.enable_x64(True):
        samples, way = jnp.asarray(rng.normal(0, 0.2, 900)), jnp.asarray(rng.normal(size=900))
        loss = jax.jit(lambda samples: jnp.sin(log_mel(samples, RATE_HZ)).sum())
        slope = (loss(samples + 1e-6 * way) - loss(samples - 1e-6 * way)) / 2e-6
        assert float((jax.grad(loss)(samples) * way).sum()) == pytest.approx(float(slope), rel=1e-6)


def test_ten_times_the_amplitude_is_twenty_decibels():
    samples = noise(2000) * 0.1
    louder = np.asarray(log_mel(samples * 10, RATE_HZ)) - np.asarray(log_mel(samples, RATE_HZ))
    np.testing.assert_allclose(louder * 10 / math.log(10), 20, atol=1e-3)


def test_the_mean_over_time_cannot_tell_a_rising_from_a_falling_glide_but_the_frames_can():
    rising = rising_glide()
    up, down = (np.asarray(log_mel(samples, RATE_HZ)) for samples in (rising, rising[::-1].copy()))
    np.testing.assert_allclose(np.exp(up), np.exp(down[::-1]), atol=1e-4)
    np.testing.assert_allclose(np.exp(up).mean(axis=0), np.exp(down).mean(axis=0), atol=1e-5)
    assert (np.diff(up.argmax(axis=1)) >= 0).all()
    assert (np.diff(down.argmax(axis=1)) <= 0).all()
    assert up.argmax(axis=1)[-1] - up.argmax(axis=1)[0] > 10


def test_compiled_equals_plain_and_lowers_for_tpu():
    samples = noise(2, 2000)
    compiled = jax.jit(lambda samples: log_mel(samples, RATE_HZ))
    np.testing.assert_allclose(compiled(samples), log_mel(samples, RATE_HZ), atol=1e-5)
    shape = jax.ShapeDtypeStruct((2, 2000), jnp.float32)
    assert jax.export.export(compiled, platforms=["tpu"])(shape).platforms == ("tpu",)


@pytest.mark.parametrize("coefficients", [1, 13, 40])
def test_mfcc_equals_scipys_cosine_transform(coefficients):
    log_mels = noise(2, 6, 40)
    expected = dct(log_mels.astype(float), type=2, norm="ortho", axis=-1)[..., :coefficients]
    np.testing.assert_allclose(mfcc(log_mels, coefficients=coefficients), expected, atol=1e-5)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"samples": noise(100)}, "at least one window of 400 samples, got 100"),
        ({"samples": noise(1000).astype(np.int32)}, "floating samples"),
        ({"samples": noise(1000) * np.nan}, "finite samples"),
        ({"rate_hz": -1}, "positive sampling rate"),
        ({"mels": 0}, "at least 1 mel band"),
        ({"mels": 200}, "empty of 200; use fewer mels or a longer window_s"),
        ({"low_hz": 4000, "high_hz": 300}, "expected 0 ≤ low_hz < high_hz ≤ 8000 Hz"),
        ({"high_hz": 9000}, "half the sampling rate"),
        ({"low_hz": -5}, "0 ≤ low_hz"),
        ({"floor": 0.0}, "expected a positive floor"),
        ({"floor": math.nan}, "expected a positive floor"),
    ],
)
def test_bad_input_is_named(options, says):
    given = {"samples": noise(1000), "rate_hz": RATE_HZ} | options
    with pytest.raises(ValueError, match=says):
        log_mel(given.pop("samples"), given.pop("rate_hz"), **given)


@pytest.mark.parametrize("coefficients", [0, 41])
def test_mfcc_refuses_more_coefficients_than_bands(coefficients):
    with pytest.raises(ValueError, match="within 1 … 40"):
        mfcc(noise(6, 40), coefficients=coefficients)
