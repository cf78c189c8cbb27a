"""How many errors are left when the model may stay silent?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def risk_at_coverage(right, confidence, coverage):
    """Share of wrong answers among the surest clips."""
    answered = round(coverage * len(right))
    surest = np.argsort(-confidence)[:answered]
    return 1 - right[surest].mean()


def _sorted_pairs(right, confidence, coverage):
    pairs = sorted(zip(confidence, right, strict=True), key=lambda pair: pair[0], reverse=True)
    kept = [good for _, good in pairs[: round(len(pairs) * coverage)]]
    return sum(1 - good for good in kept) / len(kept)


def _threshold(right, confidence, coverage):
    sure, good = np.asarray(confidence), np.asarray(right, float)
    least = np.sort(sure)[len(sure) - round(coverage * len(sure))]
    return np.average(1 - good, weights=sure >= least)


def _kept(right, confidence, coverage):
    return np.asarray(right)[np.argsort(-np.asarray(confidence))[: round(coverage * len(right))]]


def _accuracy(right, confidence, coverage):
    return _kept(right, confidence, coverage).mean()


def _least_sure(right, confidence, coverage):
    return 1 - np.asarray(right)[np.argsort(np.asarray(confidence))[: round(coverage * len(right))]].mean()


def _first(right, confidence, coverage):
    return 1 - np.asarray(right)[: round(coverage * len(right))].mean()


def _over_all(right, confidence, coverage):
    return (1 - _kept(right, confidence, coverage)).sum() / len(right)


def _silence_is_wrong(right, confidence, coverage):
    return 1 - _kept(right, confidence, coverage).sum() / len(right)


def _coverage_as_threshold(right, confidence, coverage):
    answered = np.asarray(confidence) >= coverage
    return 1 - np.asarray(right)[answered].mean() if answered.any() else 0.0


def _silent_part(right, confidence, coverage):
    return (
        1 - np.asarray(right)[np.argsort(-np.asarray(confidence))[: max(1, round((1 - coverage) * len(right)))]].mean()
    )


def _promised(right, confidence, coverage):
    kept = np.argsort(-np.asarray(confidence))[: round(coverage * len(right))]
    return 1 - np.asarray(confidence)[kept].mean()


def _cut_off(right, confidence, coverage):
    return 1 - np.asarray(right)[np.argsort(-np.asarray(confidence))[: int(coverage * len(right))]].mean()


def _rounded_up(right, confidence, coverage):
    answered = int(np.ceil(coverage * len(right)))
    return 1 - np.asarray(right)[np.argsort(-np.asarray(confidence))[:answered]].mean()


def _cases(rng):
    yield np.array([1, 1, 0, 1]), np.array([0.9, 0.5, 0.8, 0.99]), 0.5
    yield np.array([0, 1, 1, 0]), np.array([0.4, 0.6, 0.7, 0.65]), 0.75
    for coverage in (0.3, 0.6, 1.0, 0.85):  # few sizes: an answer in JAX compiles anew for each
        sure = (rng.permutation(20) + 0.5) / 20
        yield (rng.random(20) < sure**2).astype(np.int64), sure, coverage
    for coverage in (0.58, 0.56):  # times 50: 28.999999999999996 and 28.000000000000004
        yield np.arange(50) % 3 % 2, (50.5 - np.arange(50)) / 51, coverage


EXERCISE = Code(
    name="09.risk_at_coverage",
    title="May I stay silent?",
    text="""Write `risk_at_coverage(right, confidence, coverage)`. The model answers only the clips of which it is
surest: the share `coverage` of them (`coverage` times the number of clips is a whole number, up to
rounding). Return the share of *wrong* answers among those it answers. No two confidences are equal.""",
    trains="trading answers for errors",
    signature="right (batch,) 0 or 1, confidence (batch,), coverage 0…1 → one number",
    reference=risk_at_coverage,
    rights=(_sorted_pairs, _threshold),
    forbidden=("vmm_edu.predict.risk_coverage",),
    wrongs=(
        Wrong(_accuracy, "the share of right answers is returned", "Risk is the share of wrong ones."),
        Wrong(_least_sure, "the least sure clips are answered", "np.argsort rises: sort minus the confidence."),
        Wrong(_first, "the clips are taken as they come", "Sort by confidence first."),
        Wrong(_over_all, "the errors are divided by all clips", "Divide by the clips that were answered."),
        Wrong(_silence_is_wrong, "silence counts as an error", "A clip without an answer is neither right nor wrong."),
        Wrong(
            _coverage_as_threshold,
            "the coverage is used as a threshold on confidence",
            "Coverage says how many clips, not how sure.",
        ),
        Wrong(_silent_part, "the share that stays silent is answered", "Keep the share `coverage`."),
        Wrong(
            _cut_off,
            "the number of clips is cut off to a whole number",
            "0.58 * 50 is 28.999999999999996 in floating point, and int() makes 28 of it: use round.",
        ),
        Wrong(
            _rounded_up,
            "the number of clips is rounded up",
            "0.56 * 50 is 28.000000000000004 in floating point, and ceil makes 29 of it: use round.",
        ),
        Wrong(
            _promised,
            "the model's own word is taken for it",
            "1 − confidence is what it promises; count what happened.",
        ),
    ),
    cases=_cases,
    hints=(
        "np.argsort(-confidence) lists the clips from the surest down; keep the first round(coverage * n).",
        "1 - right[surest].mean()",
    ),
    takeaway="A model that knows when it does not know is worth more than one that is right a little more often.",
    minutes=6,
    difficulty=1,
    points=1,
)
