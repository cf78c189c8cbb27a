from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from features.views import PHOTOGRAPHS, VIEWS, found_again, photograph, shares_of, skimage_sift, view
from scipy.ndimage import gaussian_filter, map_coordinates

from vmm_edu.features import Keypoints, grey, match, root_sift, scale_space, sift
from vmm_edu.features.descriptor import CELL, CELLS, SIDE, SPACING, cell_weights
from vmm_edu.features.orientation import histogram, histogram_plain, histograms, peaks
from vmm_edu.features.patches import CHUNK, bin_of, lay_out, locate, patches, votes
from vmm_edu.features.refine import Points, refine

# Parity


def near(ours, theirs):
    """Shares of ours that have one of theirs within a pixel, and of theirs that have one of ours."""
    away = np.linalg.norm(ours[:, None] - theirs[None], axis=-1)
    return (away.min(axis=1) < 1).mean(), (away.min(axis=0) < 1).mean()


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_keypoints_are_those_of_scikit_image(name):
    image = photograph(name)
    ours, theirs = sift(image), skimage_sift(image)
    assert min(near(np.unique(ours.xy, axis=0), np.unique(theirs.xy, axis=0))) > 0.97
    # At the same points: the same sizes, mostly the same directions, and descriptors that point the same way.
    away = np.linalg.norm(ours.xy[:, None] - theirs.xy[None], axis=-1)
    turned = np.abs((ours.angle[:, None] - theirs.angle[None] + np.pi) % (2 * np.pi) - np.pi)
    same = (away < 0.5) & (np.abs(np.log(ours.scale[:, None] / theirs.scale[None])) < 0.05) & (turned < 0.35)
    i, j = np.nonzero(same)
    assert len(np.unique(i)) > 0.85 * len(ours.xy)
    turned = (ours.angle[i] - theirs.angle[j] + np.pi) % (2 * np.pi) - np.pi
    # Theirs are half a bin, five degrees, off in every image alike, which harms no match.
    assert np.median(np.abs(turned - np.deg2rad(5))) < np.deg2rad(3)
    cosine = (ours.descriptors[i] * in_our_order(theirs.descriptors[j])).sum(axis=1)
    assert np.median(cosine) > 0.95


def in_our_order(descriptors):
    """scikit-image lays its rows along the direction, where we lay columns, and its angles run the other way."""
    vectors = descriptors.reshape(-1, 4, 4, 8).transpose(0, 2, 1, 3)[:, ::-1][..., -np.arange(8) % 8].reshape(-1, 128)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def counts():
    """Our counts and scikit-image's for every view of all photographs."""
    both = {}
    for name in PHOTOGRAPHS:
        first = photograph(name, 200)
        found = [(find, find(first)) for find in (sift, skimage_sift)]
        for kind, strength in VIEWS:
            second, matrix = view(first, kind, strength)
            both[kind, strength, name] = [found_again(a, find(second), second, matrix) for find, a in found]
    return both


@pytest.mark.parametrize("kind", [None, *sorted({kind for kind, _ in VIEWS})])
def test_points_are_found_again_and_matched_no_worse_than_by_scikit_image(counts, kind):
    """No hand-picked tolerance: over the photographs, the mean difference is not below 0 by two standard errors."""
    differences = []
    for name in PHOTOGRAPHS:
        ours, theirs = np.sum([v for (k, _, n), v in counts.items() if n == name and kind in (None, k)], axis=0)
        differences.append(shares_of(ours) - shares_of(theirs))
    mean, error = np.mean(differences, axis=0), np.std(differences, axis=0, ddof=1) / np.sqrt(len(PHOTOGRAPHS))
    assert (mean >= -2 * error).all(), (mean, error)


def test_most_matches_are_right(counts):
    ours, _ = np.sum(list(counts.values()), axis=0)
    assert shares_of(ours)[1] > 0.95


# Properties


def test_a_quarter_turn_moves_and_turns_every_keypoint():
    image = photograph("chelsea", 128)
    upright, turned = sift(image), sift(np.ascontiguousarray(np.rot90(image, -1)))
    pairs = match(upright, turned)
    assert len(pairs) > 0.95 * len(upright.xy)
    a, b = upright.xy[pairs[:, 0]], turned.xy[pairs[:, 1]]
    np.testing.assert_allclose(np.median(np.abs(np.stack([127 - a[:, 1], a[:, 0]], axis=1) - b)), 0, atol=1e-3)
    angle = (turned.angle[pairs[:, 1]] - upright.angle[pairs[:, 0]]) % (2 * np.pi)
    np.testing.assert_allclose(np.median(angle), np.pi / 2, atol=1e-2)


