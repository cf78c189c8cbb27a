"""From scores to probabilities."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def softmax(logits):
    """Exp of the scores, as shares of their sum; the largest score is taken off first."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _by_logarithms(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))


def _row_by_row(logits):
    rows = []
    for row in np.asarray(logits, np.float64):
        rows.append([1 / np.exp(np.clip(row - score, None, 700)).sum() for score in row])
    return np.array(rows)


def _overflows(logits):
    with np.errstate(all="ignore"):
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def _mean_taken_off(logits):
    with np.errstate(all="ignore"):
        raised = np.exp(logits - logits.mean(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)


def _largest_of_all(logits):
    raised = np.exp(logits - logits.max())
    with np.errstate(all="ignore"):
        return raised / raised.sum(axis=1, keepdims=True)


def _along_the_batch(logits):
    raised = np.exp(logits - logits.max(axis=0, keepdims=True))
    return raised / raised.sum(axis=0, keepdims=True)


def _over_everything(logits):
    raised = np.exp(logits - logits.max())
    return raised / raised.sum()


def _without_exp(logits):
    with np.errstate(all="ignore"):
        return logits / logits.sum(axis=1, keepdims=True)


def _each_alone(logits):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-logits))


def _winner_takes_all(logits):
    return np.eye(logits.shape[1])[logits.argmax(axis=1)]


def _logarithm(logits):
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def _cases(rng):
    yield (np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 0.0]]),)
    yield (rng.normal(0, 2, (5, 4)),)
    yield (np.array([[1000.0, 0.0, 999.0], [-1000.0, -1001.0, 3.0]]),)
    yield (np.array([[1000.0, 0.0, 0.0, 0.0]]),)


EXERCISE = Code(
    name="02.softmax",
    title="From scores to probabilities",
    text="""Each row of `logits` holds the scores of one picture, one for each class. Write `softmax(logits)`:
$e$ to the power of each score, divided by the sum of these over the **row**. It must also work for a score of
1000, where `np.exp` alone gives infinity. (Taking the same number off every score of a row changes no
probability. Why?)""",
    trains="softmax, and numbers that overflow",
    signature="logits (batch, class) → probabilities (batch, class)",
    reference=softmax,
    rights=(_by_logarithms, _row_by_row),
    wrongs=(
        Wrong(
            _overflows,
            "large scores overflow",
            "e¹⁰⁰⁰ is infinite for a computer. Take the row's largest score off before np.exp.",
        ),
        Wrong(
            _mean_taken_off,
            "the mean of the row is taken off",
            "The largest score can still be far above the mean. Take the largest off: then nothing is above 0.",
        ),
        Wrong(
            _largest_of_all,
            "the largest score of the whole table is taken off every row",
            "In a row far below it every np.exp is then 0, and 0 / 0 is no number. Take off the row's own largest.",
        ),
        Wrong(_along_the_batch, "each column sums to 1", "One picture is one row: sum over axis 1."),
        Wrong(_over_everything, "the whole table sums to 1", "Each row has a sum of its own: axis=1, keepdims=True."),
        Wrong(
            _without_exp, "scores are divided without exp", "Scores may be negative. np.exp makes them positive first."
        ),
        Wrong(
            _each_alone,
            "each score is squashed by itself",
            "That is the sigmoid. Here the classes compete: a row sums to 1.",
        ),
        Wrong(_winner_takes_all, "the largest score takes all", "That is a decision. Probabilities keep the doubt."),
        Wrong(_logarithm, "the logarithm of the probabilities is returned", "One np.exp is missing at the end."),
    ),
    cases=_cases,
    forbidden=("jax.nn.softmax", "scipy.special.softmax", "jax.nn.log_softmax", "scipy.special.log_softmax"),
    hints=(
        "np.exp(logits) and then a division by its row sums; keepdims=True keeps the shapes fitting.",
        "For large scores: logits - logits.max(axis=1, keepdims=True) first. The largest is then 0, and exp(0) is 1.",
    ),
    takeaway="Softmax sees differences of scores only.",
    minutes=7,
    difficulty=2,
    points=2,
)
