"""How good is a score, and is it too good?"""

import math

from vmm_edu.course.exercise import Code, Wrong


def share_of_ceiling(correct, clips, ceiling):
    """The accuracy as a share of the ceiling, and whether it is more than three sigma above it."""
    accuracy = correct / clips
    sigma = math.sqrt(ceiling * (1 - ceiling) / clips)
    return accuracy / ceiling, accuracy > ceiling + 3 * sigma


def _in_clips(correct, clips, ceiling):
    expected = clips * ceiling
    too_many = expected + 3 * (clips * ceiling * (1 - ceiling)) ** 0.5
    return correct / expected, bool(correct > too_many)


def _by_z(correct, clips, ceiling):
    share = correct / (clips * ceiling)
    z = (share - 1) * ceiling / (ceiling * (1 - ceiling) / clips) ** 0.5
    return share, z > 3


def _accuracy_only(correct, clips, ceiling):
    accuracy = correct / clips
    return accuracy, accuracy > ceiling + 3 * math.sqrt(ceiling * (1 - ceiling) / clips)


def _difference(correct, clips, ceiling):
    accuracy = correct / clips
    return ceiling - accuracy, accuracy > ceiling + 3 * math.sqrt(ceiling * (1 - ceiling) / clips)


def _no_margin(correct, clips, ceiling):
    return correct / clips / ceiling, correct / clips > ceiling


def _no_root(correct, clips, ceiling):
    accuracy = correct / clips
    return accuracy / ceiling, accuracy > ceiling + 3 * ceiling * (1 - ceiling) / clips


def _one_sigma(correct, clips, ceiling):
    accuracy = correct / clips
    return accuracy / ceiling, accuracy > ceiling + math.sqrt(ceiling * (1 - ceiling) / clips)


def _alarm_below(correct, clips, ceiling):
    accuracy = correct / clips
    return accuracy / ceiling, abs(accuracy - ceiling) > 3 * math.sqrt(ceiling * (1 - ceiling) / clips)


def _sigma_of_one_clip(correct, clips, ceiling):
    accuracy = correct / clips
    return accuracy / ceiling, accuracy > ceiling + 3 * math.sqrt(ceiling * (1 - ceiling))


def _sigma_of_the_score(correct, clips, ceiling):
    accuracy = correct / clips
    return accuracy / ceiling, accuracy > ceiling + 3 * math.sqrt(accuracy * (1 - accuracy) / clips)


def _alarm_on_the_share(correct, clips, ceiling):
    share = correct / clips / ceiling
    return share, share > ceiling + 3 * math.sqrt(ceiling * (1 - ceiling) / clips)


def _in_percent(correct, clips, ceiling):
    accuracy = correct / clips
    return 100 * accuracy / ceiling, accuracy > ceiling + 3 * math.sqrt(ceiling * (1 - ceiling) / clips)


def _alarm_turned_round(correct, clips, ceiling):
    accuracy = correct / clips
    return accuracy / ceiling, accuracy <= ceiling + 3 * math.sqrt(ceiling * (1 - ceiling) / clips)


def _cases(rng):
    yield 45, 100, 0.5
    yield 25, 50, 0.49
    yield 13, 50, 0.1
    for _ in range(3):
        clips, ceiling = int(rng.integers(200, 2000)), float(rng.uniform(0.2, 0.9))
        sigma = math.sqrt(ceiling * (1 - ceiling) / clips)
        for z in (-6.0, -3.5, 0.5, 1.5, 2.7, 3.4, 8.0):
            yield round(clips * (ceiling + z * sigma)), clips, ceiling
    yield 700, 1000, 0.625


EXERCISE = Code(
    name="00.share_of_ceiling",
    title="Good, or too good?",
    text=r"""A model answers `correct` of `clips` test clips. No model can be right more often than `ceiling` in the
long run.
Write `share_of_ceiling(correct, clips, ceiling)`. It returns two things: the accuracy as a share of the
ceiling, and an alarm.
By luck a model at the ceiling $p$ scores a little above it, with $\sigma = \sqrt{p(1-p)/n}$ for $n$ clips.
The alarm is `True` when the accuracy is more than $3\sigma$ **above** the ceiling: then something leaks.""",
    trains="reading a score",
    signature="correct clips, clips, ceiling 0…1 → (share, alarm)",
    reference=share_of_ceiling,
    rights=(_in_clips, _by_z),
    wrongs=(
        Wrong(
            _accuracy_only,
            "the first value is the accuracy itself",
            "0.45 is excellent when 0.45 is all that can be known. Divide by the ceiling.",
        ),
        Wrong(
            _difference,
            "the accuracy is subtracted from the ceiling",
            "A share is a ratio: 1 means that all that can be known is known.",
        ),
        Wrong(
            _no_margin,
            "every score above the ceiling raises the alarm",
            "A finite test set gives some luck. Allow three sigma.",
        ),
        Wrong(
            _no_root,
            "the variance stands in for sigma",
            "Sigma is its square root; without it the margin is far too thin.",
        ),
        Wrong(
            _one_sigma,
            "one sigma raises the alarm",
            "One honest model in six would be accused. Allow three.",
        ),
        Wrong(
            _alarm_below,
            "a score far below the ceiling raises the alarm too",
            "A poor model is no leak. Look at one side only.",
        ),
        Wrong(
            _sigma_of_one_clip,
            "sigma is that of a single clip",
            "The mean of n clips varies less: divide by n under the root.",
        ),
        Wrong(
            _sigma_of_the_score,
            "sigma is computed from the score",
            "The question is how far luck carries a model at the ceiling: p is the ceiling.",
        ),
        Wrong(
            _alarm_on_the_share,
            "the share is compared with the ceiling",
            "A share of 1 is a score at the ceiling. For the alarm compare correct / clips with it.",
        ),
        Wrong(_in_percent, "the share is given in percent", "All that can be known is a share of 1, not of 100."),
        Wrong(
            _alarm_turned_round,
            "the alarm is True for an honest score",
            "True means: too good. Turn the comparison round.",
        ),
    ),
    cases=_cases,
    equivalents={
        "return (accuracy / ceiling, accuracy > ceiling + 3 * sigma) ⇒ "
        "return (accuracy / ceiling, accuracy >= ceiling + 3 * sigma)": "they differ at exactly three sigma, "
        "where rounding decides",
    },
    hints=(
        "Compute the accuracy first. Both results are made from it.",
        "sigma = (ceiling * (1 - ceiling) / clips) ** 0.5. The alarm compares accuracy with ceiling + 3 * sigma.",
    ),
    takeaway="A score is read against its ceiling; far above it is no success but a leak.",
    minutes=8,
    difficulty=2,
    points=2,
)
