"""The short-time Fourier transform against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

from vmm_edu.features import stft

torch = pytest.importorskip("torch")


def test_stft_equals_torch_whose_window_stands_in_the_middle():
    samples = np.random.default_rng(0).normal(0, 0.2, (2, 3000)).astype(np.float32)
    window = torch.hann_window(400, periodic=True)
    theirs = torch.stft(torch.from_numpy(samples), 512, 160, 400, window, center=False, return_complex=True).numpy()
    # They cut 512 samples and lay the window of 400 over their middle: 56 samples later than ours, and turned by that.
    late = (512 - 400) // 2
    ours = np.asarray(stft(samples[:, late:], 16_000))[:, : theirs.shape[2]]
    turn = np.exp(-2j * np.pi * np.arange(257) * late / 512)
    np.testing.assert_allclose(ours * turn, theirs.swapaxes(1, 2), atol=1e-4)
