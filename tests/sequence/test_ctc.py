import itertools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from vmm_edu.sequence import ctc_beam, ctc_collapse, ctc_greedy, ctc_loss

BATCH, TIME, SYMBOL = 4, 5, 3
TEXTS = [[1, 2], [1, 1], [2], []]


def random_logits(seed=0, *, batch=BATCH, time=TIME, symbol=SYMBOL):
    return np.random.default_rng(seed).normal(0, 1.5, (batch, time, symbol)).astype(np.float32)


def padded(texts, length=None):
    """Labels with −1 behind each text, and their mask."""
    length = max(map(len, texts)) if length is None else length
    labels = np.array([[*text, *[-1] * (length - len(text))] for text in texts], np.int32).reshape(len(texts), length)
    return labels, labels >= 0


def meaning(path, blank=0):
    """The text of a path, from the definition."""
    return tuple(symbol for symbol, _ in itertools.groupby(path) if symbol != blank)


def text_probabilities(logits, blank=0):
    """The probability of every text, from all paths, in float64."""
    p = np.exp(logits.astype(float))
    p /= p.sum(axis=1, keepdims=True)
    found = {}
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        text = meaning(path, blank)
        found[text] = found.get(text, 0.0) + np.prod([p[t, k] for t, k in enumerate(path)])
    return found


# Parity with all paths, and with optax


@pytest.mark.parametrize("blank", [0, 1, 2])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_text_has_the_probability_of_all_its_paths(seed, blank):
    logits = random_logits(seed, batch=1)[0]
    found = text_probabilities(logits, blank)
    labels, letter = padded(list(found))
    loss = jax.vmap(lambda row, real: ctc_loss(logits, row, label_mask=real, blank=blank))(labels, letter)
    np.testing.assert_allclose(np.exp(-np.asarray(loss, float)), list(found.values()), rtol=1e-5, atol=1e-9)
    assert len(found) == 25  # of two letters, whatever fits into five steps
    assert float(jnp.exp(-loss).sum()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("time", "symbol"), [(1, 2), (1, 4), (2, 3), (7, 2)])
def test_other_sizes_too(time, symbol):
    logits = random_logits(2, time=time, symbol=symbol)
    for row in logits:
        for text, p in text_probabilities(row).items():
            loss = ctc_loss(row, np.array(text, np.int32))
            assert float(jnp.exp(-loss)) == pytest.approx(p, rel=1e-5)


def optax_loss(logits, lengths, labels, letter):
    """Optax's: padding is 1.0, and stands at the end."""
    time_padding = (np.arange(logits.shape[1])[None, :] >= np.asarray(lengths)[:, None]).astype(np.float32)
    labels = np.where(letter, labels, 0).astype(np.int32)
    return optax.ctc_loss(logits, time_padding, labels, (~letter).astype(np.float32), blank_id=0)


def test_values_and_gradients_equal_optax():
    rng = np.random.default_rng(3)
    logits = jnp.asarray(random_logits(3, batch=6, time=20, symbol=7))
    labels, letter = padded([rng.integers(1, 7, size=n).tolist() for n in (1, 3, 5, 8, 2)] + [[4, 4, 4, 2, 2]])
    lengths = np.array([20, 9, 20, 16, 7, 12])
    mask = np.arange(20)[None, :] < lengths[:, None]
    ours = ctc_loss(logits, labels, mask=mask, label_mask=letter)
    np.testing.assert_allclose(ours, optax_loss(logits, lengths, labels, letter), rtol=1e-5)
    slope = jax.grad(lambda x: ctc_loss(x, labels, mask=mask, label_mask=letter).sum())(logits)
    theirs = jax.grad(lambda x: optax_loss(x, lengths, labels, letter).sum())(logits)
    np.testing.assert_allclose(slope, theirs, atol=1e-5)
    np.testing.assert_array_equal(np.asarray(slope)[~mask], 0)


# Properties


def test_padding_is_as_if_cut_out_wherever_it_stands():
    logits, rng = random_logits(4, batch=1, time=9, symbol=4)[0], np.random.default_rng(4)
    mask = rng.permutation([True] * 6 + [False] * 3)
    labels, letter = np.array([-1, 2, -5, 2, 9, 1]), np.array([False, True, False, True, False, True])
    dirty = np.where(mask[:, None], logits, np.nan)
    short = ctc_loss(logits[mask], np.array([2, 2, 1]))
    np.testing.assert_allclose(ctc_loss(dirty, labels, mask=mask, label_mask=letter), short, rtol=1e-6)
    slope = jax.grad(lambda x: ctc_loss(x, labels, mask=mask, label_mask=letter))(jnp.asarray(dirty))
    expected = jax.grad(lambda x: ctc_loss(x, np.array([2, 2, 1])))(jnp.asarray(logits[mask]))
    np.testing.assert_allclose(np.asarray(slope)[mask], expected, atol=1e-6)
    np.testing.assert_array_equal(np.asarray(slope)[~mask], 0)


