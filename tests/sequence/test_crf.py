import itertools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.sequence import CRF, crf_log_z, crf_marginals, crf_nll, crf_score, viterbi
from vmm_edu.sequence.crf_forward import is_narrow, last_alpha_by_products, last_alpha_by_sums
from vmm_edu.sequence.crf_inputs import as_chain, checked

BATCH, TIME, TAG = 4, 5, 3
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
HARD = [None, "transition", "column", "emission", "start", "end"]


def scores(seed=0, *, forbid=None, time=TIME, tag=TAG, dtype=np.float32):
    """Random scores of a batch, with one kind of −inf in them."""
    rng = np.random.default_rng(seed)
    emissions = rng.normal(0, 1.5, (BATCH, time, tag)).astype(dtype)
    transitions, start, end = (rng.normal(0, 1.5, s).astype(dtype) for s in ((tag, tag), (tag,), (tag,)))
    if forbid == "transition":
        transitions[0, 1] = transitions[2, 0] = -np.inf
    elif forbid == "column":
        transitions[:, 1] = -np.inf
    elif forbid == "emission":
        emissions[:, 1, 0] = emissions[:, -2, 1:] = -np.inf
    elif forbid == "start":
        start[:2] = -np.inf
    elif forbid == "end":
        end[1:] = -np.inf
    return {"emissions": emissions, "transitions": transitions, "start": start, "end": end}


def every_path(emissions, transitions, start, end):
    """All paths of one clip with their scores, from the definition, in float64."""
    time, tag = emissions.shape
    paths = np.array(list(itertools.product(range(tag), repeat=time)), int).reshape(tag**time, time)
    found = np.zeros(len(paths))
    for number, path in enumerate(paths):
        if time:
            found[number] = float(start[path[0]]) + float(end[path[-1]])
            found[number] += sum(float(emissions[t, k]) for t, k in enumerate(path))
            found[number] += sum(float(transitions[a, b]) for a, b in itertools.pairwise(path))
    return paths, found


def log_sum(values):
    return np.log(np.exp(values - values.max()).sum()) + values.max() if np.isfinite(values).any() else -np.inf


def brute(given, row, mask=None):
    """log Z, marginals, best score and best path of one clip by looking at all its paths; masked steps are cut out."""
    real = np.ones(len(given["emissions"][row]), bool) if mask is None else mask[row]
    cut = given["emissions"][row][real]
    paths, found = every_path(cut, given["transitions"], given["start"], given["end"])
    log_z = log_sum(found) if len(cut) else 0.0
    marginals, tags = np.zeros(given["emissions"][row].shape), np.full(len(real), -1)
    if len(cut) and np.isfinite(log_z):
        share = np.exp(found - log_z)
        marginals[real] = [[share[paths[:, t] == k].sum() for k in range(cut.shape[1])] for t in range(len(cut))]
        tags[real] = paths[found.argmax()]
    return log_z, marginals, (found.max() if len(cut) else 0.0), tags


def close(ours, theirs, tolerance=1e-5):
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=tolerance, atol=tolerance)


# Parity with all paths


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
@pytest.mark.parametrize("forbid", HARD)
def test_everything_equals_a_look_at_all_paths(forbid, mask):
    given_scores = scores(forbid=forbid)
    log_z, marginals = crf_log_z(**given_scores, mask=mask), crf_marginals(**given_scores, mask=mask)
    tags, best = viterbi(**given_scores, mask=mask)
    for row in range(BATCH):
        expected = brute(given_scores, row, mask)
        close(log_z[row], expected[0])
        close(marginals[row], expected[1])
        close(best[row], expected[2])
        np.testing.assert_array_equal(tags[row], expected[3])
    close(crf_score(tags=tags, **given_scores, mask=mask), best)


@pytest.mark.parametrize(("time", "tag"), [(1, 1), (1, 4), (6, 4), (6, 1), (2, 2)])
def test_other_sizes_too(time, tag):
    given_scores = scores(time=time, tag=tag)
    log_z, tags = crf_log_z(**given_scores), viterbi(**given_scores)[0]
    for row in range(BATCH):
        expected = brute(given_scores, row)
        close(log_z[row], expected[0])
        np.testing.assert_array_equal(tags[row], expected[3])


