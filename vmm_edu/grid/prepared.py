"""Prepared GRID clips in; one file that holds them, without pickle, out, and back."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int, Int16, UInt8

from vmm_edu.grid.clip import GridClip

FILE = "prepared.npz"
FORMAT = "vmm_edu grid 1"
"""Changes with anything that changes what is kept of a clip: an older file is then made anew."""


class Prepared(NamedTuple):
    """Clips as the models of chapter 10 take them.

    Attributes:
        names: talker and clip, such as "s1/bbaf2n", ascending.
        mouths: grey, 0…255: 75 frames of 32 × 48 pixels a clip.
        samples: 48,000 samples a clip at 16 kHz; `sound` gives them as floats.
        labels: numbers of the six words, by the places in `VOCABULARY`.
        word_times_s: start and end of each word, in seconds.
        left_out: name of each clip that cannot be used → why.
    """

    names: tuple[str, ...]
    mouths: UInt8[np.ndarray, "clip frame row column"]
    samples: Int16[np.ndarray, "clip sample"]
    labels: Int[np.ndarray, "clip word"]
    word_times_s: Float64[np.ndarray, "clip word 2"]
    left_out: dict[str, str]

    @property
    def sound(self) -> Float32[np.ndarray, "clip sample"]:
        """The samples as floats, −1…1."""
        return self.samples.astype(np.float32) / np.float32(32767)

    @property
    def talkers(self) -> tuple[str, ...]:
        """The talker of each clip, such as "s1"."""
        return tuple(name.split("/")[0] for name in self.names)


def gather(clips: dict[str, GridClip], left_out: dict[str, str]) -> Prepared:
    """Put clips together, in the order of their names.

    Args:
        clips: name → what is kept of it.
        left_out: name → why it is not.

    Returns:
        All of them.

    Raises:
        ValueError: no clip at all.
    """
    if not clips:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(left_out.items())[:3])
        raise ValueError(f"expected at least one clip that can be used, got none. {reasons}")
    names = tuple(sorted(clips))
    return Prepared(
        names,
        np.stack([clips[name].mouth for name in names]),
        np.stack([clips[name].samples for name in names]),
        np.array([clips[name].labels for name in names], np.int32),
        np.stack([clips[name].word_times_s for name in names]),
        dict(sorted(left_out.items())),
    )


def save_prepared(out: str | os.PathLike[str], prepared: Prepared, *, sources: Sequence[str] = ()) -> None:
    """Write prepared clips to `out/prepared.npz`. The file appears complete or not at all.

    Args:
        out: the folder, made when missing.
        prepared: the clips.
        sources: what each was made from (`source_of`), so that only clips that have changed are made again.

    Raises:
        ValueError: a number of sources that is neither 0 nor that of the clips.
    """
    if sources and len(sources) != len(prepared.names):
        raise ValueError(f"expected a source per clip, got {len(sources)} for {len(prepared.names)}")
    about = {"format": FORMAT, "names": prepared.names, "left_out": prepared.left_out, "sources": list(sources)}
    part = Path(out) / (FILE + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        np.savez(
            file,
            about=np.array(json.dumps(about)),
            mouths=prepared.mouths,
            samples=prepared.samples,
            labels=prepared.labels,
            word_times_s=prepared.word_times_s,
        )
    part.replace(Path(out) / FILE)


def load_prepared(out: str | os.PathLike[str]) -> Prepared:
    """Read what `prepare` wrote.

    Args:
        out: its folder.

    Returns:
        The clips.

    Raises:
        FileNotFoundError: nothing is prepared there.
        ValueError: the file is damaged, or was written by another version.
    """
    return read_prepared(out)[0]


def read_prepared(out: str | os.PathLike[str]) -> tuple[Prepared, dict[str, str]]:
    """Read prepared clips and what each was made from.

    Args:
        out: their folder.

    Returns:
        The clips, and name → source.

    Raises:
        FileNotFoundError: nothing is prepared there.
        ValueError: the file is damaged, or was written by another version.
    """
    path = Path(out) / FILE
    if not path.is_file():
        # `vmm-edu grid prepare DIR` writes to a folder in DIR; who gives DIR again has done what is asked.
        inside = next(iter(sorted(Path(out).glob(f"*/{FILE}"))), None)
        advice = f"there are some in {inside.parent}" if inside else "run `vmm-edu grid prepare` first"
        raise FileNotFoundError(f"expected prepared clips in {path}, found none; {advice}")
    try:
        # Opened here: NumPy leaves a damaged file open.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            arrays = [file[name] for name in ("mouths", "samples", "labels", "word_times_s")]
        if about["format"] != FORMAT or any(len(array) != len(about["names"]) for array in arrays):
            raise ValueError(f"format {about['format']!r}")
        prepared = Prepared(tuple(about["names"]), *arrays, left_out=dict(about["left_out"]))
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"expected clips prepared by this version in {path}, got something else ({error}); delete the file and run "
            "`vmm-edu grid prepare` again"
        ) from error
    return prepared, dict(zip(prepared.names, about["sources"], strict=False))
