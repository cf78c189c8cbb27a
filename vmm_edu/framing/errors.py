"""What can be wrong with a media file: one exception for each case, each of which says what to do."""

from __future__ import annotations

import os


class MediaError(ValueError):
    """A media file cannot give what was asked of it.

    The message names the file, what was expected, what was found and what to do.
    Every error of this kind that the reading layer raises is one of the subclasses or this class itself.
    """

    def __init__(self, path: str | os.PathLike[str], *, expected: str, got: str, advice: str) -> None:
        self.path = os.fspath(path)
        self.expected, self.got, self.advice = expected, got, advice
        super().__init__(f"{self.path}: expected {expected}, got {got}. {advice}")

    def __str__(self) -> str:
        return str(self.args[0])


class MissingFileError(MediaError, FileNotFoundError):
    """There is no file of this name, or the name is that of a folder."""


class EmptyFileError(MediaError):
    """The file has no bytes in it."""


class NotMediaError(MediaError):
    """The bytes are not a video or sound file, whatever the name says."""


class TruncatedFileError(MediaError):
    """The file begins as a media file does, but ends before the part that is needed to read any of it."""


class UnsupportedCodecError(MediaError):
    """The file holds the stream asked for, in a codec for which this build of FFmpeg has no decoder."""


class NoVideoError(MediaError):
    """The file holds no video: sound only, or sound with a cover picture."""


class NoAudioError(MediaError):
    """The file holds no sound track."""


class NoTextError(MediaError):
    """The file holds no captions that are text."""


class NoFramesError(MediaError):
    """The file holds a video stream, but no frame could be decoded from it, or none at the time asked for."""


class NoSamplesError(MediaError):
    """The file holds a sound track, but no sample could be decoded from it, or none in the window asked for."""


class DamagedFileWarning(UserWarning):
    """A part of the file could not be read; what could be read is returned, and the message says what was lost."""
