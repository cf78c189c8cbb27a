"""Reads files that were cut or had bytes changed, in a process of its own so that a crash is seen, not suffered.

    python fuzz.py SEED_FOLDER WORK_FILE CUTS FLIPS

prints one line for each case that broke the rule, and at the end "cases: N". The rule: the call ends in bounded time
with a MediaError, or with all frames, or with fewer frames and a DamagedFileWarning.
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
STATE_NO_LENGTH = (".ts", ".mpg")
"""A cut at the end of such a file leaves a shorter but whole file: nobody can tell."""


def damaged(data: bytes, cuts: int, flips: int, rng: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    for k in range(1, cuts):
        yield f"cut at {k}/{cuts}", data[: len(data) * k // cuts]
    for k in range(flips):
        changed = bytearray(data)
        places = rng.integers(0, len(data), 1 + k % 8)
        for place in places:
            changed[place] ^= 1 << int(rng.integers(8))
        yield f"flips {k} at {places.tolist()}", bytes(changed)


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


def complaints(target: Path, whole: int, may_be_short: bool) -> Iterator[str]:
    frames, told = attempt(read_frames, target)
    if frames is not None and not told and len(frames.times_s) < whole and not may_be_short:
        yield f"silent: {len(frames.times_s)} of {whole} frames and no word of it"
    some, _ = attempt(read_frames, target, count=4)
    if frames is not None and some is not None and len(some.times_s) != 4:
        yield f"asked for 4 frames, got {len(some.times_s)}"
    attempt(read_audio, target)
    attempt(probe, target)


def main(folder: str, work: str, cuts: int, flips: int) -> None:
    faulthandler.enable()
    cases = 0
    rng = np.random.default_rng(0)
    for seed in sorted(Path(folder).iterdir()):
        target = Path(work).with_suffix(seed.suffix)
        whole = len(read_frames(seed).times_s)
        for name, changed in damaged(seed.read_bytes(), cuts, flips, rng):
            cases += 1
            target.write_bytes(changed)
            started = time.perf_counter()
            try:
                for complaint in complaints(target, whole, name.startswith("cut") and seed.suffix in STATE_NO_LENGTH):
                    print(f"{seed.name}, {name}: {complaint}")
            except Exception as error:  # whatever it is, the case must be named and the others tried
                print(f"{seed.name}, {name}: {type(error).__name__}: {error}")
            if time.perf_counter() - started > LIMIT_S:
                print(f"{seed.name}, {name}: {time.perf_counter() - started:.0f} s")
    print(f"cases: {cases}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
