"""VLAD: what the words leave over."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def leftovers(descriptors, centres):
    """Sums of descriptor minus word, word by word, as one vector of length 1 (or 0)."""
    nearest = ((descriptors[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    sums = np.zeros(centres.shape)
    for k in range(len(centres)):
        sums[k] = (descriptors[nearest == k] - centres[k]).sum(axis=0)
    vector = sums.ravel()
    return vector / max(np.linalg.norm(vector), 1e-12)


def _by_hits(descriptors, centres):
    away = np.linalg.norm(descriptors[:, None] - centres[None], axis=2)
    hits = (away == away.min(axis=1, keepdims=True)).astype(float)
    sums = hits.T @ descriptors - hits.sum(axis=0)[:, None] * centres
    length = np.sqrt((sums**2).sum())
    return (sums / length if length > 0 else sums).reshape(-1)


def _one_by_one(descriptors, centres):
    sums = np.zeros_like(centres)
    for descriptor in descriptors:
        differences = descriptor - centres
        k = int(np.argmin((differences**2).sum(axis=1)))
        sums[k] += differences[k]
    vector = np.concatenate(list(sums))
    return vector if not vector.any() else vector / np.sqrt(vector @ vector)


def _sums(descriptors, centres):
    nearest = ((descriptors[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    return np.stack([(descriptors[nearest == k] - c).sum(axis=0) for k, c in enumerate(centres)]), nearest


def _one(vector):
    return vector.ravel() / max(np.linalg.norm(vector), 1e-12)


def _word_minus_descriptor(descriptors, centres):
    return _one(-_sums(descriptors, centres)[0])


def _any_length(descriptors, centres):
    return _sums(descriptors, centres)[0].ravel()


def _means(descriptors, centres):
    sums, nearest = _sums(descriptors, centres)
    return _one(sums / np.maximum(np.bincount(nearest, minlength=len(centres)), 1)[:, None])


def _descriptors_added(descriptors, centres):
    sums, nearest = _sums(descriptors, centres)
    return _one(sums + np.bincount(nearest, minlength=len(centres))[:, None] * centres)


def _all_words(descriptors, centres):
    return _one((descriptors[:, None] - centres[None]).sum(axis=0))


def _each_word_of_length_one(descriptors, centres):
    sums = _sums(descriptors, centres)[0]
    return (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)).ravel()


def _nothing_over_nothing(descriptors, centres):
    vector = _sums(descriptors, centres)[0].ravel()
    with np.errstate(invalid="ignore"):
        return vector / np.linalg.norm(vector)


def _cases(rng):
    yield np.array([[0.0, 0.5], [0.2, 0.1], [1.0, 1.3]]), np.array([[0.0, 0.0], [1.0, 1.0]])
    for count, words, length in ((30, 4, 8), (12, 6, 5)):
        yield rng.random((count, length)), rng.random((words, length))
    yield np.zeros((0, 3)), rng.random((4, 3))


EXERCISE = Code(
    name="03.leftovers",
    title="Open: what the words leave over",
    text="""A bag of words forgets how a descriptor differs from its word. VLAD keeps that. Write
`leftovers(descriptors, centres)`: for each word the **sum** of (descriptor - word) over the descriptors that are
nearest to it; all these rows one after the other, divided by the length of the whole vector (zeros stay zeros). Then
put it in the place of the word counts above: does the right clip still win? How far behind is the second best now? And
what happens if you give `root_sift(descriptors)` to both?""",
    trains="VLAD",
    signature="descriptors (keypoint, value), centres (word, value) → (word · value,)",
    reference=leftovers,
    rights=(_by_hits, _one_by_one),
    wrongs=(
        Wrong(
            _word_minus_descriptor,
            "the descriptor is taken from the word",
            "Descriptor minus word. (The sign changes no comparison, as long as everyone has the same.)",
        ),
        Wrong(
            _any_length,
            "the vector keeps its length",
            "Divide by np.linalg.norm of the whole vector, so that clips with many keypoints do not win by that.",
        ),
        Wrong(
            _means,
            "each word's differences are averaged",
            "Sum them: a word that is seen often should weigh more.",
        ),
        Wrong(
            _descriptors_added,
            "the words are not subtracted",
            "Add up descriptor - word, not the descriptors.",
        ),
        Wrong(
            _all_words,
            "each descriptor goes to every word",
            "Only to the nearest one.",
        ),
        Wrong(
            _each_word_of_length_one,
            "each word's row is brought to length 1 on its own",
            "That is a known refinement. Here the whole vector has length 1.",
        ),
        Wrong(
            _nothing_over_nothing,
            "zeros are divided by their length",
            "0 / 0 is no number. Without descriptors zeros stay zeros: divide by max(length, something tiny).",
        ),
    ),
    cases=_cases,
    equivalents={
        "nearest = ((descriptors[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1) ⇒ "
        "nearest = ((descriptors[:, None] - centres[None]) ** 2).mean(axis=2).argmin(axis=1)": "same nearest",
        "nearest = ((descriptors[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1) ⇒ "
        "nearest = ((centres[None] - descriptors[:, None]) ** 2).sum(axis=2).argmin(axis=1)": "a distance is symmetric",
        "sums = np.zeros(centres.shape) ⇒ sums = np.ones(centres.shape)": "every row is written over",
    },
    forbidden=("vmm_edu.features.vlad",),
    hints=(
        "Find the nearest word of each descriptor, as in the exercise before.",
        "For word k: (descriptors[nearest == k] - centres[k]).sum(axis=0). An empty sum is 0.",
        "Then ravel and divide by max(norm, something tiny).",
    ),
    takeaway="Few words and their leftovers tell more than many words and their counts.",
    minutes=20,
    difficulty=3,
    points=3,
)
