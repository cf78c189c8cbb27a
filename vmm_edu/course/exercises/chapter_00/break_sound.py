"""Take the sound away and explain the score."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="00.break_sound",
    title="Break it: no sound",
    text="""The cell above took the sound away and predicted once more. The label has three parts: one is only seen;
one is seen, heard and read; one takes sight and sound together. Over **many** clips, which part is now lost, which is
right a little less often, and which does not care? (A single clip shows the loss only.) Say why, in two or three
sentences.""",
    trains="what each sense carries",
    reference="The part that is only seen stays as it was, because sound never carried it. The part that all three "
    "senses tell becomes a little less sure, because one of its independent witnesses is missing. The part that needs "
    "both halves is lost: the half that is left says nothing about it, so it is a guess between two values.",
    rubric=(
        "The part that is only seen does not change.",
        "The shared part has one witness less: less sure, but not lost.",
        "The part made of two halves falls to a coin toss, not to some value in between.",
        "A reason is given for each, in terms of what the sound carried.",
    ),
    hints=(
        "Ask of each part: what did the sound tell about it?",
        "For the part in two halves: cover one coin of a pair. Can you still say whether the two differ?",
    ),
    rights=(
        "The seen part keeps its accuracy since the sound had nothing to do with it. For the shared part I have one "
        "witness fewer, so I am wrong a bit more often. The xor part is gone, it is fifty-fifty now.",
        "只看得见的部分不变，因为声音里没有它。三种感官都说的部分少了一个证人，所以稍微不那么确定。"
        "一半看见一半听见的部分完全丢了，只能猜，因为剩下的一半什么也没有说明。",
    ),
    takeaway="A missing sense costs what only it could tell.",
    minutes=6,
    difficulty=2,
    points=2,
    words=20,
)
