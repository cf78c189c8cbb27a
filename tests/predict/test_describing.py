from __future__ import annotations

import numpy as np
import pytest
from framing.media import tone, write_media

from vmm_edu.features import Vocabulary, grey, hog, log_mel
from vmm_edu.framing import MissingFileError, NotMediaError, read_audio, read_frames
from vmm_edu.predict import Recipe, describe, features_of, take_clip
from vmm_edu.predict.describing import BATCH

VOCABULARY = Vocabulary(("steel", "maple", "钢", "铁"))
RECIPE = Recipe(frames=4)


def take(path, **options):
    return take_clip(path, recipe=RECIPE, vocabulary=VOCABULARY, **options)


@pytest.fixture
def clip(tmp_path):
    return write_media(tmp_path / "a.mp4", count=36, sound=tone(3.0))


def test_the_window_is_that_of_the_file(clip):
    taken = take(clip, text="steel", start_s=0.5)
    np.testing.assert_array_equal(
        taken.images, read_frames(clip, count=4, start_s=0.5, end_s=3.0, size=(64, 64)).images
    )
    np.testing.assert_array_equal(taken.samples, read_audio(clip, start_s=0.5, end_s=3.0).samples)
    assert taken.text == "steel"
    assert taken.missing == {}


@pytest.mark.parametrize(
    ("options", "missing", "words"),
    [
        ({}, "audio", "no sound"),
        ({"sound": np.zeros(48_000)}, "audio", "silence"),
        ({"sound": tone(0.05)}, "audio", "64 ms"),
        ({"sound": tone(3.0), "codec": None}, "video", "no picture"),
        ({"sound": tone(3.0), "numbers": [5] * 24}, "video", "nothing in the picture changes"),
    ],
)
def test_a_missing_sense_has_its_reason(tmp_path, options, missing, words):
    taken = take(write_media(tmp_path / "a.mp4", **options), text="a maple one")
    assert list(taken.missing) == [missing]
    assert words in taken.missing[missing]
    assert {"video": taken.images, "audio": taken.samples}[missing] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "no .vtt file"), ("", "empty"), ("...", "empty"), ("a dog barks", "none of its words")],
)
def test_text_that_says_nothing_is_missing(clip, text, words):
    taken = take(clip, text=text)
    assert words in taken.missing["text"]
    assert taken.text is None


def test_the_caption_beside_the_file_is_read(clip):
    clip.with_suffix(".vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nIt is steel.\n")
    assert take(clip).text == "It is steel."
    assert "empty" in take(clip, start_s=2.0).missing["text"]


def test_sound_that_ends_within_the_window_is_masked(tmp_path):
    path = write_media(tmp_path / "a.mp4", count=36, sound=tone(1.0))
    senses = describe([take(path, text="steel")], recipe=RECIPE, vocabulary=VOCABULARY)
    steps = senses["audio"].mask.sum()
    # Coded sound ends on a whole block: 1 s, and up to 64 ms more.
    assert 1 <= (steps - 1) * RECIPE.mel_hop_s + RECIPE.mel_window_s + RECIPE.mel_hop_s <= 1.2
    np.testing.assert_array_equal(senses["audio"].mask[0], np.arange(RECIPE.sound_steps) < steps)


def test_a_window_after_the_end_of_the_picture_leaves_the_sound(tmp_path):
    path = write_media(tmp_path / "a.mkv", count=12, sound=tone(6.0), sound_codec="flac")
    taken = take(path, start_s=3.0)
    assert "no frame" in taken.missing["video"] or "nothing" in taken.missing["video"]
    assert taken.samples is not None


def test_features_are_those_of_the_library_called_clip_by_clip(tmp_path):
    paths = [write_media(tmp_path / f"{k}.mp4", count=30 + k, sound=tone(2.5, hertz=200.0 * (k + 1))) for k in range(3)]
    senses = features_of(paths, recipe=RECIPE, vocabulary=VOCABULARY, texts=["steel thing", "", "钢铁"], workers=2)
    for k, path in enumerate(paths):
        flat = np.asarray(grey(read_frames(path, count=4, end_s=2.5, size=(64, 64)).images))
        cells = np.array([[[c.mean() for c in np.split(r, 8, 1)] for r in np.split(image, 8, 0)] for image in flat])
        steps = np.concatenate([np.asarray(hog(flat)), cells.reshape(4, -1)], axis=1)
        np.testing.assert_allclose(senses["video"].steps[k], steps - steps.mean(axis=0), atol=1e-5)
        samples = np.clip(read_audio(path, end_s=2.5).samples, -1, 1)
        expected = log_mel(samples, 16_000, window_s=0.064, hop_s=0.04, mels=40)
        np.testing.assert_allclose(senses["audio"].steps[k], expected, rtol=1e-3, atol=1e-3)
    assert senses["video"].mask.all()
    assert senses["audio"].steps.shape[1] == RECIPE.sound_steps
    np.testing.assert_array_equal(senses["text"].mask.sum(axis=1), [2, 0, 2])
    np.testing.assert_array_equal(senses["text"].steps[2, :2], [4, 5])


def test_batches_keep_the_order_and_lose_no_clip(tmp_path):
    paths = [write_media(tmp_path / f"{k}.mp4", count=30, numbers=[k + 1, k + 9] * 15) for k in range(3)]
    many = [paths[k % 3] for k in range(BATCH + 5)]
    seen: list[int] = []
    senses = features_of(many, recipe=RECIPE, vocabulary=VOCABULARY, progress=seen.append)
    assert seen == [BATCH, BATCH + 5]
    assert len(senses["video"].steps) == BATCH + 5
    for k in range(3):
        same = senses["video"].steps[k::3]
        np.testing.assert_allclose(same, np.broadcast_to(same[:1], same.shape), atol=1e-6)
    assert np.abs(senses["video"].steps[0] - senses["video"].steps[1]).max() > 0.1
    assert not senses["audio"].mask.any()
    assert (senses["audio"].steps == 0).all()


def test_a_bad_file_stops_the_set(tmp_path, clip):
    (tmp_path / "b.mp4").write_text("no video")
    with pytest.raises(NotMediaError, match=r"b\.mp4"):
        features_of([clip, tmp_path / "b.mp4"], recipe=RECIPE, vocabulary=VOCABULARY)
    with pytest.raises(MissingFileError):
        take(tmp_path / "none.mp4")


@pytest.mark.parametrize(
    ("paths", "options", "words"),
    [
        ([], {}, "at least one path"),
        (["a"], {"texts": []}, "got 0 for 1"),
        (["a"], {"workers": 0}, "worker"),
    ],
)
def test_bad_input(paths, options, words):
    with pytest.raises(ValueError, match=words):
        features_of(paths, recipe=RECIPE, vocabulary=VOCABULARY, **options)
    with pytest.raises(ValueError, match="at least one clip"):
        describe([], recipe=RECIPE, vocabulary=VOCABULARY)
