"""The best that a sum can do on an exclusive-or."""

import itertools

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def best_sum():
    """Try small whole scores for each sense, seen and heard value; count the right ones of the four pairs.

    The score is "differ" less "alike", f(seen) + g(heard): only this difference decides.
    """
    best = 0
    for f_0, f_1, g_0, g_1 in itertools.product((-2, -1, 1, 2), repeat=4):
        pairs = {(0, 0): f_0 + g_0, (0, 1): f_0 + g_1, (1, 0): f_1 + g_0, (1, 1): f_1 + g_1}
        right = sum((score > 0) == (seen != heard) and score != 0 for (seen, heard), score in pairs.items())
        best = max(best, right)
    return best / 4


EXERCISE = Number(
    name="08.best_sum",
    title="The best that a sum can do",
    text="""You see one coin, you hear another; the label says whether they differ. Forget training: you may
*choose* the numbers. Each seen value adds a score, each heard value adds a score, and you answer "differ" where the
sum is above zero, "alike" where it is below. All four pairs are equally likely. **What is the largest share of
clips you can get right?** Try to get all four. Which one refuses?""",
    trains="what an additive rule can say",
    reference=best_sum,
    rights=(75, 3 / 4),
    wrongs=(
        Wrong(
            0.5,
            "a sum is taken to be no better than a coin",
            "That is the answer with the least *loss*. But you may choose: let seen 0 add −1, seen 1 add +2, "
            "heard 0 add −1, "
            "heard 1 add +2. How many of the four pairs are right?",
        ),
        Wrong(
            1.0,
            "all four pairs are right",
            "Add up the two scores of the pairs that differ, then of the two that are alike. The same four "
            "numbers, and "
            "one sum should be positive, the other negative?",
        ),
        Wrong(3.0, "the right pairs are counted", "Three of four it is; as a share?"),
        Wrong(0.25, "one pair in four is right", "Answer always the same and you have two already."),
        Wrong(
            0.625,
            "five of eight are right",
            "There are four pairs, all equally likely: the share is a number of quarters.",
        ),
    ),
    hints=(
        "Write the four sums: f0 + g0, f0 + g1, f1 + g0, f1 + g1. Which signs do you want?",
        "(f0 + g1) + (f1 + g0) equals (f0 + g0) + (f1 + g1). Can the left be positive and the right negative?",
        "So not all four. Try for three.",
    ),
    takeaway="Three of four: a sum can cheat for an exclusive-or, but it cannot be it.",
    minutes=6,
    difficulty=2,
    points=2,
)
