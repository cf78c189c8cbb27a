"""Why the best path is not the path of best frames."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="06.why_not_greedy",
    title="Two best answers",
    text="""In the table above the smoother (every frame takes its most probable phase) names more frames right than
Viterbi (the most probable path). Yet Viterbi's answer is *the* most probable sequence. In two or three
sentences: how can both be true, and name one job for which you would take each.""",
    trains="what a decoder optimises",
    reference="The smoother maximises the expected number of right frames, one at a time; Viterbi maximises the "
    "probability that the whole sequence is right at once. A path that is best as a whole may be wrong in many frames "
    "when it is wrong at all. Take the smoother to count frames (how long did it roll?), Viterbi where the sequence "
    "must make sense (no forbidden move, a list of events).",
    rubric=(
        "Each maximises something else: expected right frames against the probability of the whole path.",
        "The path of best frames may be improbable, or even forbidden, as a path.",
        "One job for each, with the reason.",
    ),
    rights=(
        "The marginals are summed over all paths, so the smoother gets the most single frames right on average. "
        "Viterbi bets on one path. For frame counting I use the smoother, for a legal event list Viterbi.",
        "They answer different questions. Best frame by frame wins on frame accuracy because that is what it "
        "optimises; the joint maximum wins on being entirely right. Lists need Viterbi, per-frame alarms the smoother.",
    ),
    hints=(
        "What does accuracy over frames count? What does the probability of a path count?",
        "Think of ten nearly equal paths that agree on frame 7 and differ elsewhere from the single best one.",
    ),
    takeaway="Decide what you want right, single frames or the whole story, before you decode.",
    minutes=6,
    difficulty=2,
    points=2,
)
