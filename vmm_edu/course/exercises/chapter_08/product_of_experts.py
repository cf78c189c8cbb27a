"""Late fusion: the normalised product of the experts who are there."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import special

from vmm_edu.course.exercise import Code, Wrong


def product_of_experts(logits, present):
    """Log-probabilities of the senses that are there, added; then probabilities again."""
    log_p = special.log_softmax(logits, axis=-1)
    total = np.where(present[:, :, None], log_p, 0).sum(axis=0)
    return special.softmax(total, axis=1)


def _soft(z):
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def _multiplied(logits, present):
    p = _soft(np.asarray(logits, np.float64))
    product = np.where(present[:, :, None], p, 1.0).prod(axis=0)
    return product / product.sum(axis=1, keepdims=True)


def _clip_by_clip(logits, present):
    rows = []
    for clip in range(logits.shape[1]):
        there = [logits[sense, clip] for sense in range(len(logits)) if present[sense, clip]]
        rows.append(_soft(np.sum(there, axis=0)) if there else np.ones(logits.shape[2]) / logits.shape[2])
    return np.array(rows)


def _raw_logits_added(logits, present):
    masked = jnp.where(present[..., None], jnp.asarray(logits), 0)
    return jax.nn.softmax(jnp.einsum("sbc->bc", masked))


def _averaged(logits, present):
    p = np.where(present[:, :, None], _soft(logits), 0.0).sum(axis=0)
    there = present.sum(axis=0)[:, None]
    return np.where(there > 0, p / np.maximum(there, 1), 1 / logits.shape[2])


def _mask_ignored(logits, present):
    return _soft(logits.sum(axis=0))


def _times_mask(logits, present):
    return _soft((logits * present[:, :, None]).sum(axis=0))


def _probability_of_zero(logits, present):
    product = np.where(present[:, :, None], _soft(logits), 0.0).prod(axis=0)
    return product / np.maximum(product.sum(axis=1, keepdims=True), 1e-30)


def _not_normalised(logits, present):
    return np.where(present[:, :, None], _soft(logits), 1.0).prod(axis=0)


def _mean_log(logits, present):
    there = np.maximum(present.sum(axis=0), 1)[:, None]
    return _soft(np.where(present[:, :, None], logits, 0.0).sum(axis=0) / there)


def _log_kept(logits, present):
    return np.where(present[:, :, None], np.log(_soft(logits)), 0.0).sum(axis=0)


def _best_expert(logits, present):
    p = np.where(present[:, :, None], _soft(logits), 0.0)
    most = p.max(axis=2).argmax(axis=0)
    return p[most, np.arange(p.shape[1])]


def _impossible(logits, present):
    log_p = jax.nn.log_softmax(jnp.where(present[:, :, None], logits, -jnp.inf), axis=-1)
    return jax.nn.softmax(log_p.sum(axis=0), axis=-1)


def _over_the_senses(logits, present):
    told = np.where(present[:, :, None], logits, 0.0)
    p = np.exp(told - told.max(axis=0))
    return _soft(np.where(present[:, :, None], np.log(p / p.sum(axis=0)), 0.0).sum(axis=0))


def _only_nan_left_out(logits, present):
    return _soft(np.nansum(logits, axis=0))


def _mask_turned(logits, present):
    return _soft(np.where(present[:, :, None], 0.0, logits).sum(axis=0))


def _cases(rng):
    def case(senses, batch, classes, *, full=False, hidden=None):
        logits = rng.normal(0.5, 1.5, (senses, batch, classes)).astype(np.float32)
        present = np.ones((senses, batch), bool) if full else rng.random((senses, batch)) < 0.6
        present[rng.integers(senses), 0] = False
        present[:, 1] = True
        if hidden is not None:
            logits[~present] = hidden
        return logits, present

    # Few shapes: each new one compiles again where JAX is used.
    yield case(3, 4, 2)
    yield case(2, 3, 5)
    yield case(3, 4, 2, hidden=np.nan)
    yield case(3, 4, 2, full=True)
    logits, present = case(2, 3, 5)
    present[:, 0] = False  # a clip of which nothing is known
    yield logits, present
    yield case(4, 2, 3)  # more senses than the chapter has


EXERCISE = Code(
    name="08.product_of_experts",
    title="A product of experts",
    text=r"""Write `product_of_experts(logits, present)`, equation 08.3. Each sense gives its logits for each clip;
