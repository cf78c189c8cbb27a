"""A sound or video file in, mono samples at the wanted rate on the clock of its frames out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import av
import av.error
import numpy as np
from jaxtyping import Float32

from vmm_edu.framing.counts import held_frames
from vmm_edu.framing.damage import Damage
from vmm_edu.framing.errors import NoSamplesError
from vmm_edu.framing.source import AnyPath, Source, check_path, fraction, open_source, require_audio
from vmm_edu.framing.structure import missing_bytes
from vmm_edu.framing.times import Seconds

RUN_UP_S = 1.0
"""How far before a window reading begins: decoders need some packets before their output is right."""
JITTER_S = 0.01
"""Containers round times to milliseconds: only a larger step between two blocks is a gap or an overlap."""
LONGEST_GAP_S = 600.0
"""A longer step of the clock is taken for damage: filling it could take all memory."""


class Audio(NamedTuple):
    """Mono sound; sample k sounds at ``start_s + k / rate_hz`` seconds on the clock of the file's frames.

    Attributes:
        samples: Usually in -1…1.
        rate_hz: Samples per second.
        start_s: Time of the first sample in seconds since the file's start.
    """

    samples: Float32[np.ndarray, " sample"]
    rate_hz: int
    start_s: float


class Block(NamedTuple):
    """Decoded mono sound at the stream's own rate; ``first`` counts samples of that rate since the file's start."""

    first: int
    samples: Float32[np.ndarray, " sample"]
    rate_hz: int


def read_audio(path: AnyPath, *, rate_hz: int = 16000, start_s: Seconds = 0.0, end_s: Seconds | None = None) -> Audio:
    """Reads the sound of a file as one mono signal on the clock of its frames.

    Sound is placed by its presentation times: where the track begins after the picture, and where it has
    gaps, there is silence; what an encoder adds before the start and, if the file says so, after the end is
    cut off. Channels are averaged, so mono is never louder than its loudest channel. A window is read without
    reading the file up to it, and gives what reading everything would, up to the memory of the codec (noise that AAC
    makes up is drawn anew) and to how the container rounds times (Matroska and FLV: one millisecond).

    Args:
        path: The file.
        rate_hz: Samples per second of the result.
        start_s: Where to begin, in seconds; rounded to a whole sample.
        end_s: Where to end, in seconds, itself left out; None for the end of the sound. The result ends with
            the sound if that is sooner.

    Returns:
        The samples, float32, -1…1.

    Raises:
        ValueError: A value is out of its range.
        MediaError: The file cannot give it; the subclass says why (``vmm_edu.framing.errors``).

    Warns:
        DamagedFileWarning: A part of the sound could not be read; it is silence in the result.
    """
    name = check_path(path)
    if isinstance(rate_hz, bool) or rate_hz < 1:
        raise ValueError(f"rate_hz: expected a whole number of samples per second of at least 1, got {rate_hz}.")
    if not (math.isfinite(start_s) and start_s >= 0):
        raise ValueError(f"start_s: expected seconds from 0 on, got {start_s}.")
    if end_s is not None and not (math.isfinite(end_s) and end_s > start_s):
        raise ValueError(f"end_s: expected seconds above start_s = {start_s}, got {end_s}.")
    damage = Damage(name, "sound")
    first = round(start_s * rate_hz)
    last = None if end_s is None else round(end_s * rate_hz)
    pieces: list[Float32[np.ndarray, " sample"]] = []
    position = first
    with open_source(name) as source:
        require_audio(source)
        for at, samples in _resampled(_signal(source, damage, start_s, end_s), rate_hz):
            skip = max(0, position - at)
            stop = len(samples) if last is None else max(0, last - at)
            if at > position and stop > 0:
                silence = (at if last is None else min(at, last)) - position
                pieces.append(np.zeros(silence, np.float32))
                position += silence
            kept = samples[skip:stop]
            pieces.append(kept)
            position += len(kept)
        sound_end = _sound_end_s(source)
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    if not len(samples):
        raise NoSamplesError(
            name,
            expected=f"sound from {start_s:.3f} s on",
            got=damage.describe() or f"a track that ends {'before' if sound_end is None else f'at {sound_end:.3f} s'}",
            advice="Ask for an earlier time, or copy the file again.",
        )
    if last is None or position < last:
        if missing_bytes(name):
            damage.note(f"the file is cut short and the sound ends at {position / rate_hz:.3f} s")
        elif sound_end is not None and sound_end - position / rate_hz > 0.25:
            damage.note(f"the sound ends at {position / rate_hz:.3f} s though the header says {sound_end:.3f} s")
        elif not damage.describe() and (held := held_frames(name)).damaged_at is not None:
            damage.note(f"the file is damaged at byte {held.damaged_at}: what was lost there is silence")
    damage.warn()
    return Audio(samples, rate_hz, first / rate_hz)


def _resampled(signal: Iterator[Block], rate_hz: int) -> Iterator[tuple[int, Float32[np.ndarray, " sample"]]]:
    """Converts touching blocks to ``rate_hz``; yields (index of the first sample at that rate, samples)."""
    resampler, running_rate, at = None, 0, 0
    for block in signal:
        if block.rate_hz != running_rate:
            if resampler is not None:
                yield at, _converted(resampler, None)
            # A stretch begins where a sample of the old rate and one of the new fall together, whatever
            # moment reading began at: else a window would lie between the samples of the whole.
            common = block.rate_hz // math.gcd(block.rate_hz, rate_hz)
            lead = block.first % common
            at = (block.first - lead) * rate_hz // block.rate_hz
            running_rate = block.rate_hz
            resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
            block = Block(0, np.concatenate([np.zeros(lead, np.float32), block.samples]), running_rate)
        samples = _converted(resampler, block)
        yield at, samples
        at += len(samples)
    if resampler is not None:
        yield at, _converted(resampler, None)


def _converted(resampler: Any, block: Block | None) -> Float32[np.ndarray, " sample"]:
    frame = None
    if block is not None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.samples[None]), format="flt", layout="mono")
        frame.sample_rate = block.rate_hz
    out = [f.to_ndarray()[0] for f in resampler.resample(frame)]
    return np.concatenate(out) if out else np.zeros(0, np.float32)


def _signal(source: Source, damage: Damage, start_s: Seconds, end_s: Seconds | None) -> Iterator[Block]:
    """Yields blocks that touch one another, from a little before ``start_s``: overlaps cut, gaps silent."""
    sound_end_s = _sound_end_s(source)
    # Half of the run-up is for the decoder, half for the filter that changes the rate.
    begin_s = max(0.0, start_s - RUN_UP_S / 2)
    expected, running_rate, begun = 0, 0, False
    for block in _decoded(source, damage, start_s):
        rate = block.rate_hz
        if rate != running_rate:
            expected = round(expected * rate / running_rate if running_rate else begin_s * rate)
            running_rate = rate
        if not begun and block.first + len(block.samples) <= expected:
            continue
        step = block.first - expected
        if begun and abs(step) <= JITTER_S * rate:
            step = 0
        elif abs(step) > LONGEST_GAP_S * rate:
            damage.note(f"the clock jumps by {step / rate:.3f} s at {expected / rate:.3f} s")
            step = 0
        begun = True
        samples = block.samples[max(0, -step) :]
        if sound_end_s is not None:
            samples = samples[: max(0, math.ceil(sound_end_s * rate - 1e-6) - expected - max(0, step))]
        if step > 0 and len(samples):
            samples = np.concatenate([np.zeros(step, np.float32), samples])
        at, expected = expected, expected + len(samples)
        if end_s is not None and at > (end_s + JITTER_S) * rate:
            return
        if len(samples):
            yield Block(at, samples, rate)


def _decoded(source: Source, damage: Damage, start_s: Seconds) -> Iterator[Block]:
    stream = source.audio
    if start_s > RUN_UP_S:
        try:
            source.container.seek(source.ticks(start_s - RUN_UP_S, stream.time_base), stream=stream)
        except av.error.FFmpegError:
            source.container.seek(0)
    packets = source.container.demux(stream)
    expected: int | None = None
    errors = 0
    while errors < 64:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError:
            damage.lost(None)
            errors += 1
            packets = source.container.demux(stream)
            continue
        try:
            frames = stream.codec_context.decode(packet if packet.size else None)
        except av.error.EOFError:
            continue
        except av.error.FFmpegError:
            at_s = None if packet.pts is None else source.seconds(packet.pts, stream.time_base)
            if at_s is None or at_s >= start_s:  # in the run-up the decoder may miss what came before it
                damage.lost(at_s)
            continue
        for frame in frames:
            rate = frame.sample_rate
            if frame.pts is not None:
                at = (frame.pts * fraction(stream.time_base) - source.origin) * rate
                first = math.floor(at + Fraction(1, 2))
            else:
                first = expected or 0
            samples = mono(frame)
            if not np.isfinite(samples).all():
                damage.note("samples that are not numbers are silence")
                samples = np.where(np.isfinite(samples), samples, np.float32(0))
            expected = first + len(samples)
            if len(samples):
                yield Block(first, samples, rate)


def mono(frame: av.AudioFrame) -> Float32[np.ndarray, " sample"]:
    """Returns the mean of a frame's channels, whole-number formats scaled to -1…1."""
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, len(frame.layout.channels)).T
    if values.dtype == np.uint8:
        values = (values.astype(np.float32) - 128) / 128
    elif values.dtype.kind == "i":
        values = values.astype(np.float32) / np.float32(2 ** (8 * values.dtype.itemsize - 1))
    return values.mean(axis=0, dtype=np.float32) if len(values) > 1 else values[0].astype(np.float32)


def _sound_end_s(source: Source) -> float | None:
    stream = source.audio
    if not stream.duration:
        return None
    return source.seconds((stream.start_time or 0) + stream.duration, stream.time_base)