def test_probabilities_of_all_paths_sum_to_one():
    given_scores = scores()
    one = {**given_scores, "emissions": given_scores["emissions"][0]}
    paths, _ = every_path(**one)
    nll = jax.vmap(lambda path: crf_nll(tags=path, **one))(jnp.asarray(paths))
    assert len(paths) == TAG**TIME
    assert float(jnp.exp(-nll).sum()) == pytest.approx(1, abs=1e-5)


def test_without_start_and_end_they_are_zero_and_a_clip_needs_no_batch_axis():
    given_scores = scores()
    zero = np.zeros(TAG, np.float32)
    emissions, transitions = given_scores["emissions"], given_scores["transitions"]
    close(crf_log_z(emissions, transitions), crf_log_z(emissions, transitions, start=zero, end=zero))
    alone = crf_log_z(emissions[1], transitions, mask=MASK[1])
    assert alone.shape == ()
    close(alone, crf_log_z(emissions, transitions, mask=MASK)[1])
    tags, score = viterbi(emissions[1], transitions, mask=MASK[1])
    assert (tags.shape, score.shape) == ((TIME,), ())
    close(crf_marginals(emissions[1], transitions), crf_marginals(emissions, transitions)[1])


def test_marginals_equal_forward_backward_in_another_implementation():
    given_scores = scores(time=40, seed=3)
    e, a = given_scores["emissions"].astype(float), given_scores["transitions"].astype(float)
    alpha, beta = np.zeros_like(e), np.zeros_like(e)
    alpha[:, 0], beta[:, -1] = given_scores["start"] + e[:, 0], given_scores["end"]
    for t in range(1, 40):
        alpha[:, t] = e[:, t] + np.logaddexp.reduce(alpha[:, t - 1, :, None] + a, axis=1)
        beta[:, 39 - t] = np.logaddexp.reduce(a + (e[:, 40 - t] + beta[:, 40 - t])[:, None, :], axis=2)
    both = alpha + beta
    close(crf_marginals(**given_scores), np.exp(both - np.logaddexp.reduce(both, axis=2, keepdims=True)), 1e-4)


# Properties


@settings(max_examples=15, deadline=None)
@given(st.floats(-50, 50), st.integers(0, TIME - 1), st.integers(0, 1000))
def test_a_constant_added_to_one_step_shifts_log_z_and_nothing_else(shift, step, seed):
    given_scores = scores(seed)
    moved = {**given_scores, "emissions": given_scores["emissions"].copy()}
    moved["emissions"][:, step] += np.float32(shift)
    close(crf_log_z(**moved), crf_log_z(**given_scores) + np.float32(shift), 1e-4)
    close(crf_marginals(**moved), crf_marginals(**given_scores), 1e-4)
    np.testing.assert_array_equal(viterbi(**moved)[0], viterbi(**given_scores)[0])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.booleans(), min_size=TIME, max_size=TIME), st.booleans(), st.integers(0, 1000))
def test_masked_steps_are_as_if_cut_out(row, filled_with_nan, seed):
    mask, given_scores = np.tile(np.array(row), (BATCH, 1)), scores(seed)
    filler = np.float32(np.nan if filled_with_nan else 7.0)
    filled = {**given_scores, "emissions": np.where(mask[:, :, None], given_scores["emissions"], filler)}
    tags = np.where(mask, np.random.default_rng(seed).integers(TAG, size=mask.shape), -1)
    score, nll = (function(tags=tags, **filled, mask=mask) for function in (crf_score, crf_nll))
    for clip in range(BATCH):
        cut = given_scores["emissions"][clip][row]
        paths, found = every_path(cut, *(given_scores[name] for name in ("transitions", "start", "end")))
        here = found[(paths == tags[clip][row]).all(axis=1)][0]
        close(score[clip], here, 1e-4)
        close(nll[clip], (log_sum(found) if cut.size else 0.0) - here, 1e-4)
    marginals = np.asarray(crf_marginals(**filled, mask=mask))
    close(marginals.sum(axis=2), mask, 1e-5)


