"""Two blurs, one after the other."""

import math

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def two_blurs():
    """Squares of widths add, as the variances of independent random steps do."""
    return math.sqrt(3**2 + 4**2)


EXERCISE = Number(
    name="03.two_blurs",
    title="Two blurs in a row",
    text="""You blur a photograph with a bell of width $\\sigma = 3$ pixels, and what comes out once more with
$\\sigma = 4$. One single blur would have done the same. How wide is its bell, in pixels? Predict first; then you may
try it with `gaussian_blur`.""",
    trains="how blurs add",
    reference=two_blurs,
    atol=0.05,
    rights=(5, 5.0),
    wrongs=(
        Wrong(
            7,
            "the widths add",
            "A pixel's light takes two random steps. Random steps partly cancel, so it gets less far than 3 + 4.",
        ),
        Wrong(
            4,
            "the wider blur is all that counts",
            "The first blur has taken detail away that the second cannot bring back, and it spreads what it gets.",
        ),
        Wrong(
            12,
            "the widths are multiplied",
            "A blur with a tiny bell would then undo the other one. What adds up when random steps are added?",
        ),
        Wrong(
            25,
            "you stopped at the squares",
            "The squares add to 25. The width is the root of that.",
        ),
        Wrong(
            3.5,
            "the widths are averaged",
            "Two blurs blur more than either of them.",
        ),
        Wrong(
            1,
            "one width is taken from the other",
            "A second blur never sharpens.",
        ),
    ),
    hints=(
        "Think of the light of one pixel: it takes a random step of width 3, then another one of width 4.",
        "The squares of the widths (the variances) add: 3² + 4².",
    ),
    takeaway="Squares of widths add. So the way from one level of blur to a higher one is a blur as well.",
    minutes=4,
    difficulty=1,
    points=1,
)
