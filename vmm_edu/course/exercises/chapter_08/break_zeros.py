"""What a network takes zeros for."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="08.break_zeros",
    title="Break it: zeros for silence",
    text="""Above, sound and text were taken away in two ways: once with zeros in their place, once with the
mask. The clips, and what could be known from sight alone, were the same. In two or three sentences: what did the
network take the zeros for, why did nobody get an error, and what must happen *in training* before early fusion can
use the mask?""",
    trains="a missing sense is not a sense that says zero",
    reference="The network has no symbol for absence, "
    "so it reads the zeros as a sound whose features happen to be zero, and answers as it would for "
    "such a sound. The shapes fit, so nothing complains. With the mask another vector stands in that no real "
    "sound has; but it must have been trained, by "
    "hiding senses at random, or the network does not know what to do with it.",
    rubric=(
        "Zeros are a value like any other: the network treats them as something heard.",
        "Shapes and types are right, so there is no error.",
        "The stand-in for absence must be seen in training: hide senses at random (modality dropout).",
    ),
    hints=(
        "A row of three zeros is a count. Which one, and which clips have it?",
        "Look at early fusion: what enters in place of a masked sense, and when is it learned?",
    ),
    rights=(
        "It believed that it heard an average sound, because zero is an ordinary feature value, and happily "
        "combined it. Arrays matched, hence silence from Python. "
        "One has to drop modalities while training so that the absent vector gets gradients.",
        "网络没有表示缺失的符号，它把零当成一种真实的声音来用，形状又对，所以没有任何报错。必须在训练时随机遮住某些感官，让代表缺失的向量得到梯度，遮罩才有用。",
    ),
    takeaway="Say that a sense is missing; never let a number say it by accident.",
    minutes=5,
    difficulty=2,
    points=2,
    words=20,
)
