"""The losses of the three heads are PyTorch's, values and gradients."""

from __future__ import annotations

import jax
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vmm_edu.predict import every_frame_loss, many_labels_loss, one_label_loss  # noqa: E402

RNG = np.random.default_rng(0)
WEIGHTS = RNG.uniform(0.2, 3, 4).astype(np.float32)


def both(ours, theirs, logits):
    """Value and gradient of each."""
    z = torch.tensor(logits, requires_grad=True)
    value = theirs(z)
    value.backward()
    found, slope = jax.value_and_grad(ours)(logits)
    np.testing.assert_allclose(found, value.item(), rtol=1e-5)
    np.testing.assert_allclose(slope, z.grad.numpy(), atol=1e-6)


def test_one_label_is_cross_entropy_with_weights():
    logits, labels = RNG.normal(0, 2, (6, 4)).astype(np.float32), RNG.integers(4, size=6)
    both(
        lambda z: one_label_loss(z, labels, weights=WEIGHTS),
        lambda z: torch.nn.functional.cross_entropy(z, torch.tensor(labels), weight=torch.tensor(WEIGHTS)),
        logits,
    )


def test_many_labels_is_binary_cross_entropy_with_positive_weights():
    logits, labels = RNG.normal(0, 2, (6, 4)).astype(np.float32), (RNG.random((6, 4)) < 0.4).astype(np.float32)
    both(
        lambda z: many_labels_loss(z, labels, positive_weights=WEIGHTS),
        lambda z: torch.nn.functional.binary_cross_entropy_with_logits(
            z, torch.tensor(labels), pos_weight=torch.tensor(WEIGHTS)
        ),
        logits,
    )


def test_every_frame_is_cross_entropy_that_ignores_padding():
    logits, labels = RNG.normal(0, 2, (3, 5, 4)).astype(np.float32), RNG.integers(4, size=(3, 5))
    mask = np.arange(5) < np.array([5, 2, 0])[:, None]
    both(
        lambda z: every_frame_loss(z, labels, mask=mask, weights=WEIGHTS),
        lambda z: torch.nn.functional.cross_entropy(
            z.transpose(1, 2), torch.tensor(np.where(mask, labels, -100)), weight=torch.tensor(WEIGHTS)
        ),
        logits,
    )
