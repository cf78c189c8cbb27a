"""The record of the study: built from answers whose scores are known; and the one that comes with the package."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vmm_edu import command, grid
from vmm_edu.command import grid_study
from vmm_edu.grid import VOCABULARY, Prepared, keeping, recording, study
from vmm_edu.grid.asking import CLASSES, LEVELS_DB, by_frame
from vmm_edu.grid.folds import NOISES
from vmm_edu.grid.lattice import frame_tags, sentence_lattice
from vmm_edu.grid.scoring import MEAN, add, compare, interval, right, scores
from vmm_edu.predict import accuracy, bootstrap_interval

CLIPS = 40
KINDS = tuple(VOCABULARY)
WIDTHS = {"lips": 0.08, "sound": 0.0}


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    rng = np.random.default_rng(0)
    labels = np.stack([rng.integers(0, size, CLIPS) for size in CLASSES], axis=1)
    edges = 0.2 + np.cumsum(rng.integers(3, 9, (CLIPS, 7)), axis=1) / 25
    times_s = np.stack([edges[:, :-1], edges[:, 1:]], axis=2)
    mouths, samples = np.zeros((CLIPS, 75, 32, 48), np.uint8), np.zeros((CLIPS, 48_000), np.int16)
    names = tuple(f"s1/{number:06d}" for number in range(CLIPS))
    return Prepared(names, mouths, samples, labels, times_s, {"s1/bbaf2n": "its sound is silence"})


def told(prepared, *, wrong: int) -> list[np.ndarray]:
    """Sure beliefs, wrong about the first so many clips."""
    beliefs = []
    for place, size in enumerate(CLASSES):
        said = prepared.labels[:, place].copy()
        said[:wrong] = (said[:wrong] + 1) % size
        beliefs.append(np.log(0.9 * np.eye(size, dtype=np.float32)[said] + np.float32(0.1 / size)))
    return beliefs


@pytest.fixture
def answered(prepared, monkeypatch):
    """Lips wrong about 8 clips of 40, sound about 4 in quiet and about 20 in noise; sentences right in all but one."""
    lattice = sentence_lattice(CLASSES)
    tags = frame_tags(lattice, prepared.labels, prepared.word_times_s, frames=75, rate_hz=25.0)
    emissions = np.eye(len(lattice.start), dtype=np.float32)[tags]
    emissions[0] = emissions[1]

    def fake(prepared, folds, seed, *, context_s, say, keep):
        assert {sense: widths.max() for sense, widths in context_s.items()} == {"video": 0.08, "audio": 0.0}
        found = {"lips": told(prepared, wrong=8), "sound": told(prepared, wrong=4)}
        found |= {"linear lips": told(prepared, wrong=16), "linear sound": told(prepared, wrong=6)}
        for number, way in enumerate(("designed", "learned")):
            found |= {f"{way} {name}": told(prepared, wrong=10 + number) for name in ("lips", "sound")}
        found |= {f"sound {kind} {level}": told(prepared, wrong=20) for kind in NOISES for level in LEVELS_DB}
        found |= {"tags lips": [emissions], "tags sound": [emissions]}
        for name, senses in {"lips": ["lips"], "sound": ["sound"], "both": ["lips", "sound"]}.items():
            found |= {f"found by {name}, {sense}": told(prepared, wrong=2) for sense in senses}
        found["found by both, lips"] = [part / 10 for part in told(prepared, wrong=CLIPS)]  # less sure than the sound
        return found

    def fake_inner(prepared, folds, seed, *, say, keep):
        """Beliefs wrong about 7 clips, known to each fold of its two neighbours' clips."""
        fold = np.arange(5)[:, None]
        known, found = np.isin((folds[None] - fold) % 5, (1, 4)), {}
        for name in ("lips", "sound", *(f"sound {kind} {level}" for kind in NOISES for level in LEVELS_DB)):
            found[name] = [np.where(known[..., None], part[None], np.nan) for part in told(prepared, wrong=7)]
        return found | {f"width {name}": [np.full((5, 6), width)] for name, width in WIDTHS.items()}

    monkeypatch.setattr(recording, "answers", fake)
    monkeypatch.setattr(recording, "inner_answers", fake_inner)


