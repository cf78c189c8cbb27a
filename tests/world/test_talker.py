"""The voice against its definition and against linear prediction; the senses know no more than the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz
from world.probes import accuracy, bound

from vmm_edu import world
from vmm_edu.world import face, impact, talking, voice

SECOND = np.ones(impact.RATE_HZ)


def formants_by_linear_prediction(samples: np.ndarray, *, order: int = 12) -> np.ndarray:
    """Resonances below 4 kHz, Hz, by the autocorrelation method: it knows nothing of how a voice is made here."""
    rate = impact.RATE_HZ // 2
    kept = np.fft.irfft(np.fft.rfft(samples)[: len(samples) // 4 + 1]) * np.hanning(len(samples) // 2)
    kept = np.append(kept[0], kept[1:] - 0.9 * kept[:-1])
    lags = np.correlate(kept, kept, "full")[len(kept) - 1 :][: order + 1]
    weights = solve_toeplitz(lags[:-1], lags[1:])
    roots = np.roots(np.append(1.0, -weights))
    roots = roots[(roots.imag > 0) & (np.abs(roots) > 0.9)]
    return np.sort(np.angle(roots) * rate / (2 * np.pi))


@pytest.mark.parametrize("vowel", voice.FORMANTS_HZ)
def test_linear_prediction_finds_the_formants(vowel):
    said = voice.speak(vowel, pitch_hz=100.0 * SECOND, loudness=SECOND)
    found = formants_by_linear_prediction(said)
    for wanted in voice.FORMANTS_HZ[vowel]:
        assert np.abs(found - wanted).min() < 60, (vowel, wanted, found)


def test_pulses_come_at_the_pitch():
    times_s = voice.pulse_times(120.0 * SECOND)
    assert len(times_s) == 120
    np.testing.assert_allclose(np.diff(times_s), 1 / 120, rtol=1e-6)
    rising = voice.pulse_times(np.linspace(100.0, 200.0, impact.RATE_HZ))
    assert len(rising) in (149, 150)  # the last pulse falls on the end
    np.testing.assert_allclose(1 / np.diff(rising)[[0, -1]], (100.0, 200.0), rtol=0.02)


def test_a_voice_is_the_sum_of_its_pulses():
    said = voice.speak("a", pitch_hz=100.0 * SECOND, loudness=SECOND)
    clock = np.arange(impact.RATE_HZ) / impact.RATE_HZ
    slow = np.zeros(impact.RATE_HZ)
    for time_s in voice.pulse_times(100.0 * SECOND):
        for f, b, a in zip(voice.FORMANTS_HZ["a"], voice.BANDWIDTHS_HZ, voice.STRENGTHS, strict=True):
            since = clock - time_s
            slow += np.where(since > 0, a * np.exp(-np.pi * b * since) * np.sin(2 * np.pi * f * since), 0.0)
    assert np.abs(said - slow).max() < 1e-3  # ours ends each response 77 dB down


def test_a_glide_between_vowels_begins_as_one_and_ends_as_the_other():
    share = np.stack([np.linspace(1, 0, impact.RATE_HZ) < 0.5, np.linspace(1, 0, impact.RATE_HZ) >= 0.5])[::-1]
    both = voice.speak("iu", pitch_hz=100.0 * SECOND, loudness=SECOND, share=share.astype(float))
    first = voice.speak("i", pitch_hz=100.0 * SECOND, loudness=SECOND)
    last = voice.speak("u", pitch_hz=100.0 * SECOND, loudness=SECOND)
    third = impact.RATE_HZ // 3
    assert np.array_equal(both[:third], first[:third])
    assert np.allclose(both[-third:], last[-third:])


def test_silence_stays_silent():
    assert not voice.speak("a", pitch_hz=100.0 * SECOND, loudness=0 * SECOND).any()


def test_bad_voices_are_named():
    with pytest.raises(ValueError, match="letters among a, i, o, u, got 'e'"):
        voice.speak("e", pitch_hz=SECOND, loudness=SECOND)
    with pytest.raises(ValueError, match="when each of the 2 vowels"):
        voice.speak("ai", pitch_hz=SECOND, loudness=SECOND)
    with pytest.raises(ValueError, match="of one length"):
        voice.speak("ai", pitch_hz=SECOND, loudness=SECOND, share=np.ones((3, len(SECOND))))


def test_mouth_and_voice_are_in_step(clips_of, media_of):
    for clip, media in list(zip(clips_of("talker").clips, media_of("talker"), strict=True))[:16]:
        frame = impact.RATE_HZ // 12
        loud = np.array([np.abs(media.samples[n * frame : (n + 1) * frame]).max() for n in range(talking.FRAMES)])
        lips = media.images[..., 0].astype(int) - media.images[..., 1] > 75
        moved = (lips != lips[0]).sum(axis=(1, 2))
        heard, seen = loud > 0.3 * loud.max(), moved > 0.5 * moved.max()
        assert abs(int(np.argmax(heard)) - int(np.argmax(seen))) <= 1, clip.index


def test_each_sense_has_what_its_symbol_says_and_nothing_of_the_other(clips_of):
    clip = clips_of("talker").clips[0]
    as_played = world.perform(clip)
    other_mouth = world.perform(replace(clip, symbols={**clip.symbols, "video": {"viseme": 2}}))
    other_voice = world.perform(replace(clip, symbols={**clip.symbols, "audio": {"vowel": 3}}))
    assert np.array_equal(as_played.samples, other_mouth.samples)
    assert not np.array_equal(as_played.images, other_mouth.images)
    assert np.array_equal(as_played.images, other_voice.images)
    assert not np.array_equal(as_played.samples, other_voice.samples)


def test_o_and_u_are_one_viseme_and_the_pictures_do_not_tell_them_apart(clips_of, media_of):
    clips, media = clips_of("talker"), media_of("talker")
    rounded = np.flatnonzero(clips.labels >= 2)
    assert set(clips.symbols("video", "viseme")[rounded]) == {2}
    pictures = [media[n].images[::3, ::4, ::4].mean(axis=-1) for n in rounded]
    labels = clips.labels[rounded]
    assert accuracy(pictures, labels, [clips.clips[n].seed for n in rounded]) <= bound(labels)


def test_loudness_and_length_do_not_tell_the_vowel(clips_of, media_of):
    clips = clips_of("talker")
    rows = []
    for media in media_of("talker"):
        loud = np.abs(media.samples) > 0.2 * np.abs(media.samples).max()
        rows.append([np.sqrt(np.mean(media.samples**2)), loud.mean(), float(np.argmax(loud))])
    heard = clips.symbols("audio", "vowel")
    assert accuracy(rows, heard, [clip.seed for clip in clips.clips]) <= bound(heard)


def test_the_mouth_is_closed_at_both_ends_and_formed_between():
    times_s = np.linspace(0, 2, 200)
    opened = talking.openness(times_s, 0.4, 1.6)
    assert opened[0] == opened[-1] == 0
    assert opened.max() == 1
    assert np.all(opened >= 0)
    assert face.between(face.CLOSED, face.VISEMES[0], 1.0) == face.VISEMES[0]
    assert face.between(face.CLOSED, face.VISEMES[0], 0.0) == face.CLOSED
