from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from vmm_edu.predict import linear_probe


def clouds(clips, *, seed=0, features=5):
    rng = np.random.default_rng(seed)
    labels = np.arange(clips) % 3
    return rng.normal(size=(clips, features)) + 3 * np.eye(features)[labels], labels


def test_tells_apart_what_a_line_can_and_no_more_than_chance_where_nothing_is_to_be_learned():
    assert linear_probe(*clouds(60), *clouds(90, seed=1)) > 0.85
    noise = np.random.default_rng(2).normal(size=(90, 5))
    assert linear_probe(noise, clouds(90)[1], np.random.default_rng(3).normal(size=(90, 5)), clouds(90)[1]) < 0.55


def test_is_the_regression_of_scikit_learn_on_standardised_features():
    (x, y), (new, new_y) = clouds(40), clouds(60, seed=1)
    mean, scale = x.mean(axis=0), x.std(axis=0) * np.sqrt(5)
    right = LogisticRegression(C=100.0, max_iter=400).fit((x - mean) / scale, y).score((new - mean) / scale, new_y)
    assert linear_probe(x, y, new, new_y) == right


def test_units_and_offsets_and_features_that_never_vary_change_nothing():
    (x, y), (new, new_y) = clouds(40), clouds(60, seed=1)
    plain = linear_probe(x, y, new, new_y)
    scale, offset = np.array([1, 10, 100, 0.1, 1]), np.arange(5)
    assert linear_probe(x * scale + offset, y, new * scale + offset, new_y) == plain
    still = linear_probe(np.c_[x, np.ones(40)], y, np.c_[new, np.ones(60)], new_y)
    assert abs(still - plain) <= 0.05


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x, y: (x, y[:-1]), "first axes"),
        (lambda x, y: (x[:, :4], y), "4 features, got 5"),
        (lambda x, y: (x, 0 * y), "two classes"),
        (lambda x, y: (x * np.nan, y), "NaN"),
    ],
)
def test_bad_input(as_users_run, change, words):
    x, y = clouds(12)
    with pytest.raises(ValueError, match=words):
        linear_probe(*change(x, y), x, y)
