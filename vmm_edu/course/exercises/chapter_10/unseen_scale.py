"""A scale that has not seen the test."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def unseen_scale(train, test):
    """Both sets, scaled by the mean and the spread of the training clips."""
    mean, spread = train.mean(axis=(0, 1)), train.std(axis=(0, 1))
    return (train - mean) / (spread + 1e-6), (test - mean) / (spread + 1e-6)


def _rows(train, test):
    rows = train.reshape(-1, train.shape[-1])
    mean = rows.sum(axis=0) / len(rows)
    spread = np.sqrt(((rows - mean) ** 2).sum(axis=0) / len(rows)) + 1e-6
    return tuple((part - mean) / spread for part in (train, test))


def _feature_by_feature(train, test):
    out = [np.empty_like(train), np.empty_like(test)]
    for f in range(train.shape[2]):
        mean, spread = np.mean(train[:, :, f]), np.std(train[:, :, f])
        for new, old in zip(out, (train, test), strict=True):
            new[:, :, f] = (old[:, :, f] - mean) / (spread + 1e-6)
    return out


def _both_together(train, test):
    rows = np.concatenate([train, test])
    mean, spread = rows.mean(axis=(0, 1)), rows.std(axis=(0, 1)) + 1e-6
    return (train - mean) / spread, (test - mean) / spread


def _each_by_itself(train, test):
    return tuple((part - part.mean(axis=(0, 1))) / (part.std(axis=(0, 1)) + 1e-6) for part in (train, test))


def _test_left_alone(train, test):
    mean, spread = train.mean(axis=(0, 1)), train.std(axis=(0, 1)) + 1e-6
    return (train - mean) / spread, test


def _scaled_by_the_test(train, test):
    mean, spread = test.mean(axis=(0, 1)), test.std(axis=(0, 1)) + 1e-6
    return (train - mean) / spread, (test - mean) / spread


def _each_clip_by_itself(train, test):
    return tuple(
        (part - part.mean(axis=1, keepdims=True)) / (part.std(axis=1, keepdims=True) + 1e-6) for part in (train, test)
    )


def _one_number_for_all(train, test):
    return tuple((part - train.mean()) / (train.std() + 1e-6) for part in (train, test))


def _each_moment_by_itself(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-6
    return (train - mean) / spread, (test - mean) / spread


def _variance(train, test):
    mean, spread = train.mean(axis=(0, 1)), train.var(axis=(0, 1)) + 1e-6
    return (train - mean) / spread, (test - mean) / spread


def _no_floor(train, test):
    mean, spread = train.mean(axis=(0, 1)), train.std(axis=(0, 1))
    with np.errstate(all="ignore"):
        return (train - mean) / spread, (test - mean) / spread


def _cases(rng):
    for clips, unseen, steps, features in ((2, 1, 3, 2), (6, 3, 4, 5), (3, 5, 2, 4)):
        scale = rng.uniform(0.2, 3, features)
        train = rng.normal(1, scale, (clips, steps, features))
        test = rng.normal(3, 2 * scale, (unseen, steps, features))
        train[..., -1], test[..., -1] = 0.25, 0.25
        if features > 2:  # a faint feature, for which 1e-6 counts
            train[..., 0], test[..., 0] = rng.normal(0, 1e-5, (clips, steps)), rng.normal(0, 1e-5, (unseen, steps))
        yield train, test


EXERCISE = Code(
    name="10.unseen_scale",
    title="Break it: a scale that has seen the test",
    text="""Features are brought to mean 0 and spread 1 before a network reads them. Somebody scales *all* clips
first and deals them out to training and test afterwards. It runs, and every score rests on it: the test
clips have helped to choose the scale. Mend it. Write `unseen_scale(train, test)`: both sets, each
feature less its mean and divided by its standard deviation (`np.std`, plus 1e-6), where mean and
deviation are taken over **all clips and steps of the training set**, and of nothing else. One feature
never changes: it must become 0, not NaN.""",
    trains="what may be known before the test",
    signature="train (clip, step, feature), test (clip, step, feature) → both, scaled",
    reference=unseen_scale,
    rights=(_rows, _feature_by_feature),
    wrongs=(
        Wrong(_both_together, "the scale has seen the test clips", "Take mean and deviation of `train` alone."),
        Wrong(
            _each_by_itself,
            "the test clips have a scale of their own",
            "A model has learned what numbers mean on the training clips' scale. One unseen clip alone has no scale.",
        ),
        Wrong(_test_left_alone, "the test clips are not scaled", "Scale both, with the same two numbers a feature."),
        Wrong(_scaled_by_the_test, "the test clips set the scale", "It is the training clips that set it."),
        Wrong(
            _each_clip_by_itself,
            "each clip has a scale of its own",
            "That is another idea, and it forgets how bright a clip is. Here: over all training clips and steps.",
        ),
        Wrong(_one_number_for_all, "all features share one scale", "Keep the last axis: mean over axes 0 and 1."),
        Wrong(
            _each_moment_by_itself,
            "each step has a scale of its own",
            "Take the mean over clips *and* steps: axis=(0, 1).",
        ),
        Wrong(_variance, "the variance is taken for the spread", "The standard deviation is its root."),
        Wrong(_no_floor, "a feature that never changes is divided by 0", "Add 1e-6 to the deviation."),
    ),
    cases=_cases,
    rtol=1e-5,
    atol=1e-5,
    hints=(
        "Two arrays of shape (feature,) are all that you need from the training clips.",
        "train.mean(axis=(0, 1)) and train.std(axis=(0, 1)); then the same line for both sets.",
    ),
    takeaway="Whatever is fitted, a mean as well as a network, is fitted on training clips.",
    minutes=8,
    difficulty=1,
    points=2,
)
