"""Choose a fusion for a job."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "early fusion: concatenate all three, one network over everything",
    "b": "tensor fusion: every product of three entries",
    "c": "late fusion: one small network for each sense, and the product of their probabilities",
    "d": "cross-attention: each sense asks the other two",
    "e": "the best single sense, since the others know nothing new",
}
EXERCISE = Choice(
    name="08.which_fusion",
    title="Choose a fusion",
    text="""Three sensors watch a machine: a camera, a microphone, and a log of messages. Each of them shows
whether the machine is worn, each with errors **of its own** that have nothing to do with the others'. You have 60
labelled recordings, and in the field each sensor fails in one recording of five. Which fusion do you try first?

"""
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="matching a fusion to what the senses know",
    options=OPTIONS,
    reference="c",
    because="The errors are independent given the label, "
    " which is exactly when adding log-probabilities is the rule of Bayes; each "
    "network is small, so that 60 recordings may do; and a sensor that fails is simply left out of the product.",
    wrongs=(
        Wrong(
            "a",
            "the label were hidden in the combination of sensors",
            "Early fusion *can* learn this too, but it has to learn from 60 recordings that no combination "
            "matters, and what to do "
            "for each set of failed sensors.",
        ),
        Wrong(
            "b",
            "products of three sensors told something",
            "Each sensor tells it alone. Of all the products of three entries 60 recordings teach hardly one.",
        ),
        Wrong(
            "d",
            "one sensor had to know where to look in another",
            "Nothing in one sensor says what to look for in the other two, and 60 recordings are few for attention.",
        ),
        Wrong(
            "e",
            "the sensors erred together",
            "Their errors are independent: where two agree against one, the two are more often right. And the "
            "best one fails "
            "in a fifth of the recordings.",
        ),
    ),
    hints=(
        "For which situation is late fusion not a shortcut but exactly the rule of Bayes?",
        "What does each choice do when a sensor fails? What does it have to learn from 60 recordings?",
    ),
    takeaway="Independent given the label, few clips, senses that fail: then the simplest fusion is the right one.",
    minutes=4,
    difficulty=1,
    points=1,
)
