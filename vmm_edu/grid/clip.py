"""A GRID clip and its alignment in; the mouth, the sound, the words and their times out, or why it is left out."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int16, UInt8

from vmm_edu.features.faces import track_face
from vmm_edu.features.mouth import mouth_crops
from vmm_edu.framing import MediaError, read_audio, read_frames
from vmm_edu.grid.alignments import read_alignment, spoken
from vmm_edu.grid.sentences import Sentence, read_sentence

FRAMES, FRAME_RATE_HZ, FRAME_SIZE = 75, 25, (288, 360)
RATE_HZ, SAMPLES = 16_000, 48_000
SHORTEST_S = 2.5
"""Of a sound track; the corpus's last 2.95 s, and silence fills the rest of the 3."""
SILENT = 1e-3
"""Largest sample, of at most 1, of a sound in which nobody speaks."""


class LeftOutError(ValueError):
    """A clip cannot be used as it is; the message says why."""


class GridClip(NamedTuple):
    """What is kept of one clip.

    Attributes:
        mouth: grey, 0…255.
        samples: 3 s of sound at 16 kHz, −32,768…32,767.
        labels: the number of each of the six words.
        word_times_s: start and end of each, in seconds.
    """

    mouth: UInt8[np.ndarray, "frame row column"]
    samples: Int16[np.ndarray, " sample"]
    labels: tuple[int, ...]
    word_times_s: Float64[np.ndarray, "word 2"]


def take_grid_clip(path: Path, alignment: Path) -> GridClip:
    """Read one clip.

    Args:
        path: the video; its name spells the sentence.
        alignment: the times of its words.

    Returns:
        The clip.

    Raises:
        LeftOutError: anything about it is not as in the corpus: its name, its alignment, the size, rate or number of
            its frames, its face, its sound.
    """
    try:
        sentence = read_sentence(path)
        times_s = word_times(sentence, alignment)
        return GridClip(_mouth(path), _sound(path), sentence.labels, times_s)
    except LeftOutError:
        raise
    except (MediaError, UserWarning, ValueError, FileNotFoundError) as error:
        raise LeftOutError(" ".join(str(error).split())) from error


def word_times(sentence: Sentence, alignment: Path) -> Float64[np.ndarray, "word 2"]:
    """When each word of a sentence is said.

    Args:
        sentence: the words that the clip's name spells.
        alignment: the file that times them.

    Returns:
        Start and end in seconds.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is broken, tells of other words, or of times outside the clip.
    """
    words = spoken(read_alignment(alignment))
    if tuple(word.word for word in words) != sentence.words:
        raise LeftOutError(
            f"the name says {' '.join(sentence.words)!r}, the alignment {' '.join(word.word for word in words)!r}"
        )
    if words[-1].end_s > FRAMES / FRAME_RATE_HZ:
        raise LeftOutError(f"the last word ends at {words[-1].end_s:.2f} s, the clip at {FRAMES / FRAME_RATE_HZ:.2f} s")
    return np.array([[word.start_s, word.end_s] for word in words])


def _mouth(path: Path) -> UInt8[np.ndarray, "frame row column"]:
    images, times_s = read_frames(path)
    if images.shape[1:3] != FRAME_SIZE:
        raise LeftOutError(
            f"its frames are {images.shape[2]} × {images.shape[1]} pixels, not {FRAME_SIZE[1]} × {FRAME_SIZE[0]}"
        )
    if len(images) != FRAMES:
        raise LeftOutError(f"it has {len(images)} frames, not {FRAMES}")
    expected_s = np.arange(FRAMES) / FRAME_RATE_HZ
    if np.abs(times_s - times_s[0] - expected_s).max() > 0.5 / FRAME_RATE_HZ:
        rate_hz = (FRAMES - 1) / (times_s[-1] - times_s[0])
        raise LeftOutError(
            f"its frames come {rate_hz:.3g} times a second or unevenly, not every {1 / FRAME_RATE_HZ:g} s"
        )
    return mouth_crops(images, track_face(images))


def _sound(path: Path) -> Int16[np.ndarray, " sample"]:
    samples = read_audio(path, rate_hz=RATE_HZ).samples[:SAMPLES]
    if len(samples) < SHORTEST_S * RATE_HZ:
        raise LeftOutError(f"its sound ends at {len(samples) / RATE_HZ:.2f} s")
    if np.abs(samples).max() <= SILENT:
        raise LeftOutError("its sound is silence")
    filled = np.zeros(SAMPLES, np.int16)
    filled[: len(samples)] = np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return filled
