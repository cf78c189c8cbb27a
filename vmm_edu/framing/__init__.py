"""A video file in; frames, times and samples on one clock out."""

from vmm_edu.framing.audio import Audio, read_audio
from vmm_edu.framing.cues import Cue, read_cues
from vmm_edu.framing.errors import (
    DamagedFileWarning,
    EmptyFileError,
    MediaError,
    MissingFileError,
    NoAudioError,
    NoFramesError,
    NoSamplesError,
    NoTextError,
    NotMediaError,
    NoVideoError,
    TruncatedFileError,
    UnsupportedCodecError,
)
from vmm_edu.framing.frames import Frames, iter_frames, read_frames
from vmm_edu.framing.histograms import colour_histograms
from vmm_edu.framing.motion import key_frames, motion_energy
from vmm_edu.framing.probe import MediaInfo, probe
from vmm_edu.framing.shots import BoundaryScore, Shots, boundary_score, shot_boundaries
from vmm_edu.framing.times import segment_times, uniform_times, window_times

__all__ = [
    "Audio",
    "BoundaryScore",
    "Cue",
    "DamagedFileWarning",
    "EmptyFileError",
    "Frames",
    "MediaError",
    "MediaInfo",
    "MissingFileError",
    "NoAudioError",
    "NoFramesError",
    "NoSamplesError",
    "NoTextError",
    "NoVideoError",
    "NotMediaError",
    "Shots",
    "TruncatedFileError",
    "UnsupportedCodecError",
    "boundary_score",
    "colour_histograms",
    "iter_frames",
    "key_frames",
    "motion_energy",
    "probe",
    "read_audio",
    "read_cues",
    "read_frames",
    "segment_times",
    "shot_boundaries",
    "uniform_times",
    "window_times",
]
