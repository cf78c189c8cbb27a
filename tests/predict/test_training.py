from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from vmm_edu.fusion import EarlyFusion, LateFusion
from vmm_edu.predict import TrainState, cross_entropy, evaluate, fit, make_step, predict_logits, score_logits


def separable(clips: int = 150) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=clips)
    centres = np.array([[0, 3], [3, -2], [-3, -2]])
    return (centres[labels] + rng.normal(scale=0.5, size=(clips, 2))).astype(np.float32), labels


def exclusive_or(copies: int = 64) -> tuple[dict[str, np.ndarray], np.ndarray]:
    a, b = np.repeat([0, 0, 1, 1], copies), np.repeat([0, 1, 0, 1], copies)
    return {"video": np.eye(2)[a], "audio": np.eye(2)[b]}, a ^ b


class Noisy(nnx.Module):
    """A model with a running mean and a random stream: what it carries must come back from training."""

    def __init__(self):
        rngs = nnx.Rngs(0)
        self.norm, self.drop = nnx.BatchNorm(2, rngs=rngs), nnx.Dropout(0.2, rngs=rngs)
        self.out = nnx.Linear(2, 3, rngs=rngs)

    def __call__(self, x):
        return self.out(self.drop(self.norm(x)))


def test_learns_what_a_line_can_separate_and_scores_it():
    inputs, labels = separable()
    model = nnx.Linear(2, 3, rngs=nnx.Rngs(0))
    assert evaluate(model, inputs, labels).accuracy < 0.9
    history = fit(model, inputs, labels, key=jax.random.key(0), epochs=15, learning_rate=0.1)
    scores = evaluate(model, inputs, labels, batch_size=64)
    assert scores.accuracy == 1.0
    assert history.loss.shape == (15,)
    assert history.validation_loss.shape == (0,)
    assert history.loss[-1] < 0.1 * history.loss[0]
    assert scores.confusion.trace() == len(labels)


@pytest.mark.parametrize(("module", "best"), [(EarlyFusion, 1.0), (LateFusion, 0.75)])
def test_exclusive_or_needs_a_model_that_sees_both_senses(module, best):
    inputs, labels = exclusive_or()
    model = module({"video": 2, "audio": 2}, 2, hidden=16, rngs=nnx.Rngs(0))
    fit(model, inputs, labels, key=jax.random.key(1), epochs=40, learning_rate=0.02)
    scores = evaluate(model, inputs, labels)
    # A sum of one term per sense gets at most three of the four cases, and by its loss it cannot beat a fair coin.
    assert scores.accuracy == 1.0 if best == 1.0 else scores.accuracy <= best
    assert scores.log_loss < 0.1 if best == 1.0 else scores.log_loss > np.log(2) - 1e-3


