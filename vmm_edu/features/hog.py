"""Images in; histograms of oriented gradients, one flat vector per image, out."""

from __future__ import annotations

import functools
import itertools
import operator

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Num

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.hog_colour import strongest_channel
from vmm_edu.features.hog_images import AnyArrays, check_images

EPS = 1e-5
CLIP = 0.2
# Pixels handled at once: the masks of so many pixels still fit a core's cache, which halves the time.
CHUNK_PIXELS = 2**14
ADDED_ROWS = 32  # Rows of a cell that are added one by one: a longer sum would take long to compile.
CELLS_TOGETHER = 16  # A wider matrix would multiply ever more zeros.


def hog(
    images: Num[AnyArray, "*shape"], *, bins: int = 9, cell: int = 8, block: int = 2, channel_axis: int | None = None
) -> Float[Array, "*batch length"]:
    r"""Describe the shapes in an image by how its edges are oriented, cell by cell.

    Every pixel votes with the length of its gradient $(g_x, g_y)$ for one of `bins` unsigned orientations
    $\theta = \operatorname{atan2}(g_y, g_x) \bmod 180°$; the votes are averaged over cells of `cell` × `cell` pixels;
    overlapping blocks of `block` × `block` cells are normalised, $v \leftarrow v / \sqrt{\lVert v \rVert^2 + ε^2}$,
    clipped at 0.2 and normalised again (L2-Hys).

    In colour, each pixel votes with the gradient of the channel where it is longest.

    No angle is computed: with $g_y \ge 0$, $θ \ge θ_k$ is the half-plane $g_y \cos θ_k \ge g_x \sin θ_k$. `hog_plain`
    is the readable version of the same function.

    Args:
        images: floating, 0…1; grey (height, width) or (batch, height, width), or colour with three channels more, for
            instance (batch, height, width, channel). Rows and columns beyond the last whole cell are not described,
            but do enter the gradient of the pixels beside them.
        bins: orientations over 180 degrees.
        cell: side of a cell, in pixels.
        block: side of a block, in cells.
        channel_axis: the axis of the channels, as in scikit-image: -1 for (…, height, width, channel). None: grey.

    Returns:
        Vectors of `hog_length` values within 0…1, in the order block row, block column, cell row, cell column, bin.
        float32, also from half precision, or float64 where JAX has 64 bits switched on and the images have them. The
        gradient is finite everywhere: a flat patch has gradient 0.

    Raises:
        ValueError: integer or boolean images, values outside 0…1, NaN, colour without `channel_axis` or the reverse,
            an image smaller than a block, or `bins`, `cell` or `block` below 1. Values are not looked at while JAX
            traces.

    References:
        N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005,
        doi:10.1109/CVPR.2005.177. As in scikit-image, and unlike the paper: votes are not shared between
        neighbouring bins and cells, and blocks have no Gaussian window.
        Unlike scikit-image in float32: a gradient within a rounding error (1e-7 radians) of the edge between two
        bins may vote for the other one.
    """
    stack, single = _stacked(images, bins=bins, cell=cell, block=block, channel_axis=channel_axis)
    described = _describe(stack, bins=bins, cell=cell, block=block)
    return described[0] if single else described


def hog_cells(
    images: Num[AnyArray, "*shape"], *, bins: int = 9, cell: int = 8, channel_axis: int | None = None
) -> Float[Array, "*batch row column bin"]:
    """Histograms of the cells before blocks are normalised: what a drawing of HOG shows.

    Args:
        images: as in `hog`.
        bins: orientations over 180 degrees.
        cell: side of a cell, in pixels.
        channel_axis: as in `hog`.

    Returns:
        Mean length of the gradients in each cell that point each way, in grey levels (0…1) per two pixels.

    Raises:
        ValueError: as `hog`, for an image smaller than a cell.
    """
    stack, single = _stacked(images, bins=bins, cell=cell, block=1, channel_axis=channel_axis)
    histograms = _compiled_cells(stack, bins=bins, cell=cell)
    return histograms[0] if single else histograms


def _stacked(
    images: AnyArrays, *, bins: int, cell: int, block: int, channel_axis: int | None
) -> tuple[Float[Array, "batch height width *channel"], bool]:
    """Images after the checks, batch first, channels last; and whether there was only one, without a batch axis."""
    check_images(images, bins=bins, cell=cell, block=block, channel_axis=channel_axis)
    values = jnp.asarray(images)
    values = values.astype(jnp.float32) if values.dtype.itemsize < 4 else values
    values = values if channel_axis is None else jnp.moveaxis(values, channel_axis, -1)
    single = values.ndim == 2 + (channel_axis is not None)
    return (values[None] if single else values), single


