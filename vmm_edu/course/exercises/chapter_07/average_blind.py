"""Which description of a sound can tell a rise from a fall?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

EXERCISE = Choice(
    name="07.average_blind",
    title="Rise or fall?",
    text="""Each rising glide of T9b has a falling one with the very same samples, played backwards. Which of these
descriptions **can** tell the two apart?

- **a** the power of the Fourier transform of the whole clip
- **b** the mean over time of all the rows of the spectrogram
- **c** for each band, in how many windows it is the loudest
- **d** the mean of the rows of the first half less that of the second half
- **e** the mean over time of the squared change from each row of the spectrogram to the next""",
    trains="what reversal leaves as it is",
    options={
        "a": "the power of the whole clip's Fourier transform",
        "b": "the mean over time of the spectrogram",
        "c": "in how many windows each band is the loudest",
        "d": "first half less second half",
        "e": "the mean over time of the squared change from row to row",
    },
    reference="d",
    because=(
        "Backwards, every window is found at another time: its size is the same, its place is not. Sums over all "
        "windows (a, b, c, e) do not care about places. The difference of two halves changes its sign."
    ),
    wrongs=(
        Wrong(
            "a",
            "reversal changed the size of the transform",
            "It turns each complex number over (the conjugate, and a turn); the size stays. Only the phases know.",
        ),
        Wrong(
            "b", "a mean cared about the order of what it adds", "The rows come in the other order; their sum is one."
        ),
        Wrong("c", "a count cared about when", "Each window is loudest in the same band as before, at another time."),
        Wrong(
            "e",
            "a square had a sign",
            "Backwards, each change has the opposite sign. What does the square do, and what the mean?",
        ),
    ),
    hints=(
        "Play it backwards in your mind: what happens to each single window, and what to the list of windows?",
        "A sum over all windows is the same in every order.",
    ),
    takeaway="What is summed over time has lost time; keep the order, if only two halves of it.",
    minutes=4,
    difficulty=1,
    points=1,
)
