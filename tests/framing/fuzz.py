"""Reads files that were cut, had bytes changed or parts exchanged, each crash seen in a process of its own.

    python fuzz.py SEED_FOLDER WORK_FILE CUTS FLIPS [PARTS [SEED]]

prints one line for each case that broke the rule, and at the end "cases: N". The rule: the call ends in bounded time
with a MediaError, or with all frames, or with fewer frames and a DamagedFileWarning. For thousands of cases:

    python fuzz.py SEED_FOLDER WORK_FILE 100 400 50 1
"""

from __future__ import annotations

import faulthandler
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vmm_edu.framing import DamagedFileWarning, MediaError, probe, read_audio, read_frames

LIMIT_S = 20
MOST_PARTS = 16


def damaged(data: bytes, cuts: int, flips: int, parts: int, rng: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    for k in range(1, cuts):
        yield f"cut at {k}/{cuts}", data[: len(data) * k // cuts]
    for k in range(flips):
        changed = bytearray(data)
        places = rng.integers(0, len(data), 1 + k % 8)
        for place in places:
            changed[place] ^= 1 << int(rng.integers(8))
        yield f"flips {k} at {places.tolist()}", bytes(changed)
    for k in range(parts):
        length = len(data) // int(rng.integers(4, 8 * MOST_PARTS))
        a, b = sorted(rng.integers(0, len(data) - 2 * length, 2).tolist())
        b += length
        first, second = data[a : a + length], data[b : b + length]
        between, rest = data[a + length : b], data[b + length :]
        yield f"swap {k} of {length} at {a} and {b}", data[:a] + second + between + first + rest
        yield f"zeros {k}, {length} at {a}", data[:a] + bytes(length) + data[a + length :]
        yield f"without {k}, {length} at {a}", data[:a] + data[a + length :]
        yield f"twice {k}, {length} at {a}", data[: a + length] + data[a:]


def attempt(call: Callable[..., Any], target: Path, **request: int) -> tuple[Any, bool]:
    """The result, or None for an error of ours; and whether damage was reported."""
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            return call(target, **request), any(issubclass(w.category, DamagedFileWarning) for w in caught)
        except MediaError:
            return None, True
        finally:
            faulthandler.cancel_dump_traceback_later()


def complaints(target: Path, whole: int) -> Iterator[str]:
    frames, told = attempt(read_frames, target)
    if frames is not None and not told and len(frames.times_s) < whole:
        yield f"silent: {len(frames.times_s)} of {whole} frames and no word of it"
    some, _ = attempt(read_frames, target, count=4)
    if frames is not None and some is not None and len(some.times_s) != 4:
        yield f"asked for 4 frames, got {len(some.times_s)}"
    attempt(read_audio, target)
    attempt(probe, target)


def main(folder: str, work: str, cuts: int, flips: int, parts: int = 0, seed_of_all: int = 0) -> None:
    faulthandler.enable()
    cases = 0
    rng = np.random.default_rng(seed_of_all)
    for seed in sorted(Path(folder).iterdir()):
        target = Path(work).with_suffix(seed.suffix)
        whole = len(read_frames(seed).times_s)
        for name, changed in damaged(seed.read_bytes(), cuts, flips, parts, rng):
            cases += 1
            target.write_bytes(changed)
            started = time.perf_counter()
            try:
                for complaint in complaints(target, whole):
                    print(f"{seed.name}, {name}: {complaint}")
            except Exception as error:  # whatever it is, the case must be named and the others tried
                print(f"{seed.name}, {name}: {type(error).__name__}: {error}")
            if time.perf_counter() - started > LIMIT_S:
                print(f"{seed.name}, {name}: {time.perf_counter() - started:.0f} s")
    print(f"cases: {cases}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
