"""A fair share of the accuracy for each sense."""

import itertools
import math

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def shapley(worth):
    """What each sense adds when it comes in, averaged over all orders in which the senses can come."""
    shares = np.zeros(worth.ndim)
    for order in itertools.permutations(range(worth.ndim)):
        given = [0] * worth.ndim
        for sense in order:
            shares[sense] -= worth[tuple(given)]
            given[sense] = 1
            shares[sense] += worth[tuple(given)]
    return shares / math.factorial(worth.ndim)


def _by_subsets(worth):
    n = worth.ndim
    shares = []
    for sense in range(n):
        gain = np.take(worth, 1, axis=sense) - np.take(worth, 0, axis=sense)
        total = 0.0
        for others in np.ndindex(gain.shape):
            k = sum(others)
            total += gain[others] * math.factorial(k) * math.factorial(n - 1 - k) / math.factorial(n)
        shares.append(total)
    return np.array(shares)


def _by_dividends(worth):
    n = worth.ndim
    dividend = np.array(worth, dtype=np.float64)
    for axis in range(n):  # what a set of senses has beyond all its parts
        part = np.moveaxis(dividend, axis, 0)
        part[1] -= part[0]
    share = np.zeros(n)
    for given in np.ndindex(dividend.shape):
        for sense in range(n):
            share[sense] += given[sense] * dividend[given] / max(sum(given), 1)
    return share


def _gains(worth):
    return [np.take(worth, 1, axis=sense) - np.take(worth, 0, axis=sense) for sense in range(worth.ndim)]


def _shares(worth):
    n = worth.ndim
    shares = np.zeros(n)
    for sense, gain in enumerate(_gains(worth)):
        for others in np.ndindex(gain.shape):
            shares[sense] += gain[others] / (n * math.comb(n - 1, sum(others)))
    return shares


def _alone_above_chance(worth):
    return np.array([gain.flat[0] for gain in _gains(worth)])


def _alone(worth):
    return np.array([np.take(worth, 1, axis=sense).flat[0] for sense in range(worth.ndim)])


def _taken_away(worth):
    return np.array([gain.flat[-1] for gain in _gains(worth)])


def _one_order(worth):
    given, shares = [0] * worth.ndim, []
    for sense in range(worth.ndim):
        before = worth[tuple(given)]
        given[sense] = 1
        shares.append(worth[tuple(given)] - before)
    return np.array(shares)


def _first_and_last(worth):
    return np.array([(gain.flat[0] + gain.flat[-1]) / 2 for gain in _gains(worth)])


def _every_set_equal(worth):
    return np.array([gain.mean() for gain in _gains(worth)])


def _from_nothing(worth):
    from_zero = np.array(worth, dtype=np.float64)
    from_zero.flat[0] = 0.0
    return _shares(from_zero)


def _shares_of_one(worth):
    shares = _shares(worth)
    return shares / shares.sum()


def _not_averaged(worth):
    return _shares(worth) * math.factorial(worth.ndim)


def _cases(rng):
    # The ceilings of the task "main": none, text, audio, audio + text, video, video + text, video + audio, all.
    yield (np.array([0.125, 0.225, 0.225, 0.225, 0.45, 0.45, 0.9, 0.972]).reshape(2, 2, 2),)
    yield (np.array([[0.25, 0.3], [0.4, 0.8]]),)
    yield (np.array([[0.25, 0.25], [0.25, 1.0]]),)
    for senses in (3, 2, 3):
        yield (rng.random((2,) * senses),)


EXERCISE = Code(
    name="08.shapley",
    title="A fair share",
    text="""Let the senses come in one after another and write down what each adds to the accuracy. What it adds
depends on who is there already, so take the **mean over all orders**: that is the Shapley share. Write
`shapley(worth)`. `worth` has one axis for each sense (two or three): `worth[1, 0, 1]` is the accuracy with the
first and the third sense, `worth[0, 0, 0]` that of a blind guess. Return one share for each sense.""",
    trains="dividing what only a team can do",
    signature="worth (2, …, 2), index 1 = that sense is given → shares (sense,)",
    reference=shapley,
    rights=(_by_subsets, _by_dividends),
    wrongs=(
        Wrong(
            _alone_above_chance,
            "each sense gets what it adds to nothing",
            "That is only the case where it comes first. On sync everybody would get 0.",
        ),
        Wrong(
            _alone,
            "each sense gets its accuracy alone",
            "Alone it comes first; subtract the blind guess, and try all orders.",
        ),
        Wrong(
            _taken_away,
            "each sense gets what is lost without it",
            "That is the case where it comes last (an ablation). On sync each would get everything.",
        ),
        Wrong(
            _one_order,
            "the senses come in one order only",
            "Whoever comes second gets the synergy. Average over all orders.",
        ),
        Wrong(
            _first_and_last,
            "coming first and coming last are averaged",
            "With two senses that is right. With three a sense can come in the middle as well.",
        ),
        Wrong(
            _every_set_equal,
            "every set of others counts the same",
            "There are more orders in which a sense comes first or last than with one given other before it: 2, "
            "1, 1, 2 of 6.",
        ),
        Wrong(
            _from_nothing,
            "the blind guess is counted as a gain",
            "Nobody brought it: the shares add up to all − blind.",
        ),
        Wrong(
            _shares_of_one,
            "the shares are scaled to add up to 1",
            "They add up to the accuracy of all, less the blind guess.",
        ),
        Wrong(_not_averaged, "the orders are summed", "Divide by their number."),
    ),
    cases=_cases,
    hints=(
        "itertools.permutations(range(worth.ndim)) gives all orders.",
        "For each order start with given = [0, 0, 0]; for each sense in turn: before = worth[tuple(given)], set "
        "its 1, and add the gain.",
        "At the end divide by the number of orders.",
    ),
    takeaway="The shares add up, and a pair that only works together divides its gain evenly.",
    minutes=12,
    difficulty=2,
    points=3,
)
