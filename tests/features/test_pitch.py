import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.features import pitch
from vmm_edu.world import voice

RATE_HZ = 16000


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 0.2, shape).astype(np.float32)


def said(vowel, contour_hz):
    sound = voice.speak(vowel, pitch_hz=contour_hz, loudness=np.ones(len(contour_hz)))
    return (0.1 * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def by_loops(samples, rate_hz, low_hz, high_hz, window, hop):
    """The formula, one delay after the other."""
    shortest, longest = int(rate_hz / high_hz), int(np.ceil(rate_hz / low_hz))
    found = []
    for start in range(0, len(samples) - window - longest, hop):
        alike = {}
        for lag in range(shortest - 1, longest + 2):
            now, later = samples[start : start + window], samples[start + lag : start + lag + window]
            alike[lag] = 2 * float(now @ later) / float(now @ now + later @ later)
        inner = range(shortest, longest + 1)
        peaks = [lag for lag in inner if alike[lag - 1] < alike[lag] >= alike[lag + 1] and alike[lag] > 0]
        if not peaks:
            found.append((0.0, 0.0))
            continue
        highest = max(alike[lag] for lag in peaks)
        lag = next(lag for lag in peaks if alike[lag] >= 0.9 * highest)
        # The top of the parabola through three points, from its fitted coefficients.
        a, b, _ = np.polyfit([-1, 0, 1], [alike[lag - 1], alike[lag], alike[lag + 1]], 2)
        found.append((rate_hz / (lag - b / (2 * a)), alike[lag]))
    return np.array(found).T


def test_equals_the_formula_one_delay_at_a_time():
    samples = noise(3000).astype(float) + 0.3 * np.sin(2 * np.pi * 151 * np.arange(3000) / 8000)
    expected = by_loops(samples, 8000, 80, 350, 240, 80)
    with jax.enable_x64(True):
        ours = pitch(samples, 8000, low_hz=80, high_hz=350)
    assert ours.frequency_hz.shape == expected[0].shape
    np.testing.assert_allclose(ours.frequency_hz, expected[0], rtol=1e-8)
    np.testing.assert_allclose(ours.clarity, expected[1], rtol=1e-8)


@pytest.mark.parametrize("vowel", voice.FORMANTS_HZ)
def test_the_known_pitch_of_a_voice_is_found_within_five_cents(vowel):
    contour_hz = 90 * 2 ** np.linspace(0, 1.3, RATE_HZ)
    found = pitch(said(vowel, contour_hz), RATE_HZ)
    middle = np.arange(len(found.frequency_hz)) * 160 + round((0.030 + 1 / 70) / 2 * RATE_HZ)
    cents = 1200 * np.log2(np.asarray(found.frequency_hz) / contour_hz[middle])
    # The window's middle is not the moment that a rising voice is compared about; at 1.3 octaves a second that is 9 ms.
    assert np.abs(cents[3:-3]).max() < 15
    steady = pitch(said(vowel, np.full(RATE_HZ // 2, 123.4)), RATE_HZ)
    assert np.abs(1200 * np.log2(np.asarray(steady.frequency_hz)[3:-3] / 123.4)).max() < 5
    assert float(steady.clarity[3:-3].min()) > 0.95


def test_no_octave_too_low_and_loudness_does_not_matter():
    tone = np.sin(2 * np.pi * 200 * np.arange(4000) / RATE_HZ).astype(np.float32)
    for gain in (1.0, 0.01):
        found = pitch(gain * tone, RATE_HZ)
        np.testing.assert_allclose(found.frequency_hz, 200, rtol=1e-3)
        np.testing.assert_allclose(found.clarity, 1, atol=1e-3)


def test_noise_is_not_clear_and_silence_has_no_pitch():
    assert float(pitch(noise(16000), RATE_HZ).clarity.mean()) < 0.4
    silent = pitch(np.zeros(2000, np.float32), RATE_HZ)
    np.testing.assert_array_equal(silent.frequency_hz, 0)
    np.testing.assert_array_equal(silent.clarity, 0)


def test_a_batch_is_its_sounds_compiled_equals_plain_and_lowers_for_tpu():
    samples = noise(2, 2000)
    together = pitch(samples, RATE_HZ)
    for alone, row in zip(samples, together.frequency_hz, strict=True):
        np.testing.assert_allclose(pitch(alone, RATE_HZ).frequency_hz, row, rtol=1e-3)
    compiled = jax.jit(lambda samples: pitch(samples, RATE_HZ))
    np.testing.assert_allclose(compiled(samples).frequency_hz, together.frequency_hz, rtol=1e-3)
    shape = jax.ShapeDtypeStruct((2, 2000), jnp.float32)
    assert jax.export.export(compiled, platforms=["tpu"])(shape).platforms == ("tpu",)


def test_gradients_are_finite_in_silence_and_right_in_a_tone():
    slope = jax.jit(jax.grad(lambda samples: pitch(samples, RATE_HZ).frequency_hz.sum()))
    assert bool(jnp.isfinite(slope(jnp.zeros(1200))).all())
    with jax.enable_x64(True):
        samples = jnp.asarray(noise(1200) + np.sin(2 * np.pi * 150 * np.arange(1200) / RATE_HZ))
        way = jnp.asarray(noise(1200, seed=1), float)
        height = jax.jit(lambda samples: pitch(samples, RATE_HZ).clarity.sum())
        expected = (height(samples + 1e-6 * way) - height(samples - 1e-6 * way)) / 2e-6
        assert float((jax.grad(height)(samples) * way).sum()) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("samples", "options", "says"),
    [
        (noise(2000), {"low_hz": 300, "high_hz": 200}, "expected 0 < low_hz < high_hz ≤ 4000 Hz"),
        (noise(2000), {"high_hz": 5000}, "a quarter of the sampling rate"),
        (noise(2000), {"low_hz": float("nan")}, "0 < low_hz"),
        (noise(600), {}, "at least one window of 710 samples, got 600"),
        (noise(2000).astype(np.int16), {}, "expected floating samples"),
        (noise(2000) * np.nan, {}, "expected finite samples"),
        (noise(2000), {"window_s": 0}, "window_s of at least 2 samples"),
    ],
)
def test_bad_input_is_named(samples, options, says):
    with pytest.raises(ValueError, match=says):
        pitch(samples, RATE_HZ, **options)
