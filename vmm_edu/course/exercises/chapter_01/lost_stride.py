"""At which stride is the direction lost?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def lost_stride():
    """Smallest stride at which a turn to the right and one to the left land on the same places."""
    speed, positions = 6, 64
    return next(stride for stride in range(1, positions + 1) if 2 * stride * speed % positions == 0)


EXERCISE = Number(
    name="01.lost_stride",
    title="Where does the direction go?",
    text="""Another wheel has 64 places too, but it moves on by **6** places a frame, and you know that.
You keep every $s$-th frame. What is the smallest $s$ at which clockwise and counter-clockwise can no longer be
told apart? Say it before you compute it in a cell.""",
    trains="when sampling loses the direction",
    reference=lost_stride,
    rights=(16.0, 2**4),
    wrongs=(
        Wrong(
            8,
            "the wheel moves by 4 places a frame, as in the text",
            "8 · 6 = 48 places to the right, and 48 to the left is 16: two different places.",
        ),
        Wrong(
            32,
            "both have to be back where they began",
            "It is enough that both are at the *same* place, wherever that is. Look at half a turn.",
        ),
        Wrong(
            5,
            "a bit less than half a turn is gone from frame to frame",
            "5 · 6 = 30 to the right is place 30, to the left it is place 34. Still different.",
        ),
        Wrong(
            64 / 12,
            "the stride may be a fraction",
            "64/12 frames cannot be skipped. Look for a whole number s with 12 · s a multiple of 64.",
        ),
        Wrong(
            6,
            "a little more than half a turn is gone, so the wheel seems to turn back",
            "It seems to; but you know the speed, so a step back of 28 tells you that 36 forward was meant.",
        ),
        Wrong(
            11,
            "a whole turn is nearly gone",
            "11 · 6 = 66: place 2 to the right, place 62 to the left. Different.",
        ),
    ),
    hints=(
        "After s frames one wheel is at 6s, the other at −6s, both counted modulo 64. When is that the same place?",
        "When 12·s is a multiple of 64, that is, 3·s a multiple of 16. And 3 does not divide 16.",
    ),
    takeaway="s = 16: the direction is lost when 2·s·v is a multiple of P.",
    minutes=4,
    difficulty=2,
    points=2,
)
