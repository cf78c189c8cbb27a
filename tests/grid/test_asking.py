"""What is asked of the models of one seed: which descriptions, looks, widths and clips each answer comes from."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from vmm_edu.grid import Prepared, answers, asking
from vmm_edu.grid.asking import CLASSES, ask_readers, ask_taggers
from vmm_edu.grid.folds import Senses
from vmm_edu.grid.keeping import load
from vmm_edu.grid.lattice import frame_tags, sentence_lattice
from vmm_edu.grid.reading import Readers
from vmm_edu.grid.scoring import add
from vmm_edu.grid.training import Trained
from vmm_edu.grid.views import CLOCKS, LEARNED, Described

CLIPS, FOLDS = 6, np.arange(6) % 2
VERSIONS = {"video": 2, "audio": 3}
MOMENTS = {name: round(3 * clock.rate_hz) for name, clock in CLOCKS.items()}
KEY = jax.random.key(0)
CONTEXT_S = {"video": np.full((2, 6), 0.08), "audio": np.full((2, 6), 0.04)}
EARLY = 2
"""Frames."""


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    rng = np.random.default_rng(0)
    labels = np.stack([rng.integers(0, size, CLIPS) for size in CLASSES], axis=1)
    times_s = 0.2 + np.tile(np.arange(6)[:, None] * 0.4 + [0, 0.4], (CLIPS, 1, 1))
    mouths, samples = np.zeros((CLIPS, 75, 32, 48), np.uint8), np.zeros((CLIPS, 48_000), np.int16)
    return Prepared(tuple(f"s1/{k:06d}" for k in range(CLIPS)), mouths, samples, labels, times_s, {})


class Shown(Described):
    """Descriptions that say in every number whose they are and which version; sound in noise is another version."""

    def hear(self, heard):
        return {name: self.features[name][:, 0] + heard[0, 0, 0] for name in ("audio", LEARNED["audio"])}


@pytest.fixture
def shown() -> Shown:
    features = {
        name: number
        + np.arange(VERSIONS[name.split()[0]], dtype=np.float32)[None, :, None, None, None] / 10
        + np.zeros((2, 1, CLIPS, MOMENTS[name], 2), np.float32)
        for number, name in enumerate(CLOCKS)
    }
    return Shown(features, Senses(features, {}, np.zeros((1, CLIPS, 3, 4), np.float32)), {})


def beliefs_of(number: float, first_s: float = 0.2) -> list[np.ndarray]:
    """Log-probabilities that tell one number and when the first word was read."""
    logits = [np.zeros((CLIPS, size)) for size in CLASSES]
    for part in logits:
        part[:, 0] = number + 10 * first_s
    return add([logits])


@pytest.fixture
def trained(monkeypatch) -> dict[str, dict]:
    """With what readers, the linear model and taggers were trained; none of them is."""
    given: dict[str, dict] = {}

    def train(features, clocks, labels, times_s, folds, classes, *, key, schedule, keep, context_s):
        given["readers"] = {"clocks": clocks, "context_s": context_s, "folds": folds, "keep": keep}
        return Readers(Trained(None, None, None), dict(clocks), context_s)

    def read(readers, features, times_s, folds):
        assert np.array_equal(folds, FOLDS)
        return {name: beliefs_of(float(x[0, 0, 0, 0]), times_s[0, 0, 0]) for name, x in features.items()}

    def linear(features, clock, labels, times_s, folds, classes, *, context_s):
        given[f"linear {clock.rate_hz:.0f}"] = {"context_s": context_s}
        return beliefs_of(50 + float(features[0, 0, 0, 0]))

    def train_taggers(features, tags, folds, *, count, key, schedule, keep):
        given["taggers"] = {"features": features, "tags": tags, "folds": folds, "count": count, "keep": keep}

    def tag_frames(taggers, features, folds):
        """The true tags, from lips a little early."""
        given["shown"], tags = features, given["taggers"]["tags"]
        sure = np.eye(2 + sum(CLASSES), dtype=np.float32)
        return {"video": 20 * sure[np.roll(tags, -EARLY, axis=1)], "audio": 10 * sure[tags]}

    for name, fake in {
        "train_readers": train,
        "read_words": read,
        "linear_beliefs": linear,
        "train_taggers": train_taggers,
        "tag_frames": tag_frames,
        "noisy_hearings": lambda sound, folds: iter(
            [(name, np.full((CLIPS, 3, 4), number, np.float32)) for name, number in (("babble -5", 7), ("white 0", 9))]
        ),
    }.items():
        monkeypatch.setattr(asking, name, fake)
    return given


def same(found: list[np.ndarray], wanted: list[np.ndarray]) -> bool:
    return all(np.allclose(a, b, atol=1e-5) for a, b in zip(found, wanted, strict=True))


def mean(*numbers: float) -> list[np.ndarray]:
    return add([beliefs_of(number) for number in numbers], mean=True)


def test_each_sense_is_read_in_both_descriptions_and_lips_in_a_mirror_too(prepared, shown, trained, tmp_path):
    video, audio, video_learned, audio_learned = range(4)  # what `Shown` puts into each, in the order of the clocks
    assert list(CLOCKS) == ["video", "audio", LEARNED["video"], LEARNED["audio"]]
    path = tmp_path / "seed-0.npz"
    found, readers = ask_readers(prepared, shown, FOLDS, CONTEXT_S, KEY, lambda words: None, path)
    wanted = {
        "designed lips": mean(video, video + 0.1),
        "learned lips": mean(video_learned, video_learned + 0.1),
        "lips": add([mean(video, video + 0.1), mean(video_learned, video_learned + 0.1)], mean=True),
        "linear lips": mean(50 + video),
        "designed sound": mean(audio),
        "learned sound": mean(audio_learned),
        "sound": mean(audio, audio_learned),
        "linear sound": mean(50 + audio),
        "sound babble -5": mean(audio + 7, audio_learned + 7),
        "sound white 0": mean(audio + 9, audio_learned + 9),
    }
    assert set(found) == set(wanted)
    for name, beliefs in wanted.items():
        assert same(found[name], beliefs), name
    for name in CLOCKS:
        assert readers.context_s[name] is CONTEXT_S[name.split()[0]]
    assert trained["readers"]["clocks"] == CLOCKS
    assert np.array_equal(trained["readers"]["folds"], FOLDS)
    assert trained["readers"]["keep"] == tmp_path / "seed-0-readers.npz"
    assert trained["linear 25"]["context_s"] is CONTEXT_S["video"]
    assert trained["linear 100"]["context_s"] is CONTEXT_S["audio"]


def test_readers_read_again_where_the_lattice_has_found_the_words(prepared, shown, trained):
    readers = Readers(Trained(None, None, None), dict(CLOCKS), {})
    found = ask_taggers(prepared, shown, readers, FOLDS, KEY, None)
    given = trained["taggers"]
    tags = frame_tags(sentence_lattice(CLASSES), prepared.labels, prepared.word_times_s, frames=75, rate_hz=25.0)
    assert np.array_equal(given["tags"], tags)
    assert given["count"] == 2 + sum(CLASSES)
    assert {name: x.shape for name, x in given["features"].items()} == {
        "video": (2, 2, CLIPS, 75, 2 + 2),  # as it is and in a mirror; HOG and what was learned, side by side
        "audio": (2, 1, CLIPS, 75, 4 * 2 + 2),  # clean; four windows and what was learned
    }
    assert given["features"]["video"][0, 1, 0, 0] == pytest.approx([0.1, 0.1, 2.1, 2.1])
    assert given["features"]["audio"][0, 0, 0, 0] == pytest.approx([1] * 8 + [3] * 2)
    assert all(np.array_equal(x, given["features"][name][:, 0]) for name, x in trained["shown"].items())
    assert set(found) == {
        "tags lips",
        "tags sound",
        "found by lips, lips",
        "found by sound, sound",
        "found by both, lips",
        "found by both, sound",
    }
    # Lips find words a little early, and are the surer: both together find them there. Words are read where found.
    early = 0.2 - EARLY / 25
    for name, numbers, when_s in (
        ("found by lips, lips", (0, 0.1, 2, 2.1), early),
        ("found by both, lips", (0, 0.1, 2, 2.1), early),
        ("found by sound, sound", (1, 3), 0.2),
        ("found by both, sound", (1, 3), early),
    ):
        assert same(found[name], add([beliefs_of(number, when_s) for number in numbers], mean=True)), name


def test_models_of_a_seed_learn_from_other_folds_and_what_they_say_is_kept(prepared, shown, monkeypatch, tmp_path):
    given: list[dict] = []

    def described(prepared, folds, rows, lattice, *, rng, key, keep):
        given.append({"rows": rows, "rng": rng.random(), "keys": [jax.random.key_data(key).tolist()]})
        assert keep("cnn-video").name.endswith("-cnn-video.npz")
        return shown

    def readers(prepared, described, folds, context_s, key, say, path):
        given[-1]["keys"].append(jax.random.key_data(key).tolist())
        return {"lips": beliefs_of(1)}, "readers"

    def taggers(prepared, described, readers, folds, key, path):
        assert readers == "readers"
        given[-1]["keys"].append(jax.random.key_data(key).tolist())
        return {"tags lips": [np.zeros((2, 3, 4))]}

    for name, fake in {"describe": described, "ask_readers": readers, "ask_taggers": taggers}.items():
        monkeypatch.setattr(answers, name, fake)
    options = {"context_s": CONTEXT_S, "say": lambda words: None, "keep": tmp_path}
    found = [answers.answers(prepared, FOLDS, seed, **options) for seed in (0, 1)]
    for fold in range(2):
        assert (FOLDS[given[0]["rows"][fold]] != fold).all()
        assert set(given[0]["rows"][fold]) == set(np.flatnonzero(fold != FOLDS))
    assert given[0]["rng"] != given[1]["rng"]
    keys = [str(key) for one in given for key in one["keys"]]
    assert len(keys) == len(set(keys)) == 6
    again = answers.answers(prepared, FOLDS, 0, **options)
    assert len(given) == 2  # read, not asked again
    assert list(again) == list(found[0])
    assert same(again["lips"], found[0]["lips"])
    wider = {"context_s": {**CONTEXT_S, "audio": CONTEXT_S["audio"] + 0.04}}
    answers.answers(prepared, FOLDS, 0, **options | wider)
    louder = prepared._replace(samples=prepared.samples + np.int16(1))
    answers.answers(louder, FOLDS, 0, **options)
    assert len(given) == 4  # other widths, other clips: asked anew
    assert all(set(load(path)) == {"lips", "tags lips"} for path in tmp_path.glob("*.npz"))
    assert len(list(tmp_path.glob("*.npz"))) == 4


def test_answers_are_found_again_for_the_same_clips_and_no_others(prepared, tmp_path):
    file = answers.file_of(prepared, "seed-0", tmp_path)
    assert file == answers.file_of(prepared._replace(labels=prepared.labels.copy()), "seed-0", tmp_path)
    later = prepared.word_times_s.copy()
    later[3, 2] += 0.04  # an alignment that was corrected
    changed = {
        "word_times_s": later,
        "labels": (prepared.labels + 1) % CLASSES,
        "mouths": prepared.mouths + np.uint8(1),
        "samples": prepared.samples + np.int16(1),
        "names": ("s2/000000", *prepared.names[1:]),
    }
    others = {
        answers.file_of(prepared._replace(**{name: value}), "seed-0", tmp_path) for name, value in changed.items()
    }
    assert len(others | {file, answers.file_of(prepared, "seed-1", tmp_path)}) == len(changed) + 2
    assert answers.file_of(prepared, "seed-0", None) is None
