"""Which score may be reported?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "0.93, the best of the five on the test set: it is the best that the method can do",
    "b": "1.00, the score on the training set: the most clips, so the surest number",
    "c": "the test score of the decay that was best on the validation set, measured once",
    "d": "0.91, the best of the five on the validation set: those clips were not trained on",
    "e": "the mean of the five test scores: so nothing was chosen",
}

EXERCISE = Choice(
    name="02.which_set",
    title="Which number goes into the report?",
    text="You train five models that differ in one setting, the decay, and score each on all three sets. "
    "You want to say how well your method will do on **new** clips. Which number do you report?\n\n"
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="train, validation, test",
    options=OPTIONS,
    reference="c",
    because="Whatever a set was used to choose, its score is a little too good: luck was chosen with it. The weights "
    "were chosen on the training set and the decay on the validation set. Only the test set has chosen nothing, and "
    "only as long as it is looked at once.",
    wrongs=(
        Wrong(
            "a",
            "the test set chose the decay",
            "The best of five test scores is partly luck. Which clips are left that have chosen nothing?",
        ),
        Wrong(
            "b",
            "a model is asked what it has learned by heart",
            "A linear model with 1,764 features can learn even random labels of 240 clips.",
        ),
        Wrong(
            "d",
            "the set that chose also judges",
            "The validation clips were not trained on, but they did pick the winner of five.",
        ),
        Wrong(
            "e",
            "models are reported that nobody would use",
            "You will use one model. It may be chosen, as long as the test set does not choose it.",
        ),
    ),
    hints=(
        "For each set ask: has it chosen anything yet?",
        "Weights: training set. Decay: validation set. What is left?",
    ),
    takeaway="A set that has chosen cannot judge.",
    minutes=4,
    difficulty=1,
    points=1,
)