def test_contrast_changes_no_descriptor_and_brightness_no_keypoint():
    image = photograph("coffee", 128) * 0.5
    base, brighter = sift(image), sift(image + 0.3)
    np.testing.assert_allclose(base.xy, brighter.xy, atol=1e-2)
    np.testing.assert_allclose(base.descriptors, brighter.descriptors, atol=1e-2)
    stronger = sift(image * 1.5)
    pairs = match(base, stronger)
    assert len(pairs) > 0.9 * len(base.xy)
    away = base.descriptors[pairs[:, 0]] - stronger.descriptors[pairs[:, 1]]
    assert np.median(np.abs(away)) < 1e-3


def test_a_blob_has_its_place_and_size():
    """A Gaussian blob of width w stands out most at blur w; a bit below, as steps between blurs are not small."""
    image = np.zeros((96, 96), np.float32)
    image[40, 51] = 1
    image = 0.5 + 100 * gaussian_filter(image, 5)
    found = sift(image.astype(np.float32) / image.max())
    assert len(np.unique(found.xy, axis=0)) == 1
    np.testing.assert_allclose(found.xy[0], (51, 40), atol=0.1)
    assert 0.7 < found.scale[0] / 5 < 1.05


@pytest.mark.parametrize("angle", [0.0, np.pi / 2, -2.0])
def test_a_blob_on_a_slope_points_up_the_slope(angle):
    y, x = np.mgrid[-40:41, -40:41]
    slope = 0.005 * (np.cos(angle) * x + np.sin(angle) * y)
    found = sift((0.4 + slope + 0.2 * np.exp(-(x**2 + y**2) / 50)).astype(np.float32))
    middle = np.linalg.norm(found.xy - 40, axis=1) < 2
    assert middle.sum() == 1
    np.testing.assert_allclose(found.angle[middle], angle, atol=0.1)


@pytest.mark.parametrize("image", [np.zeros((64, 64)), np.full((30, 200), 0.7), np.mgrid[:64, :64][0] / 63])
def test_a_featureless_image_has_no_keypoints(image):
    found = sift(image.astype(np.float32))
    assert isinstance(found, Keypoints)
    assert [array.shape for array in found] == [(0, 2), (0,), (0,), (0, 128)]
    assert match(found, found).shape == (0, 2)


def test_keypoints_are_sound():
    image = photograph("brick", 200)[:, :150]
    found = sift(image)
    assert {array.dtype for array in found} == {np.dtype(np.float32)}
    assert ((found.xy > found.scale[:, None] - 1) & (found.xy < [150, 200])).all()
    assert ((found.angle >= -np.pi) & (found.angle <= np.pi)).all()
    np.testing.assert_allclose(np.linalg.norm(found.descriptors, axis=1), 1, atol=1e-5)
    assert found.descriptors.min() >= 0
    assert found.scale.min() > 0.8
    # Fewer with a higher threshold, and the same ones.
    fewer = sift(image, contrast=0.03)
    assert 0 < len(fewer.xy) < len(found.xy)
    assert near(fewer.xy, found.xy)[0] == 1


