"""A clip as a bag of visual words."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def count_words(frames, centres):
    """Share of the keypoints of a clip that belong to each word; all 0 without keypoints."""
    counts = np.zeros(len(centres))
    for descriptors in frames:
        distance = ((descriptors[:, None] - centres[None]) ** 2).sum(axis=2)
        counts += np.bincount(distance.argmin(axis=1), minlength=len(centres))
    return counts / max(counts.sum(), 1)


def _all_at_once(frames, centres):
    descriptors = np.concatenate(frames)
    nearest = (descriptors @ centres.T - (centres**2).sum(axis=1) / 2).argmax(axis=1)
    hits = nearest[:, None] == np.arange(len(centres))
    return hits.mean(axis=0) if len(hits) else np.zeros(len(centres))


def _one_by_one(frames, centres):
    counts, seen = [0] * len(centres), 0
    for descriptors in frames:
        for descriptor in descriptors:
            counts[int(np.argmin([np.linalg.norm(descriptor - centre) for centre in centres]))] += 1
            seen += 1
    return np.array([count / seen if seen else 0.0 for count in counts])


def _counts(frames, centres):
    nearest = [((d[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1) for d in frames]
    return np.bincount(np.concatenate(nearest), minlength=len(centres)).astype(float)


def _share(nearest, words):
    counts = np.bincount(nearest, minlength=words).astype(float)
    return counts / max(counts.sum(), 1)


def _mean_over_frames(frames, centres):
    nearest = [((d[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1) for d in frames]
    return np.mean([_share(words, len(centres)) for words in nearest], axis=0)


def _farthest(frames, centres):
    nearest = [((d[:, None] - centres[None]) ** 2).sum(axis=2).argmax(axis=1) for d in frames]
    return _share(np.concatenate(nearest), len(centres))


def _last_frame(frames, centres):
    return _share(((frames[-1][:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1), len(centres))


def _seen_or_not(frames, centres):
    return (_counts(frames, centres) > 0).astype(float)


def _per_frame(frames, centres):
    return _counts(frames, centres) / len(frames)


def _nothing_over_nothing(frames, centres):
    counts = _counts(frames, centres)
    with np.errstate(invalid="ignore"):
        return counts / counts.sum()


def _cases(rng):
    centres = np.array([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]])
    yield [np.array([[0.1, 0.0], [0.9, 1.2]]), np.array([[0.0, 0.2]])], centres
    for words, length in ((6, 8), (9, 3)):
        frames = [rng.random((count, length)) for count in (11, 0, 4, 23)]
        yield frames, rng.random((words, length))
    yield [rng.random((1, 4))], rng.random((5, 4))
    yield [np.zeros((0, 4))], rng.random((3, 4))


EXERCISE = Code(
    name="03.count_words",
    title="A clip as a bag of words",
    text="""`frames` is a list: for each frame of a clip its descriptors. `centres` are the visual words. Write
`count_words(frames, centres)`: the **share** of all keypoints of the clip whose nearest word is word 0, 1, 2, …
A frame may have no keypoints; a clip without any gets zeros.""",
    trains="bag of visual words",
    signature="frames: list of (keypoint, value), centres (word, value) → (word,)",
    reference=count_words,
    rights=(_all_at_once, _one_by_one),
    wrongs=(
        Wrong(
            _counts,
            "you return counts",
            "A long clip would differ from a short one that shows the same. Divide by the number of keypoints.",
        ),
        Wrong(
            _mean_over_frames,
            "every frame counts the same, however few keypoints it has",
            "Add up the counts of all frames first, divide once at the end.",
        ),
        Wrong(
            _farthest,
            "the farthest word is counted",
            "The nearest word has the smallest distance: argmin.",
        ),
        Wrong(
            _last_frame,
            "only the last frame is counted",
            "Add the counts of each frame to those before: +=.",
        ),
        Wrong(
            _seen_or_not,
            "you note whether a word was seen, not how often",
            "Count the keypoints of each word.",
        ),
        Wrong(
            _per_frame,
            "the counts are divided by the number of frames",
            "Divide by the number of keypoints, so that the shares add up to 1.",
        ),
        Wrong(
            _nothing_over_nothing,
            "a clip without keypoints is divided by its 0 keypoints",
            "0 / 0 is no number. Such a clip gets zeros: divide by max(number, 1).",
        ),
    ),
    cases=_cases,
    equivalents={
        "distance = ((descriptors[:, None] - centres[None]) ** 2).sum(axis=2) ⇒ "
        "distance = ((descriptors[:, None] - centres[None]) ** 2).mean(axis=2)": "the nearest is the same",
        "distance = ((descriptors[:, None] - centres[None]) ** 2).sum(axis=2) ⇒ "
        "distance = ((centres[None] - descriptors[:, None]) ** 2).sum(axis=2)": "a distance is symmetric",
    },
    hints=(
        "For one frame: all distances to all words, then argmin over the words.",
        "np.bincount(nearest, minlength=len(centres)) counts; add up, and divide by the sum (or by 1 if it is 0).",
    ),
    takeaway="Order and place are gone; what was seen, and how much of it, is kept.",
    minutes=10,
    difficulty=2,
    points=2,
)
