"""Put the five stages in order."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Order

EXERCISE = Order(
    name="00.pipeline_order",
    title="The five stages",
    text="""A clip walks through five stages. Put them in the order of the map at the top, from memory.

* a: fusion, which brings the senses together
* b: features, which describe one moment by numbers
* c: prediction, which turns what is known into probabilities
* d: framing, which chooses moments of the file
* e: sequence, which remembers what came before""",
    trains="the map of the course",
    items={
        "a": "fusion",
        "b": "features",
        "c": "prediction",
        "d": "framing",
        "e": "sequence",
    },
    reference="dbeac",
    because="Moments are chosen, each is described, the descriptions are remembered in order, "
    "the senses meet, and the answer is given.",
    wrongs=(
        Wrong(
            "dbaec",
            "the senses are fused moment by moment, before the memory",
            "That is a real design, called early fusion, and chapter 08 builds it. The map lets each "
            "sense remember first.",
        ),
        Wrong(
            "bdeac",
            "features are computed before moments are chosen",
            "Then every frame of the file would have to be described, also those that nobody looks at.",
        ),
        Wrong(
            "debac",
            "the memory comes before the description",
            "A memory takes numbers in. Before the features there are only pixels and samples.",
        ),
        Wrong(
            "dbeca",
            "each sense predicts alone and the predictions are fused",
            "That is late fusion, and chapter 08 builds it too. On the map prediction is the last stage.",
        ),
        Wrong(
            "caebd",
            "the list is read backwards",
            "Start with the file, end with the answer.",
        ),
    ),
    hints=(
        "What is the only stage that touches the file?",
        "A memory needs one row of numbers for each moment, so features come before it. The answer comes last.",
    ),
    takeaway="Framing → features → sequence → fusion → prediction.",
    minutes=2,
    difficulty=1,
    points=1,
)
