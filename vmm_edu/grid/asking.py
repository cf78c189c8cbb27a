"""Descriptions of clips in; readers and taggers trained on them, and what each says of clips it never saw, out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Array, Float, Float32, Int, Key

from vmm_edu.grid.folds import NOISES, noisy_features
from vmm_edu.grid.keeping import part_of
from vmm_edu.grid.lattice import decode, frame_tags, sentence_lattice
from vmm_edu.grid.linear import linear_beliefs
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.reading import Readers, read_words, train_readers
from vmm_edu.grid.scoring import Beliefs, add
from vmm_edu.grid.sentences import VOCABULARY
from vmm_edu.grid.tagging import tag_frames, train_taggers
from vmm_edu.grid.training import Schedule
from vmm_edu.grid.views import CLOCKS, LEARNED, SENSE, SOUND_NAME, VIEWS, Described
from vmm_edu.grid.words import LIPS, SOUND

LEVELS_DB = (10, 5, 0, -5, -10, -15)
CLASSES = tuple(len(words) for words in VOCABULARY.values())
READING, TAGGING = Schedule(epochs=40), Schedule(epochs=30, batch=16)
TEST_NOISE = 1000

Say = Callable[[str], object]


def ask_readers(
    prepared: Prepared,
    described: Described,
    folds: Int[np.ndarray, " clip"],
    context_s: Mapping[str, Float[np.ndarray, "fold word"]],
    key: Key[Array, ""],
    say: Say,
    path: Path | None,
) -> tuple[dict[str, Beliefs], Readers]:
    """Train readers of words, and ask them about words timed by the alignments, in quiet and in noise.

    Args:
        prepared: the clips.
        described: their descriptions, for each fold by what its training clips show.
        folds: in which fold each clip is tested.
        context_s: "video", "audio" → by how much each kind of word is widened at both ends, in each fold, seconds.
        key: source of the readers' chance.
        say: takes one line about what is going on.
        path: of the answers, beside which the readers' parameters are kept; None: nothing is kept.

    Returns:
        What was asked → log-probabilities of the words at each place, as `answers` has them; and the readers.

    Raises:
        ValueError: as the functions it calls.
    """
    labels, times_s, features = prepared.labels, prepared.word_times_s, described.features
    readers = train_readers(
        features,
        CLOCKS,
        labels,
        times_s,
        folds,
        CLASSES,
        key=key,
        schedule=READING,
        keep=part_of(path, "readers"),
        context_s={view: context_s[sense] for name, sense in SENSE.items() for view in VIEWS[name]},
    )
    found: dict[str, Beliefs] = {}
    for name, sense in SENSE.items():
        each = _read(readers, {view: features[view] for view in VIEWS[name]}, times_s, folds)
        found[name] = add(list(each.values()), mean=True)
        found[f"designed {name}"], found[f"learned {name}"] = each[sense], each[LEARNED[sense]]
        plain = features[sense][:, 0]
        found[f"linear {name}"] = linear_beliefs(
            plain, CLOCKS[sense], labels, times_s, folds, CLASSES, context_s=context_s[sense]
        )
    for name, heard in noisy_hearings(prepared.sound, folds):
        say(f"sound in {name}")
        said = read_words(readers, described.hear(heard), times_s, folds)
        found[f"{SOUND_NAME} {name}"] = add(list(said.values()), mean=True)
    return found, readers


def ask_taggers(
    prepared: Prepared,
    described: Described,
    readers: Readers,
    folds: Int[np.ndarray, " clip"],
    key: Key[Array, ""],
    path: Path | None,
) -> dict[str, Beliefs]:
    """Train taggers of frames; where the lattice finds words by their tags, ask the readers again.

    Args:
        prepared: the clips.
        described: as `ask_readers`.
        readers: from `ask_readers`.
        folds: in which fold each clip is tested.
        key: source of the taggers' chance.
        path: as `ask_readers`.

    Returns:
        What was asked → log-probabilities, as `answers` has them: of the tags of frames, and of the words found.

    Raises:
        ValueError: as the functions it calls.
    """
    lattice, frames, features = sentence_lattice(CLASSES), prepared.mouths.shape[1], described.features
    heard = by_frame(features["audio"][:, 0], frames)[:, None]
    by_view = {"video": features["video"], "audio": heard}
    wide = {
        sense: np.concatenate([designed, features[LEARNED[sense]][:, : designed.shape[1], :, :frames]], axis=-1)
        for sense, designed in by_view.items()
    }
    tags = frame_tags(lattice, prepared.labels, prepared.word_times_s, frames=frames, rate_hz=LIPS.rate_hz)
    kept, count = part_of(path, "taggers"), len(lattice.start)
    taggers = train_taggers(wide, tags, folds, count=count, key=key, schedule=TAGGING, keep=kept)
    told = tag_frames(taggers, {name: versions[:, 0] for name, versions in wide.items()}, folds)
    found = {f"tags {name}": [told[sense]] for name, sense in SENSE.items()}
    for name, used in {**{name: [name] for name in SENSE}, "both": list(SENSE)}.items():
        emissions = np.sum([told[SENSE[one]] for one in used], axis=0)
        when = decode(lattice, emissions, rate_hz=LIPS.rate_hz).times_s
        for one in used:
            each = _read(readers, {view: features[view] for view in VIEWS[one]}, when, folds)
            found[f"found by {name}, {one}"] = add(list(each.values()), mean=True)
    return found


def noisy_hearings(
    sound: Float32[np.ndarray, "clip sample"], folds: Int[np.ndarray, " clip"]
) -> Iterator[tuple[str, Float32[np.ndarray, "clip window mel"]]]:
    """Describe the sound in each kind and strength of noise; the same noise for every model.

    Args:
        sound: at 16 kHz.
        folds: in which fold each clip is tested.

    Yields:
        Name of the noise, such as "babble -5", and features, not projected.

    Raises:
        ValueError: as `noisy_features`.
    """
    for number, (kind, level) in enumerate((kind, level) for kind in NOISES for level in LEVELS_DB):
        rng = np.random.default_rng(TEST_NOISE + number)
        yield f"{kind} {level}", noisy_features(sound, folds, kind=kind, snr_db=level, rng=rng)


def _read(
    readers: Readers,
    versions: dict[str, Float32[np.ndarray, "fold version clip moment feature"]],
    times_s: Float[np.ndarray, "clip word 2"],
    folds: Int[np.ndarray, " clip"],
) -> dict[str, Beliefs]:
    """Views of one sense; the lips are read as they are and as in a mirror, and the mean of both is taken."""
    said = [
        read_words(readers, {view: every[:, k] for view, every in versions.items()}, times_s, folds)
        for k in range(looks_of(versions))
    ]
    return {view: add([one[view] for one in said], mean=True) for view in versions}


def looks_of(views: Collection[str]) -> int:
    """Count the versions that a sense is asked in: lips as they are and as in a mirror, sound as it is.

    Args:
        views: of one sense.

    Returns:
        How many.

    Raises:
        ValueError: never.
    """
    return 2 if "video" in views else 1


def by_frame(
    features: Float[np.ndarray, "fold clip window feature"], frames: int
) -> Float[np.ndarray, "fold clip frame wide"]:
    """Put the windows of sound of each video frame side by side.

    Args:
        features: 100 a second.
        frames: how many there are, 25 a second; the last window is repeated where some are missing.

    Returns:
        Four windows for each frame.

    Raises:
        ValueError: no frame, or fewer windows than frames.
    """
    each = round(SOUND.rate_hz / LIPS.rate_hz)
    if features.ndim != 4 or not 1 <= frames <= features.shape[2]:
        raise ValueError(f"expected about {each} windows for each of {frames} frames, got {features.shape}")
    windows = np.minimum(np.arange(frames * each), features.shape[2] - 1)
    return features[:, :, windows].reshape(*features.shape[:2], frames, each * features.shape[3])
