"""What each sense is worth, on models and tables whose answer is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu import world
from vmm_edu.fusion import EarlyFusion, LateFusion
from vmm_edu.predict import ablation, additive_projection, shapley_shares, subset_scores
from vmm_edu.predict.which_sense import subsets

XOR = {(): 0.5, ("audio",): 0.5, ("video",): 0.5, ("audio", "video"): 1.0}
COPY = {(): 0.5, ("audio",): 1.0, ("video",): 1.0, ("audio", "video"): 1.0}


def exact_scores(task: str) -> dict[tuple[str, ...], float]:
    return {names: float(world.exact_ceiling(task, names)) for names in subsets(world.task(task).modalities)}


def bayes(task: str):
    """The Bayes rule as a model: vectors are symbols, and a masked sense is not looked at."""
    table = world.task(task)
    order = [(sense, name) for sense, names in world.sample(task, clips=1, seed=0)[0].symbols.items() for name in names]

    def decide(vectors, mask=None):
        clips = len(next(iter(vectors.values())))
        present = [sense for sense in table.modalities if mask is None or mask[sense].all()]
        columns = {sense: {} for sense in table.modalities}
        for sense, name in order:
            columns[sense][name] = vectors[sense][:, len(columns[sense])].astype(int)
        answers = world.ceilings.bayes_rule(table, columns, present)
        assert answers.shape == (clips,)
        return np.eye(len(table.label_names))[answers]

    return decide


def shown(task: str):
    """Symbols of an exact test set as vectors, and the labels."""
    clips = world.sample(task, clips=world.exact_multiple(task), seed=3, split="test")
    vectors = {s: np.array([list(c.symbols[s].values()) for c in clips], float) for s in world.task(task).modalities}
    return vectors, np.array([clip.label for clip in clips])


@pytest.mark.parametrize("task", ["sync", "xor", "gate", "missing", "main"])
def test_the_bayes_rule_scores_the_exact_ceiling_of_every_set_of_senses(task):
    scores = subset_scores(bayes(task), *shown(task))
    assert scores == pytest.approx(exact_scores(task))


@pytest.mark.parametrize("task", ["sync", "xor", "gate", "missing", "main", "material"])
def test_orders_and_weighted_sets_give_the_same_shapley_shares(task):
    """world.shapley sums over sets with weights, in fractions: another form of the same definition."""
    assert shapley_shares(exact_scores(task)) == pytest.approx(world.shapley(task))


def test_what_only_both_know_is_lost_without_either_and_halved_by_shapley():
    assert ablation(XOR) == {"audio": 0.5, "video": 0.5}
    assert shapley_shares(XOR) == {"audio": 0.25, "video": 0.25}
    assert ablation(COPY) == {"audio": 0.0, "video": 0.0}
    assert shapley_shares(COPY) == {"audio": 0.25, "video": 0.25}


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 4), st.randoms(use_true_random=False))
def test_shares_add_up_and_equals_share_equally_and_idlers_get_nothing(count, random):
    names = tuple("abcde"[:count])
    scores = {some: random.uniform(-1, 1) for some in subsets(names)}
    assert sum(shapley_shares(scores).values()) == pytest.approx(scores[names] - scores[()])
    by_size = {some: float(len(some)) ** 2 for some in subsets(names)}
    assert len({round(share, 9) for share in shapley_shares(by_size).values()}) == 1
    idle = {some: scores[tuple(n for n in some if n != "z")] for some in subsets((*names, "z"))}
    assert shapley_shares(idle) == pytest.approx(shapley_shares(scores) | {"z": 0.0}, abs=1e-12)


def test_masks_that_clips_come_with_stay_and_steps_are_masked_too():
    seen = []

    def decide(vectors, mask):
        seen.append({name: rows.copy() for name, rows in mask.items()})
        return np.zeros((4, 2))

    there = {"a": np.array([True, False, True, True]), "b": np.ones((4, 3), bool)}
    subset_scores(decide, {"a": np.zeros((4, 2)), "b": np.zeros((4, 3, 2))}, np.zeros(4, int), mask=there)
    assert [(m["a"].sum(), m["b"].sum()) for m in seen] == [(0, 0), (3, 0), (0, 12), (3, 12)]
    assert (seen[1]["a"] == there["a"]).all()


def additive_least_squares(decide, vectors, first) -> np.ndarray:
    """The projection by brute force: fit g(i) + h(j) to the logits of all pairs, one number per clip and class."""
    clips = len(next(iter(vectors.values())))
    pairs = list(itertools.product(range(clips), repeat=2))
    design, target = np.zeros((len(pairs), 2 * clips)), []
    for row, (i, j) in enumerate(pairs):
        design[row, i] = design[row, clips + j] = 1
        picked = {name: array[[i if name in first else j]] for name, array in vectors.items()}
        target.append(np.asarray(decide(picked))[0])
    fitted = np.linalg.lstsq(design, np.array(target, np.float64), rcond=None)[0]
    return fitted[:clips] + fitted[clips:]


@pytest.mark.parametrize("first", [("audio",), ("video",), ("audio", "text")])
@pytest.mark.parametrize("most_pairs", [7, 10_000])
def test_the_projection_is_the_least_squares_fit_over_all_pairs(first, most_pairs):
    from flax import nnx

    rng = np.random.default_rng(0)
    sizes = {"audio": 3, "video": 2, "text": 2}
    vectors = {name: rng.normal(size=(6, size)).astype(np.float32) for name, size in sizes.items()}
    model = EarlyFusion(sizes, 4, hidden=8, rngs=nnx.Rngs(1))
    ours = additive_projection(model, vectors, first=first, most_pairs=most_pairs)
    np.testing.assert_allclose(ours, additive_least_squares(model, vectors, first), atol=1e-5)
    assert np.abs(ours - np.asarray(model(vectors))).max() > 0.05


def test_late_fusion_is_its_own_projection_and_xor_has_none():
    from flax import nnx

    rng = np.random.default_rng(1)
    vectors = {name: rng.normal(size=(9, 3)).astype(np.float32) for name in ("audio", "video")}
    late = LateFusion({"audio": 3, "video": 3}, 4, rngs=nnx.Rngs(0))
    projected = additive_projection(late, vectors)
    np.testing.assert_allclose(projected, np.asarray(late(vectors)), atol=1e-5)
    values = {name: np.array(column)[:, None] for name, column in {"a": [0, 0, 1, 1], "b": [0, 1, 0, 1]}.items()}

    def xor(vectors, mask=None):
        return np.eye(2)[vectors["a"][:, 0] ^ vectors["b"][:, 0]]

    np.testing.assert_allclose(additive_projection(xor, values), 0.5)


def test_masks_move_with_their_sense():
    vectors = {"a": np.arange(3.0)[:, None], "b": np.arange(3.0)[:, None]}
    mask = {"a": np.array([True, True, False]), "b": np.array([True, False, True])}

    def decide(vectors, mask):
        here = {name: np.where(mask[name], 1 + vectors[name][:, 0], 0) for name in vectors}
        return np.stack([here["a"] * here["b"], here["a"]], axis=1)

    a, b = np.array([1.0, 2, 0]), np.array([1.0, 0, 3])
    wanted = a * b.mean() + a.mean() * b - a.mean() * b.mean()
    np.testing.assert_allclose(additive_projection(decide, vectors, mask=mask), np.stack([wanted, a], axis=1))


def test_bad_input(as_users_run):
    vectors = {"a": np.zeros((2, 1)), "b": np.zeros((2, 1))}
    with pytest.raises(ValueError, match="missing: \\[\\('audio',\\)\\]"):
        shapley_shares({key: value for key, value in XOR.items() if key != ("audio",)})
    with pytest.raises(ValueError, match="at least one sense"):
        ablation({(): 0.5})
    with pytest.raises(ValueError, match="at least one sense"):
        ablation({})
    with pytest.raises(ValueError, match="at most 8 senses"):
        shapley_shares(dict.fromkeys(subsets("abcdefghi"), 0.0))
    with pytest.raises(ValueError, match="at least one sense"):
        subset_scores(lambda *_a, **_m: np.zeros((2, 2)), {}, np.zeros(2, int))
    with pytest.raises(ValueError, match="without NaN"):
        subset_scores(lambda *_a, **_m: np.full((2, 2), np.nan), vectors, np.zeros(2, int))
    with pytest.raises(ValueError, match="one entry per clip"):
        subset_scores(lambda *_a, **_m: np.zeros((2, 2)), vectors, np.zeros(3, int))
    for first in ((), ("a", "b"), ("c",)):
        with pytest.raises(ValueError, match="some but not all of the senses"):
            additive_projection(lambda *_a, **_m: np.zeros((4, 2)), vectors, first=first)
    with pytest.raises(ValueError, match="some but not all"):
        additive_projection(lambda *_a, **_m: np.zeros((4, 2)), {})
    with pytest.raises(ValueError, match="most_pairs of at least 1"):
        additive_projection(lambda *_a, **_m: np.zeros((4, 2)), vectors, most_pairs=0)
