"""What the product says when one sense hears nothing."""

import numpy as np

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def one_sense_fails():
    """Multiply the two senses' probabilities word by word, then share them out anew."""
    lips, sound = np.array([0.48, 0.48, 0.04]), np.array([0.2, 0.5, 0.3])
    product = lips * sound
    return float(product[1] / product.sum())


EXERCISE = Number(
    name="10.one_sense_fails",
    title="b, p or t?",
    text="""It is loud, −10 dB. The lips say: **b** 0.48, **p** 0.48, **t** 0.04, for b and p look alike. The sound,
barely heard, says: **b** 0.2, **p** 0.5, **t** 0.3. Late fusion adds the log-probabilities of both, and
a softmax makes probabilities of the sum. **How sure is it of p?** Two digits after the point.""",
    trains="what adding log-probabilities does",
    reference=one_sense_fails,
    atol=0.006,
    rights=(0.69, 69.0, 0.688),
    wrongs=(
        Wrong(0.49, "the probabilities are averaged", "Adding logarithms multiplies probabilities."),
        Wrong(0.24, "the product is not shared out anew", "The three products sum to 0.348. Divide by that."),
        Wrong(0.5, "only the sound is asked", "The lips rule out t nearly: what t had goes to b and p."),
        Wrong(0.48, "only the lips are asked", "They cannot tell b from p. The sound can, a little."),
        Wrong(0.71, "t is ruled out altogether", "The lips leave it 0.04, not 0."),
        Wrong(0.98, "the probabilities are added", "Probabilities of one word from two senses multiply, then share 1."),
    ),
    hints=(
        "exp(log a + log b) is a · b. Multiply word by word.",
        "b: 0.096, p: 0.240, t: 0.012. Now make them sum to 1.",
    ),
    takeaway="Neither sense was sure of p; the product is: each rules out what the other cannot.",
    minutes=4,
    difficulty=2,
    points=1,
)
