import itertools

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu import world
from vmm_edu.features import log_mel, onsets, ringing, spectral_flux
from vmm_edu.world import impact

RATE_HZ = 16000


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 0.002, shape).astype(np.float32)


def strokes(times_s, *, material="glass", frequency_hz=440.0):
    times_s = np.array(times_s)
    loud = np.full(len(times_s), 0.4)
    sound = impact.strokes(material, frequency_hz, times_s, loud, duration_s=2.0)
    return (sound + noise(32000)).astype(np.float32)


def test_flux_is_the_mean_rise_in_decibels():
    samples = strokes([0.3, 0.9])
    bands = 10 * np.asarray(log_mel(samples, RATE_HZ, window_s=0.016, hop_s=0.004, mels=20), float) / np.log(10)
    bands = np.maximum(bands, bands.max() - 60)
    expected = [sum(max(0.0, b - a) for a, b in zip(*pair, strict=True)) / 20 for pair in itertools.pairwise(bands)]
    np.testing.assert_allclose(spectral_flux(samples, RATE_HZ), expected, atol=1e-3)
    batch = spectral_flux(np.stack([samples, samples]), RATE_HZ)
    np.testing.assert_allclose(batch[1], expected, atol=1e-3)


def test_compiled_flux_equals_plain_and_lowers_for_tpu():
    samples = strokes([0.3])[:8000]
    compiled = jax.jit(lambda samples: spectral_flux(samples, RATE_HZ))
    np.testing.assert_allclose(compiled(samples), spectral_flux(samples, RATE_HZ), atol=1e-4)
    shape = jax.ShapeDtypeStruct(samples.shape, jnp.float32)
    assert jax.export.export(compiled, platforms=["tpu"])(shape).platforms == ("tpu",)
    assert bool(jnp.isfinite(jax.grad(lambda x: spectral_flux(x, RATE_HZ).sum())(jnp.zeros(2000))).all())


@pytest.mark.parametrize("material", ["glass", "wood", "rubber"])
def test_strokes_are_found_within_four_milliseconds_and_nothing_else_is(material):
    truth = [0.3123, 0.801, 1.1057, 1.3]
    found = onsets(strokes(truth, material=material), RATE_HZ)
    assert len(found) == len(truth)
    assert np.abs(found - truth).max() < 0.004


def test_louder_or_later_changes_nothing_else():
    samples = strokes([0.4, 1.0])
    np.testing.assert_array_equal(onsets(0.5 * samples, RATE_HZ), onsets(samples, RATE_HZ))
    later = np.concatenate([noise(640, seed=1), samples])  # ten hops
    np.testing.assert_allclose(onsets(later, RATE_HZ), onsets(samples, RATE_HZ) + 0.04, atol=1e-9)


def test_steady_noise_and_silence_have_no_onset():
    assert len(onsets(noise(16000), RATE_HZ)) == 0
    assert len(onsets(np.zeros(16000, np.float32), RATE_HZ)) == 0


@pytest.mark.parametrize("material", impact.MATERIALS)
@pytest.mark.parametrize("frequency_hz", [310.0, 590.0])
def test_a_damped_mode_has_its_pitch_and_its_decay(material, frequency_hz):
    damping = impact.MATERIALS[material].dampings[0]
    time_s = np.arange(32000) / RATE_HZ - 0.5
    clock = np.maximum(time_s, 0)
    sound = 0.4 * np.exp(-damping * frequency_hz * clock) * np.sin(2 * np.pi * frequency_hz * clock)
    found = ringing((sound + 0.1 * noise(32000)).astype(np.float32), RATE_HZ)
    assert found.onset_s == pytest.approx(0.5, abs=0.004)
    assert found.frequency_hz == pytest.approx(frequency_hz, rel=0.03)
    assert found.decay_db_s == pytest.approx(20 * damping * frequency_hz / np.log(10), rel=0.15)


def test_the_materials_of_the_world_differ_in_decay_per_cycle():
    clips = world.sample("material", clips=32, seed=0, split="test")
    cycles = {name: [] for name in impact.MATERIALS}
    for clip in clips:
        take = world.perform(clip)
        found = ringing(take.samples.astype(np.float32), RATE_HZ)
        assert found.onset_s == pytest.approx(take.events_s["contact"][0], abs=0.005)
        cycles[tuple(cycles)[clip.label]].append(found.decay_db_s / found.frequency_hz)
    ranges = [(min(values), max(values)) for values in cycles.values()]
    assert all(low > 2 * high for (_, high), (low, _) in itertools.pairwise(ranges))


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: onsets(noise(2, 800), RATE_HZ), r"expected samples \(sample,\)"),
        (lambda: onsets(noise(800), RATE_HZ, rise_db=0), "expected positive rise_db and gap_s"),
        (lambda: onsets(noise(800), RATE_HZ, gap_s=-1), "expected positive rise_db and gap_s"),
        (lambda: spectral_flux(noise(800), RATE_HZ, quiet_db=0), "a positive quiet_db, got 0"),
        (lambda: onsets(noise(100), RATE_HZ), "at least one window of 256 samples"),
        (lambda: ringing(noise(16000), RATE_HZ), "expected a stroke, found no onset"),
        (lambda: ringing(strokes([0.5])[:8500], RATE_HZ), "at least 0.1 s of sound after the onset at 0.499 s"),
    ],
)
def test_bad_input_is_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()
