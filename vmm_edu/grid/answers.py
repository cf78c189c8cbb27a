"""Prepared clips and a seed in; what that seed's models say of every clip, each asked about clips it never saw, out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

import jax
import numpy as np
from jaxtyping import Float, Float32, Int

from vmm_edu.grid.folds import NOISES, NOISY_VERSIONS, Senses, describe_senses, noisy_features, projected
from vmm_edu.grid.lattice import decode, frame_tags, sentence_lattice
from vmm_edu.grid.linear import linear_beliefs
from vmm_edu.grid.prepared import Prepared
from vmm_edu.grid.reading import DROPOUT, PLAIN, SMOOTHING, Readers, read_words, train_readers
from vmm_edu.grid.scoring import Beliefs
from vmm_edu.grid.sentences import VOCABULARY
from vmm_edu.grid.tagging import tag_frames, train_taggers
from vmm_edu.grid.training import Schedule
from vmm_edu.grid.words import LIPS, SOUND

LEVELS_DB = (10, 5, 0, -5, -10, -15)
LIPS_NAME, SOUND_NAME = "lips", "sound"
SENSE = {LIPS_NAME: "video", SOUND_NAME: "audio"}
CLASSES = tuple(len(words) for words in VOCABULARY.values())
CLOCKS = {"video": LIPS, "audio": SOUND}
CONTEXTS_S = {"video": (0.0, 0.04, 0.08), "audio": (0.0, 0.04)}
"""By how much words are widened at both ends: one is chosen for each sense, kind of word and fold (`inner_answers`)."""
READING, TAGGING = Schedule(epochs=30), Schedule(epochs=30, batch=16)
FORMAT = "answers 4"
TRAINING_NOISE, TEST_NOISE = 1, 1000
"""Seeds: the noise of a test is no noise of a training."""

Say = Callable[[str], object]


def answers(
    prepared: Prepared,
    folds: Int[np.ndarray, " clip"],
    seed: int,
    *,
    context_s: Mapping[str, Float[np.ndarray, "fold word"]],
    say: Say,
    keep: Path | None,
) -> dict[str, Beliefs]:
    """Train the models of one seed for every fold, and ask each about the clips that it never saw.

    Args:
        prepared: the clips.
        folds: in which fold each is tested.
        seed: of the models, and of the noise that they are trained in.
        context_s: "video", "audio" → by how much each kind of word is widened at both ends, in each fold.
        say: takes one line about what is going on.
        keep: folder for the answers, read again where the same was asked before; None: nothing is kept.

    Returns:
        What was asked → log-probabilities: "lips", "sound", "sound babble -5"…, "linear lips"…, of the words at each
        place; "tags lips", "tags sound" of the tags of each frame; "found by lips, sound"… of the words where the
        lattice, fed by the first, has found them, read from the second.

    Raises:
        ValueError: as the functions it calls.
    """
    widths = {sense: context_s[sense].tolist() for sense in CLOCKS}
    path = file_of(prepared, f"seed-{seed}", keep, widths=widths)
    if path is not None and path.exists():
        say(f"seed {seed}: found in {path.name}")
        return load(path)
    say(f"seed {seed}: describing {len(prepared.names)} clips")
    sound = prepared.sound
    senses = describe_senses(prepared.mouths, sound, folds, rng=np.random.default_rng(TRAINING_NOISE + seed))
    found = _ask(prepared, sound, senses, folds, seed, context_s, say, path)
    if path is not None:
        save(path, found)
    return found


def file_of(
    prepared: Prepared, name: str, keep: Path | None, *, widths: Mapping[str, list[list[float]]] | None = None
) -> Path | None:
    """Name the file for answers, after all that they depend on.

    Args:
        prepared: the clips.
        name: whose answers.
        keep: the folder.
        widths: of the words, where they have been chosen.

    Returns:
        The file; None where nothing is kept.

    Raises:
        ValueError: never.
    """
    if keep is None:
        return None
    settings = (READING, TAGGING, CLOCKS, CONTEXTS_S, widths, LEVELS_DB, SMOOTHING, DROPOUT, PLAIN, NOISY_VERSIONS)
    about = repr((FORMAT, metadata.version("vmm-edu"), name, settings, prepared.names))
    content = hashlib.sha256(about.encode() + prepared.mouths.tobytes() + prepared.samples.tobytes()).hexdigest()[:12]
    return keep / f"{name}-{content}.npz"


def load(path: Path) -> dict[str, Beliefs]:
    """Read answers back.

    Args:
        path: what `save` wrote.

    Returns:
        What was asked → log-probabilities at each place.

    Raises:
        OSError: no such file.
    """
    found: dict[str, Beliefs] = {}
    with np.load(path, allow_pickle=False) as file:
        for name in file.files:  # in the order written: the places of each question in theirs
            found.setdefault(name.rsplit("#", 1)[0], []).append(file[name])
    return found


def save(path: Path, found: dict[str, Beliefs]) -> None:
    """Write answers to a file, whole or not at all.

    Args:
        path: a .npz file.
        found: from `answers`.

    Raises:
        OSError: a folder or disk that cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    arrays = {f"{name}#{k}": np.asarray(x, np.float32) for name, parts in found.items() for k, x in enumerate(parts)}
    with part.open("wb") as file:
        np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]
    part.replace(path)