def test_a_constant_added_to_the_scores_of_a_step_changes_nothing():
    logits, (labels, letter) = random_logits(5), padded(TEXTS)
    shifts = np.random.default_rng(5).normal(0, 30, (BATCH, TIME, 1)).astype(np.float32)
    before, after = (ctc_loss(x, labels, label_mask=letter) for x in (logits, logits + shifts))
    np.testing.assert_allclose(before, after, rtol=1e-4)


def test_long_clips_stay_finite():
    logits = 30 * random_logits(6, batch=2, time=2000, symbol=5)
    labels = np.random.default_rng(6).integers(1, 5, size=(2, 300))
    loss, slope = jax.value_and_grad(lambda x: ctc_loss(x, labels).sum())(jnp.asarray(logits))
    assert 1000 < float(loss) < np.inf
    assert np.isfinite(np.asarray(slope)).all()


# Edges and gradients


def test_a_text_that_does_not_fit_is_infinitely_far_and_pulls_nowhere():
    logits = jnp.asarray(random_logits(7))
    labels, letter = padded([[1, 2, 1], [1, 1], [1, 1, 1], [1, 2, 1, 2]])
    mask = np.array([[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 1, 1], [0, 1, 1, 1, 1]], bool)

    def loss(x):
        return ctc_loss(x, labels, mask=mask, label_mask=letter)

    assert np.isinf(np.asarray(loss(logits))).tolist() == [True, True, False, False]
    slope = np.asarray(jax.grad(lambda x: loss(x).sum())(logits))
    assert np.isfinite(slope).all()
    np.testing.assert_array_equal(slope[:2], 0)
    assert (np.abs(slope[2:]).sum(axis=(1, 2)) > 0).all()


def test_nothing_said_and_nothing_heard():
    logits, none = random_logits(8, batch=1)[0], np.zeros(0, np.int32)
    blank = -jax.nn.log_softmax(logits)[:, 0].sum()
    assert float(ctc_loss(logits, none)) == pytest.approx(float(blank), rel=1e-5)
    assert float(ctc_loss(logits, none, mask=np.zeros(TIME, bool))) == 0
    assert float(ctc_loss(logits[:0], none)) == 0
    assert np.isinf(float(ctc_loss(logits[:0], np.array([1]))))
    for mask in (np.ones(TIME, bool), np.zeros(TIME, bool)):
        slope = jax.grad(lambda x, mask=mask: ctc_loss(x, none, mask=mask))(jnp.asarray(logits))
        assert np.isfinite(np.asarray(slope)).all()


def test_a_symbol_of_probability_zero_is_never_used():
    logits = random_logits(9, batch=1)[0]
    logits[:, 2] = -np.inf
    loss, slope = jax.value_and_grad(lambda x: ctc_loss(x, np.array([1])))(jnp.asarray(logits))
    assert float(loss) == pytest.approx(float(ctc_loss(logits[:, :2], np.array([1]))), rel=1e-5)
    assert np.isfinite(np.asarray(slope)).all()
    loss, slope = jax.value_and_grad(lambda x: ctc_loss(x, np.array([1, 2])))(jnp.asarray(logits))
    assert np.isinf(float(loss))
    assert np.isfinite(np.asarray(slope)).all()


def test_the_slope_is_what_a_small_step_changes():
    with jax.enable_x64(True):
        logits, (labels, letter) = random_logits(10).astype(np.float64), padded(TEXTS)

        def loss(x):
            return ctc_loss(x, labels, label_mask=letter).sum()

        slope = jax.grad(loss)(jnp.asarray(logits))
        for place in [(0, 0, 0), (1, 2, 1), (2, 4, 2), (3, 1, 0)]:
            small = np.zeros_like(logits)
            small[place] = 1e-6
            change = (loss(jnp.asarray(logits + small)) - loss(jnp.asarray(logits - small))) / 2e-6
            assert float(slope[place]) == pytest.approx(float(change), rel=1e-5)


def test_compiled_and_vectorised_calls_equal_the_plain_one():
    logits, (labels, letter) = random_logits(11), padded(TEXTS)
    plain = ctc_loss(logits, labels, label_mask=letter)
    compiled = jax.jit(lambda *parts: ctc_loss(parts[0], parts[1], label_mask=parts[2]))(logits, labels, letter)
    np.testing.assert_allclose(plain, compiled, rtol=1e-6)
    mapped = jax.vmap(lambda *parts: ctc_loss(parts[0], parts[1], label_mask=parts[2]))(logits, labels, letter)
    np.testing.assert_allclose(plain, mapped, rtol=1e-6)
    eager, traced = ctc_greedy(logits), jax.jit(ctc_greedy)(logits)
    jax.tree.map(np.testing.assert_array_equal, eager, traced)


# Reading


