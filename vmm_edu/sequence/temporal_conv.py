"""Features over time in; at every step a weighted sum of the last few steps out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from vmm_edu.features.arrays import AnyArray


def temporal_conv(
    kernel: Float[AnyArray, "width feature hidden"],
    x: Float[AnyArray, "batch time feature"],
    *,
    dilation: int = 1,
    mask: Bool[AnyArray, "batch time"] | None = None,
) -> Float[Array, "batch time hidden"]:
    r"""Causal convolution over time, with gaps of `dilation` steps between the steps that are looked at.

    $$y_t = Σ_{k=0}^{w-1} x_{t - (w-1-k)\,d}\, W_k$$

    Args:
        kernel: W, one matrix for each of the `width` steps; the last one belongs to the present.
        x: input.
        dilation: d, steps from one looked-at step to the next, at least 1.
        mask: True = real step. A masked step counts as zeros, as the time before the clip does; it is not cut out.

    Returns:
        One vector for each step; step t depends on steps up to t alone. 0 at masked steps.

    Raises:
        ValueError: shapes that do not fit together, or a dilation below 1.

    References:
        S. Bai, J. Z. Kolter and V. Koltun, "An empirical evaluation of generic convolutional and recurrent networks
        for sequence modeling", 2018, doi:10.48550/arXiv.1803.01271; C. Lea et al., "Temporal convolutional networks
        for action segmentation and detection", CVPR 2017, doi:10.1109/CVPR.2017.113.
    """
    if x.ndim != 3 or kernel.ndim != 3 or kernel.shape[1] != x.shape[2] or kernel.shape[0] < 1:
        raise ValueError(
            f"expected x (batch, time, feature) and kernel (width, feature, hidden), got {x.shape} and {kernel.shape}"
        )
    if dilation < 1:
        raise ValueError(f"expected a dilation of at least 1 step, got {dilation}")
    if mask is not None and (mask.shape != x.shape[:2] or mask.dtype != jnp.bool_):
        raise ValueError(f"expected mask bool {x.shape[:2]}, True = real, got {mask.dtype} {mask.shape}")
    values, weights = jnp.asarray(x), jnp.asarray(kernel)
    real = None if mask is None else jnp.asarray(mask)[:, :, None]
    if real is not None:
        values = jnp.where(real, values, jnp.zeros_like(values))
    width, steps = weights.shape[0], values.shape[1]
    before = jnp.pad(values, ((0, 0), ((width - 1) * dilation, 0), (0, 0)))
    # Few and narrow taps: shifted matrix products beat a general convolution on a CPU, and `vmap` keeps them so.
    out = sum(before[:, k * dilation : k * dilation + steps] @ weights[k] for k in range(width))
    out = jnp.asarray(out)
    return out if real is None else jnp.where(real, out, jnp.zeros_like(out))


class TemporalConv(nnx.Module):
    """A stack of causal convolutions, each looking twice as far apart as the one before, with a shortcut around each.

    Attributes:
        kernels: one for each layer.
        biases: one for each layer.
        reach: how many steps the last layer's output depends on.
    """

    def __init__(self, features: int, hidden: int, *, width: int = 3, layers: int = 3, rngs: nnx.Rngs) -> None:
        """Draw the initial weights.

        Args:
            features: length of the input vectors.
            hidden: length of the output vectors.
            width: steps that each layer looks at.
            layers: how many; layer l looks at steps that lie 2^l apart.
            rngs: source of randomness; its stream `params` is used.

        Raises:
            ValueError: a size below 1.
        """
        if min(features, hidden, width, layers) < 1:
            raise ValueError(f"expected sizes of at least 1, got {(features, hidden, width, layers)}")
        draw = jax.nn.initializers.lecun_normal(in_axis=(0, 1), out_axis=2)
        inputs = [features] + [hidden] * (layers - 1)
        self.kernels = nnx.List([nnx.Param(draw(rngs.params(), (width, size, hidden))) for size in inputs])
        self.biases = nnx.List([nnx.Param(jnp.zeros(hidden)) for _ in inputs])
        self.reach = 1 + (width - 1) * (2**layers - 1)

    def __call__(
        self, x: Float[AnyArray, "batch time feature"], *, mask: Bool[AnyArray, "batch time"] | None = None
    ) -> Float[Array, "batch time hidden"]:
        """Run over whole clips.

        Args:
            x: input.
            mask: True = real step.

        Returns:
            One vector for each step, 0 at masked ones.

        Raises:
            ValueError: as `temporal_conv`.
        """
        out = jnp.asarray(x)
        for layer, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            seen = temporal_conv(kernel[...], out, dilation=2**layer, mask=mask)
            seen = jax.nn.relu(seen + bias[...][None, None])
            out = out + seen if layer else seen
        return out if mask is None else jnp.where(jnp.asarray(mask)[:, :, None], out, jnp.zeros_like(out))
