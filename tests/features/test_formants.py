import numpy as np
import pytest
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter, resample_poly

from vmm_edu.features import formants, linear_prediction
from vmm_edu.world import voice

RATE_HZ = 8000


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 0.2, shape)


@pytest.mark.parametrize("order", [1, 2, 9, 14])
def test_the_recursion_solves_the_equations_as_scipy_does(order):
    samples = lfilter([1], [1, -1.2, 0.7], noise(4, 300)) * np.hamming(300)
    ours = linear_prediction(samples, order=order)
    for row, weights, error in zip(samples, ours.coefficients, ours.error, strict=True):
        lags = np.correlate(row, row, "full")[299 : 300 + order]
        expected = solve_toeplitz(lags[:-1], lags[1:])
        np.testing.assert_allclose(weights, expected, rtol=1e-6, atol=1e-9)
        assert error == pytest.approx(lags[0] - expected @ lags[1:], rel=1e-8)


def test_weights_of_a_known_process_are_found_and_no_other_weights_leave_less():
    samples = lfilter([1], [1, -1.2, 0.7], noise(200_000))
    np.testing.assert_allclose(linear_prediction(samples, order=2).coefficients, [1.2, -0.7], atol=0.01)
    piece = samples[:400] * np.hanning(400)
    found = linear_prediction(piece, order=3)
    padded = np.pad(piece, 3)

    def unexplained(weights):
        return ((padded[3:] - sum(w * padded[2 - j : -1 - j] for j, w in enumerate(weights))) ** 2).sum()

    assert unexplained(found.coefficients) == pytest.approx(found.error, rel=1e-8)
    for seed in range(5):
        assert unexplained(found.coefficients + noise(3, seed=seed)) > found.error


def test_silence_has_weights_zero():
    found = linear_prediction(np.zeros((2, 50)), order=4)
    np.testing.assert_array_equal(found.coefficients, 0)
    np.testing.assert_array_equal(found.error, 0)
    assert np.isnan(formants(np.zeros(800, np.float32), RATE_HZ)).all()


def test_two_resonators_are_found_where_they_were_put():
    # Each resonator is a pair of poles; noise goes through one, then the other.
    samples = noise(16000)
    for centre_hz, width_hz in ((700, 60), (1800, 80)):
        radius, angle = np.exp(-np.pi * width_hz / RATE_HZ), 2 * np.pi * centre_hz / RATE_HZ
        samples = lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], samples)
    found = formants(samples.astype(np.float32), RATE_HZ, order=4, count=2)
    assert found.shape == (197, 2)
    np.testing.assert_allclose(np.nanmedian(found, axis=0), [700, 1800], rtol=0.02)


@pytest.mark.parametrize("vowel", voice.FORMANTS_HZ)
@pytest.mark.parametrize("tract", [0.94, 1.06])
def test_the_known_formants_of_a_voice_are_found(vowel, tract):
    rise = np.ones(16000)
    said = voice.speak(vowel, pitch_hz=110.0 * rise, loudness=rise, tract=tract)
    half = resample_poly(said / np.abs(said).max(), 1, 2).astype(np.float32)
    found = np.nanmedian(formants(half, RATE_HZ)[5:-5], axis=0)
    truth = tract * np.array(voice.FORMANTS_HZ[vowel])
    # A voice sounds at multiples of its pitch only: between them a formant can be known no better than to half of it.
    assert (np.abs(found - truth)[:2] < 55).all(), (found, truth)
    assert found[2] == pytest.approx(truth[2], rel=0.05)


def test_fewer_resonances_than_asked_for_are_nan():
    tone = np.sin(2 * np.pi * 500 * np.arange(2000) / RATE_HZ).astype(np.float32)
    found = formants(tone, RATE_HZ, order=2, count=4)
    np.testing.assert_allclose(found[:, 0], 500, rtol=0.01)
    assert np.isnan(found[:, 1:]).all()


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("samples", "options", "says"),
    [
        (noise(2, 800), {}, r"expected samples \(sample,\) and count ≥ 1"),
        (noise(800), {"count": 0}, "count ≥ 1"),
        (noise(800), {"order": 0}, "expected an order of at least 1"),
        (noise(800), {"order": 400}, "more samples than that, got 400 and 320"),
        (noise(100), {}, "at least one window of 320 samples, got 100"),
        (noise(800).astype(int), {}, "expected floating samples"),
    ],
)
def test_bad_input_is_named(samples, options, says):
    with pytest.raises(ValueError, match=says):
        formants(samples, RATE_HZ, **options)