def test_marginals_sum_to_one_and_time_can_run_backwards():
    given_scores = scores(seed=5)
    marginals = crf_marginals(**given_scores)
    close(marginals.sum(axis=2), np.ones((BATCH, TIME)))
    back = crf_marginals(
        given_scores["emissions"][:, ::-1],
        given_scores["transitions"].T,
        start=given_scores["end"],
        end=given_scores["start"],
    )
    close(marginals, back[:, ::-1], 1e-4)


def test_the_best_path_is_at_least_as_good_as_the_best_tag_of_every_step():
    given_scores = scores(seed=8)
    _, best = viterbi(**given_scores)
    greedy = given_scores["emissions"].argmax(axis=2)
    assert (np.asarray(best) >= np.asarray(crf_score(tags=greedy, **given_scores))).all()
    assert (np.asarray(best) > np.asarray(crf_score(tags=greedy, **given_scores))).any()


def test_scores_far_beyond_exp_stay_exact():
    given_scores = scores()
    large = {**given_scores, "emissions": given_scores["emissions"] + np.float32(1000)}
    close(crf_log_z(**large) - 1000 * TIME, crf_log_z(**given_scores), 1e-3)
    close(crf_marginals(**large), crf_marginals(**given_scores), 1e-3)


def test_a_transposed_transition_matrix_is_another_model():
    given_scores = scores()
    turned = {**given_scores, "transitions": given_scores["transitions"].T}
    assert np.abs(np.asarray(crf_log_z(**turned) - crf_log_z(**given_scores))).max() > 0.05


def test_where_every_path_is_forbidden_it_says_so():
    given_scores = scores()
    dead = {**given_scores, "start": np.full(TAG, -np.inf, np.float32)}
    assert np.isneginf(np.asarray(crf_log_z(**dead))).all()
    assert np.isneginf(np.asarray(viterbi(**dead)[1])).all()
    np.testing.assert_array_equal(crf_marginals(**dead), 0)
    tags = np.zeros((BATCH, TIME), int)
    assert np.isneginf(np.asarray(crf_score(tags=tags, **dead))).all()
    assert np.isposinf(np.asarray(crf_nll(tags=tags, **dead))).all()


def test_clips_without_steps():
    given_scores = scores()
    given_scores["emissions"] = given_scores["emissions"][:, :0]
    tags = np.zeros((BATCH, 0), int)
    np.testing.assert_array_equal(crf_log_z(**given_scores), 0)
    np.testing.assert_array_equal(crf_nll(tags=tags, **given_scores), 0)
    assert viterbi(**given_scores)[0].shape == (BATCH, 0)


def test_integers_and_narrow_floats_are_scores_too():
    given_scores = scores()
    whole = {name: np.round(3 * part) for name, part in given_scores.items()}
    expected = crf_log_z(**whole)
    for dtype in (np.int32, np.float16, np.float64):
        close(crf_log_z(**{name: part.astype(dtype) for name, part in whole.items()}), expected)
    assert crf_log_z(**{name: jnp.asarray(p, jnp.bfloat16) for name, p in whole.items()}).dtype == jnp.float32


# Gradients


@pytest.mark.parametrize("forbid", HARD)
def test_gradients_with_forbidden_moves_and_empty_rows_are_finite(forbid):
    given_scores = {name: jnp.asarray(part) for name, part in scores(forbid=forbid).items()}
    tags = viterbi(**given_scores, mask=MASK)[0]
    grads = jax.grad(lambda s: crf_nll(tags=tags, **s, mask=MASK).sum())(given_scores)
    for part in grads.values():
        assert np.isfinite(np.asarray(part)).all()
    np.testing.assert_array_equal(np.asarray(grads["emissions"])[~MASK], 0)
    assert np.abs(np.asarray(grads["transitions"])).max() > 0
    if forbid == "transition":
        assert np.asarray(grads["transitions"])[0, 1] == 0
    dead = {**given_scores, "start": jnp.full(TAG, -jnp.inf)}
    for part in jax.grad(lambda s: crf_log_z(**s).sum())(dead).values():
        np.testing.assert_array_equal(part, 0)


