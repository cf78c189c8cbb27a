"""Frames, samples or words in; arrays that describe them out."""

from vmm_edu.features.grey import grey
from vmm_edu.features.hog import hog, hog_length, hog_plain
from vmm_edu.features.sound import hz_to_mel, log_mel, mel_filters, mel_to_hz, mfcc
from vmm_edu.features.spectrum import power_spectrum, stft
from vmm_edu.features.text import Encoded, Vocabulary, tokenize
from vmm_edu.features.tf_idf import count_tokens, tf_idf

__all__ = [
    "Encoded",
    "Vocabulary",
    "count_tokens",
    "grey",
    "hog",
    "hog_length",
    "hog_plain",
    "hz_to_mel",
    "log_mel",
    "mel_filters",
    "mel_to_hz",
    "mfcc",
    "power_spectrum",
    "stft",
    "tf_idf",
    "tokenize",
]
