"""Our CTC loss beside PyTorch's: values and gradients, lengths included."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.sequence import ctc_loss

torch = pytest.importorskip("torch")

BATCH, TIME, SYMBOL, LABEL = 6, 24, 7, 6


@pytest.mark.parametrize("blank", [0, 6])
@pytest.mark.parametrize("seed", [0, 1])
def test_values_and_gradients_equal_pytorch(seed, blank):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (BATCH, TIME, SYMBOL)).astype(np.float32)
    letters = [k for k in range(SYMBOL) if k != blank]
    labels = rng.choice(letters, (BATCH, LABEL))
    labels[0] = letters[0]  # equal letters, which need blanks between them
    lengths, label_lengths = np.array([24, 24, 13, 9, 20, 5]), np.array([6, 4, 6, 1, 3, 2])
    given = torch.tensor(logits, requires_grad=True)
    theirs = torch.nn.functional.ctc_loss(
        given.log_softmax(-1).transpose(0, 1),
        torch.tensor(labels),
        torch.tensor(lengths),
        torch.tensor(label_lengths),
        blank=blank,
        reduction="none",
    )
    theirs.sum().backward()
    mask = np.arange(TIME)[None, :] < lengths[:, None]
    label_mask = np.arange(LABEL)[None, :] < label_lengths[:, None]

    def loss(x):
        return ctc_loss(x, labels, mask=mask, label_mask=label_mask, blank=blank)

    np.testing.assert_allclose(loss(logits), theirs.detach().numpy(), rtol=1e-5)
    slope = jax.grad(lambda x: loss(x).sum())(jnp.asarray(logits))
    np.testing.assert_allclose(slope, given.grad.numpy(), atol=2e-5)


def test_a_text_that_does_not_fit_is_infinitely_far_for_both_and_only_our_gradient_stays_a_number():
    logits = np.random.default_rng(2).normal(size=(3, 4)).astype(np.float32)
    labels = np.array([1, 1, 1])
    given = torch.tensor(logits, requires_grad=True)
    arguments = (given.log_softmax(-1)[:, None], torch.tensor(labels)[None], torch.tensor([3]), torch.tensor([3]))
    theirs = torch.nn.functional.ctc_loss(*arguments, reduction="none")
    theirs.sum().backward()
    assert torch.isinf(theirs).all()
    assert torch.isnan(given.grad).any()
    assert np.isinf(float(ctc_loss(logits, labels)))
    np.testing.assert_array_equal(jax.grad(lambda x: ctc_loss(x, labels))(jnp.asarray(logits)), 0)
