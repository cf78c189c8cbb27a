from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vmm_edu.features import FrameClassifier, FrameCNN, augment
from vmm_edu.predict import augmented_loss, cross_entropy, fit, warm_cosine


def model():
    rngs = nnx.Rngs(0)
    return FrameClassifier(FrameCNN((4,), kernels=(3,), strides=(2,), rngs=rngs), 4, 2, rngs=rngs)


IMAGES = np.random.default_rng(0).uniform(size=(6, 12, 12, 3)).astype(np.float32)
LABELS = np.array([0, 1, 0, 1, 1, 0])


@pytest.mark.parametrize("options", [{"shift": 0, "mirror": False}, {"shift": 2}, {"shift": 0, "negative": True}])
def test_is_the_cross_entropy_of_the_changed_frames(options):
    key = jax.random.key(3)
    changed = augment(IMAGES, key=key, **options)
    got = augmented_loss(**options)(model(), IMAGES, LABELS, key)
    np.testing.assert_allclose(got, cross_entropy(model(), changed, LABELS), rtol=1e-6)


def test_goes_into_fit_with_the_schedule_and_learns():
    bright = IMAGES.copy()
    bright[LABELS == 1] = 0.3 * bright[LABELS == 1]
    rate = warm_cosine(0.05, steps=60)
    history = fit(
        model(), bright, LABELS, key=jax.random.key(0), loss=augmented_loss(shift=1), epochs=60, learning_rate=rate
    )
    assert history.loss[-1] < 0.5 * history.loss[0]


def test_the_rate_rises_to_its_peak_and_falls():
    rate = np.array([warm_cosine(0.4, steps=100)(jnp.float32(step)) for step in range(101)])
    assert rate.argmax() == 10
    assert rate[[0, 10, 100]] == pytest.approx([0.04, 0.4, 0.004], rel=1e-3)
    assert (np.diff(rate[:11]) > 0).all()
    assert (np.diff(rate[10:]) < 0).all()


@pytest.mark.parametrize(("peak", "steps"), [(0.1, 1), (0.0, 10), (-1.0, 10), (float("nan"), 10)])
def test_bad_schedule(peak, steps):
    with pytest.raises(ValueError, match="at least 2 steps"):
        warm_cosine(peak, steps=steps)
