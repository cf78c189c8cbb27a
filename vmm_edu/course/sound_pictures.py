"""Numbers about sounds and letters in; figures of chapter 07 out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from vmm_edu.course.palette import BLACK, BLUE, GREEN, GREY, ORANGE, RED, SKY, style

COLOURS = (RED, BLUE, ORANGE, GREEN, SKY, BLACK)
MARKERS = "osD^vP"


def _few(count: int, what: str) -> None:
    if not 0 < count <= len(COLOURS):
        raise ValueError(f"expected one to {len(COLOURS)} {what}, got {count}")


def onsets_figure(
    sound: np.ndarray,
    rate_hz: int | float,
    flux: tuple[np.ndarray, np.ndarray],
    *,
    found_s: Sequence[float] | np.ndarray,
    true_s: Sequence[float] | np.ndarray,
    threshold_db: int | float,
) -> Figure:
    """Draws a sound above its spectral flux; triangles mark the onsets that were found, and below them the true ones.

    Args:
        sound: its samples, (sample,).
        rate_hz: samples per second.
        flux: the moments in seconds, and the flux there in dB.
        found_s: onsets in seconds.
        true_s: likewise.
        threshold_db: the flux that a peak must reach, dotted.

    Raises:
        ValueError: moments and flux of different length.
    """
    if flux[0].shape != flux[1].shape:
        raise ValueError(f"expected a moment for each flux, got {flux[0].shape} and {flux[1].shape}")
    with style():
        fig = Figure(figsize=(8.0, 2.9), layout="constrained")
        above, below = fig.subplots(2, 1, sharex=True)
        above.plot(np.arange(len(sound)) / rate_hz, sound, color=ORANGE, linestyle="-", linewidth=0.5)
        above.set(ylabel="sound", yticks=[])
        below.plot(*flux, color=BLUE, linestyle="-", linewidth=1)
        below.axhline(threshold_db, color=GREY, linestyle=":", label=f"{threshold_db:g} dB, the threshold")
        below.plot(found_s, np.full(len(found_s), threshold_db), "v", color=RED, label="found")
        below.plot(true_s, np.zeros(len(true_s)), "^", color=BLACK, label="true contact", clip_on=False, zorder=5)
        below.set(xlabel="seconds", ylabel="flux, dB")
        below.legend(loc="upper right", ncols=3, fontsize=9)
    return fig


def decays_figure(strokes: Mapping[str, tuple[np.ndarray, np.ndarray]], dampings: Mapping[str, float]) -> Figure:
    """Draws how fast strokes fade against their pitch, both on logarithmic axes, with a line for each true damping.

    Args:
        strokes: material → pitch in Hz and decay in dB a second of its clips; six materials at most.
        dampings: material → share lost per cycle, about.

    Raises:
        ValueError: no material or too many, or one without a damping.
    """
    _few(len(strokes), "materials")
    if missing := sorted(strokes.keys() - dampings.keys()):
        raise ValueError(f"expected a damping for each material, got none for {missing}")
    line_hz = np.array([260.0, 700.0])
    colours = (BLUE, SKY, ORANGE, RED, GREEN, BLACK)
    with style():
        fig = Figure(figsize=(8.0, 3.1), layout="constrained")
        axis = fig.subplots()
        for (name, (pitch_hz, decay)), colour, marker in zip(strokes.items(), colours, MARKERS, strict=False):
            axis.loglog(pitch_hz, decay, marker, color=colour, markersize=5, label=name)
            lost = 20 * dampings[name] * line_hz / np.log(10)
            axis.loglog(line_hz, lost, color=colour, linestyle=":", linewidth=1)
        axis.set_xticks([300, 600], ["300", "600"])
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set(xlabel="pitch of the loudest mode, Hz", ylabel="decay, dB a second")
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return fig


def source_filter_figure(
    columns: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    rate_hz: int | float,
    grid_hz: np.ndarray,
) -> Figure:
    """Draws waves above their spectra, from −60 dB to the loudest, a column for each.

    Args:
        columns: title → its samples, and its power in dB at each frequency of the grid; six at most.
        rate_hz: samples per second.
        grid_hz: the frequencies.

    Raises:
        ValueError: no column or too many, or a spectrum of another length than the grid.
    """
    _few(len(columns), "columns")
    for title, (_, level) in columns.items():
        if level.shape != grid_hz.shape:
            raise ValueError(f"expected a level for each of {len(grid_hz)} frequencies in {title!r}, got {level.shape}")
    with style():
        fig = Figure(figsize=(8.0, 3.4), layout="constrained")
        axes = fig.subplots(2, len(columns), squeeze=False)
        colours = (GREY, BLUE, ORANGE, GREEN, RED, BLACK)
        for (title, (wave, level)), (above, below), colour in zip(columns.items(), axes.T, colours, strict=False):
            above.plot(1000 * np.arange(len(wave)) / rate_hz, wave, color=colour, linestyle="-", linewidth=0.9)
            above.set(title=title, xlabel="ms", yticks=[])
            below.plot(grid_hz, np.maximum(level, -60), color=colour, linestyle="-", linewidth=0.9)
            below.set(xlabel="Hz", xlim=(0, 3600), ylim=(-60, 3))
        axes[1, 0].set_ylabel("dB")
    return fig


def vowel_map_figure(heard_hz: Mapping[str, np.ndarray], made_hz: Mapping[str, tuple[float, float]]) -> Figure:
    """Draws vowels in the plane of their first two formants, axes reversed so that it shows the mouth.

    Args:
        heard_hz: vowel → F1 and F2 of its clips, (clip, 2); six vowels at most.
        made_hz: vowel → F1 and F2 that its voices were made from, a cross.

    Raises:
        ValueError: no vowel or too many, or one without a cross.
    """
    _few(len(heard_hz), "vowels")
    if missing := sorted(heard_hz.keys() - made_hz.keys()):
        raise ValueError(f"expected two formants for each vowel, got none for {missing}")
    with style():
        fig = Figure(figsize=(8.0, 3.2), layout="constrained")
        axis = fig.subplots()
        for (vowel, formants), colour, marker in zip(heard_hz.items(), COLOURS, MARKERS, strict=False):
            first, next_one = formants.T
            axis.plot(next_one, first, marker, color=colour, markersize=5, linestyle="none", label=vowel)
            middle = made_hz[vowel][1], made_hz[vowel][0]
            axis.plot(*middle, "+", color=BLACK, markersize=12)
            axis.annotate(vowel, middle, xytext=(0, 12), textcoords="offset points", fontsize=15, ha="center")
        axis.set(xlabel="F2, Hz (tongue to the front: left)", ylabel="F1, Hz (mouth open: down)")
        axis.set(xlim=(2600, 600), ylim=(1000, 200))
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return fig


def ways_figure(written: Sequence[str], ways: Mapping[tuple[int, int, int], int]) -> Figure:
    """Draws all paths of CTC through the places of a text in one picture, the thicker the more paths run along a line.

    Args:
        written: the symbol at each place, from top to bottom.
        ways: (step before, place before, place) → how many paths go there.

    Raises:
        ValueError: no way, or one that leaves the places.
    """
    if not ways or not all(0 <= place < len(written) for _, *both in ways for place in both):
        raise ValueError(f"expected ways between the places 0…{len(written) - 1}, got {dict(ways) or 'none'}")
    with style():
        fig = Figure(figsize=(8.0, 3.0), layout="constrained")
        axis = fig.subplots()
        for (t, before, place), count in ways.items():
            line = {"linewidth": 0.4 * count, "solid_capstyle": "round"}
            axis.plot([t, t + 1], [before, place], "-", color=BLUE, **line)
            axis.plot(t + 1, place, "o", color=BLACK, markersize=6)
        axis.plot(0, 0, "s", color=ORANGE, markersize=8)
        axis.set_yticks(range(len(written)), [f"{symbol}  ({j})" for j, symbol in enumerate(written)])
        axis.set(xlabel="step", ylabel="place", ylim=(len(written) - 0.6, -0.4))
        axis.set_xticks(range(max(t for t, _, _ in ways) + 2))
    return fig


def letters_figure(
    clock_s: np.ndarray,
    chances: np.ndarray,
    names: Sequence[str],
    letters: Sequence[tuple[str, float, float]],
) -> Figure:
    """Draws the probability of each symbol over time, the first one dotted, below the letters that were spoken.

    Args:
        clock_s: the moments.
        chances: probability of each symbol at each moment, (time, symbol).
        names: of the symbols, six at most.
        letters: what was spoken: a letter, and when it begins and ends in seconds.

    Raises:
        ValueError: no symbol or too many, or a table that is not moments × symbols.
    """
    _few(len(names), "symbols")
    if chances.shape != (len(clock_s), len(names)):
        raise ValueError(f"expected chances ({len(clock_s)}, {len(names)}), got {chances.shape}")
    with style():
        fig = Figure(figsize=(8.0, 2.6), layout="constrained")
        axis = fig.subplots()
        for k, (name, colour) in enumerate(zip(names, (GREY, RED, BLUE, ORANGE, GREEN, BLACK), strict=False)):
            axis.plot(clock_s, chances[:, k], color=colour, linestyle="-" if k else ":", label=name)
        for letter, start_s, end_s in letters:
            axis.axvline(start_s, color=GREY, linestyle="-", linewidth=0.6)
            axis.text((start_s + end_s) / 2, 1.06, letter, ha="center", fontsize=12)
        axis.set(xlabel="time, s", ylabel="probability", ylim=(0, 1.2))
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=9)
    return fig
