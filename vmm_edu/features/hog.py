"""Grey images in; histograms of oriented gradients, one flat vector per image, out."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Num

from vmm_edu.features.arrays import AnyArray, check_values

EPS = 1e-5
CLIP = 0.2
# Pixels handled at once: the masks of so many pixels still fit a core's cache, which halves the time.
CHUNK_PIXELS = 2**18


def hog(
    images: Num[AnyArray, "*batch height width"], *, bins: int = 9, cell: int = 8, block: int = 2
) -> Float[Array, "*batch length"]:
    r"""Describe the shapes in an image by how its edges are oriented, cell by cell.

    Every pixel votes with the length of its gradient $(g_x, g_y)$ for one of `bins` unsigned orientations
    $\theta = \operatorname{atan2}(g_y, g_x) \bmod 180°$; the votes are averaged over cells of `cell` × `cell` pixels;
    overlapping blocks of `block` × `block` cells are normalised, $v \leftarrow v / \sqrt{\lVert v \rVert^2 + ε^2}$,
    clipped at 0.2 and normalised again (L2-Hys).

    No angle is computed: with $g_y \ge 0$, $θ \ge θ_k$ is the half-plane $g_y \cos θ_k \ge g_x \sin θ_k$. `hog_plain`
    is the readable version of the same function.

    Args:
        images: grey, floating, 0…1; (height, width) or (batch, height, width). Rows and columns beyond the last
            whole cell are not described, but do enter the gradient of the pixels beside them.
        bins: orientations over 180 degrees.
        cell: side of a cell, in pixels.
        block: side of a block, in cells.

    Returns:
        Vectors of `hog_length` values within 0…1, in the order block row, block column, cell row, cell column, bin.
        float32, or float64 where JAX has 64 bits switched on and the images have them. The gradient is finite
        everywhere: a flat patch has gradient 0.

    Raises:
        ValueError: integer or boolean images, values outside 0…1, NaN, colour, an image smaller than a block, or
            `bins`, `cell` or `block` below 1. Values are not looked at while JAX traces.

    References:
        N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005,
        doi:10.1109/CVPR.2005.177. As in scikit-image, and unlike the paper: votes are not shared between
        neighbouring bins and cells, and blocks have no Gaussian window.
        Unlike scikit-image in float32: a gradient within a rounding error (1e-7 radians) of the edge between two
        bins may vote for the other one.
    """
    _check(images, bins=bins, cell=cell, block=block)
    check_values(
        images, name="grey images", low=-1e-3, high=1 + 1e-3, remedy="divide 8-bit values by 255 (features.grey does)"
    )
    values = jnp.asarray(images)
    if values.dtype.itemsize < 4:
        values = values.astype(jnp.float32)
    stack = values[None] if values.ndim == 2 else values
    described = _describe(stack, bins=bins, cell=cell, block=block)
    return described[0] if values.ndim == 2 else described


def hog_length(height: int, width: int, *, bins: int = 9, cell: int = 8, block: int = 2) -> int:
    """Count the values by which `hog` describes an image.

    Args:
        height: rows, in pixels.
        width: columns, in pixels.
        bins: orientations over 180 degrees.
        cell: side of a cell, in pixels.
        block: side of a block, in cells.

    Returns:
        Blocks × cells in a block × bins.

    Raises:
        ValueError: `bins`, `cell` or `block` below 1, or an image smaller than one block.
    """
    if min(bins, cell, block) < 1:
        raise ValueError(f"expected bins, cell and block of at least 1, got {bins}, {cell} and {block}")
    rows, columns = height // cell - block + 1, width // cell - block + 1
    if rows < 1 or columns < 1:
        raise ValueError(
            f"expected images of at least one block, {block * cell} × {block * cell} pixels (height × width), got "
            f"{height} × {width}; use a smaller cell or block, or enlarge the image"
        )
    return rows * columns * block * block * bins


def hog_plain(
    image: Float[AnyArray, "height width"], *, bins: int = 9, cell: int = 8, block: int = 2
) -> Float[np.ndarray, " length"]:
    """Compute what `hog` computes, for one image, step by step as the paper tells it, in float64 NumPy.

    Args:
        image: grey, 0…1.
        bins: orientations over 180 degrees.
        cell: side of a cell, in pixels.
        block: side of a block, in cells.

    Returns:
        The vector of `hog`.

    Raises:
        ValueError: as `hog`.
    """
    _check(image, bins=bins, cell=cell, block=block)
    grey = np.asarray(image)
    x, y = np.zeros(grey.shape), np.zeros(grey.shape)
    x[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    y[1:-1, :] = grey[2:, :] - grey[:-2, :]
    strength = np.hypot(x, y)
    degrees = np.rad2deg(np.arctan2(y, x)) % 180

    rows, columns = grey.shape[0] // cell, grey.shape[1] // cell
    histogram = np.zeros((rows, columns, bins))
    for row, column, k in np.ndindex(rows, columns, bins):
        here = np.s_[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        in_bin = (degrees[here] >= 180 / bins * k) & (degrees[here] < 180 / bins * (k + 1))
        histogram[row, column, k] = strength[here][in_bin].sum() / cell**2

    vectors = []
    for row, column in np.ndindex(rows - block + 1, columns - block + 1):
        vector = histogram[row : row + block, column : column + block].ravel()
        vector = vector / np.sqrt(vector @ vector + EPS**2)
        vector = np.minimum(vector, CLIP)
        vectors.append(vector / np.sqrt(vector @ vector + EPS**2))
    return np.concatenate(vectors)


def _check(images: AnyArray, *, bins: int, cell: int, block: int) -> None:
    if images.ndim not in (2, 3):
        raise ValueError(
            f"expected grey images (height, width) or (batch, height, width), got {images.shape}; "
            "make colour grey with features.grey"
        )
    if not jnp.issubdtype(images.dtype, jnp.floating):
        raise ValueError(
            f"expected floating images within 0…1, got {images.dtype}; divide 8-bit values by 255 (features.grey does)"
        )
    height, width = images.shape[-2:]
    if images.ndim == 3 and width in (3, 4) and height >= block * cell:
        raise ValueError(f"expected grey images, got {images.shape}, which looks like colour; use features.grey first")
    hog_length(height, width, bins=bins, cell=cell, block=block)


@functools.partial(jax.jit, static_argnames=("bins", "cell", "block"))
def _describe(
    images: Float[Array, "batch height width"], *, bins: int, cell: int, block: int
) -> Float[Array, "batch length"]:
    """Compiled, because a call outside `jit` would otherwise run a hundred small operations one by one."""
    batch, height, width = images.shape
    chunks = -(-batch * height * width // CHUNK_PIXELS)
    if chunks <= 1:
        return _normalised_blocks(_cell_histograms(images, bins=bins, cell=cell), block=block)
    frames = -(-batch // chunks)
    padded = jnp.pad(images, ((0, -batch % frames), (0, 0), (0, 0))).reshape(-1, frames, height, width)
    described = jax.lax.map(
        lambda chunk: _normalised_blocks(_cell_histograms(chunk, bins=bins, cell=cell), block=block), padded
    )
    return described.reshape(-1, described.shape[-1])[:batch]


def _bin_edges(bins: int) -> list[tuple[float, float]]:
    """(a, b) per inner edge, so that θ ≥ θ_k is a·y ≥ b·x; one of them is ±1, which makes one product exact."""
    angle = np.pi * np.arange(1, bins) / bins
    cosine, sine = np.cos(angle), np.sin(angle)
    scale = np.maximum(np.abs(cosine), np.abs(sine))
    # Rounding makes 45° and 90° exact: gradients on those edges then fall to the same side as their angle would.
    return list(zip(np.round(cosine / scale, 15).tolist(), np.round(sine / scale, 15).tolist(), strict=True))


def _cell_histograms(
    images: Float[Array, "batch height width"], *, bins: int, cell: int
) -> Float[Array, "batch row column bin"]:
    batch, height, width = images.shape
    rows, columns = height // cell, width // cell
    x = jnp.pad(images[:, :, 2:] - images[:, :, :-2], ((0, 0), (0, 0), (1, 1)))
    y = jnp.pad(images[:, 2:, :] - images[:, :-2, :], ((0, 0), (1, 1), (0, 0)))
    x, y = (part[:, : rows * cell, : columns * cell].reshape(batch, rows, cell, columns * cell) for part in (x, y))
    downward = (y < 0) | ((y == 0) & (x < 0))
    x, y = jnp.where(downward, -x, x), jnp.where(downward, -y, y)
    square = x * x + y * y
    # The inner `where` keeps the derivative of the root finite where the image is flat; NaN still comes out as NaN.
    flat = square == 0
    strength = jnp.where(flat, 0, jnp.sqrt(jnp.where(flat, 1, square)))

    beyond = [a * y >= b * x for a, b in _bin_edges(bins)]
    votes = []
    for k in range(bins):
        inside = jnp.ones_like(downward) if k == 0 else beyond[k - 1]
        inside = inside if k == bins - 1 else inside & ~beyond[k]
        votes.append(jnp.where(inside, strength, 0).sum(axis=2))
    by_column = jnp.stack(votes, axis=-1).reshape(batch, rows, columns, cell, bins)
    return by_column.sum(axis=3) / cell**2


def _normalised_blocks(histogram: Float[Array, "batch row column bin"], *, block: int) -> Float[Array, "batch length"]:
    batch, rows, columns, bins = histogram.shape
    down, across = rows - block + 1, columns - block + 1
    cells = [histogram[:, i : i + down, j : j + across] for i in range(block) for j in range(block)]
    vectors = jnp.concatenate(cells, axis=-1)

    def normalised(vector: Float[Array, "batch row column value"]) -> Float[Array, "batch row column value"]:
        return vector / jnp.sqrt((vector * vector).sum(axis=-1, keepdims=True) + EPS**2)

    return normalised(jnp.minimum(normalised(vectors), CLIP)).reshape(batch, down * across * block**2 * bins)
