"""What a forget bias means."""

import math

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def memory_left():
    """The forget gate of an untrained cell is about σ of its bias, at every step."""
    share = 1 / (1 + math.exp(-1))
    return share**10


EXERCISE = Number(
    name="05.memory_left",
    title="How long does a beginner remember?",
    text="""At the start of training the gates see almost nothing, so the forget gate is about $\\sigma(b_f)$ in every
frame. With $b_f = 1$: what share of a memory is left after **10** frames, if nothing is written? Give it to three
decimals. (And with $b_f = 3$? Try it.)""",
    trains="the forget bias",
    reference=memory_left,
    atol=0.001,
    rights=(0.0436, 0.043598),
    wrongs=(
        Wrong(
            0.731, "ten frames take as much as one", "0.731 is left after *one* frame; the next takes its share of it."
        ),
        Wrong(1.0, "the bias itself multiplies", "The gate is σ of the bias: σ(1) = 0.731."),
        Wrong(0.001, "the gate stands half open", "0.5 would be σ(0). The bias is 1."),
        Wrong(7.311, "the shares are added", "Each frame multiplies what the one before has left."),
        Wrong(0.956, "what is gone is counted", "That is the share that is lost. Subtract it from 1."),
    ),
    hints=(
        "σ(1) = 1/(1 + e⁻¹) = 0.731.",
        "Two frames leave 0.731 · 0.731. Ten frames leave 0.731 to the power of ten.",
    ),
    takeaway="b_f = 1 remembers for a few frames, b_f = 3 for about twenty; training does the rest.",
    minutes=4,
    difficulty=1,
    points=1,
)
