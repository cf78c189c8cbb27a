"""The layers of a convolutional network in; which pixels one number of its last map sees out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Layer(NamedTuple):
    """What a convolution or a pooling does to places; the same along rows and columns.

    Attributes:
        kernel: Side of the kernel or of the pooling window, pixels.
        stride: Pixels from one place to the next.
        padding: Rows that are added on each side.
        dilation: Pixels from one weight to the next.
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1


class ReceptiveField(NamedTuple):
    """What the numbers of a map see of the image, along one side.

    Attributes:
        size: Pixels that one number sees.
        step: Pixels from what one number sees to what its neighbour sees.
        start: First pixel that number 0 sees; below 0 where it sees padding.
    """

    size: int
    step: int
    start: int

    def seen(self, place: int) -> tuple[int, int]:
        """The first pixel that a number sees, and the first one after those.

        Args:
            place: Which number of the map, from 0.
        """
        first = self.start + place * self.step
        return first, first + self.size


def receptive_field(layers: Sequence[Layer]) -> ReceptiveField:
    r"""Work out how far a number of the last map sees.

    Each layer widens the view by $d\,(k-1)$ steps of the layers before it, and multiplies the step by its stride $s$.

    Args:
        layers: from the image on.

    Returns:
        Size, step and start, pixels; of no layer 1, 1 and 0: a pixel sees itself.

    Raises:
        ValueError: a kernel, stride or dilation below 1, or a padding below 0.

    Reference:
        A. Araujo, W. Norris, J. Sim, "Computing receptive fields of convolutional neural networks", Distill 2019,
        doi:10.23915/distill.00021.
    """
    size, step, start = 1, 1, 0
    for layer in layers:
        if min(layer.kernel, layer.stride, layer.dilation) < 1 or layer.padding < 0:
            raise ValueError(f"expected kernel, stride, dilation of at least 1 and padding of at least 0, got {layer}")
        size += layer.dilation * (layer.kernel - 1) * step
        start -= layer.padding * step
        step *= layer.stride
    return ReceptiveField(size, step, start)
