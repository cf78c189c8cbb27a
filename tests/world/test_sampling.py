"""Samples: deterministic, in proportion, in whole groups, and never shared between splits."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.world import SPLITS, bayes_predict, exact_ceiling, exact_multiple, joint_table, sample, task, tasks

CHAINS = ("phases", "streaming")
ENUMERABLE = [name for name in tasks() if name not in CHAINS]


def subsets(table):
    senses = table.modalities
    return [s for size in range(len(senses) + 1) for s in itertools.combinations(senses, size)]


@pytest.mark.parametrize("name", ENUMERABLE)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_bayes_rule_scores_exactly_its_ceiling(name, seed):
    table, clips = task(name), sample(name, clips=exact_multiple(name), seed=seed, split="test")
    labels = np.array([clip.label for clip in clips])
    for senses in subsets(table):
        right = int((bayes_predict(table, clips, senses) == labels).sum())
        assert right == exact_ceiling(table, senses) * len(clips)


def test_main_holds_every_noise_pattern_and_balances_the_rest():
    """WORLD.md section 2: noise patterns in exact proportion, N a multiple of 1000, other margins balanced."""
    assert exact_multiple("main") == 1000
    clips = sample("main", clips=1000, seed=5, split="test")
    truth = [clip.label // 2 % 2 for clip in clips]
    patterns = Counter(
        tuple(clip.symbols[sense]["material"] ^ r for sense in ("video", "audio", "text"))
        for clip, r in zip(clips, truth, strict=True)
    )
    assert patterns == {flips: 9 ** flips.count(0) for flips in itertools.product(range(2), repeat=3)}
    assert Counter(clip.label for clip in clips) == dict.fromkeys(range(8), 125)
    assert Counter(clip.symbols["video"]["size"] for clip in clips) == {0: 500, 1: 500}
    assert Counter(clip.symbols["audio"]["size"] for clip in clips) == {0: 500, 1: 500}


@pytest.mark.parametrize("name", ENUMERABLE)
def test_training_draws_follow_the_table(name):
    table = task(name)
    clips = sample(name, clips=2000, seed=3)
    senses = table.modalities
    for sense in senses:
        rows, weight, total = joint_table(table, (sense,))
        if len(rows) > 100:
            continue
        seen = Counter((tuple(clip.symbols[sense].values()), clip.label) for clip in clips)
        assert set(seen) <= {(tuple(rows[k].tolist()), int(y)) for k, y in np.argwhere(weight)}
        for row, part in zip(rows.tolist(), weight / total, strict=True):
            for y, p in enumerate(part.tolist()):
                # Clips of a group are dependent, so allow for half as many of them.
                assert abs(seen[tuple(row), y] / 2000 - p) <= 5 * np.sqrt(p * (1 - p) / 1000)


@pytest.mark.parametrize("name", tasks())
def test_same_arguments_same_clips_and_a_shorter_draw_is_a_prefix(name):
    long = sample(name, clips=50, seed=9)
    assert long == sample(name, clips=50, seed=9)
    assert long[:17] == sample(name, clips=17, seed=9)
    assert long != sample(name, clips=50, seed=10)
    assert [clip.index for clip in long] == list(range(50))
    assert all(type(value) is int for clip in long for shown in clip.symbols.values() for value in shown.values())
    assert all(type(clip.label) is int and type(clip.seed) is int for clip in long)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**63), st.sampled_from(("sync", "order", "direction")))
def test_splits_never_share_a_nuisance_seed(seed, name):
    """The top bits of a seed are its split's number, so this holds for all clips, not only for those drawn."""
    for number, split in enumerate(SPLITS):
        clips = sample(name, clips=200, seed=seed, split=split)
        assert {clip.seed >> 60 for clip in clips} == {number}
        assert all(0 <= clip.seed < 2**63 for clip in clips)


def test_nuisance_seeds_differ_between_groups():
    assert len({clip.seed for clip in sample("main", clips=3000, seed=0)}) == 3000
    assert len({clip.seed for clip in sample("direction", clips=800, seed=0)}) == 100
    assert not {c.seed for c in sample("main", clips=500, seed=0)} & {c.seed for c in sample("main", clips=500, seed=1)}
    assert not {c.seed for c in sample("main", clips=500, seed=0)} & {c.seed for c in sample("sync", clips=500, seed=0)}


def trace(clip):
    """Where the object of T1 is, frame by frame."""
    s = clip.symbols["video"]
    step = ((1, 0), (-1, 0), (0, 1), (0, -1))[s["direction"]]
    travelled = [s["speed"] * t for t in range(24)]
    return [((s["start_x"] + step[0] * far) % 64, (s["start_y"] + step[1] * far) % 64) for far in travelled]


def test_direction_comes_in_groups_of_four_ways_and_their_reversals():
    clips = sample("direction", clips=80, seed=4, split="test")
    for k in range(0, 80, 8):
        group = clips[k : k + 8]
        assert len({clip.seed for clip in group}) == 1
        there, back = group[:4], group[4:]
        assert [clip.label for clip in there] == [0, 1, 2, 3]
        assert len({(c.symbols["video"]["start_x"], c.symbols["video"]["start_y"]) for c in there}) == 1
        assert [trace(clip) for clip in back] == [trace(clip)[::-1] for clip in there]


@pytest.mark.parametrize(("name", "turned"), [("order", "first"), ("glide", "glide"), ("sampling", "direction")])
def test_pairs_differ_in_one_symbol(name, turned):
    clips = sample(name, clips=40, seed=4, split="test")
    for one, other in zip(clips[::2], clips[1::2], strict=True):
        assert one.seed == other.seed
        assert (one.label, other.label) == (0, 1)
        for sense, symbols in one.symbols.items():
            assert {k for k, v in symbols.items() if v != other.symbols[sense][k]} == {turned}


def test_order_stays_inside_its_clip():
    for clip in sample("order", clips=400, seed=6, split="test"):
        shown = clip.symbols["video"]
        assert shown["onset"] >= 2
        assert shown["onset"] + shown["gap"] <= 30 - 1 - 2
        assert shown["gap"] >= 3


@pytest.mark.parametrize("clips", [1, 37, 300])
@pytest.mark.parametrize("name", ["main", "direction", "sync", "order", "phases"])
def test_a_smoke_set_takes_any_number(name, clips):
    drawn = sample(name, clips=clips, seed=1, split="smoke")
    assert len(drawn) == clips
    if name in ("main", "sync") and clips == 300:
        classes = len(task(name).label_names)
        counts = Counter(clip.label for clip in drawn)
        assert max(counts.values()) - min(counts[k] for k in range(classes)) <= 2


def test_bad_input():
    with pytest.raises(ValueError, match=r"multiple of 1000 clips, got 1400; use clips=1000"):
        sample("main", clips=1400, seed=0, split="test")
    with pytest.raises(ValueError, match="use clips=1000"):
        sample("main", clips=3, seed=0, split="test")
    with pytest.raises(ValueError, match="unknown split 'dev'"):
        sample("main", clips=3, seed=0, split="dev")
    with pytest.raises(ValueError, match="clips ≥ 1"):
        sample("main", clips=0, seed=0)
    with pytest.raises(ValueError, match="seed ≥ 0"):
        sample("main", clips=1, seed=-1)
    with pytest.raises(ValueError, match="no exact test set"):
        exact_multiple("phases")
