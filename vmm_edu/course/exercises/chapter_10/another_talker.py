"""A talker whom nobody has trained on."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="10.another_talker",
    title="Open: another talker",
    text="""All clips above are of one person. Fetch a second talker (`vmm-edu grid fetch --talker 2`), prepare
both, train on one and test on the other: leave one talker out. Without the corpus: think it through. In
at least four sentences: what do you expect of lips and of sound, and why? Which of the course's steps
has learned *who* rather than *what* (name two)? What would you change, and how must the folds be cut
once there are ten talkers?""",
    trains="what a score is a score of",
    reference=(
        "The lips' score falls far, the sound's less: mouths differ in shape, lips in colour, beards hide edges, and"
        " log-mel keeps the talker's pitch and tract. The principal directions, the scales, the CNNs and the LSTMs "
        "were all fitted to one face and one voice; the mean that is taken off is that person's mouth. I would train "
        "on many talkers, take each talker's own mean off (that needs clips of theirs, but no labels), and vary size, "
        "brightness and tempo in training. The folds must be cut by talker: no talker may be in training and test, "
        "and the interval must come from drawing talkers again, not clips, because clips of one talker are not "
        "independent."
    ),
    rubric=(
        "Expects a loss, with a reason for the lips and one for the sound.",
        "Names two steps that were fitted to the person: projection or mean, scale, network weights, mouth box.",
        "A change that addresses it: more talkers, normalising per talker, augmentation.",
        "Folds by talker, and an interval over talkers.",
    ),
    rights=(
        (
            "I expect lip reading to drop to perhaps half and sound to stay useful, because faces differ more than "
            "spectra of the same words. The PCA basis and the network know talker 1's mouth. I would train on nine "
            "talkers and test on the tenth, ten times, so folds are whole people, and I would bootstrap over people."
        ),
        (
            "Both fall. HOG of another mouth lies elsewhere in feature space, and the standardisation was that of "
            "the first talker. More talkers and per-talker normalisation help. Every talker must be entirely in one "
            "fold, else the score says only that we know these people."
        ),
    ),
    words=40,
    hints=(
        "Go through the pipeline: crop, HOG, CNN, projection, scale, LSTM, heads. Which of them saw training clips?",
        "If 10 clips of a talker are in training and 1 in the test, what has the model learned about that talker?",
    ),
    takeaway="A score on one talker is a score of that talker.",
    minutes=20,
    difficulty=3,
    points=4,
)
