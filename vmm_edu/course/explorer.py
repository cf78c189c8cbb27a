"""A drawing function and the ranges of its numbers in; sliders that redraw the figure out.

What is stored in the notebook is the figure for the first values, through `figure`, so that a page without a running
kernel shows it too. The sliders replace the picture of an HTML widget: `interact` and output widgets change what a cell
stores and so cannot be tested.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from vmm_edu.course.display import figure, figure_forms

Range = tuple[float, float, float]
"""Lowest value, first value, highest value."""


def explore(draw: Callable[..., Figure], ranges: Mapping[str, Range], *, alt: str, step: float = 0.5) -> None:
    """Shows a figure and a slider for each of its numbers; moving a slider draws it anew.

    Args:
        draw: takes the numbers by name, gives a finished figure.
        ranges: name of the number → lowest, first and highest value.
        alt: what a reader who cannot see the first figure should know.
        step: what a slider moves by.

    Raises:
        ValueError: there is no number to change, or a first value outside its range.
    """
    import ipywidgets
    from IPython.display import display
    from matplotlib import pyplot

    for name, (low, first, high) in ranges.items():
        if not low <= first <= high:
            raise ValueError(f"{name} is first {first}; expected a value within {low} … {high}.")
    if not ranges:
        raise ValueError("ranges is empty; name at least one number that a slider changes.")
    figure(draw(**{name: first for name, (_, first, _) in ranges.items()}), alt=alt)

    sliders = {
        name: ipywidgets.FloatSlider(value=first, min=low, max=high, step=step, description=name)
        for name, (low, first, high) in ranges.items()
    }
    picture = ipywidgets.HTML()

    def redraw(_change: object = None) -> None:
        values = {name: slider.value for name, slider in sliders.items()}
        fig = draw(**values)
        words = "The figure above, for " + ", ".join(f"{name} = {value:g}" for name, value in values.items())
        encoded = figure_forms(fig, alt=words).forms["image/png"]
        pyplot.close(fig)
        source = "data:image/png;base64," + encoded
        picture.value = f'<img alt="{html.escape(words)}" src="{source}">'

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    box = ipywidgets.VBox([*sliders.values(), picture])
    bundle = box._repr_mimebundle_() or {}
    view = {kind: content for kind, content in bundle.items() if kind.endswith("widget-view+json")}
    words = "Move a slider, and the figure is drawn anew below it (in a running notebook)."
    display({**view, "text/plain": words}, raw=True)
