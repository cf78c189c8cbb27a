from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.fusion import align_senses, align_sequences

SIZES = {"audio": 2, "video": 3}


def vectors(batch: int = 4) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(batch, size)) for name, size in SIZES.items()}


def test_order_is_that_of_the_declaration_and_values_are_kept():
    given = vectors()
    senses = align_senses(dict(reversed(given.items())), sizes=SIZES)
    assert list(senses.vectors) == list(SIZES)
    for name, vector in given.items():
        np.testing.assert_array_equal(senses.vectors[name], vector.astype(np.float32))
        assert senses.present[name].all()


def test_missing_is_the_same_by_absence_and_by_mask():
    given = vectors()
    masked = align_senses(given | {"audio": np.full((4, 2), np.nan)}, sizes=SIZES, mask={"audio": np.zeros(4, bool)})
    absent = align_senses({"video": given["video"]}, sizes=SIZES)
    for one, other in zip(jax.tree.leaves(masked), jax.tree.leaves(absent), strict=True):
        np.testing.assert_array_equal(one, other)


def test_gradient_of_a_masked_row_is_zero_and_finite():
    rows = np.array([True, False, True, False])

    def total(audio):
        senses = align_senses({"audio": audio}, sizes=SIZES, mask={"audio": rows})
        return jnp.sum(senses.vectors["audio"] ** 2)

    gradient = jax.grad(total)(jnp.full((4, 2), jnp.nan).at[::2].set(3.0))
    np.testing.assert_array_equal(gradient, np.where(rows[:, None], 6.0, 0.0) * np.ones((4, 2)))


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("given", "mask", "words"),
    [
        ({}, None, "at least one sense"),
        ({"smell": np.zeros((4, 2))}, None, "'smell'"),
        ({"audio": np.zeros((4, 3))}, None, r"\(4, 2\), got \(4, 3\)"),
        ({"audio": np.zeros((4, 2)), "video": np.zeros((5, 3))}, None, r"\(4, 3\), got \(5, 3\)"),
        ({"audio": np.zeros((4, 2))}, {"video": np.ones(4, bool)}, "senses that are given"),
        ({"audio": np.zeros((4, 2))}, {"audio": np.ones(3, bool)}, r"bool \(4,\), got bool \(3,\)"),
    ],
)
def test_bad_input_says_what_was_expected(given, mask, words):
    with pytest.raises(ValueError, match=words):
        align_senses(given, sizes=SIZES, mask=mask)


def sequences() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"audio": rng.normal(size=(4, 5, 2)), "video": rng.normal(size=(4, 3, 3))}


def test_sequences_keep_their_lengths_and_lose_their_masked_steps():
    given = sequences()
    real = np.arange(5) < np.array([[5], [2], [1], [0]])
    senses = align_sequences(dict(reversed(given.items())), sizes=SIZES, mask={"audio": real})
    assert list(senses.steps) == list(SIZES)
    np.testing.assert_array_equal(
        senses.steps["audio"], np.where(real[:, :, None], given["audio"], 0).astype(np.float32)
    )
    np.testing.assert_array_equal(senses.real["audio"], real)
    assert senses.real["video"].shape == (4, 3)
    assert senses.real["video"].all()


def test_a_vector_is_one_step_and_a_mask_of_rows_is_for_all_steps():
    given, rows = sequences(), np.array([True, False, True, False])
    vector = align_sequences({"audio": given["audio"][:, 0]}, sizes=SIZES, mask={"audio": rows})
    step = align_sequences({"audio": given["audio"][:, :1]}, sizes=SIZES, mask={"audio": rows[:, None]})
    for one, other in zip(jax.tree.leaves(vector), jax.tree.leaves(step), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(vector.real["video"], np.zeros((4, 1), bool))
    whole = align_sequences(given, sizes=SIZES, mask={"video": rows})
    np.testing.assert_array_equal(whole.real["video"], np.repeat(rows[:, None], 3, axis=1))


@pytest.mark.usefixtures("as_users_run")
@pytest.mark.parametrize(
    ("given", "mask", "words"),
    [
        ({}, None, "at least one sense"),
        ({"smell": np.zeros((4, 2))}, None, "'smell'"),
        ({"audio": np.zeros((4, 5, 3))}, None, r"\(4, 1 or more, 2\).*\(4, 2\), got \(4, 5, 3\)"),
        ({"audio": np.zeros((4, 0, 2))}, None, r"1 or more.*got \(4, 0, 2\)"),
        ({"audio": np.zeros(2)}, None, r"got \(2,\)"),
        ({"audio": np.zeros((4, 5, 2)), "video": np.zeros((5, 5, 3))}, None, r"got \(5, 5, 3\)"),
        ({"audio": np.zeros((4, 5, 2))}, {"video": np.ones((4, 5), bool)}, "senses that are given"),
        ({"audio": np.zeros((4, 5, 2))}, {"audio": np.ones((4, 4), bool)}, r"bool \(4, 5\).*got bool \(4, 4\)"),
        ({"audio": np.zeros((4, 5, 2))}, {"audio": np.ones((4, 5))}, r"bool \(4, 5\).*got float64"),
        ({"audio": np.zeros((4, 2))}, {"audio": np.ones(3, bool)}, r"bool \(4,\) for the whole.*got bool \(3,\)"),
    ],
)
def test_bad_sequences_say_what_was_expected(given, mask, words):
    with pytest.raises(ValueError, match=words):
        align_sequences(given, sizes=SIZES, mask=mask)
