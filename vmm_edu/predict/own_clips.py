"""Your own clips and a table of their labels in; what the course's models learn from out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from vmm_edu.features import Vocabulary
from vmm_edu.predict.captions import caption_beside
from vmm_edu.predict.describing import Described, features_of
from vmm_edu.predict.own_table import deal_groups, read_table
from vmm_edu.predict.taking import Recipe


class OwnClips(NamedTuple):
    """Clips of any origin, described as the course describes ChimeWorld's.

    Attributes:
        paths: the files.
        labels: number of each clip's class.
        label_names: name of each class.
        groups: what each clip was not parted from.
        splits: "train", "validation" and "test" → indices of their clips.
        senses: "video", "audio" and "text" → features and mask of all clips; a clip without a sense has no True in it.
        vocabulary: the words of the training clips.
        recipe: how the clips were read.
    """

    paths: tuple[Path, ...]
    labels: Int[np.ndarray, " clip"]
    label_names: tuple[str, ...]
    groups: tuple[str, ...]
    splits: dict[str, Int[np.ndarray, " index"]]
    senses: dict[str, Described]
    vocabulary: Vocabulary
    recipe: Recipe

    def split(self, name: str) -> tuple[dict[str, Described], Int[np.ndarray, " clip"]]:
        """The senses and the labels of one split.

        Args:
            name: "train", "validation" or "test".

        Returns:
            sense → features and mask, and the labels.

        Raises:
            ValueError: another name.
        """
        if name not in self.splits:
            raise ValueError(f"expected one of {', '.join(self.splits)}, got {name!r}")
        rows = self.splits[name]
        return {s: Described(d.steps[rows], d.mask[rows]) for s, d in self.senses.items()}, self.labels[rows]


def own_clips(
    folder: str | os.PathLike[str],
    table: str | os.PathLike[str],
    *,
    rng: np.random.Generator,
    recipe: Recipe | None = None,
    vocabulary: Vocabulary | None = None,
    shares: tuple[float, float, float] = (0.6, 0.2, 0.2),
    workers: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> OwnClips:
    """Turn a folder of clips and a table of labels into what the course's models learn from.

    Clips may have any size, rate and length, sound or none; the window of the recipe is read from the start of each.
    Nothing is learned from validation and test clips, the words neither.

    Args:
        folder: where the files are.
        table: CSV with the columns `file` and `label`, and if you like `group` (a speaker, place or recording, which is
            never parted over two splits) and `text`.
        rng: source of the splits; the same one gives the same.
        recipe: how long a window is read, how many frames of it, and so on; None: as ChimeWorld's.
        vocabulary: words and their ids; None: those of the training clips.
        shares: of training, validation and test.
        workers: files read at once; None: as many as there are cores.
        progress: called with the number of files described so far.

    Returns:
        The clips.

    Raises:
        FileNotFoundError: no such table, or a file that it lists is not there.
        ValueError: a table that is not as it should be, or groups that cannot be divided (`read_table`,
            `deal_groups`).
        MediaError: a file that cannot be read; the message names it.

    Warns:
        DamagedFileWarning: a part of a file could not be read; the rest is used.
    """
    read = read_table(folder, table)
    recipe = recipe or Recipe()
    splits = deal_groups(read.groups, read.labels, rng=rng, shares=shares, names=read.label_names)
    texts = read.texts
    if texts is None:
        texts = tuple(caption_beside(path, start_s=0.0, end_s=recipe.window_s) or "" for path in read.paths)
    if vocabulary is None:
        vocabulary = Vocabulary.build([texts[k] for k in splits["train"].tolist()])
    senses = features_of(
        read.paths, recipe=recipe, vocabulary=vocabulary, texts=texts, workers=workers, progress=progress
    )
    return OwnClips(read.paths, read.labels, read.label_names, read.groups, splits, senses, vocabulary, recipe)
