from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_class_weight

from vmm_edu.predict import class_weights, every_frame_loss, many_labels_loss, one_label_loss

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 2, (7, 4)).astype(np.float32)
LABELS = np.array([0, 1, 1, 3, 3, 3, 2])
WEIGHTS = np.array([0.3, 2.0, 1.1, 0.7], np.float32)
TAGS = RNG.random((7, 4)) < 0.4
FRAMES = RNG.normal(0, 2, (3, 5, 4)).astype(np.float32)
TRACK = RNG.integers(4, size=(3, 5))
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]], bool)


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_one_label_is_scikit_learns_log_loss(weights):
    share = None if weights is None else weights[LABELS]
    expected = log_loss(LABELS, softmax(LOGITS.astype(np.float64)), sample_weight=share)
    assert one_label_loss(LOGITS, LABELS, weights=weights) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_many_labels_is_the_formula_entry_by_entry(weights):
    total = 0.0
    for i, k in np.ndindex(7, 4):
        p, w = 1 / (1 + np.exp(-float(LOGITS[i, k]))), 1.0 if weights is None else float(weights[k])
        total -= w * TAGS[i, k] * np.log(p) + (1 - TAGS[i, k]) * np.log(1 - p)
    assert many_labels_loss(LOGITS, TAGS, positive_weights=weights) == pytest.approx(total / 28, rel=1e-5)


def test_unknown_labels_are_as_if_left_out():
    known = RNG.random((7, 4)) < 0.6
    junk = np.where(known, TAGS.astype(np.float32), np.nan)
    wild = np.where(known, LOGITS, np.nan)
    p = 1 / (1 + np.exp(-LOGITS[known].astype(np.float64)))
    expected = -np.where(TAGS[known], np.log(p), np.log(1 - p)).mean()
    assert many_labels_loss(wild, junk, mask=known) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_every_frame_is_one_label_over_the_real_frames(weights):
    expected = one_label_loss(FRAMES[MASK], TRACK[MASK], weights=weights)
    padded = np.where(MASK[..., None], FRAMES, np.nan)
    found = every_frame_loss(padded, np.where(MASK, TRACK, -1), mask=MASK, weights=weights)
    assert found == pytest.approx(float(expected), rel=1e-6)


def test_weights_are_scikit_learns_and_make_the_classes_equal():
    expected = compute_class_weight("balanced", classes=np.arange(4), y=LABELS)
    np.testing.assert_allclose(class_weights(LABELS), expected)
    np.testing.assert_allclose(class_weights(LABELS)[LABELS].mean(), 1)
    np.testing.assert_allclose(class_weights(np.array([[0, 2], [2, 2]]), classes=4), [2, 0, 2 / 3, 0])


def test_weighting_by_counts_equals_repeating_the_rare_class():
    many = np.array([0] * 6 + [1] * 2)
    z = RNG.normal(size=(8, 2)).astype(np.float32)
    repeated = np.concatenate([z, z[6:], z[6:]]), np.concatenate([many, many[6:], many[6:]])
    weighted = one_label_loss(z, many, weights=class_weights(many))
    assert weighted == pytest.approx(float(one_label_loss(*repeated)), rel=1e-5)


def test_the_best_logits_under_weights_are_shifted_by_their_logarithm():
    """So a model trained with weights is not calibrated: it believes in the reweighted world."""
    p, w = np.array([0.9, 0.1]), np.array([0.5 / 0.9, 0.5 / 0.1])
    labels = np.array([0] * 9 + [1])

    def loss(z):
        return one_label_loss(jnp.broadcast_to(z, (10, 2)), labels, weights=w)

    best = jnp.asarray(np.log(p * w), jnp.float32)
    np.testing.assert_allclose(jax.grad(loss)(best), 0, atol=1e-6)


def test_nothing_real_gives_0_and_gradients_of_0():
    none = np.zeros((3, 5), bool)
    wild = jnp.full((3, 5, 4), jnp.nan)
    value, slope = jax.value_and_grad(lambda z: every_frame_loss(z, TRACK, mask=none, weights=WEIGHTS))(wild)
    assert value == 0
    assert (slope == 0).all()
    blank = jnp.full((7, 4), jnp.nan)
    value, slope = jax.value_and_grad(lambda z: many_labels_loss(z, TAGS, mask=np.zeros((7, 4), bool)))(blank)
    assert value == 0
    assert (slope == 0).all()


def test_gradients_under_a_mask_are_finite_and_those_of_the_real_frames():
    padded = jnp.asarray(np.where(MASK[..., None], FRAMES, np.nan))
    slope = jax.grad(lambda z: every_frame_loss(z, TRACK, mask=MASK))(padded)
    own = (softmax(FRAMES) - np.eye(4)[TRACK]) / MASK.sum()
    np.testing.assert_allclose(slope, np.where(MASK[..., None], own, 0), atol=1e-6)


def test_far_logits_stay_finite():
    z = jnp.array([[-500.0, 500.0]])
    assert many_labels_loss(z, jnp.array([[True, False]])) == pytest.approx(500.0)
    assert np.isfinite(jax.grad(lambda z: many_labels_loss(z, jnp.array([[True, False]])))(z)).all()


def test_compiled_is_the_same():
    for loss, arguments in ((one_label_loss, (LOGITS, LABELS)), (many_labels_loss, (LOGITS, TAGS))):
        assert jax.jit(loss)(*arguments) == pytest.approx(float(loss(*arguments)), rel=1e-6)
    masked = jax.jit(lambda z, y, m: every_frame_loss(z, y, mask=m))
    assert masked(FRAMES, TRACK, MASK) == pytest.approx(float(every_frame_loss(FRAMES, TRACK, mask=MASK)), rel=1e-6)


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: one_label_loss(LOGITS, LABELS[:3]), r"got \(7, 4\) and \(3,\)"),
        (lambda: one_label_loss(LOGITS, LABELS + 1), "0…3"),
        (lambda: one_label_loss(LOGITS, LABELS, weights=WEIGHTS[:2]), "one per class"),
        (lambda: many_labels_loss(LOGITS, LABELS), "one-hot"),
        (lambda: many_labels_loss(LOGITS, TAGS, positive_weights=WEIGHTS[:1]), "one per label"),
        (lambda: every_frame_loss(FRAMES, TRACK, mask=MASK[:, :2]), "mask"),
        (lambda: class_weights(np.array([-1, 0])), "padding"),
        (lambda: class_weights(np.array([], int)), "at least one"),
        (lambda: class_weights(np.array([0.5])), "integers"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
