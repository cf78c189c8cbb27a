"""Falls against the textbook and against a small-step integration; sounds against their own definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmm_edu.world import impact, motion, shape

drops = st.builds(
    motion.Drop,
    height_px=st.floats(10, 40),
    release_s=st.floats(0, 0.5),
    bounciness=st.floats(0.2, 0.8),
)


@given(drops)
def test_contacts_follow_the_formula(drop):
    times, speeds = drop.contacts(end_s=np.inf)
    fall = np.sqrt(2 * drop.height_px / motion.GRAVITY_PX_S2)
    assert np.isclose(times[0], drop.release_s + fall)
    n = np.arange(1, len(times))
    np.testing.assert_allclose(np.diff(times), 2 * drop.bounciness**n * fall)
    np.testing.assert_allclose(speeds, drop.bounciness ** np.arange(len(times)))


def test_height_equals_an_integration_in_small_steps():
    drop = motion.Drop(height_px=27.3, release_s=0.13, bounciness=0.62)
    step_s, height, speed = 1e-5, drop.height_px, 0.0
    times = np.arange(0, 1.9, step_s)
    heights = []
    for time_s in times:
        heights.append(height)
        if time_s < drop.release_s:
            continue
        speed -= motion.GRAVITY_PX_S2 * step_s
        height += speed * step_s
        if height < 0:
            height, speed = -height, -speed * drop.bounciness
    np.testing.assert_allclose(drop.clearance(times), heights, atol=0.05)


def test_nothing_sinks_into_the_floor_and_rest_is_rest():
    drop = motion.Drop(height_px=25.0, release_s=0.1, bounciness=0.5)
    height = drop.clearance(np.linspace(0, 6, 2000))
    assert height.min() >= 0
    assert np.all(height[-500:] == 0)


def test_the_frame_nearest_to_a_contact_shows_it():
    times = np.arange(30) / 12
    contacts, speeds = np.array([0.49, 1.3]), np.array([1.0, 0.5])
    flat = motion.squash(times, contacts, speeds, frame_s=1 / 12)
    assert np.flatnonzero(flat).tolist() == [round(0.49 * 12), round(1.3 * 12)]
    assert flat[flat > 0].tolist() == [1.0, 0.5]


@pytest.mark.parametrize("material", impact.MATERIALS)
@pytest.mark.parametrize("size", impact.SIZE_HZ)
def test_modes_ring_where_they_should_and_die_as_they_should(material, size):
    modes, low = impact.MATERIALS[material], impact.SIZE_HZ[size]
    clock = np.arange(impact.RATE_HZ) / impact.RATE_HZ
    sound = impact.ring(modes, low, clock)
    # One mode at a time, by least squares on the damped pair it must be.
    pairs = [
        np.exp(-d * r * low * clock) * wave(2 * np.pi * r * low * clock)
        for r, d in zip(modes.ratios, modes.dampings, strict=True)
        for wave in (np.sin, np.cos)
    ]
    found = np.linalg.lstsq(np.stack(pairs, axis=1), sound, rcond=None)[0]
    np.testing.assert_allclose(found[::2], np.array(modes.strengths) / sum(modes.strengths), atol=1e-6)
    np.testing.assert_allclose(found[1::2], 0, atol=1e-6)
    assert max(modes.ratios) * impact.detune(impact.SIZE_HZ["small"], 3) < impact.RATE_HZ / 2


def test_strokes_add_up():
    times, speeds = np.array([0.25, 0.75]), np.array([1.0, 0.5])
    both = impact.strokes("wood", 300.0, times, speeds, duration_s=1.0)
    one, two = (impact.strokes("wood", 300.0, times[k : k + 1], speeds[k : k + 1], duration_s=1.0) for k in (0, 1))
    np.testing.assert_allclose(both, one + two)
    assert np.all(both[:4000] == 0)
    np.testing.assert_allclose(two[12000:], one[4000:8000] / 2)
    with pytest.raises(ValueError, match="material among"):
        impact.strokes("stone", 300.0, times, speeds, duration_s=1.0)


def test_a_glide_rises_by_an_octave_and_its_reversal_has_the_same_spectrum():
    tone = impact.glide(440.0, octaves=1.0, start_s=0.3, length_s=1.2, duration_s=2.0)
    np.testing.assert_allclose(np.abs(np.fft.rfft(tone)), np.abs(np.fft.rfft(tone[::-1])), atol=1e-9)
    before = np.flatnonzero(np.diff(np.signbit(tone)))
    between = tone[before] / (tone[before] - tone[before + 1])
    crossings = (before + between + 0.5) / impact.RATE_HZ
    hertz = 0.5 / np.diff(crossings)
    middle = (crossings[1:] + crossings[:-1]) / 2
    inside = (middle > 0.4) & (middle < 1.4)
    np.testing.assert_allclose(hertz[inside], 440 * 2 ** ((middle[inside] - 0.3) / 1.2), rtol=0.01)


@given(st.sampled_from(shape.SHAPES), st.integers(100, 700), st.floats(-1, 1))
def test_every_mask_has_the_area_it_is_asked_for(name, count, angle):
    distance = shape.distance_to(name, *shape.grid(32.0, 32.0, angle_rad=angle), float(np.sqrt(count / np.pi)))
    assert shape.nearest_pixels(distance, count).sum() == count
    # The outlines are drawn to nearly that area by themselves.
    assert abs(shape.soft(distance).sum() / count - 1) < 0.12


def test_distances_are_true_to_a_dense_sampling_of_the_edge():
    radii = 12.0 * np.tile([1.62, 0.70], 5)
    angles = np.pi / 5 * np.arange(10)
    corners = np.stack([radii * np.sin(angles), -radii * np.cos(angles)], axis=1)
    share = np.linspace(0, 1, 400)[:, None]
    edge = np.concatenate([a + share * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)])
    dx, dy = shape.grid(30.0, 33.0)
    found = shape.polygon(dx, dy, radii)
    nearest = np.hypot(dx[..., None] - edge[:, 0], dy[..., None] - edge[:, 1]).min(axis=-1)
    np.testing.assert_allclose(np.abs(found), nearest, atol=0.03)
    assert found[33, 30] < 0 < found[0, 0]
    with pytest.raises(ValueError, match="expected a shape"):
        shape.distance_to("heart", dx, dy, 3.0)
