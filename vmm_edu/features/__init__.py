"""Frames, samples or words in; arrays that describe them out."""

from vmm_edu.features.blurring import gaussian_blur
from vmm_edu.features.descriptor import root_sift
from vmm_edu.features.grey import grey
from vmm_edu.features.hog import hog, hog_cells, hog_length
from vmm_edu.features.hog_glyphs import Glyphs, hog_glyphs, hog_mean_cells
from vmm_edu.features.hog_plain import hog_plain
from vmm_edu.features.matching import match
from vmm_edu.features.motion import motion_histogram, motion_votes
from vmm_edu.features.scale_space import Octave, scale_space
from vmm_edu.features.sift import Keypoints, sift
from vmm_edu.features.sound import hz_to_mel, log_mel, mel_filters, mel_to_hz, mfcc
from vmm_edu.features.spectrum import power_spectrum, stft
from vmm_edu.features.text import Encoded, Vocabulary, tokenize
from vmm_edu.features.tf_idf import count_tokens, tf_idf
from vmm_edu.features.vocabulary import VisualVocabulary, vlad
from vmm_edu.features.warps import Warp, fit_warp

__all__ = [
    "Encoded",
    "Glyphs",
    "Keypoints",
    "Octave",
    "VisualVocabulary",
    "Vocabulary",
    "Warp",
    "count_tokens",
    "fit_warp",
    "gaussian_blur",
    "grey",
    "hog",
    "hog_cells",
    "hog_glyphs",
    "hog_length",
    "hog_mean_cells",
    "hog_plain",
    "hz_to_mel",
    "log_mel",
    "match",
    "mel_filters",
    "mel_to_hz",
    "mfcc",
    "motion_histogram",
    "motion_votes",
    "power_spectrum",
    "root_sift",
    "scale_space",
    "sift",
    "stft",
    "tf_idf",
    "tokenize",
    "vlad",
]
