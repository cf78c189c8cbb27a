"""A grey image in; points that can be found again in another view of the same thing, each with a descriptor, out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.descriptor import describe
from vmm_edu.features.extrema import CONTRAST
from vmm_edu.features.orientation import histograms, peaks
from vmm_edu.features.patches import Places, lay_out, locate
from vmm_edu.features.refine import EDGE_RATIO, refine
from vmm_edu.features.scale_space import ORIGIN, scale_space


class Keypoints(NamedTuple):
    """Points that can be found again, and what each looks like.

    Attributes:
        xy: float32 (keypoint, 2); column and row in pixels, the middle of the first pixel is (0, 0).
        scale: float32 (keypoint,); blur at which the point stands out, in pixels: its size.
        angle: float32 (keypoint,); the way it points, in radians, -π … π, from the x axis towards the y axis, which
            points down: clockwise as one looks at the image.
        descriptors: float32 (keypoint, 128); 0 … about 0.4, each of length 1.
    """

    xy: Float[np.ndarray, "keypoint 2"]
    scale: Float[np.ndarray, " keypoint"]
    angle: Float[np.ndarray, " keypoint"]
    descriptors: Float[np.ndarray, "keypoint 128"]


def sift(
    image: Float[AnyArray, "height width"], *, contrast: int | float = CONTRAST, edge_ratio: int | float = EDGE_RATIO
) -> Keypoints:
    r"""Find the points of an image that stand out at some size, and describe each.

    1. `scale_space`: blur more and more; take differences of neighbouring blurs.
    2. `extrema`, `refine`: keep the pixels larger, or smaller, than their 26 neighbours in place and blur, find the top
       between the pixels, leave out faint ones and edges.
    3. `histograms`, `peaks`: let the gradients around the point vote for its direction; every further direction of at
       least 0.8 of the first makes a further keypoint.
    4. `describe`: 4 × 4 histograms of gradients in eight directions each, relative to size and direction.

    The steps are compiled one by one; the whole is not to be traced, because the number of keypoints depends on the
    values of the image.

    Args:
        image: grey, floating, 0…1, at least 12 × 12 pixels; `grey` makes it from frames.
        contrast: least height of an extremum, in the image's units; smaller gives more points and more doubtful ones.
        edge_ratio: largest ratio of the two curvatures; larger lets in more points along edges.

    Returns:
        All keypoints, by the octave and the blur at which they were found: small ones come first, to within a step of
        blur. An image without features gives none (arrays of length 0), not an error.

    Raises:
        ValueError: colour or a batch, integer or boolean images, values outside 0…1, NaN, an image smaller than
            12 × 12 pixels or traced by `jit`, `vmap` or `grad`; `contrast` not above 0, or `edge_ratio` below 1.

    References:
        D. G. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 60, 2004,
        doi:10.1023/B:VISI.0000029664.99615.94. Parameters as in scikit-image, with these differences: saddle points
        are left out, positions are not a quarter of a pixel off, votes for directions are shared between two bins,
        the surroundings are looked up on a turned grid, and descriptors are floats.
    """
    if not contrast > 0 or not edge_ratio >= 1:
        raise ValueError(
            f"expected contrast above 0 and edge_ratio of at least 1, got {contrast} and {edge_ratio}; "
            f"the defaults are {CONTRAST:.4f} and {EDGE_RATIO:g}"
        )
    octaves = scale_space(image, threshold=0.8 * contrast)
    places = locate(octaves, refine(octaves, contrast=contrast, edge_ratio=edge_ratio))
    places = places.take(np.flatnonzero(_inside(places)))
    sheets = lay_out(octaves)
    keypoint, angle = peaks(histograms(sheets, places))
    places = places.take(keypoint)
    descriptors = describe(sheets, places, angle)
    pixel = np.array([octave.pixel for octave in octaves], np.float32)[places.octave]
    xy = np.stack([places.x, places.y], axis=1) * pixel[:, None] + np.float32(ORIGIN)
    return Keypoints(xy, places.sigma * pixel, angle, descriptors)


def _inside(places: Places) -> Bool[np.ndarray, " keypoint"]:
    """A keypoint nearer to the border than its own size sees too little."""
    x, y, size = places.x, places.y, places.sigma
    return (x > size) & (y > size) & (x < places.width - size) & (y < places.height - size)
