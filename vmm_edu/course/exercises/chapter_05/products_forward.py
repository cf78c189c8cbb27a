"""Count the work of a forward pass."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def products_forward():
    """One multiplication and one addition for each weight, each step, each clip; in units of 10⁹."""
    batch, time, feature, hidden = 32, 100, 2048, 512
    return 2 * batch * time * (feature + hidden) * 4 * hidden / 1e9


EXERCISE = Number(
    name="05.products_forward",
    title="Count the work",
    text="""Batch 32, 100 steps, 2,048 features, 512 hidden cells. How many billion (10⁹) floating-point operations does
one forward pass need for its matrix products? Count each multiplication and each addition as one; leave out the
gates' own arithmetic. One decimal.""",
    trains="counting operations",
    reference=products_forward,
    atol=0.06,
    rights=(33.55, 33.6),
    wrongs=(
        Wrong(33.6e9, "the operations are not counted in billions", "Divide by 10⁹."),
        Wrong(16.8, "additions are free", "A product of matrices adds as often as it multiplies: times 2."),
        Wrong(8.4, "there is one gate", "Four sums are made at each step, one for each of i, f, g, o."),
        Wrong(26.8, "only the input is multiplied", "h @ w_h comes on top: 512 more rows of weights."),
        Wrong(6.7, "only the recurrent product counts", "The input product is four times as large: 2,048 rows."),
        Wrong(0.3, "there is a single step", "The same happens in each of the 100 steps."),
        Wrong(1.0, "there is a single clip", "The same happens for each of the 32 clips."),
    ),
    hints=(
        "One clip, one step: a vector of 2,048 + 512 numbers meets a matrix with 4 · 512 columns.",
        "2 · 32 · 100 · 2560 · 2048, divided by 10⁹.",
    ),
    takeaway="33.6 billion, four fifths of them in the input product, which does not need the loop.",
    minutes=5,
    difficulty=2,
    points=2,
)
