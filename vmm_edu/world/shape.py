"""Signed distances to flat shapes, and masks made of them. Distances in pixels, negative inside."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, UInt8

Distance = Float[np.ndarray, "height width"]
SHAPES = ("disc", "square", "triangle", "star")


def grid(x: float, y: float, *, angle_rad: float = 0.0, size: int = 64) -> tuple[Distance, Distance]:
    """Coordinates of every pixel centre relative to the point (x, y), turned by ``angle_rad``; pixels."""
    columns, rows = np.arange(size) - x, np.arange(size)[:, None] - y
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    return cosine * columns + sine * rows, cosine * rows - sine * columns


def disc(dx: Distance, dy: Distance, radius: float) -> Distance:
    """Distance to a disc of ``radius`` pixels."""
    return np.hypot(dx, dy) - radius


def box(dx: Distance, dy: Distance, half_width: float, half_height: float, *, corner: float = 0.0) -> Distance:
    """Distance to a rectangle with corners rounded to ``corner`` pixels."""
    outside_x = np.abs(dx) - half_width + corner
    outside_y = np.abs(dy) - half_height + corner
    beyond = np.hypot(np.maximum(outside_x, 0), np.maximum(outside_y, 0))
    return beyond + np.minimum(np.maximum(outside_x, outside_y), 0) - corner


def polygon(dx: Distance, dy: Distance, radii: Float[np.ndarray, " vertex"]) -> Distance:
    """Distance to the polygon with vertices at these radii, evenly turned, the first one up."""
    angles = 2 * np.pi * np.arange(len(radii)) / len(radii)
    corner_x, corner_y = radii * np.sin(angles), -radii * np.cos(angles)
    nearest = np.full(dx.shape, np.inf)
    inside = np.zeros(dx.shape, dtype=bool)
    for x0, y0, x1, y1 in zip(corner_x, corner_y, np.roll(corner_x, -1), np.roll(corner_y, -1), strict=True):
        edge_x, edge_y = x1 - x0, y1 - y0
        along = np.clip(((dx - x0) * edge_x + (dy - y0) * edge_y) / (edge_x**2 + edge_y**2), 0, 1)
        nearest = np.minimum(nearest, np.hypot(dx - x0 - along * edge_x, dy - y0 - along * edge_y))
        # Even-odd rule: a ray to the right crosses this edge.
        crosses = (y0 > dy) != (y1 > dy)
        inside ^= crosses & (dx < edge_x * (dy - y0) / (edge_y if edge_y else 1.0) + x0)
    return np.where(inside, -nearest, nearest)


def distance_to(shape: str, dx: Distance, dy: Distance, radius: float) -> Distance:
    """Distance to one of ``SHAPES`` of about the area of a disc of ``radius`` pixels.

    Raises:
        ValueError: If the shape is unknown.
    """
    if shape == "disc":
        return disc(dx, dy, radius)
    if shape == "square":
        return box(dx, dy, 0.886 * radius, 0.886 * radius)
    if shape == "triangle":
        return polygon(dx, dy, np.full(3, 1.555 * radius))
    if shape == "star":
        return polygon(dx, dy, radius * np.tile([1.62, 0.70], 5))
    raise ValueError(f"expected a shape among {', '.join(SHAPES)}, got {shape!r}")


def soft(distance: Distance) -> Distance:
    """Coverage 0…1 of every pixel, with an edge one pixel wide."""
    return np.clip(0.5 - distance, 0.0, 1.0)


def nearest_pixels(distance: Distance, count: int) -> Bool[np.ndarray, "height width"]:
    """Mask of exactly ``count`` pixels, those with the smallest distance: equal areas whatever the shape."""
    mask = np.zeros(distance.size, dtype=bool)
    mask[np.argsort(distance, axis=None, kind="stable")[:count]] = True
    return mask.reshape(distance.shape)


def over(
    image: Float[np.ndarray, "height width 3"],
    colour: Float[np.ndarray, "... 3"],
    coverage: Float[np.ndarray, "height width"],
) -> Float[np.ndarray, "height width 3"]:
    """Lay ``colour`` over ``image`` where ``coverage`` (0…1) says so; both 0…255."""
    return image + coverage[..., None] * (colour - image)


def to_pixels(image: Float[np.ndarray, "*time height width 3"]) -> UInt8[np.ndarray, "*time height width 3"]:
    """Round 0…255 to uint8."""
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
