"""What was taken from video files in; the features of what is seen, heard and read out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import numpy as np
from jaxtyping import Bool, Shaped

from vmm_edu.features import Vocabulary, grey, hog, log_mel
from vmm_edu.predict.taking import Recipe, Taken, take_clip

SENSES = ("video", "audio", "text")
CELL = 8
# Clips described at once: their HOG is one compiled call, and frames of more would only fill the memory.
BATCH = 64


class Described(NamedTuple):
    """One sense of many clips, padded to one length.

    Attributes:
        steps: (batch, time, feature) floating, or (batch, token) ids of words.
        mask: (batch, time), True = a real step; a clip without any lacks the sense.
    """

    steps: Any
    mask: Any


def describe(taken: Sequence[Taken], *, recipe: Recipe, vocabulary: Vocabulary) -> dict[str, Described]:
    """Turn what was read into features: HOG and brightness of the frames, log-mel of the sound, ids of the words.

    From the features of each frame their mean over the clip is taken away. What stays the same (walls, floors) then
    says nothing, which it does not in a test clip either: those have walls that no training clip had.

    Args:
        taken: clips from `take_clip`.
        recipe: sizes and rates.
        vocabulary: ids of the words.

    Returns:
        sense → features and mask, all three senses; a missing one is all zeros with a mask of False.

    Raises:
        ValueError: no clip.
    """
    if not taken:
        raise ValueError("expected at least one clip, got none")
    frames, seen = fill([clip.images for clip in taken], (recipe.frames, recipe.side, recipe.side, 3), np.uint8)
    flat = grey(frames.reshape(-1, recipe.side, recipe.side, 3))
    cells = flat.reshape(len(flat), recipe.side // CELL, CELL, recipe.side // CELL, CELL).mean(axis=(2, 4))
    steps = np.concatenate([np.asarray(hog(flat, cell=CELL)), np.asarray(cells).reshape(len(flat), -1)], axis=1)
    steps = steps.reshape(len(taken), recipe.frames, -1)
    video = np.where(seen[:, :, None], steps - steps.mean(axis=1, keepdims=True), np.float32(0))

    sound, heard = fill([clip.samples for clip in taken], (recipe.sound_samples,), np.float32)
    loud = np.clip(np.nan_to_num(sound), -1, 1)
    mel = np.asarray(
        log_mel(loud, recipe.audio_rate_hz, window_s=recipe.mel_window_s, hop_s=recipe.mel_hop_s, mels=recipe.mels)
    )
    # A step is real where all of its window is.
    last = np.arange(mel.shape[1]) * round(recipe.mel_hop_s * recipe.audio_rate_hz)
    last += round(recipe.mel_window_s * recipe.audio_rate_hz) - 1
    heard = heard[:, last]
    audio = np.where(heard[:, :, None], mel, np.float32(0))

    encoded = vocabulary.encode([clip.text or "" for clip in taken], length=recipe.tokens, longer="cut")
    return {"video": Described(video, seen), "audio": Described(audio, heard), "text": Described(*encoded)}


def features_of(
    paths: Sequence[str | os.PathLike[str]],
    *,
    recipe: Recipe,
    vocabulary: Vocabulary,
    texts: Sequence[str] | None = None,
    workers: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> dict[str, Described]:
    """Describe many files: read on all cores, described in batches while the next are read.

    Reading runs in threads: FFmpeg works outside Python's lock, so they are as fast as processes, which would have to
    start, copy every frame, and would print the warnings of damaged files out of sight.

    Args:
        paths: the files.
        recipe: what to read.
        vocabulary: ids of the words.
        texts: words of each clip; None: the .vtt or .srt file beside each.
        workers: files read at once; None: as many as there are cores.
        progress: called with the number of files described so far.

    Returns:
        sense → features and mask of all files, in their order.

    Raises:
        ValueError: no path, `texts` of another length, or `workers` below 1.
        MediaError: a file cannot be read.

    Warns:
        DamagedFileWarning: as `take_clip`.
    """
    if not paths:
        raise ValueError("expected at least one path, got none")
    if texts is not None and len(texts) != len(paths):
        raise ValueError(f"expected a text per path, got {len(texts)} for {len(paths)}")
    if workers is not None and workers < 1:
        raise ValueError(f"expected at least 1 worker, got {workers}")

    def take(k: int) -> Taken:
        return take_clip(paths[k], recipe=recipe, vocabulary=vocabulary, text=None if texts is None else texts[k])

    parts: list[dict[str, Described]] = []
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for batch in ahead(pool, take, len(paths)):
            # The last batch is filled up and cut again: another length would compile again.
            filled = batch + [batch[-1]] * (min(BATCH, len(paths)) - len(batch))
            senses = describe(filled, recipe=recipe, vocabulary=vocabulary)
            parts.append({name: Described(*(array[: len(batch)] for array in sense)) for name, sense in senses.items()})
            if progress is not None:
                progress(sum(len(part["video"].mask) for part in parts))
    return {
        name: Described(*(np.concatenate(arrays) for arrays in zip(*(part[name] for part in parts), strict=True)))
        for name in SENSES
    }


Value = TypeVar("Value")


def ahead(pool: ThreadPoolExecutor, function: Callable[[int], Value], count: int) -> Iterator[list[Value]]:
    """Run a function on 0…count − 1 in a pool, one batch ahead of the one that is being used.

    Args:
        pool: where it runs.
        function: from an index to a value.
        count: number of indices.

    Yields:
        Values in order, in batches of `BATCH`.

    Raises:
        Exception: whatever the function raises.
    """
    starts = range(0, count, BATCH)
    following = [pool.submit(function, k) for k in range(min(BATCH, count))]
    for start in starts:
        current = following
        following = [pool.submit(function, k) for k in range(start + BATCH, min(start + 2 * BATCH, count))]
        yield [future.result() for future in current]


def fill(
    arrays: Sequence[Any], shape: tuple[int, ...], dtype: Any
) -> tuple[Shaped[np.ndarray, "batch ..."], Bool[np.ndarray, "batch time"]]:
    """Stack arrays of at most the given length, zeros where one is short or None.

    Args:
        arrays: one per clip, or None.
        shape: of each in the result; its first axis is time.
        dtype: type of the result.

    Returns:
        The stack, and which of its steps are real.

    Raises:
        ValueError: an array that is longer or of another shape.
    """
    stack, mask = np.zeros((len(arrays), *shape), dtype), np.zeros((len(arrays), shape[0]), bool)
    for row, array in enumerate(arrays):
        if array is not None:
            if len(array) > shape[0] or array.shape[1:] != shape[1:]:
                raise ValueError(f"expected at most {shape} of each clip, got {array.shape}")
            stack[row, : len(array)] = array
            mask[row, : len(array)] = True
    return stack, mask