def test_the_record_says_what_was_answered(prepared, answered):
    record = study(prepared, seeds=(0, 1), say=lambda words: None)
    cut = record["cut by the alignments"]
    assert cut["LSTM"]["lips"]["letter"][0] == 0.8
    assert cut["LSTM"]["sound"][MEAN][0] == 0.9
    assert cut["linear"]["lips"]["command"][0] == 0.6
    alone = {way: record["one description alone"][way]["lips"]["colour"][0] for way in ("designed", "learned")}
    assert alone == {"designed": 0.75, "learned": 0.725}
    assert cut["LSTM, each seed"]["sound"] == [[0.9] * 6] * 2
    assert cut["LSTM, all seeds together"]["lips"]["digit"][0] == 0.8
    curve = record["noise"]["babble"]
    assert [point["digit"][0] for point in curve["sound"]] == [0.9] + [0.5] * len(LEVELS_DB)
    assert [point["better"] for point in curve["gain"]] == ["sound"] + ["lips"] * len(LEVELS_DB)
    sentences = record["whole sentence"]["lips"]
    assert sentences["lattice"]["sentence"][0] == 1 - 1 / CLIPS
    assert sentences["lattice, then read again"]["sentence"][0] == 1 - 2 / CLIPS
    both = record["whole sentence"]["both"]["lattice, then read again"]
    assert both["sentence"][0] == 1 - 2 / CLIPS  # both senses, weighed: the lips alone would be wrong everywhere
    assert np.sum(record["confusions"]["clean"]["lips"]["letter"]) == 2 * CLIPS
    assert record["split"]["widths chosen, s"] == {name: [[width] * 6] * 5 for name, width in WIDTHS.items()}
    assert record["corpus"]["left_out"] == prepared.left_out
    assert json.loads(json.dumps(record)) == record | {
        "kinds": {kind: list(words) for kind, words in VOCABULARY.items()}
    }


def test_the_command_writes_the_record_whole(prepared, answered, tmp_path, capsys):
    grid.save_prepared(tmp_path, prepared)
    out = tmp_path / "new" / "grid.json"
    words = ["grid", "report", str(tmp_path), "--seeds", "1", "--out", str(out), "--date", "2020-01-01"]
    assert command.main(words) == 0
    record = json.loads(out.read_text())
    assert record["recorded"] == "2020-01-01"
    assert [path.name for path in out.parent.iterdir()] == ["grid.json"]
    shown = capsys.readouterr().out
    assert "lips, LSTM" in shown
    assert command.main(["grid", "train", str(tmp_path), "--seeds", "1"]) == 0
    assert capsys.readouterr().out.strip() == grid_study.table(record)
    assert command.main(["grid", "train", str(tmp_path), "--seeds", "0"]) != 0
    assert command.main(["grid", "train", str(tmp_path / "nothing")]) != 0


