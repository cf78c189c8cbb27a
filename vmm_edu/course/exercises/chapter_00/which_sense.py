"""What more data cannot do."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

EXERCISE = Choice(
    name="00.which_sense",
    title="What more clips cannot teach",
    text="""Two coins are tossed for every clip. You **see** the first and **hear** the second.
The label says whether they differ. Somebody trains on pictures alone and reaches 0.50.
What happens with a hundred times more clips?

* a: it climbs to 1.00, because every clip shows one of the coins
* b: it climbs to about 0.75, because half of the answer is seen
* c: it stays at 0.50, because a seen coin says nothing about whether the coins differ
* d: it stays at 0.50, because the network is too small for pictures
* e: it falls below 0.50, because more clips bring more noise""",
    trains="information that lives in no single sense",
    options={
        "a": "it climbs to 1.00, because every clip shows one of the coins",
        "b": "it climbs to about 0.75, because half of the answer is seen",
        "c": "it stays at 0.50, because a seen coin says nothing about whether the coins differ",
        "d": "it stays at 0.50, because the network is too small for pictures",
        "e": "it falls below 0.50, because more clips bring more noise",
    },
    reference="c",
    because="Whatever the seen coin shows, the other one differs from it in half of the clips. "
    "The answer is in the pair and in neither coin: information of this kind is called synergy.",
    wrongs=(
        Wrong(
            "a",
            "the label were the seen coin itself",
            "Say the seen coin shows heads. In how many of those clips do the coins differ?",
        ),
        Wrong(
            "b",
            "half of the facts gave half of the answer",
            "List the four pairs of coins. Among the two with heads on the left, how many have the label 'differ'?",
        ),
        Wrong(
            "d",
            "a larger network could find something in the picture",
            "The score is right and the reason is not: what is not in the picture no network can find.",
        ),
        Wrong(
            "e",
            "guessing could be worse than a coin in the long run",
            "A guess that is wrong more often than right would be a good one: turn it around.",
        ),
    ),
    hints=(
        "Write down the four pairs of coins and the label of each.",
        "Cover the second coin. Among the pairs that look the same now, what are the labels?",
    ),
    takeaway="Some information is in no single sense; only both together have it.",
    minutes=4,
    difficulty=1,
    points=1,
)
