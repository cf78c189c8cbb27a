"""Names and sizes of the senses in; what all fusion modules remember of them out."""

from __future__ import annotations

from collections.abc import Mapping

from flax import nnx

from vmm_edu.fusion.senses import check_sizes


class Declared(nnx.Module):
    """The senses that a fusion module was declared with, sorted by name; every fusion module is one of these."""

    def __init__(self, sizes: Mapping[str, int], classes: int, **widths: int) -> None:
        """Check and remember the senses.

        Args:
            sizes: name → number of features of that sense.
            classes: number of outputs.
            **widths: other sizes of the module, by their names, for the check.

        Raises:
            ValueError: no sense, or a size, `classes` or a width below 1.
        """
        for name, width in widths.items():
            if width < 1:
                raise ValueError(f"expected {name} of at least 1, got {width}")
        # A tuple, because the static part of a module must be hashable.
        self._sizes = nnx.static(tuple(check_sizes(sizes, classes=classes).items()))

    @property
    def sizes(self) -> dict[str, int]:
        """Number of features of each sense, sorted by name."""
        return dict(self._sizes)
