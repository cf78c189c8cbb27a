import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from vmm_edu import world
from vmm_edu.features import grey, motion_histogram, motion_votes
from vmm_edu.features.hog import EPS

WAYS = {"right": (0, 1), "down": (1, 0), "left": (0, -1), "up": (-1, 0)}


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape).astype(np.float32)


def drifting(way, *, frames=8, side=32, seed=0):
    """A smooth random picture that moves by one pixel a frame, around the edges."""
    image = gaussian_filter(noise(side, side, seed=seed), 2, mode="wrap")
    image = (image - image.min()) / (image.max() - image.min())
    step_y, step_x = WAYS[way]
    return np.stack([np.roll(image, (t * step_y, t * step_x), (0, 1)) for t in range(frames)]).astype(np.float32)


def by_angle(clip, *, bins, cell, span):
    """The same with arctan2 and loops."""
    x, y = motion_votes(clip)
    strength, turn = np.hypot(x, y), np.arctan2(y, x) / (2 * np.pi) * bins
    k = np.floor(turn + 0.5).astype(int) % bins
    spans, rows, columns = x.shape[0] // span, x.shape[1] // cell, x.shape[2] // cell
    histogram = np.zeros((spans, rows, columns, bins))
    for s, row, column in np.ndindex(spans, rows, columns):
        here = np.s_[s * span : (s + 1) * span, row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        histogram[s, row, column] = np.bincount(k[here].ravel(), strength[here].ravel(), bins) / (span * cell**2)
    vectors = histogram.reshape(spans, -1)
    return (vectors / np.sqrt((vectors**2).sum(axis=1, keepdims=True) + EPS**2)).ravel()


# Parity


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((8, 32, 32), {"bins": 8, "cell": 16, "span": 6}),
        ((9, 21, 30), {"bins": 5, "cell": 7, "span": 3}),
        ((5, 16, 16), {"bins": 4, "cell": 8, "span": 1}),
        ((5, 16, 16), {"bins": 3, "cell": 16, "span": 3}),
    ],
)
def test_equals_the_version_with_angles_and_loops(shape, options):
    clip = noise(*shape)
    np.testing.assert_allclose(motion_histogram(clip, **options), by_angle(clip, **options), atol=2e-6)


def test_a_batch_is_its_clips_and_the_default_span_is_the_whole_clip():
    clips = noise(3, 6, 16, 20)
    together = motion_histogram(clips, cell=8)
    assert together.shape == (3, 2 * 2 * 8)
    for clip, vector in zip(clips, together, strict=True):
        np.testing.assert_allclose(motion_histogram(clip, cell=8, span=4), vector, atol=1e-6)


# Properties


@pytest.mark.parametrize("way", WAYS)
def test_votes_gather_where_the_picture_goes(way):
    quarter = list(WAYS).index(way)
    assert np.asarray(motion_histogram(drifting(way), bins=4, cell=32)).argmax() == quarter
    votes = np.asarray(motion_histogram(drifting(way), bins=8, cell=32))
    mean = np.angle(votes @ np.exp(2j * np.pi * (np.arange(8) / 8 - quarter / 4)))
    assert abs(mean) < np.pi / 8


def test_played_backwards_every_bin_moves_by_half_a_turn():
    clip = drifting("right", seed=3) * 0.5 + noise(8, 32, 32, seed=4) * 0.4
    forward, backward = (np.asarray(motion_histogram(c, cell=16)).reshape(4, 8) for c in (clip, clip[::-1].copy()))
    np.testing.assert_allclose(backward, np.roll(forward, 4, axis=1), atol=1e-6)


def test_a_quarter_turn_moves_every_bin_by_a_quarter():
    clip = noise(6, 32, 32, seed=5)
    upright, turned = (
        np.asarray(motion_histogram(c, cell=16)).reshape(2, 2, 8) for c in (clip, np.rot90(clip, axes=(1, 2)).copy())
    )
    np.testing.assert_allclose(turned, np.roll(np.rot90(upright), -2, axis=-1), atol=1e-6)


def test_brightness_contrast_and_inverted_pictures_change_nothing():
    clip = drifting("down") * 0.4 + 0.1
    expected = motion_histogram(clip)
    np.testing.assert_allclose(motion_histogram(clip + 0.3), expected, atol=1e-4)
    np.testing.assert_allclose(motion_histogram(clip * 2), expected, atol=1e-3)
    np.testing.assert_allclose(motion_histogram(1 - clip), expected, atol=1e-4)


def test_what_stands_still_does_not_vote():
    np.testing.assert_array_equal(motion_histogram(np.repeat(noise(1, 16, 16), 5, axis=0)), 0)


def test_it_knows_the_direction_that_no_single_frame_shows():
    clips = world.sample("direction", clips=16, seed=5, split="test")
    frames = grey(np.stack([world.perform(clip).images for clip in clips]))
    votes = np.asarray(motion_histogram(frames, bins=4, cell=64))
    assert [list(WAYS)[k] for k in votes.argmax(axis=1)] == [("right", "left", "down", "up")[c.label] for c in clips]


# Gradients and compilation


def test_gradient_is_finite_where_nothing_moves_and_compiled_equals_eager():
    clip = jnp.asarray(drifting("up", side=16)).at[:, :8].set(0.5)
    weights = jnp.asarray(noise(8))
    gradient = jax.grad(lambda c: (motion_histogram(c) * weights).sum())(clip)
    assert jnp.isfinite(gradient).all()
    assert jnp.abs(gradient).max() > 0
    np.testing.assert_allclose(jax.jit(motion_histogram)(clip), motion_histogram(clip), atol=1e-6)
    shape = jax.ShapeDtypeStruct((2, 8, 64, 64), jnp.float32)
    assert jax.export.export(jax.jit(motion_histogram), platforms=["tpu"])(shape).platforms == ("tpu",)


# Bad input


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("clips", "options", "says"),
    [
        (np.zeros((5, 16, 16), np.uint8), {}, "got uint8; divide 8-bit values by 255"),
        (noise(5, 16, 16) * 255, {}, "expected frames within"),
        (np.full((5, 16, 16), np.nan, np.float32), {}, "expected finite frames"),
        (noise(16, 16), {}, r"expected grey frames \(time, height, width\)"),
        (noise(5, 16, 16, 3), {}, "make colour grey with features.grey"),
        (noise(2, 16, 16), {}, "at least 3 frames of at least 16 × 16 pixels, got 2 of 16 × 16"),
        (noise(5, 16, 15), {}, "smaller cell"),
        (noise(5, 16, 16), {"span": 4}, "at least 6 frames"),
        (noise(5, 16, 16), {"bins": 2}, "expected bins of at least 3, cell and span of at least 1, got 2, 16 and None"),
        (noise(5, 16, 16), {"span": 0}, "at least 1"),
    ],
)
def test_bad_input_is_named(clips, options, says):
    with pytest.raises(ValueError, match=says):
        motion_histogram(clips, **options)


@pytest.mark.usefixtures("as_user")
def test_votes_need_three_frames():
    with pytest.raises(ValueError, match="expected at least 3 frames, got 2"):
        motion_votes(noise(2, 8, 8))
