"""How late must an answer be?"""

import numpy as np

from vmm_edu import world
from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def how_late():
    """The least lag whose accuracy is within 0.02 of the smoother's, in milliseconds at 12 frames a second."""
    chain = world.task("phases").chain
    assert chain is not None

    def accuracy(lag):
        return world.lag_accuracy(chain, lag=lag, clips=2000, rng=np.random.default_rng(1)).accuracy

    enough = accuracy(47) - 0.02
    lag = next(lag for lag in range(48) if accuracy(lag) >= enough)
    return 1000 * lag / 12


EXERCISE = Number(
    name="09.how_late",
    title="How late must an answer be?",
    text="""Look at the black curve above. A user accepts an accuracy up to 0.02 below what the whole clip would give.
**How many milliseconds of delay does that cost**, at 12 frames a second? Take the smallest lag that is good enough;
within 1 ms is right.""",
    trains="reading a latency–accuracy curve",
    reference=how_late,
    atol=1.0,
    rights=(333.0, 333.33),
    wrongs=(
        Wrong(4, "the lag is given in frames", "A frame lasts 1000 / 12 ms."),
        Wrong(0.333, "the delay is given in seconds", "The question asks for milliseconds."),
        Wrong(250, "three frames were enough", "At a lag of 3 the curve is still more than 0.02 below its end."),
        Wrong(417, "five frames were needed", "The smallest lag that is good enough is asked for."),
        Wrong(3917, "nothing but the whole clip would do", "After a few frames the future adds next to nothing."),
        Wrong(133, "a second had 30 frames", "These clips have 12 frames a second."),
    ),
    hints=(
        "The smoother reaches 0.837. Where does the curve pass 0.817?",
        "Four frames late it is at 0.821. One frame lasts 83.3 ms.",
    ),
    takeaway="A third of a second buys more than four fifths of what the whole future would.",
    minutes=4,
    difficulty=1,
    points=1,
)
