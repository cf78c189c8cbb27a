"""Why an exclusive-or is invisible to a sum."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="08.why_invisible",
    title="Invisible to a sum",
    text="""Late fusion was trained on *xor* with as many clips as you like, and it answers with a quarter for
each of the four labels, although every clip holds the answer. A friend says: "train longer, with a larger network
for each sense". In two or three sentences tell the friend why that cannot help, and what would.""",
    trains="the limit of additive fusion",
    reference="Given only what is seen, "
    "all labels are equally likely, and so they are given only what is heard. Each network "
    "sees nothing that would lower its loss, so the best that each can do is to say nothing, and a sum of two "
    "such answers says "
    "nothing either, however large the networks are. It takes a term that looks at both at once, such as a "
    "product, a hidden "
    "layer over the pair, or an attention from one to the other.",
    rubric=(
        "Each sense alone is independent of the label: its conditional distribution is uniform.",
        "A sum of one term per sense can only use those: more size, data or training changes nothing.",
        "The remedy is a term that depends on both senses at once (product, joint hidden layer, attention).",
    ),
    hints=(
        "Cover the sound. What are the probabilities of the four labels now?",
        "What would the gradient of the sight's network be, averaged over all sounds?",
    ),
    rights=(
        "No single sense correlates with the target here, so any network over one of them stays flat; adding "
        "flat curves gives a "
        "flat curve. Use something that multiplies or mixes the two before the decision, for instance early fusion.",
        "只看画面，四个标签的概率都一样；只听声音也一样。所以每个网络无论多大都学不到东西，两个相加还是什么也没有。"
        "需要一项同时看两种感官，比如乘积，或者先拼接再过一层网络。",
    ),
    takeaway="What no sense knows alone, no sum of them can say.",
    minutes=5,
    difficulty=1,
    points=2,
    words=20,
)
