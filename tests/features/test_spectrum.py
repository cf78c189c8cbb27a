import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import ShortTimeFFT, get_window

from vmm_edu.features import power_spectrum, stft

RATE_HZ = 8000


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 0.2, shape).astype(np.float32)


def scipy_stft(samples, window_samples, hop_samples, fft_samples):
    transform = ShortTimeFFT(
        get_window("hann", window_samples),
        hop_samples,
        RATE_HZ,
        fft_mode="onesided",
        mfft=fft_samples,
        phase_shift=None,
    )
    # SciPy centres window p on sample p · hop; ours starts there. Slices from the first whole window on are the same.
    half = window_samples // 2
    padded = np.concatenate([np.zeros(hop_samples * 1000 - half), samples])
    spectra = transform.stft(padded, p0=1000, p1=1000 + 1 + (len(samples) - window_samples) // hop_samples)
    return spectra.T, transform.f


@pytest.mark.parametrize(
    ("window_s", "hop_s", "sizes"), [(0.025, 0.010, (200, 80, 256)), (0.032, 0.008, (256, 64, 256))]
)
def test_equals_scipy(window_s, hop_s, sizes):
    samples = noise(3000)
    expected, frequency = scipy_stft(samples, *sizes)
    ours = stft(samples, RATE_HZ, window_s=window_s, hop_s=hop_s)
    assert ours.shape == (1 + (3000 - sizes[0]) // sizes[1], sizes[2] // 2 + 1)
    np.testing.assert_allclose(frequency, np.arange(sizes[2] // 2 + 1) * RATE_HZ / sizes[2])
    np.testing.assert_allclose(ours, expected, atol=1e-5)
    with jax.enable_x64(True):
        exact = stft(samples.astype(float), RATE_HZ, window_s=window_s, hop_s=hop_s)
        np.testing.assert_allclose(exact, expected, atol=1e-12)


def test_parseval_the_power_of_a_window_is_the_power_of_its_spectrum():
    samples = noise(2, 2000)
    power = np.asarray(power_spectrum(samples, RATE_HZ), float)
    window = get_window("hann", 200)
    sided = np.full(129, 2.0)
    sided[[0, -1]] = 1
    for frame in (0, 7):
        heard = (samples[:, frame * 80 : frame * 80 + 200].astype(float) * window) ** 2
        from_spectrum = (power[:, frame] * sided).sum(axis=1) / 256 * (window**2).sum()
        np.testing.assert_allclose(from_spectrum, heard.sum(axis=1), rtol=1e-5)


def test_white_noise_has_its_variance_at_every_frequency_whatever_the_window():
    samples = noise(80_000)
    for window_s in (0.016, 0.064):
        power = power_spectrum(samples, RATE_HZ, window_s=window_s)[:, 2:-2].mean()
        assert float(power) == pytest.approx(0.04, rel=0.05)


def test_a_tone_is_found_at_its_frequency_and_a_delay_of_one_hop_moves_one_frame():
    time_s = np.arange(4000) / RATE_HZ
    tone = (0.5 * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32)
    np.testing.assert_array_equal(np.argmax(power_spectrum(tone, RATE_HZ), axis=1), 1000 * 256 // RATE_HZ)
    samples = noise(2000)
    np.testing.assert_allclose(stft(samples[80:], RATE_HZ), stft(samples, RATE_HZ)[1:], atol=1e-5)


def test_a_batch_is_its_sounds_and_compiled_equals_plain():
    samples = noise(3, 1000)
    together = stft(samples, RATE_HZ)
    for alone, spectra in zip(samples, together, strict=True):
        np.testing.assert_allclose(stft(alone, RATE_HZ), spectra, atol=1e-6)
    np.testing.assert_allclose(jax.jit(lambda x: stft(x, RATE_HZ))(samples), together, atol=1e-6)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("samples", "options", "says"),
    [
        (
            np.zeros(1000, np.int16),
            {},
            "expected floating samples within −1…1, got int16; divide 16-bit samples by 32768",
        ),
        (noise(1000) * 32768, {}, r"expected samples within -8 … 8, got .*divide by 32768"),
        (np.full(1000, np.nan), {}, "expected finite samples"),
        (noise(2, 3, 1000), {}, r"expected samples \(sample,\) or \(batch, sample\), got \(2, 3, 1000\)"),
        (noise(199), {}, "at least one window of 200 samples, got 199; pad with silence"),
        (noise(0), {}, "at least one window"),
        (noise(1000), {"rate_hz": 0}, "expected a positive sampling rate in Hz, got 0"),
        (noise(1000), {"rate_hz": float("nan")}, "positive sampling rate"),
        (noise(1000), {"window_s": 0.0001}, "window_s of at least 2 samples"),
        (noise(1000), {"hop_s": 0.0}, "hop_s of at least 1"),
    ],
)
def test_bad_input_is_named(samples, options, says):
    for function in (stft, power_spectrum):
        with pytest.raises(ValueError, match=says):
            function(jnp.asarray(samples), **({"rate_hz": RATE_HZ} | options))
