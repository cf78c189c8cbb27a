"""Sight says one thing, sound another: what is to be believed?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def believe(prior, seen, heard):
    """Probability of each vowel after looking and listening, by Bayes' rule."""
    joint = prior * seen * heard
    return joint / joint.sum()


def _one_sense_after_the_other(prior, seen, heard):
    belief = np.array(prior, float)
    for likelihood in (seen, heard):
        belief = belief * likelihood
        belief = belief / np.sum(belief)
    return belief


def _vowel_by_vowel(prior, seen, heard):
    weights = [p * s * h for p, s, h in zip(prior, seen, heard, strict=True)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _shares(weights):
    return np.asarray(weights) / np.sum(weights)


def _average(prior, seen, heard):
    return (_shares(np.multiply(prior, seen)) + _shares(np.multiply(prior, heard))) / 2


def _added(prior, seen, heard):
    return _shares(np.multiply(prior, np.add(seen, heard)))


def _not_normalised(prior, seen, heard):
    return np.multiply(prior, np.multiply(seen, heard))


def _no_prior(prior, seen, heard):
    return _shares(np.multiply(seen, heard))


def _prior_twice(prior, seen, heard):
    return _shares(np.multiply(prior, seen) * np.multiply(prior, heard))


def _eye_only(prior, seen, heard):
    return _shares(np.multiply(prior, seen))


def _ear_only(prior, seen, heard):
    return _shares(np.multiply(prior, heard))


def _surer_sense(prior, seen, heard):
    both = [_shares(np.multiply(prior, likelihood)) for likelihood in (seen, heard)]
    return max(both, key=lambda belief: float(belief.max()))


def _winner(prior, seen, heard):
    joint = np.multiply(prior, np.multiply(seen, heard))
    return (joint == joint.max()).astype(float)


def _softmax(prior, seen, heard):
    joint = np.exp(np.multiply(prior, np.multiply(seen, heard)))
    return joint / joint.sum()


def _divided_by_the_largest(prior, seen, heard):
    joint = np.multiply(prior, np.multiply(seen, heard))
    return joint / joint.max()


def _cases(rng):
    # The mouth is round, the ear hears i: vowels a, i, o, u.
    yield np.array([0.25, 0.25, 0.25, 0.25]), np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 0.75, 0.0, 0.25])
    yield np.array([0.1, 0.4, 0.3, 0.2]), np.array([0.02, 0.9, 0.04, 0.04]), np.array([0.02, 0.25, 0.02, 0.71])
    for vowels in (4, 3, 5):
        yield tuple(np.round(rng.dirichlet(np.ones(vowels)) + 0.02, 3) for _ in range(3))
    yield tuple(np.array(row, np.float32) for row in ([0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.7, 0.1, 0.4]))


EXERCISE = Code(
    name="07.believe",
    title="Two witnesses",
    text="""You know three rows of numbers, one entry for each vowel: `prior`, how often it is said; `seen`, the
probability that *this* mouth shape is seen when it is said; `heard`, the probability that *this* sound is heard when
it is said. Given the vowel, eye and ear err independently. Write `believe(prior, seen, heard)`: the probability of
each vowel, given both. At least one vowel is possible.""",
    trains="Bayes' rule for two senses",
    signature="prior, seen, heard (vowel,), none below 0 → (vowel,), summing to 1",
    reference=believe,
    rights=(_one_sense_after_the_other, _vowel_by_vowel),
    wrongs=(
        Wrong(
            _average,
            "each sense votes and the votes are averaged",
            "A vowel that the eye rules out must stay ruled out, whatever the ear says. Multiply.",
        ),
        Wrong(_added, "the likelihoods are added", "Both must have happened: eye *and* ear. Multiply."),
        Wrong(_not_normalised, "the products do not add up to 1", "Divide by their sum: something was said."),
        Wrong(_no_prior, "all vowels are taken to be equally common", "A rare vowel needs more evidence: times prior."),
        Wrong(_prior_twice, "two beliefs are multiplied, each with the prior in it", "Count the prior once."),
        Wrong(_eye_only, "only the eye is believed", "Multiply by `heard` as well."),
        Wrong(_ear_only, "only the ear is believed", "Multiply by `seen` as well."),
        Wrong(
            _surer_sense,
            "the surer of the two senses is believed alone",
            "The other one knows something too, even if it is less sure.",
        ),
        Wrong(_winner, "the best vowel gets everything", "That is the decision. Asked for are the probabilities."),
        Wrong(
            _softmax,
            "a softmax is taken of probabilities",
            "Softmax is for scores. Probabilities are divided by their sum.",
        ),
        Wrong(_divided_by_the_largest, "the largest becomes 1", "They must *sum* to 1."),
    ),
    cases=_cases,
    rtol=1e-4,
    atol=1e-5,
    hints=(
        "How probable is it that vowel k is said, and seen so, and heard so? Three factors.",
        "Divide the products by their sum.",
    ),
    takeaway="Independent witnesses multiply: together they may name what neither would have named alone.",
    minutes=8,
    difficulty=2,
    points=2,
)
