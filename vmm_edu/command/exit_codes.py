"""An error in; the exit code that a script can tell it by out."""

from __future__ import annotations

import textwrap

FAILED, USAGE, INTERRUPTED = 1, 2, 130

# By the names of vmm_edu.framing's errors: importing them here would import video before --help can answer.
EXIT_CODES = {
    "MissingFileError": (10, "there is no such file"),
    "EmptyFileError": (11, "the file is empty"),
    "NotMediaError": (12, "the file is not a video, whatever its name says"),
    "TruncatedFileError": (13, "the file ends too early or is damaged"),
    "NoVideoError": (14, "the file has sound only, and sight was asked for"),
    "NoAudioError": (15, "the file has no sound, and sound was asked for"),
    "NoFramesError": (16, "the file's video holds no frame"),
    "UnsupportedCodecError": (17, "nothing here can decode the file's format"),
    "NoSamplesError": (18, "the file's sound track holds no sample"),
    "MediaError": (19, "another problem with a media file"),
    "NoTextError": (20, "the file holds no captions, and text was asked for"),
    "DownloadError": (30, "a download failed; run the command again, and it goes on where it stopped"),
}
OTHERS = {
    0: "done",
    FAILED: "failed; the line on stderr says why and what to do",
    USAGE: "the command line was not understood",
    INTERRUPTED: "stopped by Ctrl-C",
}


def exit_code(error: BaseException) -> int:
    """The code of the nearest class of the error that has one, else 1."""
    for kind in type(error).__mro__:
        if kind.__name__ in EXIT_CODES and kind.__module__.startswith("vmm_edu."):
            return EXIT_CODES[kind.__name__][0]
    return FAILED


def table() -> str:
    """Every exit code in words, as ``vmm-edu --help`` shows it."""
    rows = sorted({**OTHERS, **dict(EXIT_CODES.values())}.items())
    return "exit codes:\n" + "\n".join(textwrap.indent(f"{code:>3}  {words}", "  ") for code, words in rows)