def _ask(
    prepared: Prepared,
    sound: Float32[np.ndarray, "clip sample"],
    senses: Senses,
    folds: Int[np.ndarray, " clip"],
    seed: int,
    context_s: Mapping[str, Float[np.ndarray, "fold word"]],
    say: Say,
    path: Path | None,
) -> dict[str, Beliefs]:
    labels, times_s, features = prepared.labels, prepared.word_times_s, senses.features
    reader_key, tagger_key = jax.random.split(jax.random.key(seed))
    say(f"seed {seed}: training readers of words")
    given = (features, CLOCKS, labels, times_s, folds, CLASSES)
    readers = train_readers(*given, key=reader_key, schedule=READING, keep=_part(path, "readers"), context_s=context_s)
    plain = {name: versions[:, 0] for name, versions in features.items()}
    found: dict[str, Beliefs] = {}
    for name, sense in SENSE.items():
        found[name] = _read(readers, {sense: features[sense]}, times_s, folds)
        found[f"linear {name}"] = linear_beliefs(
            plain[sense], CLOCKS[sense], labels, times_s, folds, CLASSES, context_s=context_s[sense]
        )
    for name, heard in noisy_hearings(sound, folds):
        say(f"seed {seed}: sound, {name}")
        shown = {"audio": projected(heard, senses.projections["audio"])}
        found[f"{SOUND_NAME} {name}"] = read_words(readers, shown, times_s, folds)["audio"]

    say(f"seed {seed}: training taggers of frames")
    lattice = sentence_lattice(CLASSES)
    frames = {"video": features["video"], "audio": by_frame(plain["audio"], prepared.mouths.shape[1])[:, None]}
    tags = frame_tags(lattice, labels, times_s, frames=prepared.mouths.shape[1], rate_hz=LIPS.rate_hz)
    kept, count = _part(path, "taggers"), len(lattice.start)
    taggers = train_taggers(frames, tags, folds, count=count, key=tagger_key, schedule=TAGGING, keep=kept)
    told = tag_frames(taggers, {name: versions[:, 0] for name, versions in frames.items()}, folds)
    for name, sense in SENSE.items():
        found[f"tags {name}"] = [told[sense]]
    for name, used in {LIPS_NAME: ["video"], SOUND_NAME: ["audio"], "both": ["video", "audio"]}.items():
        when = decode(lattice, np.sum([told[sense] for sense in used], axis=0), rate_hz=LIPS.rate_hz).times_s
        for reader, sense in SENSE.items():
            if sense in used:
                found[f"found by {name}, {reader}"] = _read(readers, {sense: features[sense]}, when, folds)
    return found


def _part(path: Path | None, name: str) -> Path | None:
    """The file for the parameters of one kind of model, beside that of the answers."""
    return None if path is None else path.with_name(f"{path.stem}-{name}.npz")


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
) -> Beliefs:
    """One sense; the lips read as they are and as in a mirror, and the mean of both log-probabilities."""
    ((name, every),) = versions.items()
    shown = every[:, : 2 if name == "video" else 1]
    views = [read_words(readers, {name: shown[:, k]}, times_s, folds)[name] for k in range(shown.shape[1])]
    return [np.mean(parts, axis=0) for parts in zip(*views, strict=True)]


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
        ValueError: fewer windows than frames.
    """
    each = round(SOUND.rate_hz / LIPS.rate_hz)
    if features.shape[2] < frames:
        raise ValueError(f"expected about {each} windows for each of {frames} frames, got {features.shape[2]} in all")
    windows = np.minimum(np.arange(frames * each), features.shape[2] - 1)
    return features[:, :, windows].reshape(*features.shape[:2], frames, each * features.shape[3])
