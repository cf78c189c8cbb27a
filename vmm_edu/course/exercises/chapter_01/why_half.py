"""Why exactly one half?"""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="01.why_half",
    title="Why exactly one half?",
    text="""A ball drifts right, left, down or up. From one frame the best score is 0.25, from a bag of all frames
exactly 0.50, from two frames in order 1.00. Explain the 0.50 in two or three sentences: what **does** a bag of frames
know, and what can it not know, however good the model is?""",
    trains="what order carries",
    reference="The bag holds every place that the ball visits, so it shows along which line the ball moves: left-right "
    "or up-down. A clip and its reversal hold the very same frames, so their bags are equal, and no function can "
    "answer differently for equal inputs. Two of the four directions are left, equally likely: one half.",
    rubric=(
        "The bag shows the axis of the motion, so two of four answers fall away.",
        "A clip and its reversal give the same bag.",
        "Equal inputs get equal answers from any model: more data or a larger model does not help.",
        "The two that are left are equally likely, hence one half.",
    ),
    hints=(
        "Play a clip backwards. Which frames are in the bag now?",
        "What do the places in the bag have in common when the ball moves to the left or to the right?",
    ),
    rights=(
        "You can see from all the positions that the motion is horizontal or vertical. But forwards and backwards "
        "contain identical frames, so whatever the model is it must say the same for both and is right for one.",
        "所有帧放在一起能看出球是左右运动还是上下运动，但正放和倒放的帧完全一样，所以任何模型对这两种情况只能给出同一个答案，"
        "四个方向剩下两个，猜对一半。",
    ),
    takeaway="Without order, a film and its reversal are the same film.",
    minutes=6,
    difficulty=2,
    points=2,
    words=20,
)
