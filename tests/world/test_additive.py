"""What a sum of one term per sense can do where its loss is least, against another minimiser."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from vmm_edu import world


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_the_least_loss_of_a_sum_mod_k_is_chance_though_its_best_argmax_is_not(classes):
    task = world.task("xor", classes=classes)
    assert world.additive_by_loss(task) == pytest.approx(1 / classes)
    assert world.additive_ceiling(classes) > Fraction(1, classes)


@pytest.mark.parametrize(
    ("name", "wanted"), [("sync", 0.5), ("gate", 0.625), ("main", 0.486), ("missing", None), ("material", None)]
)
def test_on_the_other_tasks(name, wanted):
    ceiling = world.ceiling(name, world.task(name).modalities)
    assert world.additive_by_loss(name) == pytest.approx(ceiling if wanted is None else wanted, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_logistic_regression_on_indicators_finds_the_same(seed):
    """scikit-learn on every outcome of a random task, weighted by its probability."""
    rng = np.random.default_rng(seed)
    first, second = rng.permutation(12) % 4, rng.permutation(12) % 3
    task = world.Task(
        name="random",
        sources=(world.uniform("k", 12), world.flip("noise", Fraction(1, 5))),
        views={"video": lambda s: {"v": first[s["k"]]}, "audio": lambda s: {"a": second[s["k"]]}},
        label=lambda s: (s["k"] + s["noise"]) % 3,
        label_names=("0", "1", "2"),
    )
    rows, table, _ = world.joint_table(task, ("video", "audio"))
    at, label = np.nonzero(table)
    x = OneHotEncoder(sparse_output=False).fit_transform(rows)[at]
    model = LogisticRegression(C=1e5, max_iter=10_000, tol=1e-10).fit(x, label, sample_weight=table[at, label])
    scores = model.decision_function(OneHotEncoder(sparse_output=False).fit(rows).transform(rows))
    ties = scores > scores.max(axis=1, keepdims=True) - 1e-3
    wanted = float((table * ties / ties.sum(axis=1, keepdims=True)).sum() / table.sum())
    assert world.additive_by_loss(task) == pytest.approx(wanted, abs=1e-9)