@functools.partial(jax.jit, static_argnames=("bins", "cell", "block"))
def _describe(
    images: Float[Array, "batch height width *channel"], *, bins: int, cell: int, block: int
) -> Float[Array, "batch length"]:
    """Compiled, because a call outside `jit` would otherwise run a hundred small operations one by one."""
    batch, *shape = images.shape
    chunks = -(-images.size // CHUNK_PIXELS)
    if chunks <= 1:
        return _normalised_blocks(_cell_histograms(images, bins=bins, cell=cell), block=block)
    frames = -(-batch // chunks)
    if missing := -batch % frames:
        images = jnp.concatenate([images, jnp.zeros((missing, *shape), images.dtype)])
    padded = images.reshape(-1, frames, *shape)
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
    images: Float[Array, "batch height width *channel"], *, bins: int, cell: int
) -> Float[Array, "batch row column bin"]:
    """As `hog_plain.cell_histograms`, without an angle: gradients are turned to point downward, then tested."""
    batch, height, width, *channels = images.shape
    rows, columns = height // cell, width // cell
    x, y = _differences(images, axis=2), _differences(images, axis=1)
    if channels:
        x, y = strongest_channel(x, y)
    x, y = (part[:, : rows * cell, : columns * cell].reshape(batch, rows, cell, columns * cell) for part in (x, y))
    downward = (y < 0) | ((y == 0) & (x < 0))
    x, y = jnp.where(downward, -x, x), jnp.where(downward, -y, y)
    square = x * x + y * y
    # The inner `where` keeps the derivative of the root finite where the image is flat; NaN still comes out as NaN.
    flat = square == 0
    strength = jnp.where(flat, 0, jnp.sqrt(jnp.where(flat, 1, square)))

    # A cell's few rows are taken apart before anything is done to them: the compiler makes one loop of each sum then.
    pixels = [(x, y, strength)]
    if cell <= ADDED_ROWS:
        pixels = [tuple(part[:, :, row : row + 1] for part in pixels[0]) for row in range(cell)]

    # Votes at or beyond each edge; neighbours differ by one bin. All sums run in one order: no difference is below 0.
    beyond = [functools.reduce(operator.add, [s.sum(axis=2) for _, _, s in pixels])]
    for a, b in _bin_edges(bins):
        there = [jnp.where(a * y >= b * x, s, 0).sum(axis=2) for x, y, s in pixels]
        beyond.append(functools.reduce(operator.add, there))
    votes = [more - fewer for more, fewer in itertools.pairwise(beyond)] + beyond[-1:]
    return jnp.swapaxes(_sum_of_columns(jnp.stack(votes, axis=2), cell=cell), 2, 3) / cell**2


def _differences(images: Float[Array, "batch height width *channel"], *, axis: int) -> Float[Array, "*shape"]:
    """The next pixel minus the one before; 0 at both borders.

    The picture is mirrored at its border, where both neighbours are then one and the same pixel. The mirrored copy is
    kept: differences of its slices are plain loads, and cost half of what testing every pixel for the border does.
    """
    size = images.shape[axis]
    first, last = min(1, size - 1), max(size - 2, 0)
    before, after = (jax.lax.slice_in_dim(images, at, at + 1, axis=axis) for at in (first, last))
    mirrored = jax.lax.optimization_barrier(jnp.concatenate([before, images, after], axis=axis))
    return jax.lax.slice_in_dim(mirrored, 2, size + 2, axis=axis) - jax.lax.slice_in_dim(mirrored, 0, size, axis=axis)


def _sum_of_columns(
    votes: Float[Array, "batch row bin pixel_column"], *, cell: int
) -> Float[Array, "batch row bin column"]:
    """The sum over the columns of each cell, of some cells at once by one product with a matrix of ones and zeros."""
    columns = votes.shape[3] // cell
    together = min(columns, CELLS_TOGETHER)
    if missing := -columns % together:
        votes = jnp.pad(votes, ((0, 0), (0, 0), (0, 0), (0, missing * cell)))
    groups = (*votes.shape[:3], votes.shape[3] // (together * cell))
    belongs = jnp.asarray(np.kron(np.eye(together), np.ones((cell, 1))), votes.dtype)
    summed = jnp.matmul(votes.reshape(*groups, together * cell), belongs, precision="highest")
    return summed.reshape(*groups[:3], groups[3] * together)[..., :columns]


_compiled_cells = jax.jit(_cell_histograms, static_argnames=("bins", "cell"))


def _normalised_blocks(histogram: Float[Array, "batch row column bin"], *, block: int) -> Float[Array, "batch length"]:
    """Each block scaled to length 1, clipped and scaled again (L2-Hys), all blocks of an image in one vector."""
    batch, rows, columns, bins = histogram.shape
    down, across = rows - block + 1, columns - block + 1
    cells = [histogram[:, i : i + down, j : j + across] for i in range(block) for j in range(block)]
    vectors = jnp.concatenate(cells, axis=-1)

    def normalised(vector: Float[Array, "batch row column value"]) -> Float[Array, "batch row column value"]:
        return vector / jnp.sqrt((vector * vector).sum(axis=-1, keepdims=True) + EPS**2)

    return normalised(jnp.minimum(normalised(vectors), CLIP)).reshape(batch, down * across * block**2 * bins)
