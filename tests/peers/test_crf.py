"""Our CRF beside pytorch-crf: the same scores, the same numbers, gradients and best paths."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.sequence import crf_log_z, crf_nll, viterbi

torch = pytest.importorskip("torch")
torchcrf = pytest.importorskip("torchcrf")

# pytorch-crf 0.7.2 still makes byte masks, which PyTorch 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:where received a uint8 condition tensor")

BATCH, TIME, TAG = 5, 11, 4


def theirs(seed):
    """A pytorch-crf module at random scores, and a batch for it; its masks must begin with a real step."""
    torch.manual_seed(seed)
    module = torchcrf.CRF(TAG, batch_first=True)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=1.5)
    emissions = torch.randn(BATCH, TIME, TAG, requires_grad=True)
    tags = torch.randint(TAG, (BATCH, TIME))
    mask = torch.arange(TIME)[None, :] < torch.tensor([TIME, 1, 4, 9, 2])[:, None]
    return module, emissions, tags, mask


@pytest.mark.parametrize("seed", [0, 1])
def test_values_gradients_and_best_paths_equal_pytorch_crf(seed):
    module, emissions, tags, mask = theirs(seed)
    likelihood = module(emissions, tags, mask=mask, reduction="none")
    likelihood.sum().backward()
    scores = {
        "emissions": jnp.asarray(emissions.detach().numpy()),
        "transitions": jnp.asarray(module.transitions.detach().numpy()),
        "start": jnp.asarray(module.start_transitions.detach().numpy()),
        "end": jnp.asarray(module.end_transitions.detach().numpy()),
    }

    def nll(scores):
        return crf_nll(tags=tags.numpy(), mask=mask.numpy(), **scores)

    np.testing.assert_allclose(nll(scores), -likelihood.detach().numpy(), rtol=1e-5, atol=1e-5)
    grads = jax.grad(lambda scores: nll(scores).sum())(scores)
    for ours, parameter in (
        ("transitions", module.transitions),
        ("start", module.start_transitions),
        ("end", module.end_transitions),
        ("emissions", emissions),
    ):
        np.testing.assert_allclose(grads[ours], -parameter.grad.numpy(), rtol=1e-4, atol=1e-4)
    best, _ = viterbi(mask=mask.numpy(), **scores)
    for path, row, real in zip(module.decode(emissions, mask=mask), np.asarray(best), mask.numpy(), strict=True):
        assert row[real].tolist() == path


def test_log_z_is_what_is_left_of_the_likelihood():
    module, emissions, tags, _ = theirs(3)
    scores = (emissions.detach().numpy(), module.transitions.detach().numpy())
    start, end = module.start_transitions.detach().numpy(), module.end_transitions.detach().numpy()
    log_z = crf_log_z(*scores, start=start, end=end)
    likelihood = module(emissions, tags, reduction="none").detach().numpy()
    nll = crf_nll(*scores, tags=tags.numpy(), start=start, end=end)
    np.testing.assert_allclose(nll, -likelihood, rtol=1e-5, atol=1e-5)
    assert (np.asarray(log_z) > np.asarray(log_z - nll)).all()