def test_gradients_equal_finite_differences():
    with jax.enable_x64(True):
        inputs = {name: jnp.asarray(part) for name, part in scores(dtype=np.float64).items()}
        tags = jnp.asarray(np.random.default_rng(2).integers(TAG, size=(BATCH, TIME)))

        @jax.jit
        def loss(inputs):
            return (crf_nll(tags=tags, **inputs, mask=jnp.asarray(MASK)) ** 2).sum()

        rng = np.random.default_rng(4)
        way = jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape)), inputs)
        pairs = zip(jax.tree.leaves(jax.grad(loss)(inputs)), jax.tree.leaves(way), strict=True)
        slope = sum(float((g * w).sum()) for g, w in pairs)
        ahead, behind = (
            float(loss(jax.tree.map(lambda leaf, w, s=sign: leaf + s * 1e-6 * w, inputs, way))) for sign in (1, -1)
        )
        assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)


# Many tags

MANY = 28  # Times the clips of a batch: enough pairs of tags for products.


def wide_rows(given_scores):
    """The same scores with one transition so good that only the worst tag's α matters: products would lose it."""
    transitions = given_scores["transitions"].copy()
    emissions = given_scores["emissions"].copy()
    emissions[:, 0, 3], transitions[3, 5] = -150.0, 400.0
    return {**given_scores, "emissions": emissions, "transitions": transitions}


@pytest.mark.parametrize("make", [lambda given: given, wide_rows], ids=["narrow", "wide"])
@pytest.mark.parametrize("forbid", HARD)
def test_many_tags_equal_a_look_at_all_paths_too(forbid, make):
    given_scores, mask = make(scores(forbid=forbid, tag=MANY, time=2)), MASK[:, :2]
    log_z, marginals = crf_log_z(**given_scores, mask=mask), crf_marginals(**given_scores, mask=mask)
    for row in range(BATCH):
        expected = brute(given_scores, row, mask)
        close(log_z[row], expected[0])
        close(marginals[row], expected[1])


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_products_equal_sums_in_value_and_gradient(mask):
    with jax.enable_x64(True):
        given = {name: jnp.asarray(part) for name, part in scores(tag=MANY, dtype=np.float64).items()}
        chain = as_chain(checked(mask=None if mask is None else jnp.asarray(mask), **given))
        assert bool(is_narrow(chain))
        for emissions in (chain.emissions, 8 * chain.emissions):
            wide = chain._replace(emissions=emissions)

            def graded(run, wide=wide):
                return jax.value_and_grad(
                    lambda e, a: (run(wide._replace(emissions=e, transitions=a)) ** 2).sum(), argnums=(0, 1)
                )(wide.emissions, wide.transitions)

            jax.tree.map(lambda a, b: close(a, b, 1e-10), graded(last_alpha_by_products), graded(last_alpha_by_sums))


def test_one_wide_clip_beside_narrow_ones_is_exact_and_its_gradient_finite():
    narrow = scores(tag=MANY)
    emissions = jnp.asarray(np.stack([narrow["emissions"], wide_rows(narrow)["emissions"]]))
    transitions = jnp.asarray(np.stack([narrow["transitions"], wide_rows(narrow)["transitions"]]))
    # Vectorised, both ways are computed and one is chosen.
    value, grads = jax.vmap(jax.value_and_grad(lambda e, a: crf_log_z(e, a).sum(), argnums=(0, 1)))(
        emissions, transitions
    )
    for number in range(2):
        expected = jax.value_and_grad(lambda e, a: crf_log_z(e, a).sum(), argnums=(0, 1))(
            emissions[number], transitions[number]
        )
        close(value[number], expected[0])
        jax.tree.map(lambda a, b, n=number: close(a[n], b), grads, expected[1])


# Compiled


