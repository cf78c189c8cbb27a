"""Which split tells the truth?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

EXERCISE = Choice(
    name="09.which_split",
    title="Which split tells the truth?",
    text="""A team films 30 people, each in 10 takes, and cuts every take into 20 windows: 6,000 windows. The model
shall work for people it has never seen. Which part should be the test set?

* a: 1,200 windows drawn at random: random is fair
* b: the last 4 windows of every take: the future is unseen
* c: 2 whole takes of each person: no window of a test take is in training
* d: all takes of 6 people: nothing of a test person is in training
* e: no test set: 5-fold cross-validation over windows uses every window""",
    trains="what counts as unseen",
    options={
        "a": "1,200 windows drawn at random: random is fair",
        "b": "the last 4 windows of every take: the future is unseen",
        "c": "2 whole takes of each person: no window of a test take is in training",
        "d": "all takes of 6 people: nothing of a test person is in training",
        "e": "no test set: 5-fold cross-validation over windows uses every window",
    },
    reference="d",
    because="The question is about new people, so whole people must be unseen. In a, b and e windows of one take "
    "lie on both sides; in c faces, voices and rooms do.",
    wrongs=(
        Wrong(
            "a",
            "neighbouring windows were independent",
            "They share the room, the shirt and most of their frames: the test asks for what was learned by heart.",
        ),
        Wrong(
            "b",
            "only time had to be new",
            "The last windows come from the same take as the first: same person, same light, same noise.",
        ),
        Wrong(
            "c",
            "the model were used on these 30 people",
            "Then it is the right split. For new people each test person must be new.",
        ),
        Wrong(
            "e",
            "folds over windows were folds over people",
            "Cross-validation repeats a split; if each fold leaks, the average leaks. Make the folds of people.",
        ),
    ),
    hints=(
        "Say in one sentence for whom the model must work. What of that may training have seen?",
        "Which option has test examples that share neither take nor person with training?",
    ),
    takeaway="Split by what must be new in use: by person, by recording, by camera, by day.",
    minutes=4,
    difficulty=1,
    points=1,
)
