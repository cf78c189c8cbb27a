"""One step of the forward algorithm."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def forward_step(alpha, emission, transitions):
    """Log of the summed exp(score) of all paths that end in each tag, one step further."""
    return emission + jax.nn.logsumexp(alpha[:, None] + transitions, axis=0)


def _tag_by_tag(alpha, emission, transitions):
    after = []
    for k in range(len(alpha)):
        terms = [alpha[j] + transitions[j, k] + emission[k] for j in range(len(alpha))]
        after.append(np.logaddexp.reduce(np.array(terms)))
    return jnp.asarray(after)


def _as_a_product(alpha, emission, transitions):
    largest = alpha.max()
    arriving = jnp.exp(alpha - largest) @ jnp.exp(transitions)
    return jnp.log(arriving) + largest + emission


def _transposed(alpha, emission, transitions):
    return emission + np.logaddexp.reduce(np.asarray(alpha)[:, None] + np.asarray(transitions).T, axis=0)


def _other_axis(alpha, emission, transitions):
    return emission + np.logaddexp.reduce(np.asarray(alpha)[:, None] + np.asarray(transitions), axis=1)


def _best(alpha, emission, transitions):
    return emission + (np.asarray(alpha)[:, None] + np.asarray(transitions)).max(axis=0)


def _no_emission(alpha, emission, transitions):
    return np.logaddexp.reduce(np.asarray(alpha)[:, None] + np.asarray(transitions), axis=0)


def _emission_inside_of_the_wrong_tag(alpha, emission, transitions):
    return np.logaddexp.reduce((np.asarray(alpha) + np.asarray(emission))[:, None] + np.asarray(transitions), axis=0)


def _alpha_of_the_column(alpha, emission, transitions):
    return emission + np.asarray(alpha) + np.logaddexp.reduce(np.asarray(transitions), axis=0)


def _no_past(alpha, emission, transitions):
    return emission + np.logaddexp.reduce(np.asarray(transitions), axis=0)


def _logs_added(alpha, emission, transitions):
    return emission + (np.asarray(alpha)[:, None] + np.asarray(transitions)).sum(axis=0)


def _not_in_logs(alpha, emission, transitions):
    with np.errstate(all="ignore"):
        return np.asarray(emission) + np.exp(np.asarray(alpha)) @ np.exp(np.asarray(transitions))


def _no_shift(alpha, emission, transitions):
    with np.errstate(all="ignore"):
        return np.asarray(emission) + np.log(np.exp(np.asarray(alpha)) @ np.exp(np.asarray(transitions)))


def _normalised(alpha, emission, transitions):
    after = emission + np.logaddexp.reduce(np.asarray(alpha)[:, None] + np.asarray(transitions), axis=0)
    return after - np.logaddexp.reduce(after)


def _cases(rng):
    tag = 3
    for so_far in (0, 0, 0, 800, -800):
        parts = [rng.normal(0, 2, shape) for shape in ((tag,), (tag,), (tag, tag))]
        parts[0] += so_far
        yield tuple(jnp.asarray(np.round(part, 2).astype(np.float32)) for part in parts)


EXERCISE = Code(
    name="06.forward_step",
    title="One step forward",
    text=r"""`alpha[j]` is $\alpha_{t-1}[j]$: the logarithm of the summed $\exp(\mathrm{score})$ of all paths up to step
$t-1$ that end in tag $j$. Write `forward_step(alpha, emission, transitions)`: the same one step further,
equation 06.6. Late in a long clip `alpha` is near 1000 or −1000, and the step must still work. You may use
`jax.nn.logsumexp(…, axis=…)`.""",
    trains="dynamic programming in log space",
    signature="alpha (tag,), emission (tag,), transitions (tag, tag), row = from → (tag,)",
    reference=forward_step,
    rights=(_tag_by_tag, _as_a_product),
    forbidden=("vmm_edu.sequence.crf_log_z",),
    wrongs=(
        Wrong(
            _transposed, "the transition matrix is transposed", "transitions[j, k] goes from j, where alpha sits, to k."
        ),
        Wrong(
            _other_axis,
            "the sum runs over the tag gone to",
            "Paths that come from every j meet in k: sum over j, axis 0.",
        ),
        Wrong(_best, "only the best way into each tag counts", "That is Viterbi. Here all ways add up."),
        Wrong(_no_emission, "the new step's emission is left out", "Add emission[k] to what arrives in k."),
        Wrong(
            _emission_inside_of_the_wrong_tag,
            "the emission is given to the tag come from",
            "emission[k] belongs to the tag that is arrived at: add it after the sum.",
        ),
        Wrong(
            _alpha_of_the_column,
            "alpha is added after the sum",
            "Each way has its own past: alpha[j] belongs inside, beside transitions[j, k].",
        ),
        Wrong(_no_past, "the past is forgotten", "alpha[j] says how much arrives at j. It belongs inside the sum."),
        Wrong(_logs_added, "logarithms are added up", "Numbers add, logarithms do not: log of the sum of exp."),
        Wrong(
            _not_in_logs, "the sum is left out of log space", "Take the logarithm again before you add the emission."
        ),
        Wrong(
            _no_shift,
            "exp is taken of alpha itself",
            "That is right on paper and infinite, or 0, late in a long clip. Shift by the largest, or use logsumexp.",
        ),
        Wrong(
            _normalised,
            "the tags are made to sum to one at every step",
            "That is a softmax over tags, step by step. Z is taken once, at the end, over whole paths.",
        ),
    ),
    cases=_cases,
    rtol=1e-4,
    atol=1e-4,
    hints=(
        "alpha[:, None] + transitions is a table: row j, column k holds the way from j to k with its past.",
        "Which axis do you sum over, so that one number for each k is left?",
        "emission + jax.nn.logsumexp(alpha[:, None] + transitions, axis=0)",
    ),
    takeaway="All paths into a tag share their future, so one number for each tag is enough.",
    minutes=8,
    difficulty=2,
    points=3,
)
