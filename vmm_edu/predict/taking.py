"""A video file in; what can be seen, heard and read in one window of it out."""

from __future__ import annotations

import os
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from vmm_edu.features import Vocabulary, tokenize
from vmm_edu.framing import NoAudioError, NoFramesError, NoSamplesError, NoVideoError, read_audio, read_frames
from vmm_edu.predict.captions import caption_beside

QUIET, STILL = 1e-4, 6  # largest sample of silence; largest change of a pixel (0…255) that is only coding noise


class Recipe(NamedTuple):
    """How a window of a file becomes features; stored with the model, because it can read nothing else.

    Attributes:
        window_s: length of the window, in seconds.
        frames: moments looked at, spread evenly over the window.
        side: height and width of a frame, in pixels; other proportions are squeezed.
        audio_rate_hz: samples per second.
        mel_window_s: length of a window of sound, in seconds.
        mel_hop_s: distance between the starts of two, in seconds.
        mels: bands of the log-mel spectrum.
        tokens: longest text, in tokens; the rest is cut off.
    """

    window_s: float = 2.5
    frames: int = 10
    side: int = 64
    audio_rate_hz: int = 16_000
    mel_window_s: float = 0.064
    mel_hop_s: float = 0.04
    mels: int = 40
    tokens: int = 16

    @property
    def sound_samples(self) -> int:
        """Samples in the window."""
        return round(self.window_s * self.audio_rate_hz)

    @property
    def sound_steps(self) -> int:
        """Windows of sound that fit into the window."""
        inside = self.sound_samples - round(self.mel_window_s * self.audio_rate_hz)
        return inside // round(self.mel_hop_s * self.audio_rate_hz) + 1


class Taken(NamedTuple):
    """What was read from one file.

    Attributes:
        images: the frames, 0…255; None where there is no picture.
        samples: the sound, about −1…1; None where there is none.
        text: the words; None where there are none.
        missing: sense → why it is missing.
    """

    images: UInt8[np.ndarray, "time height width 3"] | None
    samples: Float[np.ndarray, " sample"] | None
    text: str | None
    missing: dict[str, str]


def take_clip(
    path: str | os.PathLike[str],
    *,
    recipe: Recipe,
    vocabulary: Vocabulary,
    text: str | None = None,
    start_s: float = 0.0,
) -> Taken:
    """Read one window of a file. However long the file is, only the window is kept in memory.

    Args:
        path: a video, with sound or without, or a sound file.
        recipe: what to read.
        vocabulary: words that count: a text with none of them says nothing to the model.
        text: words that go with the clip; None: those of the .vtt or .srt file of the same name, if there is one.
        start_s: where the window begins, in seconds.

    Returns:
        Frames, sound and text, and which of them is missing and why.

    Raises:
        MediaError: the file has neither picture nor sound in the window, or cannot be read at all.
        ValueError: the caption file is damaged.

    Warns:
        DamagedFileWarning: a part of the file could not be read; the rest is used.
    """
    end_s = start_s + recipe.window_s
    missing: dict[str, str] = {}
    images, samples, failure = None, None, None
    try:
        side = (recipe.side, recipe.side)
        images = read_frames(path, count=recipe.frames, start_s=start_s, end_s=end_s, size=side).images
        if np.ptp(images, axis=0).max() <= STILL:
            missing["video"] = "nothing in the picture changes, and the model looks at what does"
    except NoVideoError as error:
        missing["video"], failure = "the file has no picture", error
    except NoFramesError as error:
        missing["video"], failure = f"no frame between {start_s:g} and {end_s:g} s", error
    try:
        samples = read_audio(path, rate_hz=recipe.audio_rate_hz, start_s=start_s, end_s=end_s).samples
        if len(samples) < recipe.mel_window_s * recipe.audio_rate_hz:
            missing["audio"] = f"less than {recipe.mel_window_s * 1000:g} ms of sound"
        elif np.abs(samples).max() <= QUIET:
            missing["audio"] = "the sound is silence"
    except NoAudioError:
        missing["audio"] = "the file has no sound"
    except NoSamplesError:
        missing["audio"] = f"no sound between {start_s:g} and {end_s:g} s"
    if failure is not None and samples is None:
        raise failure
    words = caption_beside(path, start_s=start_s, end_s=end_s) if text is None else text
    if words is None:
        missing["text"] = "no text given, and no .vtt file beside the video"
    elif not set(tokenize(words)) & set(vocabulary.tokens):
        missing["text"] = "none of its words is among those the model knows" if tokenize(words) else "the text is empty"
        words = None
    return Taken(
        images if "video" not in missing else None, samples if "audio" not in missing else None, words, missing
    )