def test_compiled_step_equals_eager_step_and_changes_the_parameters():
    inputs, labels = separable(32)
    graph, params, rest = nnx.split(nnx.Linear(2, 3, rngs=nnx.Rngs(0)), nnx.Param, ...)
    optimizer = optax.adamw(0.1)
    step = make_step(graph, optimizer, cross_entropy)
    state = TrainState(params, rest, optimizer.init(params))
    eager, eager_loss = step(state, inputs, labels, jax.random.key(0))
    compiled, compiled_loss = jax.jit(step)(state, inputs, labels, jax.random.key(0))
    np.testing.assert_allclose(eager_loss, compiled_loss, rtol=1e-5)
    for one, other, before in zip(*map(jax.tree.leaves, (eager.params, compiled.params, params)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
        assert np.abs(one - before).max() > 1e-3


def test_one_full_batch_of_fit_equals_a_step_written_with_nnx_optimizer():
    inputs, labels = separable(40)
    ours, theirs = (nnx.Linear(2, 3, rngs=nnx.Rngs(0)) for _ in range(2))
    fit(ours, inputs, labels, key=jax.random.key(0), epochs=3, batch_size=40, learning_rate=0.05, weight_decay=0.1)
    with jax.numpy_dtype_promotion("standard"):
        optimizer = nnx.Optimizer(theirs, optax.adamw(0.05, weight_decay=0.1), wrt=nnx.Param)
        for _ in range(3):
            optimizer.update(theirs, nnx.grad(cross_entropy)(theirs, inputs, labels))
    np.testing.assert_allclose(ours.kernel[...], theirs.kernel[...], rtol=1e-4, atol=1e-5)


def test_the_same_key_gives_the_same_model_and_another_key_another():
    inputs, labels = separable()

    def train(seed: int) -> np.ndarray:
        model = nnx.Linear(2, 3, rngs=nnx.Rngs(0))
        fit(model, inputs, labels, key=jax.random.key(seed), epochs=2, batch_size=16)
        return np.asarray(model.kernel[...])

    np.testing.assert_array_equal(train(0), train(0))
    assert np.abs(train(0) - train(1)).max() > 0


def test_every_clip_is_used_where_the_batch_size_does_not_divide_their_number():
    clips = 10
    seen = nnx.Param(jnp.zeros(clips))

    class Counter(nnx.Module):
        def __init__(self):
            self.seen = seen

    def loss(model, inputs, targets, key):
        return jnp.mean(model.seen[...][inputs])

    model = Counter()
    fit(model, np.arange(clips), np.zeros(clips), key=jax.random.key(0), loss=loss, epochs=1, batch_size=4)
    assert (model.seen[...] < 0).all()


def test_running_means_and_random_streams_come_back():
    inputs, labels = separable(50)
    model = Noisy()
    before = np.asarray(model.norm.mean[...])
    fit(model, inputs + 5, labels, key=jax.random.key(0), epochs=3, batch_size=16)
    assert np.abs(model.norm.mean[...] - before).min() > 0.5
    assert int(model.drop.rngs.count[...]) > 0


def test_validation_is_measured_and_not_learned():
    inputs, labels = separable()
    wrong = (labels + 1) % 3
    plain, watched = (nnx.Linear(2, 3, rngs=nnx.Rngs(0)) for _ in range(2))
    options = {"key": jax.random.key(0), "epochs": 5, "learning_rate": 0.1}
    fit(plain, inputs, labels, **options)
    history = fit(watched, inputs, labels, **options, validation=(inputs, wrong))
    np.testing.assert_array_equal(plain.kernel[...], watched.kernel[...])
    assert history.validation_loss.shape == (5,)
    assert history.validation_loss[-1] > history.validation_loss[0]


def test_prediction_in_batches_equals_prediction_at_once():
    inputs, _ = separable(37)
    model = nnx.Linear(2, 3, rngs=nnx.Rngs(0))
    np.testing.assert_allclose(predict_logits(model, inputs, batch_size=8), model(jnp.asarray(inputs)), rtol=1e-5)


def test_log_loss_is_that_of_scikit_learn():
    from sklearn.metrics import log_loss

    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(60, 4)) * 5, rng.integers(4, size=60)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert score_logits(logits, labels).log_loss == pytest.approx(log_loss(labels, probabilities))
    assert float(optax.softmax_cross_entropy_with_integer_labels(jnp.asarray(logits), labels).mean()) == pytest.approx(
        score_logits(logits, labels).log_loss, rel=1e-5
    )


def test_a_loss_that_explodes_is_reported_and_leaves_the_model_alone():
    inputs, labels = separable()
    model = nnx.Linear(2, 3, rngs=nnx.Rngs(0))
    before = np.asarray(model.kernel[...])
    with pytest.raises(ValueError, match="became nan in epoch 1 of 4"):
        fit(model, inputs * np.float32(np.nan), labels, key=jax.random.key(0), epochs=4)
    np.testing.assert_array_equal(model.kernel[...], before)


@pytest.mark.parametrize(
    ("inputs", "labels", "changes", "words"),
    [
        (np.zeros((4, 2)), np.zeros(3, int), {}, "first axes"),
        (np.zeros((0, 2)), np.zeros(0, int), {}, "at least one clip"),
        ({}, {}, {}, "at least one clip"),
        (np.zeros((4, 2)), np.zeros(4, int), {"epochs": 0}, "epochs"),
        (np.zeros((4, 2)), np.zeros(4, int), {"batch_size": 0}, "batch_size"),
    ],
)
def test_bad_input(inputs, labels, changes, words):
    with pytest.raises(ValueError, match=words):
        fit(nnx.Linear(2, 3, rngs=nnx.Rngs(0)), inputs, labels, key=jax.random.key(0), **changes)


def test_bad_input_of_evaluate():
    model = nnx.Linear(2, 3, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="first axes"):
        evaluate(model, np.zeros((4, 2), np.float32), np.zeros(3, int))
    with pytest.raises(ValueError, match="0…2"):
        evaluate(model, np.zeros((4, 2), np.float32), np.full(4, 3))
    with pytest.raises(ValueError, match="NaN"):
        evaluate(model, np.full((4, 2), np.nan, np.float32), np.zeros(4, int))
    with pytest.raises(ValueError, match="batch_size"):
        predict_logits(model, np.zeros((4, 2), np.float32), batch_size=0)
