"""Several ways to do one thing in; their times, taken in turn on the same machine, and ratios of medians out.

Times on a shared machine drift by far more than the differences of interest. So the candidates take turns, every
sample records how much of the machine *other* processes used meanwhile, and disturbed samples are dropped.
Read the ratios; forget the milliseconds.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

STAT = Path("/proc/stat")


class Sample(NamedTuple):
    """One timing.

    Attributes:
        seconds: wall time of one call.
        foreign: share 0…1 of the machine's cores that other processes used meanwhile; 0 where it cannot be known.
    """

    seconds: float
    foreign: float


class Timing(NamedTuple):
    """What is left of one candidate's samples.

    Attributes:
        median_s: median wall time of one call, in seconds.
        quartiles_s: lower and upper quartile, in seconds.
        kept: samples used.
        dropped: samples that other load disturbed.
        quiet: False where too few quiet samples were left and the calmest third was used instead.
    """

    median_s: float
    quartiles_s: tuple[float, float]
    kept: int
    dropped: int
    quiet: bool


def _busy_s() -> float:
    """Core-seconds the whole machine has worked since it started; NaN where the system does not say."""
    if not STAT.exists():
        return float("nan")
    user, nice, system, _, _, irq, softirq, *_ = map(int, STAT.read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _sample(call: Callable[[], object], calls: int) -> Sample:
    busy, own, start = _busy_s(), time.process_time(), time.perf_counter()
    for _ in range(calls):
        call()
    wall = time.perf_counter() - start
    foreign = (_busy_s() - busy - (time.process_time() - own)) / (wall * (os.cpu_count() or 1))
    return Sample(wall / calls, max(foreign, 0.0) if foreign == foreign else 0.0)


def _summary(samples: list[Sample], quiet_below: float) -> Timing:
    calm = sorted(samples, key=lambda sample: sample.foreign)
    kept = [sample for sample in calm if sample.foreign < quiet_below]
    quiet = len(kept) >= 5
    if not quiet:
        kept = calm[: max(3, len(calm) // 3)]
    low, middle, high = statistics.quantiles([sample.seconds for sample in kept], n=4)
    return Timing(middle, (low, high), len(kept), len(samples) - len(kept), quiet)


def interleave(
    candidates: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 30,
    sample_s: float = 0.2,
    quiet_below: float = 0.15,
) -> dict[str, Timing]:
    """Time candidates in turn.

    Args:
        candidates: name → a call that returns only when its work is done (block on a JAX result).
        rounds: how often each has its turn.
        sample_s: shortest sample, in seconds; quick calls are repeated within a sample to reach it, because the
            system counts other processes' work in steps of 0.01 s.
        quiet_below: samples with a larger share of foreign load are dropped.

    Returns:
        name → its timing, in the given order.

    Raises:
        ValueError: no candidates or fewer than 3 rounds.
    """
    if not candidates or rounds < 3:
        raise ValueError(f"expected candidates and at least 3 rounds, got {len(candidates)} and {rounds}")
    calls = {}
    for name, call in candidates.items():
        call()  # compiles
        calls[name] = max(1, round(sample_s / max(_sample(call, 1).seconds, 1e-6)))
    samples: dict[str, list[Sample]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, call in candidates.items():
            samples[name].append(_sample(call, calls[name]))
    return {name: _summary(taken, quiet_below) for name, taken in samples.items()}


def print_ratios(title: str, timings: Mapping[str, Timing], *, packages: tuple[str, ...] = ()) -> None:
    """Print one line per candidate, with the first candidate's time as a ratio to it.

    Args:
        title: what was timed, with its sizes.
        timings: from `interleave`; the first is ours.
        packages: distributions whose versions belong to the result.
    """
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    print(f"\n{title}\n{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}; {versions}")
    ours = next(iter(timings))
    base = timings[ours].median_s
    for name, timing in timings.items():
        low, high = (1e3 * quartile for quartile in timing.quartiles_s)
        note = "" if timing.quiet else "  (machine busy: calmest third)"
        print(
            f"  {name:36} {1e3 * timing.median_s:9.2f} ms  [{low:.2f} … {high:.2f}]  "
            f"{ours} ÷ this = {base / timing.median_s:6.3f}  ({timing.kept} kept, {timing.dropped} dropped){note}"
        )
