"""How often does the true phase change, and how often the lamp?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def how_many_segments():
    """The lamp's colour changes unless two frames show the same; count the frames where it does, plus one."""
    advance, truth, frames, phases = 0.1, 0.6, 48, 4
    lie = (1 - truth) / (phases - 1)
    # Two frames of one phase, two frames of neighbouring phases: chance that the lamp shows the same.
    same_if_stayed = truth**2 + (phases - 1) * lie**2
    same_if_moved = 2 * truth * lie + (phases - 2) * lie**2
    same = (1 - advance) * same_if_stayed + advance * same_if_moved
    return 1 + (frames - 1) * (1 - same)


EXERCISE = Number(
    name="06.how_many_segments",
    title="How much does it flicker?",
    text="""A clip has 48 frames. From one frame to the next the phase moves on with probability 0.1, so a clip has
$1 + 47 \\cdot 0.1 = 5.7$ true segments on average. The best answer from one frame alone is the lamp itself,
which shows the phase with probability 0.6, else one of the other three. **How many segments do those
answers have, on average?** Say a number before you look; within 2 is right.""",
    trains="what independent errors do to a sequence",
    reference=how_many_segments,
    atol=2.0,
    rights=(29.6, 29.597),
    wrongs=(
        Wrong(
            5.7, "the answers changed only where the phase does", "Four lamps in ten lie. What does a single lie do?"
        ),
        Wrong(
            19.8,
            "each lie began one more segment",
            "A lie in the middle of a segment cuts it: one more for the lie, and one more for what comes after.",
        ),
        Wrong(48, "no two neighbouring frames agreed", "Both are right with probability 0.36, and then they agree."),
        Wrong(9.5, "the number of true segments were divided by 0.6", "Lies do not stretch segments, they cut them."),
        Wrong(43, "each lie cut a segment in two, and lies never met", "Two lies in a row may be the same lie."),
    ),
    hints=(
        "How often do two neighbouring frames show the same lamp? Then the number is 1 + 47 · (1 − that).",
        "While the phase stays: 0.6² + 3 · (0.4/3)² = 0.41. While it moves: 2 · 0.6 · 0.4/3 + 2 · (0.4/3)² = 0.20.",
    ),
    takeaway="Each frame on its own is right in six of ten, and the segments are worthless.",
    minutes=5,
    difficulty=2,
    points=1,
)
