"""Frames in; the features of ResNet-18 out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.convolution import convolve_xla
from vmm_edu.features.frame_cnn import check_frames

# Mean and deviation of ImageNet's training images, RGB 0…1: what the published weights expect to be subtracted.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
WIDTHS = (64, 128, 256, 512)
EPS = 1e-5
FEATURES = WIDTHS[-1]


class Fixed(nnx.Variable):
    """A number that was measured in training and is kept."""


class Filters(nnx.Module):
    """A convolution without offset; its variables have the names of PyTorch's and our layout (row, column, in, out)."""

    def __init__(self, channels: int, filters: int, *, kernel: int, stride: int = 1, rngs: nnx.Rngs) -> None:
        """Draw the weights.

        Args:
            channels: maps that come in.
            filters: maps that go out.
            kernel: side of the kernel, odd.
            stride: pixels from one place to the next.
            rngs: source of the random initial values.
        """
        self.weight = nnx.Param(nnx.initializers.he_normal()(rngs.params(), (kernel, kernel, channels, filters)))
        self.stride, self.padding = stride, kernel // 2

    def __call__(self, images: Float[Array, "batch height width channel"]) -> Float[Array, "batch row column filter"]:
        """Slide the kernels over the maps."""
        return convolve_xla(images, self.weight[...], stride=self.stride, padding=self.padding)


class Norm(nnx.Module):
    r"""Batch normalisation as it is used after training: $y = γ\,(x - μ) / \sqrt{σ^2 + ε} + β$, per channel."""

    def __init__(self, channels: int) -> None:
        """Start as the identity, but for ε.

        Args:
            channels: maps.
        """
        self.weight, self.bias = nnx.Param(jnp.ones(channels)), nnx.Param(jnp.zeros(channels))
        self.running_mean, self.running_var = Fixed(jnp.zeros(channels)), Fixed(jnp.ones(channels))

    def __call__(
        self, images: Float[Array, "batch height width channel"]
    ) -> Float[Array, "batch height width channel"]:
        """Scale and shift each channel by numbers that do not depend on the batch."""
        scale = self.weight[...] / jnp.sqrt(self.running_var[...] + EPS)
        offset = self.bias[...] - self.running_mean[...] * scale
        return images * scale[None, None, None] + offset[None, None, None]


class BasicBlock(nnx.Module):
    """Two convolutions that learn what to add to their own input, which goes by on a shortcut."""

    def __init__(self, channels: int, filters: int, *, stride: int = 1, rngs: nnx.Rngs) -> None:
        """Draw the weights.

        Args:
            channels: maps that come in.
            filters: maps that go out.
            stride: of the first convolution; where maps change in number or size, so does the shortcut.
            rngs: source of the random initial values.
        """
        self.conv1 = Filters(channels, filters, kernel=3, stride=stride, rngs=rngs)
        self.bn1 = Norm(filters)
        self.conv2 = Filters(filters, filters, kernel=3, rngs=rngs)
        self.bn2 = Norm(filters)
        change = stride != 1 or channels != filters
        self.downsample = nnx.List(
            [Filters(channels, filters, kernel=1, stride=stride, rngs=rngs), Norm(filters)] if change else []
        )

    def __call__(self, images: Float[Array, "batch height width channel"]) -> Float[Array, "batch row column filter"]:
        """Add what is learned to what came in."""
        shortcut = images
        for layer in self.downsample:
            shortcut = layer(shortcut)
        x = nnx.relu(self.bn1(self.conv1(images)))
        return nnx.relu(self.bn2(self.conv2(x)) + shortcut)


class Head(nnx.Module):
    """The linear layer on the features, (feature, class)."""

    def __init__(self, classes: int, *, rngs: nnx.Rngs) -> None:
        """Draw the weights.

        Args:
            classes: labels.
            rngs: source of the random initial values.
        """
        self.weight = nnx.Param(nnx.initializers.lecun_normal()(rngs.params(), (FEATURES, classes)))
        self.bias = nnx.Param(jnp.zeros(classes))


class ResNet18(nnx.Module):
    """The 18-layer residual network: frames in, 512 features each out; `logits` goes on to the classes.

    Attributes are called as in torchvision, so that each variable's path is the name of its tensor there.

    Reference:
        K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR 2016,
        doi:10.1109/CVPR.2016.90. As in torchvision; batch normalisation uses the stored mean and variance only.
    """

    def __init__(self, classes: int = 1000, *, rngs: nnx.Rngs) -> None:
        """Draw the weights; `load_resnet18` takes them from a file instead.

        Args:
            classes: number of labels.
            rngs: source of the random initial values.

        Raises:
            ValueError: `classes` below 1.
        """
        if classes < 1:
            raise ValueError(f"expected at least one class, got {classes}")
        self.conv1 = Filters(3, WIDTHS[0], kernel=7, stride=2, rngs=rngs)
        self.bn1 = Norm(WIDTHS[0])
        self.layer1 = nnx.List(_stage(WIDTHS[0], WIDTHS[0], stride=1, rngs=rngs))
        self.layer2 = nnx.List(_stage(WIDTHS[0], WIDTHS[1], stride=2, rngs=rngs))
        self.layer3 = nnx.List(_stage(WIDTHS[1], WIDTHS[2], stride=2, rngs=rngs))
        self.layer4 = nnx.List(_stage(WIDTHS[2], WIDTHS[3], stride=2, rngs=rngs))
        self.fc = Head(classes, rngs=rngs)

    def __call__(self, images: Float[AnyArray, "*batch height width channel"]) -> Float[Array, "*batch feature"]:
        """Describe frames, or the frames of clips.

        Args:
            images: RGB 0…1, floating; ImageNet's mean is subtracted in here. The published weights were trained on
                224 × 224.

        Returns:
            512 features for each frame.

        Raises:
            ValueError: integers, values outside 0…1, NaN, or not three channels.
        """
        check_frames(images, channels=3)
        lead = images.shape[:-3]
        x = jnp.asarray(images).astype(jnp.float32).reshape(-1, *images.shape[-3:])
        x = (x - jnp.array(MEAN)[None, None, None]) / jnp.array(DEVIATION)[None, None, None]
        x = nnx.relu(self.bn1(self.conv1(x)))
        around = ((0, 0), (1, 1), (1, 1), (0, 0))
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), around)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            for block in stage:
                x = block(x)
        return x.mean(axis=(1, 2)).reshape(*lead, FEATURES)

    def logits(self, images: Float[AnyArray, "*batch height width channel"]) -> Float[Array, "*batch class"]:
        """Score the classes that the weights were trained for.

        Args:
            images: as for the features.

        Returns:
            Unnormalised scores.

        Raises:
            ValueError: as for the features.
        """
        scores = self(images) @ self.fc.weight[...]
        return scores + jnp.broadcast_to(self.fc.bias[...], scores.shape)


def _stage(channels: int, filters: int, *, stride: int, rngs: nnx.Rngs) -> list[BasicBlock]:
    return [BasicBlock(channels, filters, stride=stride, rngs=rngs), BasicBlock(filters, filters, rngs=rngs)]
