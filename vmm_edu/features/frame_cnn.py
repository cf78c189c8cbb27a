"""Frames in; features that are learned, by a small convolutional network, out."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Num

from vmm_edu.features.arrays import AnyArray, check_values
from vmm_edu.features.convolution import convolve, output_size
from vmm_edu.features.receptive import Layer


class Convolution(nnx.Module):
    """A layer of kernels that are learned, with an offset for each: `convolve`, plus bias.

    Attributes:
        kernel: weights (row, column, channel, filter).
        bias: (filter,).
        layer: its sizes.
    """

    def __init__(self, channels: int, filters: int, layer: Layer, *, rngs: nnx.Rngs) -> None:
        """Make the weights, as He et al. advise before a ReLU; offsets start at 0.

        Args:
            channels: of the images that come in.
            filters: maps that go out.
            layer: kernel, stride, padding, dilation.
            rngs: source of the random initial values.

        Raises:
            ValueError: a size below 1.
        """
        if channels < 1 or filters < 1:
            raise ValueError(f"expected at least one channel and one filter, got {channels} and {filters}")
        output_size(layer.kernel * layer.dilation, kernel=layer.kernel, stride=layer.stride, dilation=layer.dilation)
        draw = nnx.initializers.he_normal()
        self.kernel = nnx.Param(draw(rngs.params(), (layer.kernel, layer.kernel, channels, filters)))
        self.bias = nnx.Param(jnp.zeros(filters))
        self.layer = layer

    def __call__(
        self, images: Float[AnyArray, "batch height width channel"]
    ) -> Float[Array, "batch row column filter"]:
        """Slide the kernels over the images.

        Args:
            images: floating.

        Returns:
            The maps.

        Raises:
            ValueError: images that do not fit.
        """
        maps = convolve(
            images,
            self.kernel[...],
            stride=self.layer.stride,
            padding=self.layer.padding,
            dilation=self.layer.dilation,
        )
        return maps + self.bias[...][None, None, None, :]


class FrameCNN(nnx.Module):
    r"""A frame to one vector: convolutions with ReLU, each at half the resolution of the one before, then the mean.

    $$z_0 = 4\,(x - 0.5), \qquad z_{l} = \max(0,\; w_l * z_{l-1} + b_l), \qquad \mathrm{feature} = \mathrm{mean}(z_L)$$

    The mean over all places ("global average pooling") makes one network fit frames of every size, and a thing counts
    the same wherever it is.

    Attributes:
        layers: the sizes of the convolutions, for `receptive_field`.
        convolutions: the layers.
        features: length of the vector.

    Reference:
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), doi:10.1109/5.726791; weights: K. He et al. (2015),
        doi:10.1109/ICCV.2015.123; the mean: M. Lin, Q. Chen, S. Yan (2014), doi:10.48550/arXiv.1312.4400.
    """

    def __init__(
        self,
        channels: Sequence[int] = (16, 32, 64),
        *,
        kernels: Sequence[int] = (5, 3, 3),
        strides: Sequence[int] = (2, 2, 2),
        input_channels: int = 3,
        rngs: nnx.Rngs,
    ) -> None:
        """Make the weights.

        Args:
            channels: filters of each layer; the last one is the length of the feature vector.
            kernels: side of the kernels of each layer, odd.
            strides: of each layer.
            input_channels: channels of a frame, 3 for RGB.
            rngs: source of the random initial values.

        Raises:
            ValueError: no layer, lists of unequal length, an even kernel, or a size below 1.
        """
        if not channels or not len(channels) == len(kernels) == len(strides):
            raise ValueError(
                "expected one entry for each layer in channels, kernels and strides, at least one layer, got "
                f"{tuple(channels)}, {tuple(kernels)}, {tuple(strides)}"
            )
        if any(kernel % 2 == 0 for kernel in kernels):
            raise ValueError(f"expected odd kernels, which have a middle, got {tuple(kernels)}")
        self.layers = tuple(Layer(k, s, padding=k // 2) for k, s in zip(kernels, strides, strict=True))
        inputs = (input_channels, *channels[:-1])
        self.convolutions = nnx.List(
            [Convolution(a, b, layer, rngs=rngs) for a, b, layer in zip(inputs, channels, self.layers, strict=True)]
        )
        self.features = channels[-1]

    def maps(
        self, images: Float[AnyArray, "batch height width channel"]
    ) -> list[Float[Array, "batch row column filter"]]:
        """What every layer answers, first layer first.

        Args:
            images: 0…1.

        Returns:
            The feature maps of each layer, at least 0.

        Raises:
            ValueError: as calling the network.
        """
        check_frames(images, channels=self.convolutions[0].kernel.shape[2])
        x = (jnp.asarray(images).astype(jnp.float32) - 0.5) * 4
        found = []
        for convolution in self.convolutions:
            x = nnx.relu(convolution(x))
            found.append(x)
        return found

    def __call__(self, images: Float[AnyArray, "*batch height width channel"]) -> Float[Array, "*batch feature"]:
        """Describe one frame, a batch of frames, or the frames of clips (batch, time, height, width, channel).

        Args:
            images: 0…1, floating.

        Returns:
            One vector for each frame, at least 0, float32.

        Raises:
            ValueError: integers, values outside 0…1, NaN, another number of channels, or frames without a pixel. Values
                are not looked at while JAX traces.
        """
        check_frames(images, channels=self.convolutions[0].kernel.shape[2])
        lead = images.shape[:-3]
        last = self.maps(images.reshape(-1, *images.shape[-3:]))[-1]
        return last.mean(axis=(1, 2)).reshape(*lead, self.features)


class FrameClassifier(nnx.Module):
    """A frame encoder and a linear layer on its features: frames in, a score for each class out.

    Attributes:
        encoder: the `FrameCNN`, or another module from frames to features.
        head: the linear layer.
    """

    def __init__(self, encoder: nnx.Module, features: int, classes: int, *, rngs: nnx.Rngs) -> None:
        """Put a new linear layer on an encoder.

        Args:
            encoder: called as `encoder(images)`.
            features: length of its vectors.
            classes: number of labels.
            rngs: source of the random initial values.

        Raises:
            ValueError: a size below 1.
        """
        if features < 1 or classes < 1:
            raise ValueError(f"expected at least one feature and one class, got {features} and {classes}")
        self.encoder = encoder
        self.head = nnx.Linear(features, classes, rngs=rngs)

    def __call__(self, images: Float[AnyArray, "*batch height width channel"]) -> Float[Array, "*batch class"]:
        """Score the classes.

        Args:
            images: 0…1; frames, or the frames of clips.

        Returns:
            Logits of each frame.

        Raises:
            ValueError: as the encoder.
        """
        return self.head(self.encoder(images))  # pyright: ignore[reportCallIssue]


def check_frames(images: Num[AnyArray, "*shape"], *, channels: int) -> None:
    """Refuse what a network of frames cannot take.

    Args:
        images: frames (…, height, width, channel).
        channels: how many the network expects.

    Raises:
        ValueError: another number of channels, integers, no pixel, or values outside 0…1.
    """
    if images.ndim < 3 or images.shape[-1] != channels:
        raise ValueError(
            f"expected frames (…, height, width, {channels}), got {images.shape}; channels come last here, PyTorch's "
            "(channel, height, width) needs moveaxis(-3, -1)"
        )
    if not jnp.issubdtype(images.dtype, jnp.floating):
        raise ValueError(f"expected floating frames 0…1, got {images.dtype}; divide 8-bit values by 255")
    if 0 in images.shape[-3:]:
        raise ValueError(f"expected frames of at least one pixel, got {images.shape}")
    check_values(images, name="frames", low=-1e-3, high=1 + 1e-3, remedy="divide 8-bit values by 255")
