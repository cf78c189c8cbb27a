import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy.spatial.distance import cosine
from sklearn.metrics.pairwise import cosine_similarity

from vmm_edu.features import (
    Vocabulary,
    context_counts,
    cosines,
    neighbours,
    skip_gram_floor,
    skip_gram_loss,
)

SIZE, FEATURE = 7, 4
TOKENS = np.array([[2, 3, 4, 2, 5], [6, 2, 2, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]], np.int32)
MASK = TOKENS > 0


def drawn(seed, size=SIZE):
    rng = np.random.default_rng(seed)
    return (jnp.asarray(rng.normal(size=(size, FEATURE)), jnp.float32) for _ in range(2))


def pairs(tokens, mask, reach):
    """Every (middle, neighbour), from the definition."""
    return [
        (row[i], row[j])
        for row, real in zip(tokens.tolist(), mask.tolist(), strict=True)
        for i in range(len(row))
        for j in range(len(row))
        if i != j and abs(i - j) <= reach and real[i] and real[j]
    ]


@pytest.mark.parametrize("reach", [1, 2, 3, 9])
def test_counts_equal_a_loop(reach):
    expected = np.zeros((SIZE, SIZE), int)
    for i, j in pairs(TOKENS, MASK, reach):
        expected[i, j] += 1
    counts = context_counts(TOKENS, mask=MASK, size=SIZE, reach=reach)
    np.testing.assert_array_equal(counts, expected)
    np.testing.assert_array_equal(counts, counts.T)
    assert not counts[0].any()


def test_the_loss_equals_a_loop_over_the_pairs():
    vectors, contexts = drawn(0)
    v, u = np.asarray(vectors, float), np.asarray(contexts, float)
    each = []
    for i, j in pairs(TOKENS, MASK, 2):
        scores = [sum(v[i, d] * u[k, d] for d in range(FEATURE)) for k in range(SIZE)]
        each.append(np.log(sum(np.exp(scores))) - scores[j])
    counts = context_counts(TOKENS, mask=MASK, size=SIZE)
    assert float(skip_gram_loss(vectors, contexts, counts)) == pytest.approx(np.mean(each), rel=1e-5)


def test_the_loss_equals_optaxs_cross_entropy():
    vectors, contexts = drawn(1)
    middle, near = np.array(pairs(TOKENS, MASK, 2)).T
    expected = optax.softmax_cross_entropy_with_integer_labels(vectors[middle] @ contexts.T, near).mean()
    counts = context_counts(TOKENS, mask=MASK, size=SIZE)
    np.testing.assert_allclose(skip_gram_loss(vectors, contexts, counts), expected, rtol=1e-5)


def test_no_vectors_do_better_than_the_entropy_and_enough_features_reach_it():
    counts = context_counts(TOKENS, mask=MASK, size=SIZE)
    floor = skip_gram_floor(counts)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    perfect = np.log(np.maximum(share, 1e-30)).astype(np.float32)
    assert float(skip_gram_loss(np.eye(SIZE, dtype=np.float32), perfect.T, counts)) == pytest.approx(floor, abs=1e-5)
    for seed in range(5):
        assert float(skip_gram_loss(*drawn(seed), counts)) > floor
    assert skip_gram_floor(np.zeros((3, 3))) == 0
    assert skip_gram_floor(np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]])) == pytest.approx(np.log(2))


def test_the_slope_is_what_a_small_step_changes_and_a_token_without_pairs_has_none():
    with jax.enable_x64(True):
        vectors, contexts = (np.asarray(part, np.float64) for part in drawn(2))
        counts = context_counts(TOKENS, mask=MASK, size=SIZE)
        slope = jax.grad(skip_gram_loss)(jnp.asarray(vectors), jnp.asarray(contexts), counts)
        for place in [(2, 0), (5, 3), (6, 1)]:
            small = np.zeros_like(vectors)
            small[place] = 1e-6
            change = skip_gram_loss(vectors + small, contexts, counts) - skip_gram_loss(
                vectors - small, contexts, counts
            )
            assert float(slope[place]) == pytest.approx(float(change) / 2e-6, rel=1e-5)
        np.testing.assert_array_equal(slope[:2], 0)
        nothing = jax.grad(skip_gram_loss)(jnp.asarray(vectors), jnp.asarray(contexts), 0 * counts)
        np.testing.assert_array_equal(nothing, 0)


