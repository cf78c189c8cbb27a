"""How many paths mean one short text?"""

import itertools

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def how_many_paths():
    """Write all 81 paths of four steps down, collapse each, and count those that say ab."""
    count = 0
    for path in itertools.product("-ab", repeat=4):
        merged = [symbol for symbol, _ in itertools.groupby(path)]
        count += "".join(merged).replace("-", "") == "ab"
    return count


EXERCISE = Number(
    name="07.how_many_paths",
    title="How many ways to say ab?",
    text="""Four steps, and at each one of three symbols: the blank, a or b. That makes $3^4 = 81$ paths. **How many of
them mean the text ab?** Examples: `aabb`, `-a-b`, `ab--`. Say a number before you look.""",
    trains="what CTC sums over",
    reference=how_many_paths,
    rights=(15.0, 15),
    wrongs=(
        Wrong(
            6,
            "a and b lasted one step each and all else were blank",
            "That is choosing two of four steps. Letters may last longer: aab- means ab too.",
        ),
        Wrong(
            3, "there were no blanks", "aaab, aabb, abbb: right, and now let blanks stand before, between and behind."
        ),
        Wrong(1, "only one path could mean a text", "A path is an alignment; the text does not say which."),
        Wrong(81, "every path meant ab", "aaaa means a, and ---- means nothing at all."),
        Wrong(
            10,
            "no blank stood between a and b",
            "a-b collapses to ab as well: between different letters a blank is allowed, only not needed.",
        ),
        Wrong(
            5,
            "a blank had to stand between a and b",
            "Between different letters it may be left out. Only between equal ones it must be there.",
        ),
    ),
    hints=(
        "In a path for ab stand up to five runs in a row: blanks, a's, blanks, b's, blanks. Blanks may be missing.",
        "Lengths of five runs add up to 4, and those of a and b are at least 1.",
        "Give a and b one step each. Two steps are left for five runs: that is choosing 2 of 5 with repetition.",
    ),
    takeaway="The number of paths explodes with the length, and the forward algorithm never lists them.",
    minutes=5,
    difficulty=2,
    points=1,
)
