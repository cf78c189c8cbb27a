"""Weights under which a rare class counts as much as a common one."""

import collections

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def class_weights(labels, classes):
    """Weights n / (K n_k) for each class k."""
    counts = np.bincount(labels, minlength=classes)
    return len(labels) / (classes * counts)


def _counted(labels, classes):
    found = collections.Counter(int(label) for label in labels)
    return [sum(found.values()) / classes / found[k] for k in range(classes)]


def _by_mean(labels, classes):
    share = (np.asarray(labels)[:, None] == np.arange(classes)).mean(axis=0)
    return np.full(classes, 1 / classes) / share


def _inverse_counts(labels, classes):
    return 1 / np.bincount(np.asarray(labels), minlength=classes)


def _shares(labels, classes):
    return np.bincount(np.asarray(labels), minlength=classes) / len(labels)


def _one_minus(labels, classes):
    return 1 - _shares(labels, classes)


def _one_for_each_clip(labels, classes):
    labels = np.asarray(labels)
    return (1 / (classes * _shares(labels, classes)))[labels]


def _without_classes(labels, classes):
    return 1 / _shares(labels, classes)


def _root(labels, classes):
    return np.sqrt(1 / classes / _shares(labels, classes))


def _against_the_rarest(labels, classes):
    counts = np.bincount(np.asarray(labels), minlength=classes)
    return counts.min() / counts


def _sum_to_one(labels, classes):
    inverse = _inverse_counts(labels, classes)
    return inverse / inverse.sum()


def _sum_to_classes(labels, classes):
    return _sum_to_one(labels, classes) * classes


def _in_order_of_appearance(labels, classes):
    counts = collections.Counter(int(label) for label in labels)
    return np.array([len(labels) / (classes * count) for count in counts.values()])


def _cases(rng):
    yield np.array([0, 0, 0, 1]), 2
    yield np.array([2, 1, 0, 0, 2, 2, 2]), 3
    for classes in (3, 5):
        many = rng.choice(classes, size=40, p=rng.dirichlet(np.ones(classes) * 3))
        yield np.concatenate([np.arange(classes), many]), classes


EXERCISE = Code(
    name="09.class_weights",
    title="Every class counts alike",
    text=r"""Write `class_weights(labels, classes)`: one weight per class, $w_k = n / (K\, n_k)$, where $n_k$ of the $n$
labels are of class $k$ and $K$ is the number of classes. Every class occurs at least once. Then the weights
of all clips of one class add up to the same number, whichever class it is.""",
    trains="what a weight balances",
    signature="labels (batch,) whole numbers, classes → weights (class,)",
    reference=class_weights,
    rights=(_counted, _by_mean),
    forbidden=("vmm_edu.predict.class_weights", "sklearn.utils.class_weight.compute_class_weight"),
    wrongs=(
        Wrong(
            _inverse_counts, "n and K are left out", "The weights should be 1 on average over the clips: n / (K n_k)."
        ),
        Wrong(
            _shares, "a class weighs as much as it is common", "Turn it round: the rare class needs the large weight."
        ),
        Wrong(
            _one_minus,
            "a class weighs 1 minus its share",
            "With shares .99 and .01 that is .01 and .99: times the counts it does not balance for three classes.",
        ),
        Wrong(
            _one_for_each_clip,
            "every clip gets the weight of its class",
            "One weight for each *class*; the loss looks up that of each clip.",
        ),
        Wrong(
            _without_classes,
            "the number of classes is left out",
            "Divide by the number of classes too, or the loss grows with K.",
        ),
        Wrong(
            _root, "the square root is taken", "That is a compromise people use; it does not make the classes equal."
        ),
        Wrong(
            _against_the_rarest,
            "the rarest class gets weight 1",
            "Balanced, but on another scale: here the mean over the clips is 1.",
        ),
        Wrong(
            _sum_to_classes,
            "the mean over the classes is 1",
            "Balanced, but on another scale: the mean over the clips should be 1, n / (K n_k).",
        ),
        Wrong(
            _in_order_of_appearance,
            "the classes stand in the order in which they appear",
            "Place k belongs to class k, whichever label comes first.",
        ),
        Wrong(
            _sum_to_one, "the weights add up to 1", "Their mean over the clips should be 1, not their sum over classes."
        ),
    ),
    cases=_cases,
    equivalents={
        "counts = np.bincount(labels, minlength=classes) ⇒ "
        "counts = np.bincount(labels)": "every class occurs, so the count goes to the last one by itself",
    },
    hints=(
        "np.bincount(labels, minlength=classes) counts each class.",
        "len(labels) / (classes * counts)",
    ),
    takeaway="Weights move the decision; they do not make the model know more, and they cost its calibration.",
    minutes=5,
    difficulty=1,
    points=1,
)