def test_numpy_jax_and_doubles_give_the_same_and_frames_go_through_grey():
    frame = (photograph("rocket", 100)[..., None] * [255, 200, 100]).astype(np.uint8)
    shades = grey(frame)
    expected = sift(shades)
    for same in (np.asarray(shades), np.asarray(shades, np.float64)):
        for ours, theirs in zip(sift(same), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_under_64_bits_keypoints_are_the_same_and_stay_float32():
    shades = photograph("rocket", 100)
    expected = sift(shades)
    with jax.enable_x64(True):
        for same in (shades.astype(np.float64), jnp.asarray(shades, jnp.float64)):
            for ours, theirs in zip(sift(same), expected, strict=True):
                assert ours.dtype == np.float32
                np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.usefixtures("as_user")
def test_uncompiled_keypoints_are_the_compiled_ones():
    image = photograph("camera", 48)[:, :40]
    compiled = sift(image)
    with jax.disable_jit():
        plain = sift(image)
    assert len(compiled.xy) >= 3
    for ours, theirs in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_threads_do_not_disturb_each_other():
    images = [photograph(name, 100) for name in ("rocket", "camera", "coffee")]
    expected = [sift(image) for image in images]
    with ThreadPoolExecutor(3) as pool:
        for ours, theirs in zip(pool.map(sift, 2 * images), 2 * expected, strict=True):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("size", [(12, 12), (16, 16), (12, 90), (90, 13)])
def test_an_image_smaller_than_the_grid_has_sound_keypoints(size):
    """The grid of a keypoint is wider than such an image; beyond its border nothing changes."""
    y, x = np.indices(size) - np.array([size[0] // 2 - 0.4, size[1] // 2 + 0.3])[:, None, None]
    found = sift((0.3 + 0.5 * np.exp(-(x**2 + 0.8 * y**2) / 5) + 0.004 * x / size[1]).astype(np.float32))
    near_middle = np.linalg.norm(found.xy - [size[1] // 2 + 0.3, size[0] // 2 - 0.4], axis=1) < 0.5
    assert near_middle.any()
    assert all(np.isfinite(field).all() for field in found)
    np.testing.assert_allclose(np.linalg.norm(found.descriptors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, CHUNK + 1])
def test_no_keypoint_is_dropped_however_many_there_are(count):
    octaves = scale_space(photograph("gravel", 140))
    sheets, places = lay_out(octaves), locate(octaves, refine(octaves))
    finest = np.flatnonzero(places.sheet == 0)  # of one array, so that the last chunk has one keypoint, or all
    assert len(places.x) > len(finest) > CHUNK
    chosen = np.random.default_rng(3).permutation(finest)[:count]
    all_of_them = histograms(sheets, places)
    np.testing.assert_allclose(histograms(sheets, places.take(chosen)), all_of_them[chosen], rtol=1e-4, atol=1e-6)


# The steps


def test_directions_are_those_of_the_arctangent_and_votes_are_shared():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 50)).astype(np.float32)
    where = np.asarray(bin_of(jnp.asarray(x), jnp.asarray(y), bins=8))
    np.testing.assert_allclose(where * np.pi / 4, np.arctan2(y, x) % (2 * np.pi), atol=3e-4)
    shared = np.asarray(votes(jnp.asarray(np.abs(x)), jnp.asarray(where), bins=8))
    np.testing.assert_allclose(shared.sum(axis=1), np.abs(x), atol=1e-5)
    assert ((shared > 0).sum(axis=1) <= 2).all()
    assert np.asarray(bin_of(jnp.zeros((1, 4)), jnp.zeros((1, 4)), bins=8)).tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("octave", [0, 1])
def test_patches_are_the_image_on_a_turned_grid_between_the_pixels(octave):
    """Also for keypoints near the border, on a large octave and on a small one."""
    octaves = scale_space(photograph("chelsea", 140))
    height, width = octaves[octave].height, octaves[octave].width
    x, y = np.array([40.3, 2.1, width - 2.5], np.float32), np.array([30.6, height - 3.2, 4.7], np.float32)
    scale, level = np.array([1.2, 2.4, 3.1], np.float32), np.array([1, 2, 3], np.int32)
    places = locate(octaves, Points(np.full(3, octave, np.int32), scale, y, x, level))
    turn = np.array([0.4, -2.0, 3.0], np.float32)
    ours = np.asarray(patches(lay_out(octaves)[octave], places, turn, side=7, spacing=0.9))
    for k in range(3):
        steps = 0.9 * 1.6 * 2 ** (scale[k] / 3) * (np.arange(7) - 3)
        across, down = np.meshgrid(steps, steps)
        at_x = x[k] + across * np.cos(turn[k]) - down * np.sin(turn[k])
        at_y = y[k] + across * np.sin(turn[k]) + down * np.cos(turn[k])
        image = np.asarray(octaves[octave].levels)[level[k], :height, :width]
        np.testing.assert_allclose(ours[k], map_coordinates(image, [at_y, at_x], order=1, mode="nearest"), atol=1e-3)


def test_directions_added_up_as_waves_are_those_added_up_bin_by_bin():
    places = np.random.default_rng(2).normal(size=(CHUNK, 16, 16)).cumsum(axis=1).cumsum(axis=2)
    patch = jnp.asarray(places.astype(np.float32))
    plain, waves = np.asarray(histogram_plain(patch)), np.asarray(histogram(patch))
    np.testing.assert_allclose(waves, plain, atol=0.003 * plain.max())
    assert (waves.argmax(axis=1) == plain.argmax(axis=1)).mean() > 0.95
    flat = np.asarray(histogram(jnp.zeros((CHUNK, 16, 16))))
    assert not flat.any()


def test_a_point_between_two_cells_belongs_to_both():
    weights = cell_weights().reshape(SIDE, SIDE, CELLS, CELLS)
    inner = np.abs((np.arange(SIDE) - (SIDE - 1) / 2) * SPACING) <= 1.5 * CELL
    np.testing.assert_allclose(weights[inner][:, inner].sum(axis=(2, 3)), 1, atol=1e-6)
    np.testing.assert_allclose(weights, weights[::-1, :, ::-1], atol=1e-6)
    assert weights[SIDE // 2, SIDE // 2].argmax() == CELLS * CELLS // 2 + CELLS // 2


def test_peaks_are_the_highest_bin_and_those_nearly_as_high():
    angles = np.arange(36) * np.pi / 18
    one = np.exp(3 * np.cos(angles - 1.234))
    two = one + 0.9 * np.exp(3 * np.cos(angles + 2.0))
    low = one + 0.7 * np.exp(3 * np.cos(angles + 2.0))
    keypoint, angle = peaks(np.stack([one, two, low, 0 * one]).astype(np.float32))
    assert keypoint.tolist() == [0, 1, 1, 2]
    np.testing.assert_allclose(angle[[0, 1, 3]], 1.234, atol=0.02)
    np.testing.assert_allclose(angle[2], -2.0, atol=0.02)


def test_root_sift_compares_histograms():
    a, b = np.random.default_rng(1).random((2, 5, 128)).astype(np.float32)
    shares_a, shares_b = (x / x.sum(axis=1, keepdims=True) for x in (a, b))
    hellinger = 2 - 2 * np.sqrt(shares_a * shares_b).sum(axis=1)
    np.testing.assert_allclose(((root_sift(a) - root_sift(b)) ** 2).sum(axis=1), hellinger, atol=1e-5)
    assert not root_sift(np.zeros((1, 128), np.float32)).any()
    with pytest.raises(ValueError, match="give the descriptors of sift"):
        root_sift(-a)


# Bad input


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("image", "options", "says"),
    [
        (np.zeros((40, 40, 3)), {}, r"expected one grey image \(height, width\), got \(40, 40, 3\); make colour grey"),
        (np.zeros((5, 40, 40)), {}, r"got \(5, 40, 40\); .* give one frame at a time"),
        (np.zeros((40, 40), np.uint8), {}, "got uint8; divide 8-bit values by 255"),
        (np.zeros((40, 40), bool), {}, "got bool"),
        (np.full((40, 40), 200.0), {}, "expected grey images within .* got 200 … 200; divide"),
        (np.full((40, 40), -0.5), {}, "expected grey images within"),
        (np.full((40, 40), np.nan), {}, "expected finite grey images, got NaN"),
        (np.zeros((11, 40)), {}, r"at least 12 × 12 pixels \(height × width\), got 11 × 40; enlarge it"),
        (np.zeros((40, 40)), {"contrast": 0}, "expected contrast above 0 and edge_ratio of at least 1, got 0 and 10"),
        (np.zeros((40, 40)), {"edge_ratio": 0.5}, "got 0.0133333.* and 0.5"),
    ],
)
def test_bad_input_is_named(image, options, says):
    for kind in (np.asarray, jnp.asarray):
        with pytest.raises(ValueError, match=says):
            sift(kind(image), **options)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize("transform", [jax.jit, jax.vmap])
def test_tracing_is_refused_with_the_reason(transform):
    images = np.zeros((40, 40) if transform is jax.jit else (2, 40, 40), np.float32)
    with pytest.raises(ValueError, match=r"that JAX traces; .* call this outside jit, vmap and grad"):
        transform(lambda image: sift(image).xy)(images)
