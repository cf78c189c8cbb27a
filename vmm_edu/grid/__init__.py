"""Clips of people who speak GRID sentences in; mouths, sound, words and their times out."""

from vmm_edu.grid.alignments import Word, read_alignment, spoken
from vmm_edu.grid.clip import GridClip, LeftOutError, take_grid_clip
from vmm_edu.grid.download import DownloadError, download
from vmm_edu.grid.fetching import TERMS, Fetched, fetch, read_manifest
from vmm_edu.grid.prepared import Prepared, load_prepared, save_prepared
from vmm_edu.grid.preparing import prepare
from vmm_edu.grid.sentences import VOCABULARY, Sentence, read_sentence

__all__ = [
    "TERMS",
    "VOCABULARY",
    "DownloadError",
    "Fetched",
    "GridClip",
    "LeftOutError",
    "Prepared",
    "Sentence",
    "Word",
    "download",
    "fetch",
    "load_prepared",
    "prepare",
    "read_alignment",
    "read_manifest",
    "read_sentence",
    "save_prepared",
    "spoken",
    "take_grid_clip",
]
