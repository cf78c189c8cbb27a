"""Frames, samples or words in; arrays that describe them out."""

import importlib
from typing import TYPE_CHECKING, Any

from vmm_edu.features.augment import augment
from vmm_edu.features.blurring import gaussian_blur
from vmm_edu.features.convolution import convolve, convolve_plain, convolve_product, convolve_xla, output_size, unfold
from vmm_edu.features.degrade import frozen_frames, noisy_frames, noisy_sound
from vmm_edu.features.deltas import deltas
from vmm_edu.features.descriptor import root_sift
from vmm_edu.features.embedding import (
    Neighbours,
    context_counts,
    cosines,
    neighbours,
    skip_gram_floor,
    skip_gram_loss,
)
from vmm_edu.features.formants import LinearPrediction, formants, linear_prediction
from vmm_edu.features.grey import grey
from vmm_edu.features.hog import hog, hog_cells
from vmm_edu.features.hog_glyphs import Glyphs, hog_glyphs, hog_mean_cells
from vmm_edu.features.hog_images import hog_length
from vmm_edu.features.hog_plain import hog_plain
from vmm_edu.features.matching import match
from vmm_edu.features.motion import motion_histogram, motion_votes
from vmm_edu.features.onsets import onsets, spectral_flux
from vmm_edu.features.pitch import Pitch, pitch
from vmm_edu.features.receptive import Layer, ReceptiveField, receptive_field
from vmm_edu.features.ringing import Ringing, ringing
from vmm_edu.features.scale_space import Octave, scale_space
from vmm_edu.features.sift import Keypoints, sift
from vmm_edu.features.sound import hz_to_mel, log_mel, mel_filters, mel_to_hz, mfcc
from vmm_edu.features.spectrum import power_spectrum, stft
from vmm_edu.features.text import Encoded, Vocabulary, tokenize
from vmm_edu.features.tf_idf import count_tokens, tf_idf
from vmm_edu.features.vocabulary import VisualVocabulary, vlad
from vmm_edu.features.warps import Warp, fit_warp

if TYPE_CHECKING:
    from vmm_edu.features.frame_cnn import Convolution, FrameClassifier, FrameCNN
    from vmm_edu.features.resnet import ResNet18
    from vmm_edu.features.resnet_file import load_resnet18

# Flax takes a second to import: what needs it is imported at its first use.
_LATE = {
    "Convolution": "frame_cnn",
    "FrameCNN": "frame_cnn",
    "FrameClassifier": "frame_cnn",
    "ResNet18": "resnet",
    "load_resnet18": "resnet_file",
}

__all__ = [
    "Convolution",
    "Encoded",
    "FrameCNN",
    "FrameClassifier",
    "Glyphs",
    "Keypoints",
    "Layer",
    "LinearPrediction",
    "Neighbours",
    "Octave",
    "Pitch",
    "ReceptiveField",
    "ResNet18",
    "Ringing",
    "VisualVocabulary",
    "Vocabulary",
    "Warp",
    "augment",
    "context_counts",
    "convolve",
    "convolve_plain",
    "convolve_product",
    "convolve_xla",
    "cosines",
    "count_tokens",
    "deltas",
    "fit_warp",
    "formants",
    "frozen_frames",
    "gaussian_blur",
    "grey",
    "hog",
    "hog_cells",
    "hog_glyphs",
    "hog_length",
    "hog_mean_cells",
    "hog_plain",
    "hz_to_mel",
    "linear_prediction",
    "load_resnet18",
    "log_mel",
    "match",
    "mel_filters",
    "mel_to_hz",
    "mfcc",
    "motion_histogram",
    "motion_votes",
    "neighbours",
    "noisy_frames",
    "noisy_sound",
    "onsets",
    "output_size",
    "pitch",
    "power_spectrum",
    "receptive_field",
    "ringing",
    "root_sift",
    "scale_space",
    "sift",
    "skip_gram_floor",
    "skip_gram_loss",
    "spectral_flux",
    "stft",
    "tf_idf",
    "tokenize",
    "unfold",
    "vlad",
]


def __getattr__(name: str) -> Any:
    """Import what needs Flax."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATE[name]}"), name)
