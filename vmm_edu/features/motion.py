"""Grey frames in order in; histograms of the directions in which their edges move, one flat vector per clip, out."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Num

from vmm_edu.features.arrays import AnyArray, check_values
from vmm_edu.features.hog import EPS


def motion_histogram(
    clips: Num[AnyArray, "*shape"], *, bins: int = 8, cell: int = 16, span: int | None = None
) -> Float[Array, "*batch length"]:
    r"""Describe a clip by which way its edges move, cell by cell: HOG with time as the third direction.

    Every pixel has a gradient in space and time, $(g_x, g_y, g_t)$. An edge that moves makes its pixels brighter or
    darker, and in both cases $-g_t\,(g_x, g_y)$ points where it goes. Each pixel votes with the length of that
    vector for one of `bins` directions over the full circle; bin 0 is centred on the right, bin `bins` / 4 on
    downward. Votes are averaged over cells of `cell` × `cell` pixels and `span` frames. All cells of one span are then
    normalised together, $v \leftarrow v / \sqrt{\lVert v \rVert^2 + ε^2}$.

    Args:
        clips: grey, floating, 0…1; (time, height, width) or (batch, time, height, width), at least 3 frames. Rows,
            columns and frames beyond the last whole cell are not described, nor are the first and the last frame.
        bins: directions over 360 degrees, at least 3.
        cell: side of a cell, in pixels.
        span: frames in a cell; None: all of them.

    Returns:
        Vectors of values within 0…1, in the order span, cell row, cell column, bin. A clip that stands still is all 0.

    Raises:
        ValueError: integer images, values outside 0…1, NaN, colour or a single image, fewer than 3 frames, a cell
            larger than the clip, or an argument too small. Values are not looked at while JAX traces.

    References:
        A. Kläser, M. Marszałek and C. Schmid, "A spatio-temporal descriptor based on 3D-gradients", BMVC 2008,
        doi:10.5244/C.22.99. Unlike there: directions on a circle instead of a polyhedron; what stands still does not
        vote; no mean of gradients before the vote, and no clipping after it; a vote is a product of two gradients, so
        contrast counts squared until it is normalised. The vector is the *normal flow*: along an edge no motion can
        be seen (the aperture problem).
    """
    _check(clips, bins=bins, cell=cell, span=span)
    check_values(
        clips, name="frames", low=-1e-3, high=1 + 1e-3, remedy="divide 8-bit values by 255 (features.grey does)"
    )
    values = jnp.asarray(clips)
    values = values.astype(jnp.float32) if values.dtype.itemsize < 4 else values
    stack = values[None] if values.ndim == 3 else values
    described = _describe(stack, bins=bins, cell=cell, span=stack.shape[1] - 2 if span is None else span)
    return described[0] if values.ndim == 3 else described


def motion_votes(
    clip: Float[AnyArray, "time height width"],
) -> tuple[Float[np.ndarray, "step height width"], Float[np.ndarray, "step height width"]]:
    """Compute where each pixel's edge moves, for all frames but the first and the last: the readable first half.

    Args:
        clip: grey, 0…1.

    Returns:
        Two parts of a vector, positive to the right and positive downward; 0 at the border, and where nothing changes.

    Raises:
        ValueError: fewer than 3 frames.
    """
    if clip.shape[0] < 3:
        raise ValueError(
            f"expected at least 3 frames, got {clip.shape[0]}; the change of a frame needs both neighbours"
        )
    grey = np.asarray(clip, np.float64)
    x, y = np.zeros_like(grey), np.zeros_like(grey)
    x[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    y[:, 1:-1, :] = grey[:, 2:, :] - grey[:, :-2, :]
    t = grey[2:] - grey[:-2]
    return -t * x[1:-1], -t * y[1:-1]


def _check(clips: Num[AnyArray, "*shape"], *, bins: int, cell: int, span: int | None) -> None:
    if bins < 3 or min(cell, 1 if span is None else span) < 1:
        raise ValueError(f"expected bins of at least 3, cell and span of at least 1, got {bins}, {cell} and {span}")
    if not jnp.issubdtype(clips.dtype, jnp.floating):
        raise ValueError(
            f"expected floating frames within 0…1, got {clips.dtype}; divide 8-bit values by 255 (features.grey does)"
        )
    if clips.ndim not in (3, 4) or clips.shape[-1] in (3, 4):
        raise ValueError(
            f"expected grey frames (time, height, width) or (batch, time, height, width), got {clips.shape}; "
            "make colour grey with features.grey"
        )
    time, height, width = clips.shape[-3:]
    needed = 3 if span is None else span + 2
    if time < needed or min(height, width) < cell:
        raise ValueError(
            f"expected at least {needed} frames of at least {cell} × {cell} pixels, got {time} of {height} × {width}; "
            "use a shorter span or a smaller cell"
        )


@functools.partial(jax.jit, static_argnames=("bins", "cell", "span"))
def _describe(
    clips: Float[Array, "batch time height width"], *, bins: int, cell: int, span: int
) -> Float[Array, "batch length"]:
    return jax.lax.map(lambda clip: _describe_one(clip, bins=bins, cell=cell, span=span), clips)


def _describe_one(
    clip: Float[Array, "time height width"], *, bins: int, cell: int, span: int
) -> Float[Array, " length"]:
    time, height, width = clip.shape
    spans, rows, columns = (time - 2) // span, height // cell, width // cell
    inner = clip[1:-1]
    x = jnp.pad(inner[:, :, 2:] - inner[:, :, :-2], ((0, 0), (0, 0), (1, 1)))
    y = jnp.pad(inner[:, 2:, :] - inner[:, :-2, :], ((0, 0), (1, 1), (0, 0)))
    t = clip[:-2] - clip[2:]
    x, y = (
        (t * part)[: spans * span, : rows * cell, : columns * cell].reshape(spans, span, rows, cell, columns, cell)
        for part in (x, y)
    )
    square = x * x + y * y
    # The inner `where` keeps the derivative of the root finite where nothing moves.
    still = square == 0
    strength = jnp.where(still, 0, jnp.sqrt(jnp.where(still, 1, square)))
    votes = [jnp.where(inside, strength, 0).mean(axis=(1, 3, 5)) for inside in _sectors(x, y, bins)]
    vectors = jnp.stack(votes, axis=-1).reshape(spans, -1)

    return (vectors / jnp.sqrt((vectors * vectors).sum(axis=-1, keepdims=True) + EPS**2)).ravel()


def _sectors(x: Float[Array, "*shape"], y: Float[Array, "*shape"], bins: int) -> list[Bool[Array, "*shape"]]:
    """Which vectors point into which of `bins` equal sectors, the first centred on the right. No angle is computed."""
    angle = 2 * np.pi * (np.arange(bins) - 0.5) / bins
    # Left of an edge's ray, as a half-plane; a sector is the part between two rays less than half a turn apart.
    edges = zip(np.round(np.cos(angle), 15).tolist(), np.round(np.sin(angle), 15).tolist(), strict=True)
    left = [a * y >= b * x for a, b in edges]
    return [left[k] & ~left[(k + 1) % bins] for k in range(bins)]
