"""Ceilings: every number of WORLD.md section 5, brute force, and what must hold for any table."""

from __future__ import annotations

import itertools
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.world import (
    Source,
    Task,
    additive_ceiling,
    bayes_predict,
    ceiling,
    exact_ceiling,
    joint_table,
    noisy_copies,
    recall_at_1,
    sample,
    shapley,
    task,
    tasks,
    uniform,
)
from vmm_edu.world.sight_tasks import _order_table

V, A, T = ("video",), ("audio",), ("text",)
ENUMERABLE = [name for name in tasks() if name not in ("phases", "streaming")]


def brute_force(table: Task, modalities: tuple[str, ...]) -> Fraction:
    """Plain dictionaries and fractions over one outcome at a time."""
    joint: dict[tuple, dict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for values in itertools.product(*(range(len(s.probabilities)) for s in table.sources)):
        chance = Fraction(1)
        for source, value in zip(table.sources, values, strict=True):
            chance *= source.probabilities[value]
        drawn = {source.name: value for source, value in zip(table.sources, values, strict=True)}
        shown = tuple((m, tuple((k, int(x)) for k, x in table.views[m](drawn).items())) for m in modalities)
        joint[shown][int(table.label(drawn))] += chance
    return sum((max(row.values()) for row in joint.values()), start=Fraction(0))


@pytest.mark.parametrize("name", ["material", "sync", "xor", "gate", "missing", "main", "talker", "glide"])
def test_brute_force_agrees(name):
    table = task(name)
    for size in range(len(table.modalities) + 1):
        for modalities in itertools.combinations(table.modalities, size):
            assert exact_ceiling(table, modalities) == brute_force(table, modalities)


# Row of WORLD.md section 5, task, what is seen, its ceiling.
SEEN = [
    ("direction", V, "frame", ".25"),
    ("direction", V, "bag", ".5"),
    ("direction", V, "pair", "1"),
    ("direction", V, "all", "1"),
    ("shots", V, "all", "1"),
    ("shape", V, "all", "1"),
    ("shape", V, "histogram", ".25"),
    ("order", V, "bag", ".5"),
    ("order", V, "windows", ".5"),
    ("order", V, "all", "1"),
    ("parity", V, "missed", ".5"),
    ("parity", V, "count", "1"),
    ("parity", V, "all", "1"),
    ("material", A, "all", "1"),
    ("glide", A, "spectrum", ".5"),
    ("glide", A, "pair", "1"),
    ("sync", V, "all", ".5"),
    ("sync", A, "all", ".5"),
    ("sync", V + A, "all", "1"),
    ("gate", T, "all", ".25"),
    ("gate", V, "all", ".625"),
    ("gate", A, "all", ".625"),
    ("gate", V + A, "all", ".625"),
    ("gate", V + T, "all", ".625"),
    ("gate", A + T, "all", ".625"),
    ("gate", V + A + T, "all", "1"),
    ("main", (), "all", ".125"),
    ("main", V, "all", ".450"),
    ("main", A, "all", ".225"),
    ("main", T, "all", ".225"),
    ("main", V + A, "all", ".900"),
    ("main", V + T, "all", ".450"),
    ("main", A + T, "all", ".225"),
    ("main", V + A + T, "all", ".972"),
]


@pytest.mark.parametrize(("name", "modalities", "seen", "expected"), SEEN)
def test_the_published_table(name, modalities, seen, expected):
    assert exact_ceiling(name, modalities, seen=seen) == Fraction(expected)
    assert ceiling(name, modalities, seen=seen) == float(Fraction(expected))


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_xor_and_missing_at_every_size(classes):
    """T11 and T13 in closed form."""
    one = Fraction(1, classes)
    for modalities, expected in ((V, one), (A, one), (V + A, 1)):
        assert exact_ceiling(task("xor", classes=classes), modalities) == expected
    for q in (Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(1)):
        same = task("missing", classes=classes, lost=q)
        for m, modalities in enumerate(((), V, V + A, V + A + T)):
            assert exact_ceiling(same, modalities) == 1 - q**m * (1 - one)
        total = task("missing", classes=classes, lost=q, rule="sum")
        assert exact_ceiling(total, V + A) == one + (1 - one) * (1 - q) ** 2


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("speed", [1, 4, 6, 8, 16, 32])
def test_sampling_loses_the_direction_exactly_when_two_strides_wrap(speed, stride):
    """T2: lost if and only if 2·s·v ≡ 0 (mod P)."""
    lost = (2 * stride * speed) % 64 == 0
    assert exact_ceiling(task("sampling", speeds=(speed,), stride=stride), V, seen="sampled") == (1 - Fraction(lost, 2))


@pytest.mark.parametrize("speed", [1, 5, 12, 20])
def test_unknown_speeds_that_fill_the_torus_are_confusable(speed):
    """T2: v and P − v."""
    assert exact_ceiling(task("sampling", speeds=(speed, 64 - speed)), V, seen="sampled") == Fraction(1, 2)
    assert exact_ceiling(task("sampling", speeds=(speed, 63 - speed)), V, seen="sampled") == 1


@pytest.mark.parametrize(("window", "duration"), [(1, 1), (2, 1), (3, 1), (4, 2), (3, 3)])
def test_order_is_hidden_from_windows_only_under_its_two_rules(window, duration):
    """T5: gap ≥ d + w − 1, and w − 1 blank frames at both ends; either one broken gives it away."""
    gap, blank = duration + window - 1, window - 1
    allowed = task("order", window=window, duration=duration, gaps=(gap, gap + 2))
    assert exact_ceiling(allowed, V, seen="windows") == Fraction(1, 2)
    if window > 1:
        assert exact_ceiling(_order_table(30, window, (gap - 1,), duration, blank), V, seen="windows") > Fraction(1, 2)
        assert exact_ceiling(_order_table(30, window, (gap,), duration, blank - 1), V, seen="windows") > Fraction(1, 2)
    with pytest.raises(ValueError, match="at least duration"):
        task("order", window=window, duration=duration, gaps=(gap - 1,))


def test_a_gap_of_40_needs_45_frames_for_windows_of_3():
    """T5: gap 40 needs ≥ 41 + 2(w − 1) frames."""
    assert exact_ceiling(task("order", frames=45, gaps=(40,)), V, seen="windows") == Fraction(1, 2)
    with pytest.raises(ValueError, match="needs frames ≥ 45"):
        task("order", frames=44, gaps=(40,))


def test_two_noisy_copies_do_not_help_and_three_do():
    """Section 4: K = 4, right with .9: .900, .900 and .978."""
    copies = noisy_copies()
    assert exact_ceiling(copies, V) == exact_ceiling(copies, V + A) == Fraction(9, 10)
    assert round(ceiling(copies, V + A + T), 3) == 0.978


def test_recall_at_1():
    """T15, against a simulated search; N = 256, C = 64 gives .246."""
    assert round(ceiling("retrieval", V + A), 3) == 0.246
    rng = np.random.default_rng(0)
    gallery = rng.integers(5, size=(40_000, 7))
    same = (gallery == gallery[:, :1]).sum(axis=1)
    assert abs((1 / same).mean() - float(recall_at_1(tuples=5, gallery=7))) < 4 * (1 / same).std() / 200
    assert recall_at_1(tuples=1, gallery=9) == Fraction(1, 9)
    with pytest.raises(ValueError, match="at least 1"):
        recall_at_1(tuples=0, gallery=4)


def test_shapley_of_the_main_task():
    """T14: V .507, A .282, T .057; together .972 − .125."""
    shares = shapley("main")
    assert {name: round(share, 3) for name, share in shares.items()} == {"video": 0.507, "audio": 0.282, "text": 0.057}
    assert sum(shares.values()) == pytest.approx(0.972 - 0.125, abs=1e-12)


def random_task(seed: int) -> Task:
    """Three sources of random weights, a random label and random views of them."""
    rng = np.random.default_rng(seed)
    weights = [rng.integers(1, 6, size=int(rng.integers(2, 4))) for _ in range(3)]
    sources = tuple(
        Source(f"s{k}", tuple(Fraction(int(w), int(part.sum())) for w in part)) for k, part in enumerate(weights)
    )
    tables = {name: rng.integers(3, size=27) for name in ("label", "video", "audio", "text")}

    def look(name):
        return lambda s: tables[name][(s["s0"] * 3 + s["s1"]) * 3 + s["s2"]]

    views = {name: (lambda s, name=name: {"value": look(name)(s)}) for name in ("video", "audio", "text")}
    return Task("random", sources, views, look("label"), ("0", "1", "2"))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_any_table(seed):
    """Another sense never hurts, nothing is below the blind guess, and Shapley shares add up."""
    table = random_task(seed)
    worth = {
        subset: exact_ceiling(table, subset)
        for size in range(4)
        for subset in itertools.combinations(("video", "audio", "text"), size)
    }
    assert worth[V + A] == brute_force(table, V + A)
    for small, large in itertools.product(worth, worth):
        if set(small) <= set(large):
            assert worth[()] <= worth[small] <= worth[large] <= 1
    assert worth[()] >= Fraction(1, 3)
    assert sum(shapley(table).values()) == pytest.approx(float(worth[V + A + T] - worth[()]), abs=1e-12)


def test_shapley_is_fair():
    """Senses that do the same get the same; one that knows nothing gets nothing."""
    shares = shapley("missing")
    assert shares["video"] == shares["audio"] == shares["text"] > 0
    assert shapley("material") == {"video": 0.0, "audio": 0.75}


@pytest.mark.parametrize(("name", "seen"), [("direction", "frame"), ("direction", "bag"), ("order", "windows")])
def test_a_representation_never_knows_more_than_the_whole(name, seen):
    assert exact_ceiling(name, (), seen="all") <= exact_ceiling(name, V, seen=seen) <= exact_ceiling(name, V)


@pytest.mark.parametrize(("classes", "expected"), [(2, "3/4"), (3, "7/9"), (4, "12/16")])
def test_best_argmax_of_late_fusion(classes, expected):
    """T11: best additive argmax 3/4, 7/9, 12/16."""
    assert additive_ceiling(classes) == Fraction(expected)


def test_additive_ceiling_refuses_what_it_cannot_prove():
    with pytest.raises(ValueError, match="2…4"):
        additive_ceiling(5)


def late_fusion_gradient(table: Task, predict) -> float:
    """Largest entry of the cross-entropy's gradient in any per-sense score, at the predicted probabilities."""
    rows, weight, total = joint_table(table, table.modalities)
    truth = weight / total
    surplus = truth.sum(axis=1, keepdims=True) * predict(rows, truth) - truth
    start, largest = 0, 0.0
    for modality in table.modalities:
        width = joint_table(table, (modality,))[0].shape[1]
        for value in np.unique(rows[:, start : start + width], axis=0):
            here = (rows[:, start : start + width] == value).all(axis=1)
            largest = max(largest, float(np.abs(surplus[here].sum(axis=0)).max()))
        start += width
    return largest


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_cross_entropy_of_late_fusion_is_best_at_chance_on_xor(classes):
    """T11: the loss is convex in the scores, so a zero gradient at equal scores is the optimum."""
    table = task("xor", classes=classes)
    assert late_fusion_gradient(table, lambda rows, truth: np.full(truth.shape, 1 / classes)) < 1e-12
    assert late_fusion_gradient(task("material"), lambda rows, truth: np.full(truth.shape, 1 / 4)) > 0.01


def test_late_fusion_of_the_main_task_ends_at_half_the_ceiling():
    """T14: log P(shape, material | all) is a sum over senses; with the XOR part at ½ its gradient is zero: .486."""

    def predict(rows, truth):
        parts = (truth / truth.sum(axis=1, keepdims=True)).reshape(len(truth), 4, 2).sum(axis=2)
        return np.repeat(parts / 2, 2, axis=1)

    table = task("main")
    assert late_fusion_gradient(table, predict) < 1e-12
    rows, weight, total = joint_table(table, table.modalities)
    right = weight[np.arange(len(rows)), predict(rows, weight / total).argmax(axis=1)].sum() / total
    assert right == pytest.approx(0.486)


def test_bayes_predict_reads_only_what_it_may():
    clips = sample("gate", clips=64, seed=1, split="test")
    answers = bayes_predict("gate", clips, V + A + T)
    assert answers.tolist() == [clip.label for clip in clips]
    trusted = bayes_predict("gate", clips, V + T)
    for clip, answer in zip(clips, trusted.tolist(), strict=True):
        if clip.symbols["text"]["trust"] == 0:
            assert answer == clip.symbols["video"]["value"]
    assert bayes_predict("gate", (), V).shape == (0,)


def test_bayes_predict_refuses_foreign_clips():
    with pytest.raises(ValueError, match="clips of task 'gate', got clips of"):
        bayes_predict("gate", sample("xor", clips=4, seed=0), V)
    wide = sample(task("xor", classes=7), clips=60, seed=0)
    with pytest.raises(ValueError, match="cannot show"):
        bayes_predict("xor", wide, V)


def test_uniform_blind_guess():
    assert all(
        exact_ceiling(name, ()) == Fraction(1, len(task(name).label_names)) for name in ENUMERABLE if name != "shots"
    )
    assert uniform("s", 4).probabilities == (Fraction(1, 4),) * 4