def test_compiled_and_vectorised_calls_equal_the_plain_one():
    given_scores = scores(forbid="transition")
    tags = np.random.default_rng(2).integers(TAG, size=(BATCH, TIME))
    for function in (crf_log_z, crf_marginals, viterbi):
        eager = function(**given_scores, mask=MASK)
        jax.tree.map(lambda a, b: close(a, b, 1e-6), jax.jit(function)(**given_scores, mask=MASK), eager)
    close(jax.jit(crf_nll)(tags=tags, **given_scores), crf_nll(tags=tags, **given_scores))
    emissions, transitions = jnp.asarray(given_scores["emissions"]), given_scores["transitions"]
    mapped = jax.vmap(lambda e: crf_log_z(e, transitions))(emissions)
    close(mapped, crf_log_z(emissions, transitions), 1e-6)


# The module


def test_the_module_learns_which_moves_are_made():
    rng = np.random.default_rng(0)
    tags = jnp.asarray((rng.integers(TAG, size=(32, 1)) + np.arange(12)) % TAG)
    emissions = jnp.asarray(rng.normal(0, 1, (32, 12, TAG)).astype(np.float32)) + jax.nn.one_hot(tags, TAG)
    model = CRF(TAG)
    optimizer = nnx.Optimizer(model, optax.sgd(0.5), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer):
        loss, grads = nnx.value_and_grad(lambda model: model.nll(emissions, tags).mean() / 12)(model)
        optimizer.update(model, grads)
        return loss

    losses = [float(step(model, optimizer)) for _ in range(60)]
    assert losses[-1] < 0.3 * losses[0]
    assert (np.asarray(model.transitions[...]).argmax(axis=1) == [1, 2, 0]).all()
    assert (np.asarray(model.decode(emissions)[0]) == np.asarray(tags)).mean() > 0.95
    close(model.marginals(emissions).sum(axis=2), np.ones((32, 12)))


def test_a_move_that_is_not_allowed_is_never_made_and_never_learned():
    allowed = np.eye(TAG, dtype=bool) | np.roll(np.eye(TAG, dtype=bool), 1, axis=1)
    model = CRF(TAG, allowed=allowed)
    emissions = jnp.asarray(scores()["emissions"])
    tags = np.asarray(model.decode(emissions)[0])
    assert allowed[tags[:, :-1], tags[:, 1:]].all()
    path = viterbi(emissions, model.scores["transitions"])[0]
    grads = nnx.grad(lambda model: model.nll(emissions, path).sum())(model)
    np.testing.assert_array_equal(np.asarray(grads["transitions"][...])[~allowed], 0)


# Bad input

TAGS = np.zeros((BATCH, TIME), int)


@pytest.mark.usefixtures("as_user")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"emissions": np.zeros(3)}, r"expected emissions \(time, tag\)"),
        ({"transitions": np.zeros((3, 4))}, r"expected transitions \(tag, tag\) = \(3, 3\).*row = from"),
        ({"start": np.zeros(4)}, r"expected start \(tag,\) = \(3,\), got \(4,\)"),
        ({"end": np.zeros((1, 3))}, r"expected end"),
        ({"mask": np.ones((BATCH, TIME))}, "expected mask bool.*got float64"),
        ({"mask": MASK[0]}, r"expected mask bool \(4, 5\)"),
        ({"emissions": np.full((BATCH, TIME, TAG), np.nan)}, "expected finite emissions"),
        ({"transitions": np.full((TAG, TAG), np.inf)}, "expected finite transitions"),
        ({"emissions": np.zeros((BATCH, TIME, TAG), bool)}, "expected emissions of real numbers, got bool"),
        ({"tags": TAGS[0]}, r"expected tags as integers of shape \(4, 5\)"),
        ({"tags": TAGS.astype(float)}, "expected tags as integers"),
        ({"tags": TAGS + 3}, r"expected tags in 0…2 at real steps, got 3…3"),
        ({"tags": TAGS - 1}, "got -1…-1; mask the steps"),
    ],
)
def test_bad_input_is_named(change, says):
    with pytest.raises(ValueError, match=says):
        crf_nll(**({"tags": TAGS, **scores()} | change))


def test_bad_modules_are_refused():
    with pytest.raises(ValueError, match="at least 1 tag"):
        CRF(0)
    with pytest.raises(ValueError, match=r"allowed bool \(tag, tag\)"):
        CRF(3, allowed=np.ones((2, 2), bool))
