"""Our GRU beside PyTorch's own: the same weights, the same numbers and the same gradients."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.sequence import GRUParams, gru

torch = pytest.importorskip("torch")

BATCH, TIME, FEATURE, HIDDEN = 4, 9, 6, 5


def close(ours, theirs):
    np.testing.assert_allclose(np.asarray(ours), theirs.detach().numpy(), rtol=1e-5, atol=1e-5)


def from_torch(module) -> GRUParams:
    """Copy the weights across: transposed, and all biases but b_hn added up."""
    w_ih, w_hh, b_ih, b_hh = (
        parameter.detach().numpy()
        for parameter in (module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0, module.bias_hh_l0)
    )
    outside = np.concatenate([b_hh[: 2 * HIDDEN], np.zeros(HIDDEN, np.float32)])
    return GRUParams(w_ih.T, w_hh.T, b_ih + outside, b_hh[2 * HIDDEN :])


@pytest.mark.parametrize("seed", [0, 1])
def test_values_and_gradients_equal_pytorch(seed):
    torch.manual_seed(seed)
    module = torch.nn.GRU(FEATURE, HIDDEN, batch_first=True)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    x, h_0 = torch.randn(BATCH, TIME, FEATURE, requires_grad=True), torch.randn(1, BATCH, HIDDEN)
    weight = torch.randn(BATCH, TIME, HIDDEN)
    h_torch, last_torch = module(x, h_0)
    (h_torch * weight).sum().backward()

    params = jax.tree.map(jnp.asarray, from_torch(module))
    x_ours, state = jnp.asarray(x.detach().numpy()), jnp.asarray(h_0[0].numpy())

    @jax.jit
    def loss(params, x):
        return (gru(params, x, state=state)[0] * weight.numpy()).sum()

    h, last = gru(params, x_ours, state=state)
    close(h, h_torch)
    close(last, last_torch[0])
    grads, grad_x = jax.grad(loss, argnums=(0, 1))(params, x_ours)
    close(grad_x, x.grad)
    close(grads.w_x, module.weight_ih_l0.grad.T)
    close(grads.w_h, module.weight_hh_l0.grad.T)
    close(grads.b, module.bias_ih_l0.grad)
    close(grads.b_hn, module.bias_hh_l0.grad[2 * HIDDEN :])


def test_clips_of_different_length_equal_packed_sequences():
    torch.manual_seed(2)
    module = torch.nn.GRU(FEATURE, HIDDEN, batch_first=True)
    x, lengths = torch.randn(BATCH, TIME, FEATURE), [9, 1, 4, 6]
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    out, last_torch = module(packed)
    h_torch, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
    mask = np.arange(TIME)[None, :] < np.array(lengths)[:, None]
    h, last = gru(from_torch(module), x.numpy(), mask=mask)
    np.testing.assert_allclose(np.asarray(h)[mask], h_torch.detach().numpy()[mask], rtol=1e-5, atol=1e-5)
    close(last, last_torch[0])
