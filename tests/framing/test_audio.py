from fractions import Fraction

import av
import numpy as np
import pytest
from framing.media import encode_sound, tone, write_media

import vmm_edu.framing.audio as audio_module
from vmm_edu.framing import NoAudioError, NoSamplesError, read_audio, read_frames
from vmm_edu.framing.audio import mono

KINDS = {
    "a.mp4": {},
    "a.mov": {"sound_codec": "pcm_s16le"},
    "a.mkv": {"sound_codec": "flac"},
    "b.mkv": {},
    "a.webm": {"codec": "libvpx", "sound_codec": "libopus", "sound_rate": 48000},
    "a.avi": {"codec": "mpeg4", "sound_codec": "pcm_s16le"},
    "b.avi": {"codec": "mpeg4", "options": {"bf": "2"}, "sound_codec": "pcm_s16le"},
    "a.ts": {"options": {"bf": "2"}},
    "a.flv": {"options": {"bf": "2"}},
    "fast.mp4": {"sound_rate": 44100},
}
RATE, COUNT, FLASH = 25, 50, 31


@pytest.mark.parametrize("name", KINDS)
def test_a_clap_is_seen_and_heard_within_half_a_frame(tmp_path, name):
    """Frame 31 of 50 is the only bright one; the click is at the moment it appears."""
    kind = {"sound_rate": 16000} | KINDS[name]
    sound = np.zeros(kind["sound_rate"] * COUNT // RATE)
    at = round(FLASH / RATE * kind["sound_rate"])
    sound[at : at + 8] = 0.9
    numbers = [0xFFF if i == FLASH else 0 for i in range(COUNT)]
    path = write_media(tmp_path / name, count=COUNT, rate=RATE, numbers=numbers, sound=sound, **kind)
    frames, audio = read_frames(path), read_audio(path)
    seen_s = frames.times_s[frames.images.mean(axis=(1, 2, 3)).argmax()]
    heard_s = audio.start_s + abs(audio.samples).argmax() / audio.rate_hz
    assert abs(seen_s - heard_s) < 0.5 / RATE


@pytest.mark.parametrize(("source_hz", "target_hz"), [(16000, 16000), (44100, 16000), (8000, 16000), (48000, 22050)])
def test_a_tone_keeps_pitch_level_and_phase_at_another_rate(tmp_path, source_hz, target_hz):
    path = write_media(
        tmp_path / "a.mkv", codec=None, sound=tone(1.5, rate=source_hz), sound_codec="flac", sound_rate=source_hz
    )
    audio = read_audio(path, rate_hz=target_hz)
    assert audio.samples.dtype == np.float32
    assert (audio.rate_hz, audio.start_s) == (target_hz, 0.0)
    assert abs(len(audio.samples) - 1.5 * target_hz) <= 2
    inner = slice(target_hz // 10, -target_hz // 10)
    expected = tone(1.5, rate=target_hz)[: len(audio.samples)]
    assert abs(audio.samples[inner] - expected[inner][: len(audio.samples[inner])]).max() < 2e-3


def test_padding_is_cut_by_time(tmp_path):
    path = write_media(tmp_path / "a.mp4", sound=tone(2.5))
    with av.open(str(path)) as raw:
        decoded = sum(frame.samples for frame in raw.decode(audio=0))
    assert decoded >= 40000
    assert len(read_audio(path).samples) == 40000


def test_sound_that_begins_late_is_preceded_by_silence(tmp_path):
    path = write_media(tmp_path / "a.mkv", sound=tone(1.0), sound_codec="pcm_s16le", sound_start_s=0.75)
    samples = read_audio(path).samples
    assert not samples[:11990].any()
    assert abs(samples[12010:12200]).max() > 0.3
    np.testing.assert_allclose(samples[12000:28000], tone(1.0), atol=1e-3)


def test_gaps_are_silence_and_what_follows_keeps_its_time(tmp_path):
    path = tmp_path / "gap.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=16000, layout="mono")
        for start_s in (0.0, 1.5):
            frame = av.AudioFrame.from_ndarray((tone(0.5)[None] * 32767).astype(np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 16000, round(start_s * 16000), Fraction(1, 16000)
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    samples = read_audio(path).samples
    expected = np.concatenate([tone(0.5), np.zeros(16000), tone(0.5)])
    np.testing.assert_allclose(samples, expected, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mp4", {"sound_rate": 44100}),
        ("a.mkv", {}),
        ("a.ts", {"sound_rate": 48000}),
        ("a.mp3", {"codec": None, "sound_codec": "libmp3lame"}),
        ("a.wav", {"codec": None, "sound_codec": "pcm_s16le"}),
    ],
)
def test_a_window_equals_that_part_of_the_whole(tmp_path, name, kind):
    rate = kind.get("sound_rate", 16000)
    seconds = np.arange(8 * rate) / rate
    sound = 0.4 * np.sin(2 * np.pi * (300 + 60 * seconds) * seconds)  # a glide: no two moments are alike
    path = write_media(tmp_path / name, count=96, sound=sound, **kind)
    whole = read_audio(path)
    for start_s, end_s in ((0.0, 1.0), (0.3, 0.9), (4.123, 5.5), (6.9, None)):
        part = read_audio(path, start_s=start_s, end_s=end_s)
        first = round(start_s * 16000)
        assert part.start_s == first / 16000
        expected = whole.samples[first : None if end_s is None else round(end_s * 16000)]
        assert len(part.samples) == len(expected)
        assert abs(part.samples - expected).max() < (3e-3 if name.startswith("a.m") else 1e-4)


def test_a_window_of_a_container_with_rounded_times_is_off_by_a_millisecond_at_most(tmp_path):
    seconds = np.arange(8 * 48000) / 48000
    sound = 0.4 * np.sin(2 * np.pi * (300 + 60 * seconds) * seconds)
    path = write_media(tmp_path / "a.webm", codec=None, sound=sound, sound_codec="libopus", sound_rate=48000)
    whole = read_audio(path).samples
    part = read_audio(path, start_s=4, end_s=5).samples
    errors = [abs(part - whole[64000 + shift : 80000 + shift]).max() for shift in range(-16, 17)]
    assert min(errors) < 0.05
    assert max(errors) > 0.3


def test_a_window_reads_a_part_of_a_long_file(tmp_path, monkeypatch):
    """Twenty minutes: longer than the longest gap that would be believed."""
    sound = np.tile(tone(10, rate=4000), 120)
    path = write_media(tmp_path / "a.mov", codec=None, sound=sound, sound_codec="pcm_s16le", sound_rate=4000)
    decoded = []
    monkeypatch.setattr(audio_module, "mono", lambda frame: (decoded.append(frame.samples), mono(frame))[1])
    audio = read_audio(path, start_s=1100.0, end_s=1101.0, rate_hz=4000)
    assert audio.start_s == 1100.0
    np.testing.assert_allclose(audio.samples, tone(1.0, rate=4000), atol=1e-3)
    assert sum(decoded) < 5 * 4000


def test_mono_is_the_mean_of_the_channels(tmp_path):
    left, right = tone(1.0), np.zeros(16000)
    path = write_media(tmp_path / "a.mkv", sound=np.stack([left, right]), sound_codec="flac")
    np.testing.assert_allclose(read_audio(path).samples, left / 2, atol=1e-3)


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"])
def test_every_sample_format_has_full_scale_one(tmp_path, codec):
    sound = 1.9 * tone(0.5)
    path = write_media(tmp_path / "a.wav", codec=None, sound=sound, sound_codec=codec)
    np.testing.assert_allclose(read_audio(path).samples, sound, atol=0.02 if codec == "pcm_u8" else 1e-3)


def test_numbers_that_are_none_become_silence_with_a_word(tmp_path):
    sound = tone(0.5)
    sound[100:200] = np.nan
    path = write_media(tmp_path / "a.wav", codec=None, sound=sound, sound_codec="pcm_f32le")
    with pytest.warns(UserWarning, match="not numbers"):
        samples = read_audio(path).samples
    assert np.isfinite(samples).all()


def test_the_largest_of_several_tracks_is_read(tmp_path):
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as out:
        streams = [out.add_stream("flac", rate=16000, layout=layout) for layout in ("mono", "stereo")]
        for stream, sound in zip(streams, (np.zeros(16000), np.stack([tone(1.0)] * 2)), strict=True):
            for packet in encode_sound(stream, sound, 16000, 0.0):
                out.mux(packet)
    assert abs(read_audio(path).samples).max() > 0.4


def test_what_cannot_be_read_is_said(tmp_path):
    silent = write_media(tmp_path / "silent.mp4")
    with pytest.raises(NoAudioError, match="video only"):
        read_audio(silent)
    short = write_media(tmp_path / "short.mp4", sound=tone(1.0))
    with pytest.raises(NoSamplesError, match=r"from 3.000 s on.*ends at 1.000 s"):
        read_audio(short, start_s=3)
    for request, word in (({"rate_hz": 0}, "rate_hz"), ({"start_s": -1.0}, "start_s"), ({"end_s": 0.0}, "end_s")):
        with pytest.raises(ValueError, match=word):
            read_audio(short, **request)