def test_words_that_keep_the_same_company_come_together():
    texts = [
        f"{who} {does} the {what}" for who in ("cat", "dog") for does in ("eats", "sees") for what in ("fish", "ham")
    ]
    vocabulary = Vocabulary.build(texts)
    encoded = vocabulary.encode(texts)
    counts = context_counts(encoded.tokens, mask=encoded.mask, size=len(vocabulary), reach=1)

    def step(both, _):
        slopes = jax.grad(lambda both: skip_gram_loss(*both, counts))(both)
        return jax.tree.map(lambda part, slope: part - 2.0 * slope, both, slopes), None

    def train(key):
        both = tuple(0.1 * jax.random.normal(one, (len(vocabulary), 6)) for one in jax.random.split(key))
        return jax.lax.scan(step, both, length=1000)[0]

    trained = jax.jit(jax.vmap(train))(jax.random.split(jax.random.key(0), 3))
    ids = {token: k + 2 for k, token in enumerate(vocabulary.tokens)}
    for vectors, contexts in zip(*trained, strict=True):
        assert float(skip_gram_loss(vectors, contexts, counts)) < skip_gram_floor(counts) + 0.02
        for one, other in (("cat", "dog"), ("eats", "sees"), ("fish", "ham")):
            found = neighbours(vectors, ids[one], count=1, among=np.arange(2, len(vocabulary)))
            assert found.tokens.tolist() == [ids[other]]
            assert found.cosines[0] > 0.9


def test_compiled_equals_plain():
    vectors, contexts = drawn(3)
    counts = context_counts(TOKENS, mask=MASK, size=SIZE)
    np.testing.assert_allclose(
        skip_gram_loss(vectors, contexts, counts), jax.jit(skip_gram_loss)(vectors, contexts, counts), rtol=1e-6
    )


def test_cosines_equal_scipys_and_scikit_learns():
    vectors, _ = drawn(4)
    near = cosines(vectors)
    np.testing.assert_allclose(near, cosine_similarity(vectors), atol=1e-6)
    assert near[1, 3] == pytest.approx(1 - cosine(vectors[1], vectors[3]), abs=1e-6)
    np.testing.assert_array_equal(cosines(np.array([[0.0, 0.0], [1.0, 2.0]]))[0], 0)


def test_neighbours_come_in_order_and_a_token_is_not_its_own():
    vectors = np.array([[1.0, 0.0], [0.9, 0.1], [-1.0, 0.0], [0.0, 1.0], [2.0, 0.0]])
    found = neighbours(vectors, 0, count=4)
    assert found.tokens.tolist() == [4, 1, 3, 2]
    np.testing.assert_allclose(found.cosines[[0, 2, 3]], [1, 0, -1], atol=1e-9)
    assert neighbours(vectors, 0, count=2, among=np.array([3, 2, 0])).tokens.tolist() == [3, 2]


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    vectors, contexts = drawn(5)
    counts = np.ones((SIZE, SIZE))
    with pytest.raises(ValueError, match=r"expected mask bool \(4, 5\)"):
        context_counts(TOKENS, mask=MASK[0], size=SIZE)
    with pytest.raises(ValueError, match="expected ids within 0 … 5, got 1 … 6"):
        context_counts(TOKENS, mask=MASK, size=6)
    with pytest.raises(ValueError, match="reach of at least 1"):
        context_counts(TOKENS, mask=MASK, size=SIZE, reach=0)
    with pytest.raises(ValueError, match=r"counts \(token, token\)"):
        skip_gram_loss(vectors, contexts, counts[:3])
    with pytest.raises(ValueError, match=r"expected vectors and contexts"):
        skip_gram_loss(vectors, contexts[:, :2], counts)
    with pytest.raises(ValueError, match="counts of at least 0"):
        skip_gram_floor(-counts)
    with pytest.raises(ValueError, match="finite vectors"):
        cosines(np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="expected ids within"):
        neighbours(vectors, SIZE)
    with pytest.raises(ValueError, match="count within 1 … 6"):
        neighbours(vectors, 0, count=7)