def test_what_cannot_be_trained_or_written_is_told_before_anything_is_trained(prepared, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(grid, "study", lambda *args, **options: pytest.fail("trained"))
    few = tmp_path / "few" / "prepared"
    grid.save_prepared(few, Prepared(*(part[:24] for part in prepared[:-1]), left_out={}))
    assert command.main(["grid", "train", str(few)]) == 1
    assert "expected at least 25 prepared clips" in capsys.readouterr().err
    assert command.main(["grid", "train", str(few.parent)]) == 1
    assert capsys.readouterr().err.endswith(f"found none; there are some in {few}\n")
    assert command.main(["grid", "report", str(few), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"vmm-edu: --out: expected the name of a file, got the folder {tmp_path}\n"
    out = few / "prepared.npz" / "grid.json"
    assert command.main(["grid", "report", str(few), "--out", str(out)]) == 1
    assert "is there already; give another name" in capsys.readouterr().err


def test_answers_are_kept_as_they_are(prepared, tmp_path):
    found = {"lips": told(prepared, wrong=3), "tags lips": [np.zeros((2, 3, 4), np.float32)], "found by both, lips": []}
    keeping.save(tmp_path / "new" / "answers.npz", found)
    again = keeping.load(tmp_path / "new" / "answers.npz")
    assert list(again) == ["lips", "tags lips"]
    for name, parts in again.items():
        assert all(np.array_equal(a, b) for a, b in zip(parts, found[name], strict=True))
    (tmp_path / "damaged.npz").write_bytes(b"half a file")
    with pytest.raises(ValueError, match=r"answers in .*damaged\.npz, got something else .* delete the file"):
        keeping.load(tmp_path / "damaged.npz")


def test_scores_are_accuracies_with_intervals_around_them(prepared):
    correct = right(told(prepared, wrong=10), prepared.labels)
    found = scores(correct, KINDS, rng=np.random.default_rng(0))
    for place, kind in enumerate(KINDS):
        assert found[kind][0] == accuracy(prepared.labels[:, place], told(prepared, wrong=10)[place].argmax(axis=1))
        assert found[kind][1] < 0.75 < found[kind][2]


def test_the_gain_is_paired(prepared):
    each = {
        "lips": right(told(prepared, wrong=10), prepared.labels),
        "sound": right(told(prepared, wrong=20), prepared.labels),
    }
    both = right(told(prepared, wrong=4), prepared.labels)
    found = compare(each, both, rng=np.random.default_rng(0))
    assert found["better"] == "lips"
    assert found["gain"][0] == pytest.approx(6 / CLIPS)
    assert found["gain"][1] > 0


def test_an_interval_over_seeds_is_wider_where_seeds_differ():
    rng, clips = np.random.default_rng(0), 400
    alike = np.tile(rng.random(clips) < 0.7, (3, 1)).astype(float)
    assert interval(alike, rng=np.random.default_rng(1)) == pytest.approx(
        [*bootstrap_interval(np.mean, alike[0], rng=np.random.default_rng(1))], abs=0.01
    )
    differing = np.repeat([[0.0], [0.5], [1.0]], clips, axis=1)
    mean, low, high = interval(differing, rng=np.random.default_rng(1))
    assert mean == 0.5
    assert high - low > 0.6
    with pytest.raises(ValueError, match="at least one clip"):
        interval(np.zeros((3, 0)), rng=rng)


def test_a_mean_of_equal_readers_is_one_of_them_and_their_sum_is_surer(prepared):
    beliefs = told(prepared, wrong=0)
    for one, mean, total in zip(beliefs, add([beliefs, beliefs], mean=True), add([beliefs, beliefs]), strict=True):
        assert mean == pytest.approx(one, abs=1e-5)
        assert (total.max(axis=1) > one.max(axis=1)).all()


def test_windows_of_sound_lie_beside_their_frame():
    windows = np.arange(10, dtype=np.float32)[None, None, :, None]
    framed = by_frame(windows, 3)
    assert framed[0, 0].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 9, 9]]


@pytest.mark.usefixtures("as_user")
def test_frames_without_windows_are_refused():
    windows = np.zeros((1, 1, 10, 1), np.float32)
    for wrong, frames in ((windows, 0), (windows, 11), (windows[0], 3)):
        with pytest.raises(ValueError, match="4 windows for each"):
            by_frame(wrong, frames)


def test_the_record_of_the_package_reaches_what_the_chapter_says():
    record = grid.recorded()
    cut, merged, linear = (
        record["cut by the alignments"][model] for model in ("LSTM", "LSTM, all seeds together", "linear")
    )
    assert record["corpus"]["clips"] + len(record["corpus"]["left_out"]) == 320
    assert {"jax", "flax", "vmm-edu"} <= record["versions"].keys()
    assert len(record["seeds"]) >= 3
    lips = {"command": 0.97, "colour": 0.95, "preposition": 0.8, "letter": 0.48, "digit": 0.96, "adverb": 0.98}
    sound = dict(zip(KINDS, (0.99, 0.99, 0.96, 0.88, 0.99, 0.99), strict=True))
    for sense, widths in record["split"]["widths chosen, s"].items():
        assert np.shape(widths) == (record["split"]["folds"], len(KINDS))
        assert set(np.ravel(widths)) <= set(record["split"]["widths tried, s"][sense])
        assert not np.array(widths)[:, KINDS.index("letter")].any()  # letters as they are timed
    assert (np.array(record["split"]["widths chosen, s"]["lips"])[:, KINDS.index("preposition")] > 0).all()
    for sense, bands in {"lips": lips, "sound": sound}.items():
        for kind, wanted in bands.items():
            assert cut[sense][kind][0] >= wanted, (sense, kind)
            assert cut[sense][kind][0] >= linear[sense][kind][0], (sense, kind)
        assert merged[sense][MEAN][0] >= cut[sense][MEAN][0] >= linear[sense][MEAN][0], sense
        each = record["cut by the alignments"]["LSTM, each seed"][sense]
        assert np.mean(each, axis=0) == pytest.approx([cut[sense][kind][0] for kind in KINDS], abs=1e-3)
    alone = {way: senses["lips"] for way, senses in record["one description alone"].items()}
    assert all(alone["learned"][kind][0] >= alone["designed"][kind][0] for kind in KINDS)
    letters = {way: senses["sound"]["letter"] for way, senses in record["one description alone"].items()}
    assert letters["learned"][2] < letters["designed"][1]
    for sense, behind in {"lips": {"preposition"}, "sound": {"letter", "preposition"}}.items():
        best = {kind: max(way[sense][kind][0] for way in record["one description alone"].values()) for kind in KINDS}
        assert {kind for kind in KINDS if cut[sense][kind][0] < best[kind]} == behind  # where the mean is not the best
    assert cut["both, plain sum"][MEAN][0] < cut["sound"][MEAN][0] <= cut["both"][MEAN][0]
    sentences = {name: ways["lattice, then read again"] for name, ways in record["whole sentence"].items()}
    assert list(sentences) == ["lips", "sound", "both"]
    assert all(way["command"][0] >= 0.85 for ways in record["whole sentence"].values() for way in ways.values())
    assert sentences["lips"]["sentence"][0] < np.prod([cut["lips"][kind][0] for kind in KINDS])
    assert sentences["lips"]["sentence"][2] < sentences["sound"]["sentence"][0] < sentences["both"]["sentence"][0]
    for kind in NOISES:
        quiet, *gains = [point["gain"] for point in record["noise"][kind]["gain"]]
        assert quiet[2] > 0
        assert all(low > 0 for _, low, _ in gains[:-1])
        assert gains[-1][0] > 0  # in the loudest noise the interval may reach below
        assert max(gain for gain, _, _ in gains[2:4]) > 0.04  # clearly better where both senses are about as good
    low = {kind: [point["gain"][1] for point in record["noise"][kind]["gain"]] for kind in NOISES}
    assert [low[kind][place] < 0 for kind in ("babble", "white") for place in (0, -1)] == [True, True, True, False]
    letters, table = VOCABULARY["letter"], np.array(record["confusions"]["babble at -10 dB"]["lips"]["letter"])
    mixed = np.triu(table + table.T, 1)
    pairs = [(letters[i], letters[j]) for i, j in np.argwhere(mixed >= np.sort(mixed.ravel())[-3])]
    assert pairs == [("b", "p"), ("d", "t"), ("s", "x")]
    assert table[letters.index("y"), letters.index("y")] == table[letters.index("y")].sum()
    for table in record["confusions"]["clean"].values():
        assert np.sum(table["letter"]) == record["corpus"]["clips"] * len(record["seeds"])
