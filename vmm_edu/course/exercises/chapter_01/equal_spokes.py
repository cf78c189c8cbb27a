"""Cover the mark on the wheel."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

_OPTIONS = {
    "a": "at every 8th frame, as before: the wheel turns as it did",
    "b": "at every 2nd frame",
    "c": "at every 4th frame",
    "d": "never: four spokes show more than one",
    "e": "always: without a mark nothing can be seen to turn",
}

EXERCISE = Choice(
    name="01.equal_spokes",
    title="Break it: cover the mark",
    text="""Paint the red spoke black. Now the four spokes look alike, and the wheel looks the same after a
**quarter** of a turn. It still moves by 4 of 64 places a frame, one way or the other, and you know that.
At which stride is the direction lost for the first time?

"""
    + "\n".join(f"* {letter}: {words}" for letter, words in _OPTIONS.items()),
    trains="what repeats decides what is confused",
    options=_OPTIONS,
    reference="b",
    because="A quarter of a turn is 16 places, and it is what repeats now: P = 16. The direction is lost where 2·s·4 "
    "is a multiple of 16, for the first time at s = 2: then the wheel moves by 8 places, half of what repeats, and "
    "8 to the right looks like 8 to the left.",
    wrongs=(
        Wrong(
            "a",
            "the places were still told apart by a mark",
            "Without the mark, which places look the same? Every 16th. Put that in place of P.",
        ),
        Wrong(
            "c",
            "the picture had to be back where it began",
            "At stride 4 it is, and the direction is lost there too. But is it not lost sooner?",
        ),
        Wrong(
            "d",
            "more spokes told more",
            "They tell less: four different positions now give one and the same picture.",
        ),
        Wrong(
            "e",
            "a step of 4 places could not be seen",
            "With every frame kept, a spoke moves by 4 of the 16 places to the next. The short way is the true one.",
        ),
    ),
    hints=(
        "After how many places does the picture repeat, now that the spokes look alike?",
        "Use the rule with P = 16: which is the smallest s with 2·s·4 a multiple of 16?",
    ),
    takeaway="P is what repeats in the picture, not what turns in the world.",
    minutes=4,
    difficulty=2,
    points=2,
)
