"""A sum of exponentials that cannot overflow."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def log_sum_exp(scores):
    """The logarithm of the sum of exp(scores), whatever their size."""
    largest = scores.max()
    return largest + np.log(np.exp(scores - largest).sum())


def _pairwise(scores):
    total = scores[0]
    for score in scores[1:]:
        larger, smaller = (total, score) if total > score else (score, total)
        total = larger + np.log1p(np.exp(smaller - larger))
    return total


def _sorted(scores):
    below = np.sort(scores) - np.sort(scores)[-1]
    shares = sum(np.exp(term) for term in below)
    return float(np.log(shares)) + np.sort(scores)[-1]


def _plain(scores):
    with np.errstate(all="ignore"):
        return np.log(np.exp(scores).sum())


def _shift_forgotten(scores):
    return np.log(np.exp(scores - scores.max()).sum())


def _mean_for_shift(scores):
    with np.errstate(all="ignore"):
        return scores.mean() + np.log(np.exp(scores - scores.mean()).sum())


def _smallest_for_shift(scores):
    with np.errstate(all="ignore"):
        return scores.min() + np.log(np.exp(scores - scores.min()).sum())


def _median_for_shift(scores):
    with np.errstate(all="ignore"):
        return np.median(scores) + np.log(np.exp(scores - np.median(scores)).sum())


def _largest(scores):
    return scores.max()


def _sum_of_scores(scores):
    return scores.sum()


def _no_logarithm(scores):
    return np.exp(scores - scores.max()).sum()


def _mean_of_exps(scores):
    return scores.max() + np.log(np.exp(scores - scores.max()).mean())


def _clipped(scores):
    return np.log(np.exp(np.clip(scores, -50, 50)).sum())


def _cases(rng):
    yield (np.array([1.0, 2.0, 3.0]),)
    yield (np.array([1000.0, 1001.0, 900.0]),)
    yield (np.array([-2000.0, -2000.5]),)
    yield (np.array([0.0, 1000.0]),)
    yield (np.array([-1500.0, 1500.0, 1499.0]),)
    yield (np.array([1500.0, -1500.0, -1499.0, 0.0]),)
    yield (np.round(rng.normal(0, 3, 5), 2),)


EXERCISE = Code(
    name="06.log_sum_exp",
    title="Break it: exp(1000)",
    text=r"""`np.log(np.exp(scores).sum())` is right on paper. Try it with `[1000., 1001.]` and with `[-2000.,
-2000.5]`: what comes out, and why? Write `log_sum_exp(scores)` so that both come out right. No
library's log-sum-exp.
A constant may be taken out of the sum:
$\log \sum_k \exp s_k = m + \log \sum_k \exp(s_k - m)$ for every $m$. Which $m$ is safe?""",
    trains="the stable shift",
    signature="scores (n,) → one number",
    reference=log_sum_exp,
    rights=(_pairwise, _sorted),
    forbidden=("numpy.logaddexp", "jax.nn.logsumexp", "jax.scipy.special.logsumexp", "scipy.special.logsumexp"),
    wrongs=(
        Wrong(
            _plain,
            "nothing is subtracted before exp",
            "exp(1000) is infinite and exp(−2000) is 0. Subtract the largest score first.",
        ),
        Wrong(
            _shift_forgotten,
            "the shift is not given back",
            "What was subtracted inside is added outside: largest + log(…).",
        ),
        Wrong(
            _mean_for_shift,
            "the mean is subtracted",
            "With −1500 and 1500 the mean leaves exp(1000). Which shift leaves nothing above 0?",
        ),
        Wrong(
            _median_for_shift,
            "the score in the middle is subtracted",
            "One score may stand far above it. Which shift leaves nothing above 0?",
        ),
        Wrong(
            _smallest_for_shift,
            "the smallest score is subtracted",
            "Then the largest still overflows. Take the largest.",
        ),
        Wrong(
            _largest,
            "only the largest term counts",
            "Close, but the others add something: log of the sum of what is left.",
        ),
        Wrong(
            _sum_of_scores,
            "the scores themselves are added",
            "Logarithms add where numbers multiply. Here the numbers, exp(score), add.",
        ),
        Wrong(_no_logarithm, "the logarithm is missing", "Go back to scores: log of the sum, plus the shift."),
        Wrong(_mean_of_exps, "the exponentials are averaged", "Z is a sum over paths."),
        Wrong(_clipped, "large scores are cut off", "That changes the answer. A shift changes nothing."),
    ),
    cases=_cases,
    rtol=1e-6,
    atol=1e-9,
    hints=(
        "After the shift no score may be above 0, and one must be 0 itself.",
        "m = scores.max(): every exp is at most 1, and one of them is 1.",
    ),
    takeaway="Subtract the largest, add it back: nothing overflows and the sum cannot vanish.",
    minutes=6,
    difficulty=1,
    points=2,
)