`present` says which senses were there. For each clip add the **log-probabilities** of the senses that are there,
and return the probabilities that follow from the sum. A missing sense is left out, whatever stands in its place (in
one test it is NaN). Where no sense is there, nothing is known: all classes get the same probability.""",
    trains="late fusion and its mask",
    signature="logits (sense, batch, class), present (sense, batch), True = there → probabilities (batch, class)",
    reference=product_of_experts,
    rights=(_multiplied, _clip_by_clip, _raw_logits_added),
    forbidden=("vmm_edu.fusion.sum_log_probabilities",),
    wrongs=(
        Wrong(
            _averaged,
            "the probabilities are averaged",
            "A mean of experts is never surer than the surest of them. Multiply: add the logarithms.",
        ),
        Wrong(_mask_ignored, "the missing senses vote too", "Leave out what is not there: np.where with `present`."),
        Wrong(
            _times_mask,
            "the missing logits are multiplied by 0",
            "0 times NaN is NaN. Choose with np.where instead of multiplying.",
        ),
        Wrong(
            _probability_of_zero,
            "a missing sense gives every class the probability 0",
            "The product is then 0 for all. A sense that is not there multiplies by 1: it adds 0 to the logarithm.",
        ),
        Wrong(_not_normalised, "the product is not normalised", "Divide by its sum over the classes: softmax does."),
        Wrong(
            _mean_log,
            "the log-probabilities are averaged",
            "Two independent witnesses who agree make you surer. A mean forgets how many there are: add.",
        ),
        Wrong(_log_kept, "the sum of logarithms is returned", "Turn the sum into probabilities: softmax."),
        Wrong(
            _best_expert,
            "the surest sense decides alone",
            "Then the others might as well be missing. Let all that are there vote.",
        ),
        Wrong(
            _impossible,
            "the logits of a missing sense are set to −∞ first",
            "A row of −∞ has no softmax: NaN, for all. Take the log-probabilities as they are, and put 0 in place of "
            "those that do not count.",
        ),
        Wrong(
            _over_the_senses,
            "the log-softmax runs over the senses",
            "Each sense spreads its own belief over the *classes*: the last axis.",
        ),
        Wrong(
            _only_nan_left_out,
            "only NaN is left out",
            "A missing sense may hold any number. Ask `present`, not the logits.",
        ),
        Wrong(_mask_turned, "the mask is read the wrong way round", "True means: this sense is there."),
    ),
    cases=_cases,
    equivalents={
        "total = np.where(present[:, :, None], log_p, 0).sum(axis=0) ⇒ "
        "total = np.where(present[:, :, None], log_p, 1).sum(axis=0)": "one number for all classes changes nothing",
        "total = np.where(present[:, :, None], log_p, 0).sum(axis=0) ⇒ "
        "total = np.where(present[:, :, None], log_p, -1).sum(axis=0)": "one number for all classes changes nothing",
    },
    hints=(
        "log_p = jax.nn.log_softmax(logits, axis=-1), or the one of scipy.special. Which entries shall count?",
        "jnp.where(present[:, :, None], log_p, 0.0).sum(axis=0) adds the right ones.",
        "softmax of that sum gives probabilities; of zeros it gives equal ones.",
    ),
    takeaway="Independent witnesses multiply; one who is not there multiplies by 1.",
    minutes=12,
    difficulty=2,
    points=2,
)
