"""Three witnesses, one vote."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def predict_fused():
    """All three right, or exactly two of them: three ways to choose the one who errs."""
    right, wrong = 0.9, 0.1
    return right**3 + 3 * right**2 * wrong


EXERCISE = Number(
    name="00.predict_fused",
    title="Three witnesses",
    text="""Sight, sound and text each tell you the same bit, and each is right in 90 % of the clips, independently
of the others.
You believe the majority. In what share of the clips are you right? Predict before you compute anything
in a cell.
Three digits after the point.""",
    trains="what agreement is worth",
    reference=predict_fused,
    atol=0.0006,
    rights=(97.2, 0.9720),
    wrongs=(
        Wrong(
            0.9,
            "one witness is asked",
            "One error among three does no harm: the other two outvote it.",
        ),
        Wrong(
            0.729,
            "all three must be right",
            "Two of three are a majority. Add the clips in which exactly one errs.",
        ),
        Wrong(
            0.999,
            "one right witness is enough",
            "You do not know which one is right; two wrong ones outvote it.",
        ),
        Wrong(
            0.243,
            "exactly two are right",
            "Now add the clips in which all three are.",
        ),
        Wrong(
            0.81,
            "two given witnesses are right",
            "Any two will do, and there are three ways to choose them; and all three may be right.",
        ),
        Wrong(
            0.028,
            "you count the clips in which the majority is wrong",
            "Subtract it from 1.",
        ),
    ),
    hints=(
        "When is a majority of three right? There are two cases.",
        "All three right: 0.9³. Exactly one wrong: 0.9² · 0.1, and it can be any of the three.",
    ),
    takeaway="0.972: three poor witnesses make a good one, as long as they err independently.",
    minutes=4,
    difficulty=2,
    points=2,
)
