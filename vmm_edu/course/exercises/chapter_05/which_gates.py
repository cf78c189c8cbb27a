"""Which gates are open?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "f = 1, i = 1, o = 0",
    "b": "f = 1, i = 0, o = 0",
    "c": "f = 0, i = 1, o = 0",
    "d": "f = 0, i = 0, o = 1",
    "e": "f = 1, i = 0, o = 1",
}
EXERCISE = Choice(
    name="05.which_gates",
    title="Keep a secret",
    text="""A cell holds 5.0. For the next ten frames it shall keep that number exactly, whatever comes in, and
**say nothing**: $h_t = 0$. Which gates do that?

"""
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="what each gate does",
    options=OPTIONS,
    reference="b",
    because="f = 1 keeps all of the old memory, i = 0 lets nothing new in, o = 0 shows nothing of it.",
    wrongs=(
        Wrong(
            "a",
            "the input gate stays open",
            "Then every frame adds its candidate to the 5.0.",
        ),
        Wrong(
            "c",
            "f = 0 means `do not forget`",
            "In spite of its name the forget gate says what is *kept*: f = 0 drops all.",
        ),
        Wrong(
            "d",
            "the output gate holds the memory",
            "With f = 0 nothing is left after one frame, and o = 1 shows what there is.",
        ),
        Wrong(
            "e",
            "the memory is shown",
            "It is kept, but o = 1 says tanh(5) in every frame.",
        ),
    ),
    hints=(
        "Take one gate at a time. Which one multiplies the old memory?",
        "Kept: f. New: i. Shown: o.",
    ),
    takeaway="f keeps, i writes, o shows; each is a separate decision.",
    minutes=3,
    difficulty=1,
    points=1,
)
