"""How good is a ranking?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def average_precision(labels, scores):
    """The mean, over the positives, of the precision at the place where each is found."""
    ranked = labels[np.argsort(-scores)]
    hits = np.cumsum(ranked)
    precision = hits / np.arange(1, len(ranked) + 1)
    return (precision * ranked).sum() / ranked.sum()


def _loop(labels, scores):
    found, total = 0, 0.0
    for place, (_, label) in enumerate(sorted(zip(scores, labels, strict=True), key=lambda pair: -pair[0]), 1):
        if label:
            found += 1
            total += found / place
    return total / found


def _pairwise(labels, scores):
    labels, scores = np.asarray(labels, bool), np.asarray(scores)
    positive = scores[labels]
    above = (scores[None, :] >= positive[:, None]).sum(axis=1)
    good = (positive[None, :] >= positive[:, None]).sum(axis=1)
    return np.mean(good / above)


def _ranked(labels, scores):
    return np.asarray(labels)[np.argsort(-np.asarray(scores))]


def _unsorted(labels, scores):
    labels = np.asarray(labels)
    return (np.cumsum(labels) / np.arange(1, len(labels) + 1) * labels).sum() / labels.sum()


def _ascending(labels, scores):
    return _unsorted(np.asarray(labels)[np.argsort(np.asarray(scores))], scores)


def _every_place(labels, scores):
    ranked = _ranked(labels, scores)
    return np.mean(np.cumsum(ranked) / np.arange(1, len(ranked) + 1))


def _over_all_clips(labels, scores):
    ranked = _ranked(labels, scores)
    return (np.cumsum(ranked) / np.arange(1, len(ranked) + 1) * ranked).sum() / len(ranked)


def _recall(labels, scores):
    ranked = _ranked(labels, scores)
    return (np.cumsum(ranked) / ranked.sum() * ranked).sum() / ranked.sum()


def _at_one_half(labels, scores):
    named = np.asarray(scores) > 0.5
    return np.asarray(labels)[named].mean() if named.any() else 0.0


def _first_places(labels, scores):
    ranked = _ranked(labels, scores)
    return ranked[: int(ranked.sum())].mean()


def _reciprocal(labels, scores):
    ranked = _ranked(labels, scores)
    return np.mean(1 / (np.flatnonzero(ranked) + 1))


def _never_falling(labels, scores):
    ranked = _ranked(labels, scores)
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return (np.maximum.accumulate(precision[::-1])[::-1] * ranked).sum() / ranked.sum()


def _pairs_in_order(labels, scores):
    positive, scores = np.asarray(labels, bool), np.asarray(scores)
    return np.mean(scores[positive][:, None] > scores[~positive])


def _cases(rng):
    yield np.array([1, 0, 1, 1, 0]), np.array([0.9, 0.8, 0.7, 0.6, 0.2])
    yield np.array([0, 1, 0, 1, 0]), np.array([0.3, 0.1, 0.9, 0.6, 0.2])
    yield np.array([0, 0, 0, 0, 1]), np.array([0.1, 0.2, 0.25, 0.28, 0.3])
    for _ in range(3):  # few sizes: an answer in JAX compiles anew for each
        labels = rng.random(12) < 0.4
        labels[:2] = True, False
        yield labels.astype(np.int64), np.round(rng.permutation(12) / 12 + 0.01, 3)


EXERCISE = Code(
    name="09.average_precision",
    title="How good is a ranking?",
    text=r"""Write `average_precision(labels, scores)`: sort the clips by score, highest first. At each place where a
positive (label 1) stands, take the precision so far: positives up to here, divided by places up to here.
The average of those numbers over the positives is the average precision, equation 09.3. No two scores are
equal, and there is a positive.""",
    trains="ranking instead of deciding",
    signature="labels (batch,) 0 or 1, scores (batch,) → one number",
    reference=average_precision,
    rights=(_loop, _pairwise),
    forbidden=(
        "vmm_edu.predict.average_precision",
        "sklearn.metrics.average_precision_score",
        "sklearn.metrics.precision_recall_curve",
    ),
    wrongs=(
        Wrong(_unsorted, "the clips stay in the order in which they came", "Sort by score first, highest first."),
        Wrong(_ascending, "the lowest score comes first", "np.argsort rises: sort minus the scores."),
        Wrong(_every_place, "the precision is averaged over all places", "Only places where a positive stands count."),
        Wrong(_over_all_clips, "the sum is divided by all clips", "Divide by the number of positives."),
        Wrong(_recall, "recall stands in place of precision", "Divide by the places so far, not by all positives."),
        Wrong(
            _at_one_half,
            "one threshold is set, at 0.5",
            "Average precision has no threshold; it asks for the order only.",
        ),
        Wrong(_first_places, "the precision of the first places alone is taken", "Go on to the last positive."),
        Wrong(
            _never_falling,
            "each precision is raised to the best one further down",
            "That is the interpolated AP of some detection contests; take the precision as it is.",
        ),
        Wrong(
            _pairs_in_order,
            "pairs in the right order are counted",
            "That is the area under the ROC curve; a rare event hardly shows in it. Average precisions.",
        ),
        Wrong(_reciprocal, "every positive counts as the first", "At the third hit, three positives have been found."),
    ),
    cases=_cases,
    hints=(
        "ranked = labels[np.argsort(-scores)]; then np.cumsum(ranked) says how many positives up to each place.",
        "precision = np.cumsum(ranked) / np.arange(1, n + 1); average it where ranked is 1.",
    ),
    takeaway="Average precision asks for an order, not for a threshold; guessing earns the share of positives.",
    minutes=10,
    difficulty=2,
    points=2,
)
