import jax
import jax.numpy as jnp
import numpy as np
import pytest
from skimage.color import rgb2gray

from vmm_edu.features import grey

FRAMES = np.random.default_rng(0).integers(0, 256, (4, 6, 5, 3), dtype=np.uint8)


@pytest.mark.parametrize("images", [FRAMES, FRAMES[0], (FRAMES / 255).astype(np.float32), jnp.asarray(FRAMES)])
def test_equals_scikit_image(images):
    shades = grey(images)
    assert shades.dtype == jnp.float32
    np.testing.assert_allclose(shades, rgb2gray(np.asarray(images)), atol=1e-6)
    np.testing.assert_allclose(jax.jit(grey)(images), shades, atol=1e-7)


def test_black_and_white_are_the_ends_of_the_range():
    ends = grey(np.stack([np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)]))
    np.testing.assert_allclose(ends[0], 0)
    np.testing.assert_allclose(ends[1], 1, atol=1e-6)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("images", "says"),
    [
        (FRAMES[..., 0], r"expected RGB images \(…, height, width, 3\)"),
        (np.zeros((4, 4, 4), np.uint8), "expected RGB"),
        (np.zeros(3, np.uint8), "expected RGB"),
        (FRAMES.astype(np.int32), "expected uint8 0…255 or floating 0…1, got int32"),
        (FRAMES.astype(np.float32), "expected RGB images within .* give uint8, or divide by 255"),
        (np.full((2, 2, 3), np.nan), "NaN"),
    ],
)
def test_bad_input_is_named(images, says):
    with pytest.raises(ValueError, match=says):
        grey(images)
