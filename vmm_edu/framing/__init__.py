"""A video file in; frames, times and samples on one clock out."""

from vmm_edu.framing.audio import Audio, read_audio
from vmm_edu.framing.errors import (
    DamagedFileWarning,
    EmptyFileError,
    MediaError,
    MissingFileError,
    NoAudioError,
    NoFramesError,
    NoSamplesError,
    NotMediaError,
    NoVideoError,
    TruncatedFileError,
    UnsupportedCodecError,
)
from vmm_edu.framing.frames import Frames, iter_frames, read_frames
from vmm_edu.framing.probe import MediaInfo, probe
from vmm_edu.framing.times import segment_times, uniform_times, window_times

__all__ = [
    "Audio",
    "DamagedFileWarning",
    "EmptyFileError",
    "Frames",
    "MediaError",
    "MediaInfo",
    "MissingFileError",
    "NoAudioError",
    "NoFramesError",
    "NoSamplesError",
    "NoVideoError",
    "NotMediaError",
    "TruncatedFileError",
    "UnsupportedCodecError",
    "iter_frames",
    "probe",
    "read_audio",
    "read_frames",
    "segment_times",
    "uniform_times",
    "window_times",
]
