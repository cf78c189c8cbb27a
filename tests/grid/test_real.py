"""On a real talker: every clip is prepared or reported, words lie inside the clip, the mouth is steady and moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vmm_edu import grid


def test_every_clip_is_prepared_or_reported(real: grid.Prepared, shared: Path):
    clips = {f"s1/{path.stem}" for path in (shared / "grid" / "s1").glob("*.mpg")}
    assert len(clips) == 320
    assert set(real.names) | set(real.left_out) == clips
    assert not set(real.names) & set(real.left_out)


def test_only_clips_with_a_fault_of_their_own_are_left_out(real: grid.Prepared):
    """Eight begin in the middle of a picture group, two lack a frame: both were looked at by eye."""
    reasons = sorted(real.left_out.values())
    assert sum("something else in 12, the first of them frame 0" in reason for reason in reasons) == 8
    assert reasons[-2:] == ["it has 74 frames, not 75"] * 2
    assert len(reasons) == 10


def test_words_are_those_of_the_name_and_inside_the_clip(real: grid.Prepared):
    for name, labels in zip(real.names, real.labels, strict=True):
        assert grid.read_sentence(name).labels == tuple(labels)
    starts, ends = real.word_times_s[:, :, 0], real.word_times_s[:, :, 1]
    assert starts.min() > 0
    assert ends.max() < 3
    assert (ends > starts).all()
    assert (starts[:, 1:] >= ends[:, :-1]).all()


def test_the_sound_is_loud_where_words_are(real: grid.Prepared):
    power = (real.sound.reshape(len(real.names), 300, 160) ** 2).mean(axis=2)
    middles_s = (np.arange(300) + 0.5) / 100
    said = (middles_s > real.word_times_s[:, :1, 0]) & (middles_s < real.word_times_s[:, -1:, 1])
    inside, outside = (np.log([row[where].mean() for row, where in zip(power, w, strict=True)]) for w in (said, ~said))
    assert (inside > outside).mean() > 0.99


def test_the_mouth_moves_more_while_words_are_said(real: grid.Prepared):
    change = np.abs(np.diff(real.mouths.astype(np.float32), axis=1)).mean(axis=(2, 3))
    times_s = np.arange(1, 75) / 25
    said = (times_s > real.word_times_s[:, :1, 0]) & (times_s < real.word_times_s[:, -1:, 1])
    moving = np.array([row[where].mean() for row, where in zip(change, said, strict=True)])
    still = np.array([row[where].mean() for row, where in zip(change, ~said, strict=True)])
    assert (moving > 1.3 * still).mean() > 0.95


def test_the_mouth_is_at_one_place_of_the_crop_in_all_clips(real: grid.Prepared):
    """The mean mouth of each clip, laid over that of all: it may be off by a few of the 48 × 32 pixels, not by more."""
    from vmm_edu.features.faces import drift

    means = real.mouths.mean(axis=1)
    moved = drift(np.concatenate([means, means.mean(axis=0, keepdims=True), means]))[: len(means)]
    assert np.percentile(np.abs(moved), 95) < 4


def test_the_files_are_those_of_the_manifest(shared: Path):
    from vmm_edu.grid.fetching import check_clips

    manifest = grid.read_manifest(Path(__file__).resolve().parents[2] / "data" / "grid_s1.sha256")
    there = {name: digest for name, digest in manifest.items() if (shared / "grid" / name).is_file()}
    assert check_clips(shared / "grid", there, talker="s1") == ((), 320)


def test_a_linear_model_reads_today_what_is_recorded(real: grid.Prepared):
    """The record's folds, widths and features, computed anew: the part of the study that takes seconds."""
    from vmm_edu.grid.asking import CLASSES
    from vmm_edu.grid.views import CLOCKS, SENSE

    record = grid.recorded()
    folds = grid.fold_of(real.names, folds=record["split"]["folds"])
    assert np.bincount(folds).tolist() == record["split"]["test clips"]
    senses = grid.describe_senses(real.mouths, real.sound, folds, rng=np.random.default_rng(0), noisy=0)
    for name, sense in SENSE.items():
        widths = np.array(record["split"]["widths chosen, s"][name], np.float32)
        given = (CLOCKS[sense], real.labels, real.word_times_s, folds, CLASSES)
        beliefs = grid.linear_beliefs(senses.features[sense][:, 0], *given, context_s=widths)
        for kind, hits in zip(record["kinds"], grid.right(beliefs, real.labels).T, strict=True):
            # The record's projection of the sound was fitted to sound in noise, too: a word more or less in thirty.
            allowed = 0.01 if name == "lips" else 0.035
            assert abs(hits.mean() - record["cut by the alignments"]["linear"][name][kind][0]) < allowed, (name, kind)