def test_collapse_is_merging_and_then_dropping():
    for path in itertools.product(range(3), repeat=5):
        labels, steps = ctc_collapse(np.array(path))
        text = meaning(path)
        assert labels.tolist() == [*text, *[-1] * (5 - len(text))]
        starts = [t for t in range(5) if path[t] != 0 and (t == 0 or path[t] != path[t - 1])]
        assert steps.tolist() == [*starts, *[-1] * (5 - len(text))]


def test_a_masked_step_does_not_part_equal_symbols():
    path, mask = np.array([[1, 0, 1, 2, 2], [2, 1, 2, 0, 1]]), np.array([[1, 0, 1, 1, 1], [1, 0, 1, 0, 1]], bool)
    labels, steps = ctc_collapse(path, mask=mask)
    assert labels.tolist() == [[1, 2, -1, -1, -1], [2, 1, -1, -1, -1]]
    assert steps.tolist() == [[0, 3, -1, -1, -1], [0, 4, -1, -1, -1]]
    assert ctc_collapse(path, mask=mask, blank=2).labels.tolist() == [[1, -1, -1, -1, -1], [1, -1, -1, -1, -1]]


def test_greedy_reads_the_best_path():
    logits = random_logits(12)
    for row, labels in zip(logits, ctc_greedy(logits).labels, strict=True):
        assert tuple(k for k in labels.tolist() if k >= 0) == meaning(row.argmax(axis=1))
    alone = ctc_greedy(logits[0])
    np.testing.assert_array_equal(alone.labels, ctc_greedy(logits).labels[0])


@pytest.mark.parametrize("blank", [0, 2])
def test_a_wide_beam_finds_every_text_with_its_probability(blank):
    logits = random_logits(13, batch=1)[0]
    expected = text_probabilities(logits, blank)
    found = ctc_beam(logits, width=1000, blank=blank)
    assert {text.labels for text in found} == set(expected)
    got = [np.exp(text.log_p) for text in found]
    np.testing.assert_allclose(got, [expected[text.labels] for text in found], rtol=1e-5)
    assert found[0].labels == max(expected, key=expected.__getitem__)


def test_the_best_path_need_not_mean_the_best_text():
    logits = np.log(np.array([[0.6, 0.4], [0.6, 0.4]]))
    assert ctc_greedy(logits).labels.tolist() == [-1, -1]
    assert ctc_beam(logits)[0].labels == (1,)
    assert np.exp(ctc_beam(logits)[0].log_p) == pytest.approx(0.64)


def test_a_narrow_beam_is_never_likelier_than_the_text_is():
    logits = random_logits(14, batch=1, time=8, symbol=4)[0]
    for text in ctc_beam(logits, width=4):
        assert text.log_p <= -float(ctc_loss(logits, np.array(text.labels, np.int32))) + 1e-5


# Bad input


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"logits": np.zeros(3)}, r"expected logits \(time, symbol\)"),
        ({"logits": np.zeros((4, 5, 3), bool)}, "of real numbers, got bool"),
        ({"logits": np.full((4, 5, 3), np.nan)}, "got NaN or"),
        ({"logits": np.full((4, 5, 3), np.inf)}, r"got NaN or \+inf"),
        ({"labels": np.zeros(2, int)}, r"expected labels \(label,\) or"),
        ({"labels": np.ones((3, 2), int)}, "with the batch of logits"),
        ({"labels": np.ones((4, 2))}, "expected labels as integers, got float64"),
        ({"labels": np.zeros((4, 2), int)}, r"without the blank 0, got \[0\]"),
        ({"labels": np.full((4, 2), 3)}, "within 0 … 2"),
        ({"labels": np.full((4, 2), -1)}, "mask the padding with label_mask"),
        ({"mask": np.ones((4, 5))}, r"expected mask bool \(4, 5\), True = real, got float64"),
        ({"mask": np.ones((4, 4), bool)}, r"expected mask bool \(4, 5\)"),
        ({"label_mask": np.ones((4, 3), bool)}, r"expected label_mask bool \(4, 2\)"),
        ({"blank": 3}, "expected blank within 0 … 2"),
    ],
)
def test_bad_input_is_named(change, says):
    with pytest.raises(ValueError, match=says):
        ctc_loss(**({"logits": random_logits(), "labels": np.ones((BATCH, 2), int)} | change))


@pytest.mark.usefixtures("as_user")
def test_bad_paths_and_beams_are_named():
    with pytest.raises(ValueError, match=r"expected path as integers \(time,\)"):
        ctc_collapse(np.zeros(4))
    with pytest.raises(ValueError, match=r"expected mask bool \(4,\)"):
        ctc_collapse(np.zeros(4, int), mask=np.ones(3, bool))
    with pytest.raises(ValueError, match=r"expected logits \(time, symbol\) and a blank"):
        ctc_beam(np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match="width of at least 1"):
        ctc_beam(np.zeros((3, 4)), width=0)
