"""Expected calibration error."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def calibration_gap(right, confidence, bins):
    """Sum over the bins of share of clips × |accuracy − mean confidence|."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for k in range(bins):
        inside = place == k
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            total += inside.mean() * gap
    return total


def _sums(right, confidence, bins):
    place = np.clip(np.ceil(np.asarray(confidence) * bins).astype(int) - 1, 0, bins - 1)
    difference = np.bincount(place, np.asarray(right) - np.asarray(confidence), minlength=bins)
    return np.abs(difference).sum() / len(place)


def _edges(right, confidence, bins):
    edges = np.linspace(0, 1, bins + 1)[1:-1]
    groups = {}
    for sure, good in zip(confidence, right, strict=True):
        groups.setdefault(int(np.searchsorted(edges, sure)), []).append((sure, good))
    gaps = [abs(sum(g for _, g in group) - sum(c for c, _ in group)) for group in groups.values()]
    return sum(gaps) / len(right)


def _per_bin(right, confidence, bins):
    right, confidence = np.asarray(right, float), np.asarray(confidence, float)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    for k in range(bins):
        inside = place == k
        if inside.any():
            yield inside.mean(), right[inside].mean(), confidence[inside].mean(), (k + 0.5) / bins


def _unweighted(right, confidence, bins):
    return np.mean([abs(acc - conf) for _, acc, conf, _ in _per_bin(right, confidence, bins)])


def _over_all_bins(right, confidence, bins):
    return sum(abs(acc - conf) for _, acc, conf, _ in _per_bin(right, confidence, bins)) / bins


def _signed(right, confidence, bins):
    return sum(share * (acc - conf) for share, acc, conf, _ in _per_bin(right, confidence, bins))


def _one_bin(right, confidence, bins):
    return abs(np.mean(right) - np.mean(confidence))


def _largest(right, confidence, bins):
    return max(abs(acc - conf) for _, acc, conf, _ in _per_bin(right, confidence, bins))


def _middles(right, confidence, bins):
    return sum(share * abs(acc - middle) for share, acc, _, middle in _per_bin(right, confidence, bins))


def _squared(right, confidence, bins):
    return sum(share * (acc - conf) ** 2 for share, acc, conf, _ in _per_bin(right, confidence, bins))


def _clip_by_clip(right, confidence, bins):
    return np.mean(np.abs(np.asarray(right) - np.asarray(confidence)))


def _only_the_right(right, confidence, bins):
    good = np.asarray(right).astype(bool)
    return sum(share * abs(1 - conf) for share, _, conf, _ in _per_bin(good[good], np.asarray(confidence)[good], bins))


def _last_left_out(right, confidence, bins):
    place = (np.asarray(confidence) * bins).astype(int)
    difference = np.bincount(place, np.asarray(right) - np.asarray(confidence), minlength=bins)[:bins]
    return np.abs(difference).sum() / len(place)


def _range_of_the_data(right, confidence, bins):
    edges = np.linspace(np.min(confidence), np.max(confidence), bins + 1)[1:-1]
    difference = np.bincount(np.searchsorted(edges, confidence), np.asarray(right) - np.asarray(confidence))
    return np.abs(difference).sum() / len(right)


def _equal_counts(right, confidence, bins):
    difference = (np.asarray(right) - np.asarray(confidence))[np.argsort(confidence)]
    return sum(abs(part.sum()) for part in np.array_split(difference, bins)) / len(difference)


def _cases(rng):
    yield np.array([1, 1, 0, 0]), np.array([0.95, 0.9, 0.85, 0.35]), 5
    yield np.array([1, 0, 1, 0]), np.array([0.31, 0.62, 0.97, 0.93]), 3
    for clips, bins in ((40, 10), (40, 4)):  # few sizes: an answer in JAX compiles anew for each
        sure = rng.uniform(0.2, 0.99, clips)
        sure = np.where(np.abs(sure * bins - np.rint(sure * bins)) < 0.02, sure + 0.3 / bins, sure).clip(0, 0.99)
        yield (rng.random(clips) < sure**2).astype(np.int64), sure, bins
    yield np.array([1, 0, 1, 0]), np.array([1.0, 0.97, 0.99, 0.85]), 10
    yield np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 0.7, 0.3]), 2
    yield np.array([1, 0, 0, 1]), np.array([1.0, 0.8, 0.45, 0.5]), 3
    yield np.array([0, 1, 1, 0]), np.array([0.55, 0.56, 0.57, 0.58]), 15


EXERCISE = Code(
    name="09.calibration_gap",
    title="How honest is the confidence?",
    text=r"""Write `calibration_gap(right, confidence, bins)`, the expected calibration error of equation 09.4. Cut 0…1
into `bins` equal parts. Within each part that holds clips, compare the share of right answers with the mean
confidence. Average the sizes of those differences, each weighted by its share of the clips. Empty parts add
nothing; a confidence of 1 belongs to the last part. (No confidence lies on another border.)""",
    trains="confidence against accuracy",
    signature="right (batch,) 0 or 1, confidence (batch,) 0…1, bins → one number",
    reference=calibration_gap,
    rights=(_sums, _edges),
    forbidden=("vmm_edu.predict.calibration_error", "vmm_edu.predict.reliability"),
    wrongs=(
        Wrong(_unweighted, "every bin that holds clips counts alike", "Weight each by its share of the clips."),
        Wrong(_over_all_bins, "the sum is divided by the number of bins", "Weight each bin by its share of the clips."),
        Wrong(
            _signed, "the differences keep their signs", "Too sure here and too shy there would cancel: absolute value."
        ),
        Wrong(
            _one_bin, "all clips are in one bin", "Then a model that is too sure here and too shy there looks honest."
        ),
        Wrong(
            _largest,
            "the largest gap alone is returned",
            "That is the maximum calibration error; here they are averaged.",
        ),
        Wrong(
            _middles,
            "the middle of the bin stands in for the confidences",
            "Take the mean confidence of the clips inside.",
        ),
        Wrong(_squared, "the gaps are squared", "Absolute values."),
        Wrong(
            _clip_by_clip,
            "each clip is compared on its own",
            "One clip is right or wrong: only a group has an accuracy.",
        ),
        Wrong(
            _last_left_out,
            "a confidence of 1 is in no bin",
            "1 times `bins` is one place too far: np.minimum(…, bins - 1).",
        ),
        Wrong(
            _range_of_the_data,
            "the smallest and the largest confidence are the ends of the range",
            "Cut 0…1, whatever the confidences are.",
        ),
        Wrong(
            _equal_counts,
            "every bin holds equally many clips",
            "A measure that people use too; here the parts of 0…1 are equally wide.",
        ),
        Wrong(
            _only_the_right,
            "only the right answers are looked at",
            "The wrong ones are what makes accuracy less than 1.",
        ),
    ),
    cases=_cases,
    equivalents={
        "gap = abs(right[inside].mean() - confidence[inside].mean()) ⇒ "
        "gap = abs(confidence[inside].mean() - right[inside].mean())": "the absolute value has no sign",
    },
    hints=(
        "np.minimum((confidence * bins).astype(int), bins - 1) is the number of each clip's bin.",
        "For each bin that holds clips: inside.mean() * abs(right[inside].mean() - confidence[inside].mean()).",
    ),
    takeaway="The error depends on the number of bins and of clips: compare it only at equal ones.",
    minutes=10,
    difficulty=2,
    points=2,
)
