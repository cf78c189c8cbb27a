"""Why a bag of frames cannot know an order."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "the model is too small; a larger one would find the order",
    "b": "128 clips are too few; the accuracy would climb with more of them",
    "c": "a clip and its twin with both flashes swapped hold the same frames, so they have the same mean",
    "d": "the mean makes the flashes too faint to be seen",
    "e": "a mean cannot tell how many flashes there were",
}
EXERCISE = Choice(
    name="05.blind_bag",
    title="Why exactly one half?",
    text="""The bag model got **exactly** 0.50 of the test clips right, and it would with any weights. Why?

"""
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="what pooling throws away",
    options=OPTIONS,
    reference="c",
    because="Every test clip has a twin with the other label and the very same frames in another order. A mean does "
    "not depend on the order, so both get one answer, and it is right for one of them.",
    wrongs=(
        Wrong(
            "a",
            "a larger model could read what the mean does not hold",
            "Two inputs that are equal get equal answers from any model.",
        ),
        Wrong(
            "b",
            "more clips brought more information about the order",
            "The score is not *about* one half, it is one half. Which two clips look the same to the bag?",
        ),
        Wrong(
            "d",
            "faintness were the trouble",
            "Scale the mean by 45: you have the sum. It is as bright as you like. Does it know the order?",
        ),
        Wrong(
            "e",
            "the number of flashes were the question",
            "There are two in every clip. The question is which comes first.",
        ),
    ),
    hints=(
        "Write down the frames of a short clip: blank, A, blank, B. Swap A and B. What is the mean of each?",
        "Two clips, one mean, two different labels: how many can be right?",
    ),
    takeaway="A mean, a sum, a maximum over time: none of them knows the order.",
    minutes=3,
    difficulty=1,
    points=1,
)
