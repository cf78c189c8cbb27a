"""Images and kernels in; the sum under the kernel at every place out, as loops, as a matrix product, as XLA's own."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from vmm_edu.features.arrays import AnyArray


def output_size(size: int, *, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    r"""Count the places that a kernel visits along one side of an image.

    $$\left\lfloor \frac{n + 2p - d\,(k - 1) - 1}{s} \right\rfloor + 1$$

    Args:
        size: n, the side of the image, pixels.
        kernel: k, the side of the kernel, pixels.
        stride: s, pixels from one place to the next.
        padding: p, rows of zeros on each side.
        dilation: d, pixels from one weight of the kernel to the next.

    Returns:
        Number of places, at least 1.

    Raises:
        ValueError: a number out of range, or a kernel that does not fit once.
    """
    if min(size, kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError(
            "expected size, kernel, stride and dilation of at least 1 and padding of at least 0, got "
            f"size={size}, kernel={kernel}, stride={stride}, dilation={dilation}, padding={padding}"
        )
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if room < 0:
        raise ValueError(
            f"expected an image of at least {dilation * (kernel - 1) + 1 - 2 * padding} pixels a side, got {size}; "
            "use a smaller kernel or more padding"
        )
    return room // stride + 1


def convolve_plain(
    image: Float[AnyArray, "height width channel"],
    kernels: Float[AnyArray, "kernel_row kernel_column channel filter"],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[np.ndarray, "row column filter"]:
    """Compute what `convolve` computes, for one image, place by place in float64 NumPy.

    Args:
        image: any channels.
        kernels: weights; one map comes out for each filter.
        stride: pixels from one place to the next.
        padding: rows of zeros on each side.
        dilation: pixels from one weight to the next.

    Returns:
        The maps.

    Raises:
        ValueError: as `convolve`.
    """
    rows, columns = _check(image[None], kernels, stride=stride, padding=padding, dilation=dilation)
    padded = np.pad(np.asarray(image, np.float64), ((padding, padding), (padding, padding), (0, 0)))
    weights = np.asarray(kernels, np.float64)
    high, wide, _, filters = weights.shape
    maps = np.zeros((rows, columns, filters))
    for row, column in np.ndindex(rows, columns):
        for i, j in np.ndindex(high, wide):
            maps[row, column] += padded[row * stride + i * dilation, column * stride + j * dilation] @ weights[i, j]
    return maps


def unfold(
    images: Float[AnyArray, "batch height width channel"],
    *,
    kernel: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[Array, "batch row column value"]:
    """Lay the pixels under the kernel at each place side by side; PyTorch says unfold, others im2col.

    Args:
        images: any channels.
        kernel: rows and columns of the kernel.
        stride: pixels from one place to the next.
        padding: rows of zeros on each side.
        dilation: pixels from one weight to the next.

    Returns:
        The values in the order kernel row, kernel column, channel: the order of `kernels.reshape(-1, filters)`.

    Raises:
        ValueError: images without four axes, or a kernel that does not fit.
    """
    (high, wide), x = kernel, jnp.asarray(images)
    if x.ndim != 4:
        raise ValueError(f"expected images (batch, height, width, channel), got {x.shape}; add the axes with x[None]")
    places = {"stride": stride, "padding": padding, "dilation": dilation}
    rows, columns = (output_size(side, kernel=k, **places) for side, k in zip(x.shape[1:3], kernel, strict=True))
    x = jnp.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    return jnp.concatenate(
        [
            x[:, top : top + (rows - 1) * stride + 1 : stride, left : left + (columns - 1) * stride + 1 : stride]
            for top in range(0, high * dilation, dilation)
            for left in range(0, wide * dilation, dilation)
        ],
        axis=-1,
    )


def convolve_product(
    images: Float[AnyArray, "batch height width channel"],
    kernels: Float[AnyArray, "kernel_row kernel_column channel filter"],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[Array, "batch row column filter"]:
    """Compute what `convolve` computes as one matrix product, patches times weights.

    Args:
        images: any channels.
        kernels: weights; one map comes out for each filter.
        stride: pixels from one place to the next.
        padding: rows of zeros on each side.
        dilation: pixels from one weight to the next.

    Returns:
        The maps.

    Raises:
        ValueError: as `convolve`.
    """
    _check(images, kernels, stride=stride, padding=padding, dilation=dilation)
    weights = jnp.asarray(kernels)
    high, wide, channels, filters = weights.shape
    columns = unfold(images, kernel=(high, wide), stride=stride, padding=padding, dilation=dilation)
    return columns @ weights.reshape(high * wide * channels, filters)


def convolve_xla(
    images: Float[AnyArray, "batch height width channel"],
    kernels: Float[AnyArray, "kernel_row kernel_column channel filter"],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[Array, "batch row column filter"]:
    """Compute what `convolve` computes by the convolution of JAX's compiler, `lax.conv_general_dilated`.

    Args:
        images: any channels.
        kernels: weights; one map comes out for each filter.
        stride: pixels from one place to the next.
        padding: rows of zeros on each side.
        dilation: pixels from one weight to the next.

    Returns:
        The maps.

    Raises:
        ValueError: as `convolve`.
    """
    _check(images, kernels, stride=stride, padding=padding, dilation=dilation)
    return jax.lax.conv_general_dilated(
        jnp.asarray(images),
        jnp.asarray(kernels),
        window_strides=(stride, stride),
        padding=((padding, padding), (padding, padding)),
        rhs_dilation=(dilation, dilation),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


def convolve(
    images: Float[AnyArray, "batch height width channel"],
    kernels: Float[AnyArray, "kernel_row kernel_column channel filter"],
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[Array, "batch row column filter"]:
    r"""Slide kernels over images and sum what lies under them, times the weights.

    $$z_{r,c} = \sum_{i,j} w_{i,j} \cdot x_{s r + d i - p,\; s c + d j - p}$$

    Deep learning calls this a convolution. In signal processing it is a *cross-correlation*: the kernel is not turned
    around. On a processor it runs as `convolve_product`: XLA's own convolution is as fast there, but inside a
    compiled loop such as the epoch of `vmm_edu.predict.fit` it and its gradient are many times slower. Elsewhere
    (GPU, TPU) it runs as `convolve_xla`.

    Args:
        images: any channels.
        kernels: weights; one map comes out for each filter.
        stride: s, pixels from one place to the next.
        padding: p, rows of zeros on each side.
        dilation: d, pixels from one weight to the next.

    Returns:
        The maps, `output_size` pixels a side.

    Raises:
        ValueError: wrong numbers of axes, channels that do not agree, or a kernel that does not fit.

    Reference:
        K. Chellapilla, S. Puri, P. Simard, "High performance convolutional neural networks for document processing",
        IWFHR 2006: the convolution as a matrix product.
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    _check(images, kernels, **options)
    return jax.lax.platform_dependent(
        jnp.asarray(images),
        jnp.asarray(kernels),
        cpu=lambda x, w: convolve_product(x, w, **options),
        default=lambda x, w: convolve_xla(x, w, **options),
    )


def _check(images: AnyArray, kernels: AnyArray, *, stride: int, padding: int, dilation: int) -> tuple[int, int]:
    """The rows and columns that come out."""
    if images.ndim != 4:
        raise ValueError(
            f"expected images (batch, height, width, channel), got {images.shape}; add the missing axes with x[None]"
        )
    if kernels.ndim != 4 or kernels.shape[2] != images.shape[3]:
        raise ValueError(
            f"expected kernels (row, column, channel, filter) with the images' {images.shape[3]} channels, got "
            f"{kernels.shape}; PyTorch's (filter, channel, row, column) needs transpose(2, 3, 1, 0)"
        )
    places = {"stride": stride, "padding": padding, "dilation": dilation}
    rows = output_size(images.shape[1], kernel=kernels.shape[0], **places)
    return rows, output_size(images.shape[2], kernel=kernels.shape[1], **places)
