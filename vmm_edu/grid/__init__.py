"""Clips of people who speak GRID sentences in; mouths, sound, words and their times out."""

import importlib
from typing import TYPE_CHECKING, Any

from vmm_edu.grid.alignments import Word, read_alignment, spoken
from vmm_edu.grid.clip import GridClip, LeftOutError, take_grid_clip
from vmm_edu.grid.download import DownloadError, download
from vmm_edu.grid.fetching import TERMS, Fetched, fetch, read_manifest
from vmm_edu.grid.noise import babble, mix, white_noise
from vmm_edu.grid.prepared import Prepared, load_prepared, save_prepared
from vmm_edu.grid.preparing import prepare
from vmm_edu.grid.sentences import VOCABULARY, Sentence, read_sentence

if TYPE_CHECKING:
    from vmm_edu.grid.asking import by_frame
    from vmm_edu.grid.describing import Projection, fit_projection, fold_of, mouth_features, sound_features
    from vmm_edu.grid.folds import Senses, describe_senses, noisy_features, projected
    from vmm_edu.grid.lattice import Decoded, Lattice, decode, frame_tags, sentence_lattice
    from vmm_edu.grid.learned import Learned, learn_features
    from vmm_edu.grid.linear import linear_beliefs
    from vmm_edu.grid.moment_cnn import MouthCNN, SoundCNN
    from vmm_edu.grid.reader import SpeechReader, WordReader, fuse
    from vmm_edu.grid.reading import Readers, read_words, train_readers
    from vmm_edu.grid.recording import recorded, study
    from vmm_edu.grid.scoring import add, compare, confusions, right, scores
    from vmm_edu.grid.tagging import FrameTagger, tag_frames, train_taggers
    from vmm_edu.grid.training import Schedule, Trained, train_folds
    from vmm_edu.grid.trust import Trust, fit_trust, unsureness, weigh
    from vmm_edu.grid.words import LIPS, SOUND, SOUND_LEARNED, Clock, word_steps

# JAX and Flax take seconds to import: what needs them is imported at its first use.
_LATE = {
    name: module
    for module, names in {
        "asking": "by_frame",
        "describing": "Projection fit_projection fold_of mouth_features sound_features",
        "folds": "Senses describe_senses noisy_features projected",
        "lattice": "Decoded Lattice decode frame_tags sentence_lattice",
        "learned": "Learned learn_features",
        "moment_cnn": "MouthCNN SoundCNN",
        "linear": "linear_beliefs",
        "reader": "SpeechReader WordReader fuse",
        "reading": "Readers read_words train_readers",
        "scoring": "add compare confusions right scores",
        "recording": "recorded study",
        "tagging": "FrameTagger tag_frames train_taggers",
        "training": "Schedule Trained train_folds",
        "trust": "Trust fit_trust unsureness weigh",
        "words": "LIPS SOUND SOUND_LEARNED Clock word_steps",
    }.items()
    for name in names.split()
}

__all__ = [
    "LIPS",
    "SOUND",
    "SOUND_LEARNED",
    "TERMS",
    "VOCABULARY",
    "Clock",
    "Decoded",
    "DownloadError",
    "Fetched",
    "FrameTagger",
    "GridClip",
    "Lattice",
    "Learned",
    "LeftOutError",
    "MouthCNN",
    "Prepared",
    "Projection",
    "Readers",
    "Schedule",
    "Senses",
    "Sentence",
    "SoundCNN",
    "SpeechReader",
    "Trained",
    "Trust",
    "Word",
    "WordReader",
    "add",
    "babble",
    "by_frame",
    "compare",
    "confusions",
    "decode",
    "describe_senses",
    "download",
    "fetch",
    "fit_projection",
    "fit_trust",
    "fold_of",
    "frame_tags",
    "fuse",
    "learn_features",
    "linear_beliefs",
    "load_prepared",
    "mix",
    "mouth_features",
    "noisy_features",
    "prepare",
    "projected",
    "read_alignment",
    "read_manifest",
    "read_sentence",
    "read_words",
    "recorded",
    "right",
    "save_prepared",
    "scores",
    "sentence_lattice",
    "sound_features",
    "spoken",
    "study",
    "tag_frames",
    "take_grid_clip",
    "train_folds",
    "train_readers",
    "train_taggers",
    "unsureness",
    "weigh",
    "white_noise",
    "word_steps",
]


def __getattr__(name: str) -> Any:
    """Import what needs JAX."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATE[name]}"), name)
