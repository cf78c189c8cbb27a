"""Why a wall of bricks is hard."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="03.break_wall",
    title="Break it: a pattern that repeats",
    text="""The cell above matched a tiled pattern with itself, moved by a little, once with the ratio test and once
without. Explain in two to four sentences: what did the ratio test do to the number of matches and why, what went wrong
without it, and why a shift estimated from the wrong matches can still look convincing.""",
    trains="what a match can know",
    reference="Every tile looks like its neighbours, so the second nearest descriptor is about as near as the nearest, "
    "and the ratio test throws nearly all pairs away. Without the test each point is matched with some tile or other, "
    "often not its own. Those wrong matches are not random: they all miss by a whole number of tiles, so many of them "
    "agree on one wrong shift, and voting alone cannot expose it.",
    rubric=(
        "The copies look alike, so nearest and second nearest are about equally far.",
        "The ratio test therefore drops (nearly) all of them: few matches, not wrong ones.",
        "Without it points are matched with the wrong copy.",
        "Wrong matches agree with each other: they are off by whole tiles.",
    ),
    hints=(
        "How far away, in descriptor space, is the same corner of the next tile?",
        "If every point is matched one tile too far to the right, what shift do all of them vote for?",
    ),
    rights=(
        "The ratio test left hardly anything, because each point has twins in the other tiles that look just the same. "
        "When I switch it off the points pick a random twin. Since the twins sit on a grid, many errors are the same "
        "vector, so RANSAC may believe a shift that is one period off.",
        "比率检验几乎删掉了所有匹配，因为每个点在别的格子里都有长得一样的点，最近和第二近的距离差不多。"
        "不用检验时，很多点配到了别的格子。这些错误不是随机的，都差整数个格子，所以会一致地支持一个错误的平移。",
    ),
    takeaway="A method that keeps silent where it cannot know is worth more than one that always answers.",
    minutes=6,
    difficulty=2,
    points=2,
    words=25,
)
