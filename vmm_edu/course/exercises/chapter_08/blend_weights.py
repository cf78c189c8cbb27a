"""Gradient blending: how much each branch may teach."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def blend_weights(train, validation):
    """Weight ∝ gain ÷ overfitting², both between two looks; they sum to 1."""
    gain = np.maximum(validation[0] - validation[1], 0.0)
    gap = validation - train
    overfitting = gap[1] - gap[0]
    ratio = gain / overfitting**2
    return ratio / ratio.sum()


def _branch_by_branch(train, validation):
    weights = []
    for k in range(train.shape[1]):
        learned = train[0, k] - train[1, k]
        generalised = validation[0, k] - validation[1, k]
        weights.append(max(generalised, 0) / (learned - generalised) ** 2)
    total = sum(weights)
    return [weight / total for weight in weights]


def _by_diff(train, validation):
    up, over = -np.diff(validation, axis=0)[0], np.diff(validation - train, axis=0)[0]
    score = np.where(up > 0, up, 0) * over**-2.0
    return score / np.sum(score)


def _parts(train, validation):
    gain = np.maximum(validation[0] - validation[1], 0.0)
    return gain, (validation[1] - train[1]) - (validation[0] - train[0])


def _normal(ratio):
    return ratio / ratio.sum()


def _not_squared(train, validation):
    gain, over = _parts(train, validation)
    return _normal(gain / np.abs(over))


def _gain_only(train, validation):
    gain, _ = _parts(train, validation)
    return _normal(gain)


def _gain_on_training(train, validation):
    _, over = _parts(train, validation)
    return _normal((train[0] - train[1]) / over**2)


def _gap_at_the_end(train, validation):
    gain, _ = _parts(train, validation)
    return _normal(gain / (validation[1] - train[1]) ** 2)


def _not_normalised(train, validation):
    gain, over = _parts(train, validation)
    return gain / over**2


def _negative_kept(train, validation):
    _, over = _parts(train, validation)
    return _normal((validation[0] - validation[1]) / over**2)


def _loss_that_rose_counts(train, validation):
    _, over = _parts(train, validation)
    return _normal(np.abs(validation[0] - validation[1]) / over**2)


def _zeroed_at_the_end(train, validation):
    _, over = _parts(train, validation)
    return np.maximum(_normal((validation[0] - validation[1]) / over**2), 0.0)


def _upside_down(train, validation):
    gain, over = _parts(train, validation)
    return _normal(over**2 / np.maximum(gain, 1e-9))


def _soft(train, validation):
    gain, over = _parts(train, validation)
    ratio = gain / over**2
    return _normal(np.exp(ratio - ratio.max()))


def _same_for_all(train, validation):
    return np.full(train.shape[1], 1 / train.shape[1])


def _lowest_loss(train, validation):
    return _normal(1 / validation[1])


def _cases(rng):
    yield np.array([[1.4, 1.4], [0.5, 0.2]]), np.array([[1.5, 1.6], [0.9, 1.3]])
    for branches in (3, 2, 4):
        start = rng.uniform(1.2, 1.6, branches)
        learned, kept = rng.uniform(0.4, 1.0, branches), rng.uniform(0.1, 0.35, branches)
        yield np.stack([start, start - learned]), np.stack([start + 0.1, start + 0.1 - kept])
    # The second branch has become worse.
    yield np.array([[1.5, 1.5, 1.4], [0.9, 0.3, 0.6]]), np.array([[1.5, 1.4, 1.5], [1.1, 1.6, 1.2]])


EXERCISE = Code(
    name="08.blend_weights",
    title="Open: who may teach?",
    text=r"""A sense that is easy to learn by heart races ahead and the others stop learning. **Gradient blending**
(Wang and others, 2020) gives every branch (each sense alone, and all together) a loss of its own, and weighs it by
what its learning is worth. Look twice, early and late. A branch's *gain* is how much its **validation** loss fell
between the looks (at least 0). Its *overfitting* is by how much its gap, validation − training loss, grew. Write
`blend_weights(train, validation)`: gain ÷ overfitting², scaled so that the weights add up to 1. Row 0 is the early
look, row 1 the late one. Then design a fusion for *gate* of your own and see whether blending helps it.""",
    trains="weighing losses by what generalises",
    signature="train (2, branch), validation (2, branch): losses early and late → weights (branch,)",
    reference=blend_weights,
    rights=(_branch_by_branch, _by_diff),
    wrongs=(
        Wrong(_not_squared, "the overfitting is not squared", "Noise hurts with its square: divide by overfitting²."),
        Wrong(
            _gain_only,
            "overfitting does not count",
            "A branch that learns by heart would get as much as one that learns.",
        ),
        Wrong(
            _gain_on_training,
            "the gain is measured on the training clips",
            "What is learned by heart looks like a gain there. Take the validation loss.",
        ),
        Wrong(
            _gap_at_the_end,
            "the gap at the late look is taken",
            "Part of that gap was there before. Take how much it *grew* between the looks.",
        ),
        Wrong(_not_normalised, "the weights do not add up to 1", "Divide by their sum."),
        Wrong(_negative_kept, "a loss that rose gives a negative weight", "A branch that got worse gets 0, not less."),
        Wrong(
            _loss_that_rose_counts,
            "a loss that rose counts as a gain",
            "A branch that got worse has gained nothing: 0, not the size of the change.",
        ),
        Wrong(
            _zeroed_at_the_end,
            "negative weights become 0 after the scaling",
            "Then the rest no longer adds up to 1. First the gain, at least 0, then the scaling.",
        ),
        Wrong(_upside_down, "the ratio is upside down", "Much gain, little overfitting: a large weight."),
        Wrong(
            _soft, "a softmax is taken of the ratios", "Divide by the sum; a softmax of such ratios is nearly one-hot."
        ),
        Wrong(
            _same_for_all,
            "all branches get the same",
            "That is the plain sum of losses. Weigh each by gain ÷ overfitting².",
        ),
        Wrong(
            _lowest_loss,
            "the branch with the lowest loss gets most",
            "What counts is what *changed* between the looks.",
        ),
    ),
    cases=_cases,
    equivalents={
        "gap = validation - train ⇒ gap = train - validation": "the growth is squared",
        "overfitting = gap[1] - gap[0] ⇒ overfitting = gap[0] - gap[1]": "the growth is squared",
    },
    hints=(
        "gain = validation[0] - validation[1], and not below 0.",
        "overfitting = (validation[1] - train[1]) - (validation[0] - train[0]).",
        "ratio = gain / overfitting**2; divide by its sum.",
    ),
    takeaway="Weigh a loss by what it teaches beyond the training clips.",
    minutes=20,
    difficulty=3,
    points=4,
)
