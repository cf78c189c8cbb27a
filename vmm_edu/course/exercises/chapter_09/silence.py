"""Zeros are not nothing."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="09.silence",
    title="Break it: silence is not nothing",
    text="""A microphone fails, and somebody fills the gap with zeros but forgets to tell the model: the mask still
says *real*. The figure above shows what that does. In two or three sentences: why does the model not lose more
accuracy than without sound, what happens to its confidence, and how would you find such a bug in a system that raises
no error?""",
    trains="missing is not zero",
    reference="Without sound nobody can tell whether it fits, so a coin decides; with zeros the model decides too, "
    "no better than the coin. But zeros are a sound, a silent one: the encoder reads a size from whatever it gets, and "
    "the fusion believes it, so the confidence stays as high as with real sound instead of falling to one half. A test "
    "finds it: fill the missing sense with NaN or noise and demand that the prediction does not move.",
    rubric=(
        "What only the sound knew is a guess either way, so accuracy is the same; zeros are read as evidence.",
        "The confidence stays high, although the evidence is invented.",
        "A test: what a masked sense contains must not change the output; or scores counted per missing sense.",
    ),
    rights=(
        "The encoder turns silence into some belief about size, and fusion trusts it like any other; without sound it "
        "would hedge between two labels. It stays sure of itself. I would put garbage into the masked input and assert "
        "an equal output.",
        "No sound means the model knows it must guess. Zeros mean it hears a dead thing and decides. Its errors come "
        "with more confidence. Compare clips with and without sound on a dashboard; test with NaN in masked places.",
    ),
    hints=(
        "What does an encoder return for a sound of zeros: nothing, or a vector like any other?",
        "Compare the accuracy *and* the mean confidence of the last two cases in the figure.",
    ),
    takeaway="A missing sense must be masked, and a test must prove that what it contains cannot speak.",
    minutes=6,
    difficulty=2,
    points=2,
)
