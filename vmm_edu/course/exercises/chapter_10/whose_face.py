"""What may be done with a corpus of people, and with a model that reads lips."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "read the lips of customers in a shop: a face in public is there for all to see",
    "b": "give your app talker 1's voice: the licence allows any use, if the corpus is named",
    "c": "film your students for a second talker; who does not want to can say so afterwards",
    "d": "report how well the model reads talker 1, with the split, the interval and the corpus cited",
    "e": "let a court read a silent video with it: commands are right more than nine times out of ten",
    "f": "put weights trained on your own students online: there are no pictures in them",
}

EXERCISE = Choice(
    name="10.whose_face",
    title="Whose face is it?",
    text="You have the corpus, under the terms that its record states, and a model that reads lips. Which of these "
    "can you do **without asking anybody anything more**?\n\n"
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="consent, licence, what a score allows",
    options=OPTIONS,
    reference="d",
    because="The talkers were recorded for research on speech, and the record's licence asks that its authors are "
    "named. A score with its split is such research, and it claims nothing about anybody else. In all other cases "
    "somebody has not been asked, or is told more than was measured.",
    wrongs=(
        Wrong(
            "a",
            "to be seen were to agree to be read",
            "Nobody in the shop expects words said in a low voice to be written down. They must be asked, before.",
        ),
        Wrong(
            "b",
            "a licence were the consent of the person",
            "A licence gives what its giver owns: the right to copy. What a voice may be made to say is its speaker's.",
        ),
        Wrong(
            "c",
            "silence were consent",
            "Consent comes before the camera runs, for a stated use, and a no must cost nothing: not so easy "
            "where the one who asks also gives the marks.",
        ),
        Wrong(
            "e",
            "a score on one talker and a grammar of 51 words held for others",
            "The model has seen one person, in one light, who says nothing outside the grammar. Of free speech by "
            "strangers nothing was measured, and here an error ruins somebody.",
        ),
        Wrong(
            "f",
            "weights held nothing of those they were trained on",
            "From a model one can often tell whose clips it was trained on. Treat weights like the clips, and ask.",
        ),
    ),
    hints=(
        "For each: who is affected, and what exactly did they agree to?",
        "A licence settles what its giver may give away. A score holds for what was measured.",
    ),
    takeaway="Ask people before, for one stated use; and claim no more than was measured.",
    minutes=5,
    difficulty=1,
    points=1,
)
